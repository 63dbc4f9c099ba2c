import { answerText, parseAnswer, type AnswerUnit } from './answer.ts';

/** One question of an exercise. Its right answer is computed by the engine or the estimators, never written down. */
export interface Step {
  readonly question: string;
  readonly unit: AnswerUnit;
  readonly right: number;
  /** How far off an answer may be, as a share of the right one; whole numbers that can be counted take 0. */
  readonly tolerance: number;
  /** The way to the right answer, with the values put in. */
  readonly explanation: string;
  /** Wrong answers that people come to, each with what it means. */
  readonly slips?: readonly Slip[];
}

export interface Slip {
  readonly value: number;
  readonly hint: string;
}

export interface Exercise {
  readonly id: string;
  readonly title: string;
  readonly goal: string;
  /** Demos that show what the exercise is about. */
  readonly demoIds: readonly string[];
  readonly numVariants: number;
  /** The same questions with other numbers. @param variant 0 to numVariants - 1 */
  readonly steps: (variant: number) => readonly Step[];
}

export interface Checked {
  readonly isRight: boolean;
  /** What to say: praise with the way there, a hint, or what can't be read. */
  readonly message: string;
}

/** Most slips are told apart by a few per cent (GB and GiB are 7 % apart). */
const slipTolerance = 0.01;

export function checkStep(step: Step, typed: string): Checked {
  let value: number;
  try {
    value = parseAnswer(typed, step.unit);
  } catch (error) {
    return { isRight: false, message: error instanceof Error ? error.message : String(error) };
  }
  if (isNear(value, step.right, step.tolerance)) {
    return {
      isRight: true,
      message: `Right: ${answerText(step.right, step.unit)}. ${step.explanation}`,
    };
  }
  const slip = step.slips?.find((one) => isNear(value, one.value, slipTolerance));
  if (slip !== undefined) return { isRight: false, message: `Not quite: ${slip.hint}` };
  const direction = value < step.right ? 'too low' : 'too high';
  return { isRight: false, message: `${answerText(value, step.unit)} is ${direction}.` };
}

/** The answer itself, for who asks for it. */
export function shownAnswer(step: Step): string {
  return `${answerText(step.right, step.unit)}. ${step.explanation}`;
}

function isNear(value: number, target: number, tolerance: number): boolean {
  return Math.abs(value - target) <= tolerance * Math.abs(target);
}
