import { html, nothing, type TemplateResult } from 'lit';
import type { Checked } from '../../src/lab/learn/exercise.ts';
import type { ExerciseCard } from '../../src/lab/learn/exercises.ts';
import type { GradedAnswer, Quiz, QuizResult } from '../../src/lab/learn/quiz.ts';
import type { DemoCard, Lessons } from '../../src/lab/labMessages.ts';
import { t } from '../shared/l10n.ts';

/** What a person has done of the exercises and the quiz; survives a reload. */
export interface Learning {
  exerciseId: string | undefined;
  variant: number;
  /** What was typed, and what came of it, by "exercise/variant/step". */
  answers: Record<string, { readonly typed: string; readonly checked?: Checked }>;
  /** The chosen option of each question, -1 for none. */
  chosen: number[];
  result?: QuizResult;
}

export interface LearnActions {
  choose(exerciseId: string | undefined): void;
  variant(variant: number): void;
  type(stepIdx: number, typed: string): void;
  check(stepIdx: number): void;
  showAnswer(stepIdx: number): void;
  pick(questionIdx: number, optionIdx: number): void;
  grade(): void;
  again(): void;
  open(demoId: string): void;
}

export function newLearning(): Learning {
  return { exerciseId: undefined, variant: 0, answers: {}, chosen: [] };
}

/** Takes over what was kept, as far as it has the shape that is expected. */
export function restoredLearning(value: unknown): Learning {
  const old = (typeof value === 'object' && value !== null ? value : {}) as Partial<Learning>;
  const answers = Object.entries(old.answers ?? {}).filter(
    ([, answer]) => typeof (answer as { typed?: unknown } | null)?.typed === 'string',
  );
  return {
    exerciseId: typeof old.exerciseId === 'string' ? old.exerciseId : undefined,
    variant: Number.isInteger(old.variant) ? Number(old.variant) : 0,
    answers: Object.fromEntries(answers),
    chosen: Array.isArray(old.chosen) ? old.chosen.map(Number).filter(Number.isInteger) : [],
  };
}

export function answerKey(exerciseId: string, variant: number, stepIdx: number): string {
  return `${exerciseId}/${variant}/${stepIdx}`;
}

export function learnView(
  lessons: Lessons | undefined,
  learning: Learning,
  demos: readonly DemoCard[],
  actions: LearnActions,
): TemplateResult {
  if (lessons === undefined) return html`<p class="quiet">${t('Loading…')}</p>`;
  const exercise = lessons.exercises.find(({ id }) => id === learning.exerciseId);
  if (exercise !== undefined) return exerciseView(exercise, learning, demos, actions);
  return html`<h2>${t('Exercises')}</h2>
    <p>
      ${t('Answers are checked by the engine and the estimators; each exercise can be done again with other numbers.')}
    </p>
    <ul class="cards">
      ${lessons.exercises.map(
        (one) =>
          html`<li>
            <button class="card" data-exercise=${one.id} @click=${() => actions.choose(one.id)}>
              <strong>${one.title}</strong>
              <span>${one.goal}</span>
              <span class="quiet">${progressText(one, learning)}</span>
            </button>
          </li>`,
      )}
    </ul>
    ${quizView(lessons.quiz, learning, demos, actions)}`;
}

function progressText(exercise: ExerciseCard, { answers }: Learning): string {
  const done = exercise.questions.map(
    (questions, variant) =>
      questions.filter((_, idx) => answers[answerKey(exercise.id, variant, idx)]?.checked?.isRight)
        .length,
  );
  return t('{0} of {1} answered', Math.max(...done), exercise.questions[0]?.length ?? 0);
}

function demoLinks(demoIds: readonly string[], demos: readonly DemoCard[], actions: LearnActions) {
  return demoIds.map((id) => {
    const demo = demos.find((one) => one.id === id);
    if (demo === undefined) return nothing;
    return html`<button class="secondary" @click=${() => actions.open(id)}>
      ${t('Demo: {0}', demo.title)}
    </button>`;
  });
}

function exerciseView(
  exercise: ExerciseCard,
  learning: Learning,
  demos: readonly DemoCard[],
  actions: LearnActions,
): TemplateResult {
  const variant = Math.min(learning.variant, exercise.questions.length - 1);
  return html`<article class="exercise" data-exercise=${exercise.id}>
    <h2>${exercise.title}</h2>
    <p>${exercise.goal}</p>
    <div class="row">
      <button class="secondary" @click=${() => actions.choose(undefined)}>
        ${t('All exercises')}
      </button>
      <button
        class="secondary"
        id="other-numbers"
        @click=${() => actions.variant((variant + 1) % exercise.questions.length)}
      >
        ${t('Other numbers')}
      </button>
      ${demoLinks(exercise.demoIds, demos, actions)}
    </div>
    <ol class="steps">
      ${exercise.questions[variant]?.map((question, idx) => {
        const answer = learning.answers[answerKey(exercise.id, variant, idx)];
        return stepView(question, idx, answer, actions);
      })}
    </ol>
  </article>`;
}

function stepView(
  question: string,
  idx: number,
  answer: Learning['answers'][string] | undefined,
  actions: LearnActions,
): TemplateResult {
  const checked = answer?.checked;
  return html`<li>
    <label for=${`answer-${idx}`}>${question}</label>
    <form
      class="row"
      @submit=${(event: Event) => {
        event.preventDefault();
        actions.check(idx);
      }}
    >
      <input
        id=${`answer-${idx}`}
        autocomplete="off"
        .value=${answer?.typed ?? ''}
        aria-describedby=${`said-${idx}`}
        @input=${(event: Event) => actions.type(idx, (event.target as HTMLInputElement).value)}
      />
      <button class="primary" type="submit">${t('Check')}</button>
      <button class="secondary" type="button" @click=${() => actions.showAnswer(idx)}>
        ${t('Show the answer')}
      </button>
    </form>
    <p id=${`said-${idx}`} class=${checked?.isRight === true ? 'right' : 'wrong'} role="status">
      ${checked === undefined ? nothing : `${checked.isRight ? '✓ ' : ''}${checked.message}`}
    </p>
  </li>`;
}

function quizView(
  quiz: Quiz,
  { chosen, result }: Learning,
  demos: readonly DemoCard[],
  actions: LearnActions,
): TemplateResult {
  const numChosen = quiz.cards.filter((_, idx) => (chosen[idx] ?? -1) >= 0).length;
  return html`<h2>${t('Quiz')}</h2>
    <p>${t('{0} questions; {1} right answers pass.', quiz.cards.length, quiz.passMark)}</p>
    <ol class="steps" id="quiz">
      ${quiz.cards.map(
        (card, questionIdx) =>
          html`<li>
            <fieldset>
              <legend>${questionIdx + 1}. ${card.question}</legend>
              ${card.options.map(
                (option, optionIdx) =>
                  html`<label class="option">
                    <input
                      type="radio"
                      name=${`quiz-${card.id}`}
                      .checked=${chosen[questionIdx] === optionIdx}
                      @change=${() => actions.pick(questionIdx, optionIdx)}
                    />
                    <span>${option}</span>
                  </label>`,
              )}
              ${gradedView(result?.answers[questionIdx], card.demoId, demos, actions)}
            </fieldset>
          </li>`,
      )}
    </ol>
    <div class="row">
      <button class="primary" id="grade" @click=${() => actions.grade()}>
        ${t('Check the answers')}
      </button>
      <button class="secondary" @click=${() => actions.again()}>${t('Start again')}</button>
      <span class="quiet">${t('{0} of {1} answered', numChosen, quiz.cards.length)}</span>
    </div>
    <p id="quiz-result" role="status" class=${result?.passed === true ? 'right' : 'wrong'}>
      ${result === undefined ? nothing : resultText(result, quiz)}
    </p>`;
}

function resultText({ numRight, passed }: QuizResult, { cards, passMark }: Quiz): string {
  return passed
    ? t('{0} of {1} right: passed ({2} pass).', numRight, cards.length, passMark)
    : t('{0} of {1} right: not passed yet ({2} pass).', numRight, cards.length, passMark);
}

function gradedView(
  graded: GradedAnswer | undefined,
  demoId: string,
  demos: readonly DemoCard[],
  actions: LearnActions,
) {
  if (graded === undefined) return nothing;
  const text = graded.isRight
    ? t('✓ Right. {0}', graded.explanation)
    : t('✗ Right is: {0}. {1}', graded.rightOption, graded.explanation);
  return html`<p class=${graded.isRight ? 'right' : 'wrong'}>${text}</p>
    ${graded.isRight ? nothing : html`<div class="row">${demoLinks([demoId], demos, actions)}</div>`}`;
}
