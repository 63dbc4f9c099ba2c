import type { LabApi } from '../../src/lab/labMessages.ts';
import { answerKey, type LearnActions } from './learnView.ts';
import type { State } from './state.ts';

export interface LearnParts {
  readonly state: State;
  readonly api: Pick<LabApi, 'checkAnswer' | 'gradeQuiz'>;
  /** Something that is kept changed: keep it, draw. */
  readonly changed: () => void;
  readonly fail: (error: unknown) => void;
  readonly open: (demoId: string) => void;
}

/** What the exercises and the quiz do; the checking is done where the engine runs. */
export function learnActions({ state, api, changed, fail, open }: LearnParts): LearnActions {
  const keyOf = (stepIdx: number) =>
    answerKey(state.learning.exerciseId ?? '', state.learning.variant, stepIdx);
  const check = (stepIdx: number, typed: string | undefined) => {
    const { exerciseId = '', variant } = state.learning;
    const key = keyOf(stepIdx);
    api
      .checkAnswer({ exerciseId, variant, stepIdx, ...(typed === undefined ? {} : { typed }) })
      .then((checked) => {
        const now = state.learning.answers[key]?.typed ?? '';
        // Typed on meanwhile: this is said of an answer that stands there no more.
        if (typed !== undefined && typed !== now) return;
        state.learning.answers[key] = { typed: now, checked };
        changed();
      }, fail);
  };
  return {
    choose: (exerciseId) => {
      state.learning.exerciseId = exerciseId;
      state.learning.variant = 0;
      changed();
    },
    variant: (variant) => {
      state.learning.variant = variant;
      changed();
    },
    // What was said of an older answer is gone as soon as another is typed.
    type: (stepIdx, typed) => {
      state.learning.answers[keyOf(stepIdx)] = { typed };
      changed();
    },
    check: (stepIdx) => check(stepIdx, state.learning.answers[keyOf(stepIdx)]?.typed ?? ''),
    showAnswer: (stepIdx) => check(stepIdx, undefined),
    pick: (questionIdx, optionIdx) => {
      state.learning.chosen[questionIdx] = optionIdx;
      delete state.learning.result;
      changed();
    },
    grade: () => {
      const { lessons, learning } = state;
      const chosen = lessons?.quiz.cards.map((_, idx) => learning.chosen[idx] ?? -1) ?? [];
      api.gradeQuiz(chosen).then((result) => {
        state.learning.result = result;
        changed();
      }, fail);
    },
    again: () => {
      state.learning.chosen = [];
      delete state.learning.result;
      changed();
    },
    open,
  };
}
