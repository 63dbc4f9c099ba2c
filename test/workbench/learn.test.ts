import { describe, expect, it } from 'vitest';
import { exercises } from '../../src/lab/learn/exercises.ts';
import { quizQuestions } from '../../src/lab/learn/quizQuestions.ts';
import { takeImage } from './support/images.ts';
import { runCommand } from './support/palette.ts';
import { setTheme } from './support/views.ts';
import { waitUntil } from './support/waiting.ts';
import { accessibilityFaults, webviewWith } from './support/webviews.ts';
import { useWorkbench } from './support/workbench.ts';

describe('the exercises and the quiz', () => {
  const workbench = useWorkbench({ files: { 'notes.txt': 'Nothing to see here.\n' } });

  it('check what is typed, and hint at slips', async () => {
    const { page } = workbench();
    await runCommand(page, 'Context Budget: Learn: Exercises and Quiz');
    const frame = await webviewWith(page, '.card[data-exercise="quadraticWall"]');
    await frame.locator('.card[data-exercise="quadraticWall"]').click();
    const said = frame.locator('#said-2');
    await frame.locator('#answer-2').fill('2');
    await frame.locator('#answer-2').press('Enter');
    await waitUntil('the hint', async () => (await said.innerText()).includes('twice the rows'));
    const steps = exercises[0].steps(0);
    for (const [idx, { right }] of steps.entries()) {
      await frame.locator(`#answer-${idx}`).fill(String(right));
      await frame.locator(`#answer-${idx}`).press('Enter');
      await waitUntil(`the praise for step ${idx}`, async () =>
        (await frame.locator(`#said-${idx}`).innerText()).startsWith('✓ Right'),
      );
    }
    expect(await accessibilityFaults(frame)).toEqual([]);
    await takeImage(page, 'lab/exercise.png');
  });

  it('grade the quiz, explain what is wrong, and link to the demo', async () => {
    const { page } = workbench();
    await runCommand(page, 'Context Budget: Learn: Exercises and Quiz');
    const frame = await webviewWith(page, '#quiz, .exercise');
    if ((await frame.locator('.exercise').count()) > 0) {
      await frame.getByText('All exercises').click();
    }
    const questions = quizQuestions();
    for (const [idx, { rightIdx, options }] of questions.entries()) {
      // The first one wrong, the others right.
      const chosen = idx === 0 ? (rightIdx + 1) % options.length : rightIdx;
      await frame.locator('#quiz > li').nth(idx).locator('input').nth(chosen).check();
    }
    await frame.locator('#grade').click();
    const result = frame.locator('#quiz-result');
    await waitUntil('the result', async () => (await result.innerText()).includes('passed'));
    expect(await result.innerText()).toContain(`${questions.length - 1} of ${questions.length}`);
    const first = frame.locator('#quiz > li').first();
    expect(await first.innerText()).toContain(questions[0].options[questions[0].rightIdx].why);
    await setTheme(page, 'Light Modern');
    await first.scrollIntoViewIfNeeded();
    expect(await accessibilityFaults(frame)).toEqual([]);
    await takeImage(page, 'lab/quiz.png');
    await first.getByText('Demo:').click();
    await frame.locator('article[data-demo="quadraticWall"]').waitFor();
  });
});
