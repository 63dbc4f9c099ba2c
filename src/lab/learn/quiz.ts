import { quizQuestions } from './quizQuestions.ts';

/** Of three in four right answers the rest can be looked up in the demos. */
const passShare = 0.75;

/** A question without its answer: what crosses to the page. */
export interface QuizCard {
  readonly id: string;
  readonly question: string;
  readonly options: readonly string[];
  readonly demoId: string;
}

export interface Quiz {
  readonly cards: readonly QuizCard[];
  /** Right answers that pass. */
  readonly passMark: number;
}

export interface GradedAnswer {
  readonly isRight: boolean;
  readonly rightOption: string;
  /** Of what was chosen where that is wrong, and of what is right: with figures computed on the spot. */
  readonly explanation: string;
}

export interface QuizResult {
  readonly answers: readonly GradedAnswer[];
  readonly numRight: number;
  readonly passed: boolean;
}

export function quiz(): Quiz {
  const questions = quizQuestions();
  return {
    cards: questions.map(({ id, question, options, demoId }) => ({
      id,
      question,
      options: options.map(({ text }) => text),
      demoId,
    })),
    passMark: Math.ceil(passShare * questions.length),
  };
}

/**
 * @param chosen for each question the index of the chosen option, -1 where none was
 * @throws Error when there are not as many answers as questions
 */
export function gradeQuiz(chosen: readonly number[]): QuizResult {
  const questions = quizQuestions();
  if (chosen.length !== questions.length) {
    throw new Error(
      `the quiz has ${questions.length} questions; there are ${chosen.length} answers`,
    );
  }
  const answers = questions.map(({ options, rightIdx }, idx) => {
    const right = options[rightIdx];
    const isRight = chosen[idx] === rightIdx;
    const wrong = isRight ? undefined : options.at(chosen[idx] < 0 ? options.length : chosen[idx]);
    return {
      isRight,
      rightOption: right.text,
      explanation: wrong === undefined ? right.why : `${wrong.why} ${right.why}`,
    };
  });
  const numRight = answers.filter(({ isRight }) => isRight).length;
  return { answers, numRight, passed: numRight >= quiz().passMark };
}
