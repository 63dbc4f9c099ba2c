import { open, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Architecture } from '../core/architectures/architecture.ts';
import {
  GgufNeedsMoreBytes,
  mostHeaderBytes,
  parseGgufHeader,
} from '../core/architectures/gguf.ts';
import type { GgufHeader } from '../core/architectures/gguf.ts';
import { ggufArchitecture } from '../core/architectures/ggufArchitecture.ts';
import { mostConfigCharacters, parseHfConfig } from '../core/architectures/hfConfig.ts';
import { InputError } from '../core/estimates/inputError.ts';

/** The shape in a config.json or the header of a .gguf file of any size. */
export async function readArchitecture(file: string): Promise<Architecture> {
  const info = await stat(file).catch(() => undefined);
  if (info === undefined) throw new InputError('config', file, 'a file that exists');
  if (!info.isFile()) throw new InputError('config', file, 'a file');
  const name = path.basename(file);
  if (name.toLowerCase().endsWith('.gguf')) {
    return ggufArchitecture(await readGgufHeader(file, info.size), name);
  }
  if (info.size > mostConfigCharacters) {
    throw new InputError(
      'config',
      `${info.size} bytes`,
      'a config.json of a few kilobytes, or a .gguf file',
    );
  }
  const bytes = await readStart(file, info.size);
  return parseHfConfig(new TextDecoder().decode(bytes), name);
}

/** Reads 64 KiB, then as much more as the header turns out to need, never the tensors. */
async function readGgufHeader(file: string, size: number): Promise<GgufHeader> {
  let length = Math.min(size, 65_536);
  for (;;) {
    try {
      return parseGgufHeader(await readStart(file, length));
    } catch (error) {
      if (!(error instanceof GgufNeedsMoreBytes)) throw error;
      if (error.neededBytes > size) {
        throw new InputError(
          'GGUF file',
          `${size} bytes`,
          `at least ${error.neededBytes}: its header is cut off`,
        );
      }
      length = Math.min(size, mostHeaderBytes, Math.max(error.neededBytes, length * 4));
    }
  }
}

async function readStart(file: string, length: number): Promise<Uint8Array> {
  const handle = await open(file, 'r');
  try {
    const bytes = new Uint8Array(length);
    let filled = 0;
    while (filled < length) {
      const { bytesRead } = await handle.read(bytes, filled, length - filled, filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return bytes.subarray(0, filled);
  } finally {
    await handle.close();
  }
}
