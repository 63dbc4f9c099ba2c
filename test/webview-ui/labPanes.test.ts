import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DemoCard, LabApi, PageRequest, ShownFrame } from '../../src/lab/labMessages.ts';
import { createRunner, demoCards } from '../../src/lab/runner.ts';
import { learnActions } from '../../webview-ui/lab/learnActions.ts';
import { createPanes, type Panes } from '../../webview-ui/lab/panes.ts';
import { newPane, newState, type Pane, type State } from '../../webview-ui/lab/state.ts';
import { sampleTokens } from '../lab/wellFormed.ts';

/** As long as a step is shown without reduced motion. */
const stepMs = 350;

describe('a demo that plays', () => {
  const runner = createRunner();
  const demo = demoCards().find(({ id }) => id === 'flashAttention') as DemoCard;
  let asked: PageRequest[];
  let state: State;
  let pane: Pane;
  let panes: Panes;

  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal('window', {
      setTimeout: (run: () => void, ms: number) => setTimeout(run, ms),
      clearTimeout: (timer: NodeJS.Timeout) => clearTimeout(timer),
      matchMedia: () => ({ matches: false }),
    });
    vi.stubGlobal('document', { body: { classList: { contains: () => false } } });
    asked = [];
    state = { ...newState(), demos: [demo] };
    pane = newPane(demo);
    state.panes = [pane];
    const frame = ({ numTokens, ...request }: PageRequest): Promise<ShownFrame> => {
      asked.push({ numTokens, ...request });
      return Promise.resolve(runner.frame({ ...request, tokens: sampleTokens(numTokens) }));
    };
    const api = { frame } as LabApi;
    const nothing = () => undefined;
    panes = createPanes({ state, api, draw: nothing, changed: nothing, fail: nothing });
  });

  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  /** Steps that are shown in so much time. */
  async function shownIn(steps: number): Promise<number> {
    // What was asked for at once is no step.
    await vi.advanceTimersByTimeAsync(0);
    const before = asked.length;
    await vi.advanceTimersByTimeAsync(steps * stepMs);
    return asked.length - before;
  }

  it('goes on at one speed, also after it was paused and played again at once', async () => {
    const actions = panes.actionsOf(pane, demo);
    actions.goTo(0);
    actions.play(true);
    expect(await shownIn(4)).toBe(4);
    for (let times = 0; times < 3; times++) {
      actions.play(false);
      actions.play(true);
      await vi.advanceTimersByTimeAsync(1);
    }
    expect(await shownIn(4)).toBe(4);
    actions.play(false);
    await vi.advanceTimersByTimeAsync(stepMs);
    expect(await shownIn(4)).toBe(0);
  });

  it('goes on at one speed after a control was turned', async () => {
    const actions = panes.actionsOf(pane, demo);
    actions.goTo(0);
    actions.play(true);
    await shownIn(1);
    actions.change('seed', 2);
    await vi.advanceTimersByTimeAsync(100);
    actions.change('seed', 3);
    await vi.advanceTimersByTimeAsync(1);
    expect(await shownIn(4)).toBe(4);
  });
});

describe('an answer that is checked', () => {
  it('does not come back over what was typed on meanwhile', async () => {
    const state = newState();
    state.learning.exerciseId = 'kvHeads';
    let answer: (checked: { isRight: boolean; message: string }) => void = () => {};
    const fail = vi.fn();
    const actions = learnActions({
      state,
      api: {
        checkAnswer: () => new Promise((resolve) => (answer = resolve)),
        gradeQuiz: () => Promise.reject(new Error('not asked for')),
      },
      changed: () => undefined,
      fail,
      open: () => undefined,
    });
    actions.type(0, '8');
    actions.check(0);
    actions.type(0, '84');
    answer({ isRight: false, message: 'too small' });
    await new Promise((resolve) => setTimeout(resolve));
    expect(state.learning.answers['kvHeads/0/0']).toEqual({ typed: '84' });
    actions.check(0);
    answer({ isRight: true, message: 'yes' });
    await new Promise((resolve) => setTimeout(resolve));
    expect(state.learning.answers['kvHeads/0/0']?.checked?.isRight).toBe(true);
    expect(fail).not.toHaveBeenCalled();
  });
});
