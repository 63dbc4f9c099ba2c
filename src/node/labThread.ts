import type { LabCalls } from '../lab/labMessages.ts';
import { ThreadCalls } from './threadCalls.ts';

export interface LabThreadOptions {
  /** The built labWorker.js */
  readonly workerFile: string;
  /** A call that takes longer ends the thread. */
  readonly limitMilliseconds?: number;
}

/** The thread that runs the lab's engine. */
export class LabThread extends ThreadCalls<LabCalls> {
  constructor({ workerFile, limitMilliseconds = 20_000 }: LabThreadOptions) {
    super({
      workerFile,
      maxHeapMegabytes: 1024,
      name: 'The engine',
      advice: 'It starts anew when it is needed.',
      limit: {
        milliseconds: limitMilliseconds,
        advice: 'Take a shorter text or smaller values.',
      },
    });
  }
}
