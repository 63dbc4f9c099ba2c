import { checkStep, shownAnswer, type Checked, type Exercise, type Step } from './exercise.ts';
import { kvHeadsExercise } from './exercises/kvHeads.ts';
import { onlineSoftmaxExercise } from './exercises/onlineSoftmax.ts';
import { quadraticWallExercise } from './exercises/quadraticWall.ts';
import { windowAndGlobalsExercise } from './exercises/windowAndGlobals.ts';

export const exercises: readonly Exercise[] = [
  quadraticWallExercise,
  windowAndGlobalsExercise,
  onlineSoftmaxExercise,
  kvHeadsExercise,
];

/** An exercise as the page shows it: the questions without their answers. */
export interface ExerciseCard {
  readonly id: string;
  readonly title: string;
  readonly goal: string;
  readonly demoIds: readonly string[];
  /** The questions of each variant. */
  readonly questions: readonly (readonly string[])[];
}

export function exerciseCards(): readonly ExerciseCard[] {
  return exercises.map(({ id, title, goal, demoIds, numVariants, steps }) => ({
    id,
    title,
    goal,
    demoIds,
    questions: Array.from({ length: numVariants }, (_, variant) =>
      steps(variant).map(({ question }) => question),
    ),
  }));
}

export interface AnswerRequest {
  readonly exerciseId: string;
  readonly variant: number;
  readonly stepIdx: number;
  /** What was typed; undefined asks for the answer. */
  readonly typed?: string;
}

/** @throws Error naming the exercise, variant or step that there is not */
export function checkAnswer({ exerciseId, variant, stepIdx, typed }: AnswerRequest): Checked {
  const step = findStep(exerciseId, variant, stepIdx);
  return typed === undefined
    ? { isRight: false, message: shownAnswer(step) }
    : checkStep(step, typed);
}

function findStep(exerciseId: string, variant: number, stepIdx: number): Step {
  const exercise = exercises.find(({ id }) => id === exerciseId);
  if (exercise === undefined) throw new Error(`there is no exercise ${exerciseId}`);
  if (!Number.isInteger(variant) || variant < 0 || variant >= exercise.numVariants) {
    throw new Error(`exercise ${exerciseId} has no variant ${variant}`);
  }
  const step = exercise.steps(variant).at(stepIdx);
  if (step === undefined) throw new Error(`exercise ${exerciseId} has no step ${stepIdx}`);
  return step;
}
