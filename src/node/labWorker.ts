// The thread that runs the attention lab's engine.
import { checkAnswer, exerciseCards } from '../lab/learn/exercises.ts';
import { gradeQuiz, quiz } from '../lab/learn/quiz.ts';
import type { LabCalls } from '../lab/runMessages.ts';
import { createRunner, demoCards, patternWall, thumbnail, visibility } from '../lab/runner.ts';
import { tokenTexts } from '../lab/tokenTexts.ts';
import type { TokenEncoder } from '../core/tokens/tokenCounter.ts';
import { openTokenCounter } from './openTokenCounter.ts';
import { answerCalls, type CallMethods } from './threadCalls.ts';

/** No demo takes more. */
const maxTokens = 8192;
const runner = createRunner();
const encoders = new Map<string, Promise<TokenEncoder>>();
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const methods: CallMethods<LabCalls> = {
  demos: demoCards,
  frame: (request) => runner.frame(request),
  wall: (tokens) => patternWall(runner, tokens),
  thumbnail: (demoId, tokens) => thumbnail(runner, demoId, tokens),
  visibility,
  lessons: () => ({ exercises: exerciseCards(), quiz: quiz() }),
  checkAnswer,
  gradeQuiz,
  tokens: async (text, encoding) => {
    let encoder = encoders.get(encoding);
    if (encoder === undefined) {
      encoder = openTokenCounter(encoding);
      encoders.set(encoding, encoder);
      encoder.catch(() => encoders.delete(encoding));
    }
    return tokenTexts(await encoder, new TextEncoder().encode(text), maxTokens, (bytes) => {
      try {
        return utf8.decode(bytes);
      } catch {
        return undefined;
      }
    });
  },
};

answerCalls(methods);
