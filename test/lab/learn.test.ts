import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { demos } from '../../src/lab/demos.ts';
import { answerText, parseAnswer } from '../../src/lab/learn/answer.ts';
import { checkStep } from '../../src/lab/learn/exercise.ts';
import { checkAnswer, exerciseCards, exercises } from '../../src/lab/learn/exercises.ts';
import { gradeQuiz, quiz } from '../../src/lab/learn/quiz.ts';
import { quizQuestions } from '../../src/lab/learn/quizQuestions.ts';

const steps = exercises.flatMap(({ id, numVariants, steps: of }) =>
  Array.from({ length: numVariants }, (_, variant) => of(variant)).flatMap((each, variant) =>
    each.map((step, idx) => ({ name: `${id} ${variant} ${idx}`, step })),
  ),
);
const demoIds = new Set(demos.map(({ id }) => id));

describe('a typed answer', () => {
  it.each([
    ['16,777,216', 'count', 2 ** 24],
    ['2^24', 'count', 2 ** 24],
    ['16.8M', 'count', 16.8e6],
    ['128k tokens', 'count', 128_000],
    ['128 Ki', 'count', 131_072],
    ['32 GiB', 'bytes', 2 ** 35],
    ['34.4 GB', 'bytes', 34.4e9],
    ['512 b', 'bytes', 512],
    ['4x', 'times', 4],
    ['1/3', 'number', 1 / 3],
    [' 7.39e-2 ', 'number', 0.0739],
  ] as const)('%s of %s is %d', (text, unit, value) => {
    expect(parseAnswer(text, unit)).toBeCloseTo(value, 10);
  });

  it.each(['', 'many', '1/0', '1/2/3', '12 parsecs', '--3', '9'.repeat(400)])(
    'that can’t be read is refused by name: %s',
    (text) => {
      expect(() => parseAnswer(text, 'count')).toThrow(/can't read “/);
    },
  );

  it('is read or refused, never more, whatever is typed', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.constantFrom('count', 'bytes', 'times', 'number'),
        (text, unit) => {
          try {
            expect(parseAnswer(text, unit)).toSatisfy(Number.isFinite);
          } catch (error) {
            expect(String(error)).toContain('can');
          }
        },
      ),
    );
  });
});

describe('an exercise', () => {
  it('there are four of them, each with demos that exist', () => {
    expect(exercises.map(({ id }) => id)).toHaveLength(4);
    for (const { demoIds: linked } of exercises) {
      for (const id of linked) expect(demoIds).toContain(id);
    }
  });

  it.each(steps)('$name takes its own right answer, with any written unit', ({ step }) => {
    expect(Number.isFinite(step.right)).toBe(true);
    expect(checkStep(step, String(step.right)).isRight).toBe(true);
    expect(answerText(step.right, step.unit)).not.toContain('NaN');
    expect(`${step.question}${step.explanation}`).not.toMatch(/NaN|undefined|Infinity/);
  });

  it.each(steps)('$name tells each slip apart from the right answer', ({ step }) => {
    for (const slip of step.slips ?? []) {
      const checked = checkStep(step, String(slip.value));
      expect(checked.isRight, slip.hint).toBe(false);
      expect(checked.message).toContain('Not quite');
    }
  });

  it('says which way a wrong answer is off', () => {
    const request = { exerciseId: 'quadraticWall', variant: 0, stepIdx: 2 };
    expect(checkAnswer({ ...request, typed: '100' }).message).toContain('too high');
    expect(checkAnswer({ ...request, typed: '2' }).message).toContain('twice the rows');
    expect(checkAnswer({ ...request, typed: '4 times' }).isRight).toBe(true);
    expect(checkAnswer(request).message).toContain('(2n)²');
  });

  it('that there is not is named', () => {
    expect(() => checkAnswer({ exerciseId: 'none', variant: 0, stepIdx: 0 })).toThrow('none');
    expect(() => checkAnswer({ exerciseId: 'kvHeads', variant: 9, stepIdx: 0 })).toThrow('9');
    expect(() => checkAnswer({ exerciseId: 'kvHeads', variant: 0, stepIdx: 99 })).toThrow('99');
  });

  it('crosses to the page without its answers', () => {
    expect(JSON.stringify(exerciseCards())).not.toMatch(/"right"|explanation/);
  });
});

describe('the quiz', () => {
  it('has at least ten questions, each with one right option and a demo that exists', () => {
    const questions = quizQuestions();
    expect(questions.length).toBeGreaterThanOrEqual(10);
    for (const { options, rightIdx, demoId } of questions) {
      expect(options.length).toBeGreaterThanOrEqual(3);
      expect(options[rightIdx]).toBeDefined();
      expect(demoIds).toContain(demoId);
    }
    expect(JSON.stringify(questions)).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('is passed at its pass mark and not below', () => {
    const { cards, passMark } = quiz();
    const right = quizQuestions().map(({ rightIdx }) => rightIdx);
    const withWrong = (count: number) =>
      right.map((idx, at) => (at < count ? (idx + 1) % cards[at].options.length : idx));
    expect(gradeQuiz(right)).toMatchObject({ numRight: cards.length, passed: true });
    expect(gradeQuiz(withWrong(cards.length - passMark)).passed).toBe(true);
    expect(gradeQuiz(withWrong(cards.length - passMark + 1)).passed).toBe(false);
  });

  it('explains every wrong answer: what is wrong with it, and what is right', () => {
    const questions = quizQuestions();
    const wrong = questions.map(({ rightIdx, options }) => (rightIdx + 1) % options.length);
    gradeQuiz(wrong).answers.forEach(({ explanation }, idx) => {
      const { options, rightIdx } = questions[idx];
      expect(explanation).toBe(`${options[wrong[idx]].why} ${options[rightIdx].why}`);
    });
    const unanswered = gradeQuiz(questions.map(() => -1));
    expect(unanswered.numRight).toBe(0);
    expect(unanswered.answers[0].explanation).toBe(questions[0].options[questions[0].rightIdx].why);
  });
});
