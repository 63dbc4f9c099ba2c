import type { WriteStream } from 'node:tty';
import { formatCount } from '../core/format/numbers.ts';
import type { ScanProgress } from '../node/scanner.ts';

/** One line on a terminal that is written over; nothing where the output is no terminal. */
export function progressLine(stream: WriteStream) {
  const erase = '\r\x1b[2K';
  let shown = false;
  return {
    show: ({ filesDone, filesFound }: ScanProgress): void => {
      if (!stream.isTTY) return;
      shown = true;
      stream.write(`${erase}${formatCount(filesDone)} of ${formatCount(filesFound)} files counted`);
    },
    clear: (): void => {
      if (shown) stream.write(erase);
      shown = false;
    },
  };
}
