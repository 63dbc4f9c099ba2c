// The thread that runs the attention lab's engine.
import { mostTokens } from '../lab/demo.ts';
import { checkAnswer, exerciseCards } from '../lab/learn/exercises.ts';
import { gradeQuiz, quiz } from '../lab/learn/quiz.ts';
import type { LabCalls } from '../lab/labMessages.ts';
import { createRunner, demoCards, patternWall, thumbnail, visibility } from '../lab/runner.ts';
import { tokenTexts } from '../lab/tokenTexts.ts';
import type { TokenEncoder } from '../core/tokens/tokenCounter.ts';
import { openTokenCounter } from './openTokenCounter.ts';
import { answerCalls, type CallMethods } from './threadCalls.ts';

const runner = createRunner();
const encoders = new Map<string, Promise<TokenEncoder>>();
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function encoderOf(encoding: string): Promise<TokenEncoder> {
  let encoder = encoders.get(encoding);
  if (encoder === undefined) {
    encoder = openTokenCounter(encoding);
    encoders.set(encoding, encoder);
    encoder.catch(() => encoders.delete(encoding));
  }
  return encoder;
}

const fewWords = ['a', ' few', ' words', ' to', ' begin', ' with', ',', ' a', ' few', ' words'];

const methods: CallMethods<LabCalls> = {
  prepare: async (encoding, demoId) => {
    const encoder = encoderOf(encoding);
    if (demoId !== undefined) runner.frame({ demoId, tokens: fewWords, values: {} });
    await encoder;
  },
  demos: demoCards,
  frame: (request) => {
    const start = performance.now();
    const shown = runner.frame(request);
    return { ...shown, engineSeconds: (performance.now() - start) / 1000 };
  },
  wall: (tokens) => patternWall(runner, tokens),
  thumbnail: (demoId, tokens) => thumbnail(runner, demoId, tokens),
  visibility,
  lessons: () => ({ exercises: exerciseCards(), quiz: quiz() }),
  checkAnswer,
  gradeQuiz,
  tokens: async (text, encoding) => {
    return tokenTexts(
      await encoderOf(encoding),
      new TextEncoder().encode(text),
      mostTokens,
      (bytes) => {
        try {
          return utf8.decode(bytes);
        } catch {
          return undefined;
        }
      },
    );
  },
};

answerCalls(methods);
