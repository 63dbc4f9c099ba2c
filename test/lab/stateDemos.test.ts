import { describe, expect, it } from 'vitest';
import {
  gatedDeltaRule,
  gatedDeltaRuleChunked,
  maxAbsDifference,
  rwkvTimeMixing,
  rwkvTimeMixingParallel,
  selectiveCopying,
  selectiveScan,
  selectiveScanBlocks,
  stateShares,
} from '../../src/engine/index.ts';
import { deltaInputs, gatedDeltaRuleDemo, recallOf } from '../../src/lab/demos/gatedDeltaRule.ts';
import { leftOfTokens, mambaDemo, scanInputs } from '../../src/lab/demos/mamba.ts';
import { rwkvDemo, rwkvInputs, stateMeans } from '../../src/lab/demos/rwkv.ts';
import { selectiveCopyingDemo, taskOf } from '../../src/lab/demos/selectiveCopying.ts';
import { expectWholeDemo, numberOf, sampleTokens } from './wellFormed.ts';

describe('the demos of states instead of caches', () => {
  it.each([mambaDemo, gatedDeltaRuleDemo, rwkvDemo, selectiveCopyingDemo])(
    '$id is well-formed at 1, 2, 100 and its most tokens',
    (demo) => {
      expectWholeDemo(demo, [1, 2, 100, demo.maxTokens]);
    },
  );
});

const tokens = sampleTokens(50);

describe('Mamba', () => {
  it('keeps one state size, and shows the engine’s difference from the scan in blocks', () => {
    const { inputs, shape } = scanInputs({ tokens, values: {} }, tokens);
    const difference = maxAbsDifference(
      selectiveScan(inputs, shape).y,
      selectiveScanBlocks(inputs, shape, 16).y,
    );
    const run = mambaDemo.run({ tokens, values: {} });
    expect(run.numFrames).toBe(50);
    expect(numberOf(run, 'maxDifference')).toBe(difference);
    expect(difference).toBeLessThan(1e-5);
    for (const idx of [0, 49]) expect(numberOf(run, 'stateBytes', idx)).toBe(8 * 8 * 4);
  });

  it('shows what the engine says is left of each token', () => {
    const plan = scanInputs({ tokens, values: {} }, tokens);
    const shares = stateShares(plan.inputs, plan.shape);
    const left = leftOfTokens(plan, 50);
    left.forEach((one, idx) => {
      let sum = 0;
      for (let channel = 0; channel < 8; channel++) sum += shares[channel * 50 + idx];
      expect(one).toBeCloseTo(sum, 10);
    });
  });

  it('has one step for all tokens without selectivity, and Mamba-2 one for all channels', () => {
    const plain = scanInputs({ tokens, values: { selectivity: 0, meanStep: 0.3 } }, tokens);
    expect(plain.inputs.delta.every((step) => Math.abs(step - 0.3) < 1e-6)).toBe(true);
    const head = scanInputs({ tokens, values: { variant: 'mamba2' } }, tokens);
    expect(head.inputs.delta.slice(50, 100)).toEqual(head.inputs.delta.slice(0, 50));
    const run = mambaDemo.run({ tokens, values: { variant: 'mamba2' } });
    expect(numberOf(run, 'maxDifference')).toBeLessThan(1e-5);
    expect(numberOf(run, 'stateBytes')).toBe(8 * 8 * 4);
  });
});

describe('the gated delta rule', () => {
  it('shows what the engine writes, token by token, and the chunked form’s difference', () => {
    const { inputs, shape } = deltaInputs({ tokens, values: {} }, tokens);
    const written: number[] = [];
    const plain = gatedDeltaRule(inputs, shape, {
      observer: { deltaWrite: (event) => written.push(Math.hypot(...event.written)) },
    });
    const chunked = gatedDeltaRuleChunked(inputs, shape, 16);
    const run = gatedDeltaRuleDemo.run({ tokens, values: {} });
    expect(numberOf(run, 'maxDifference')).toBe(maxAbsDifference(plain.output, chunked.output));
    for (const idx of [0, 7, 49]) {
      expect(numberOf(run, 'written', idx)).toBeCloseTo(written[idx], 12);
    }
  });

  it('writes nothing for a token that comes back at once, when nothing decays', () => {
    const run = gatedDeltaRuleDemo.run({
      tokens: ['a', 'a', 'b'],
      values: { keepShare: 1, beta: 1 },
    });
    expect(numberOf(run, 'written', 1)).toBeLessThan(1e-5);
    expect(numberOf(run, 'written', 2)).toBeGreaterThan(0.1);
    expect(numberOf(run, 'recalled', 1)).toBe(2);
  });

  it('recalls a value fully from a state that holds it alone', () => {
    expect(recallOf([2, 3], [1], [2, 3])).toBe(1);
    expect(recallOf([0, 0], [1], [2, 3])).toBe(0);
    expect(recallOf([0], [1], [0])).toBe(0);
  });
});

describe('RWKV', () => {
  it('shows the engine’s difference between recurrence and definition', () => {
    const { inputs, shape } = rwkvInputs({ tokens, values: {} }, tokens);
    const difference = maxAbsDifference(
      rwkvTimeMixing(inputs, shape).output,
      rwkvTimeMixingParallel(inputs, shape),
    );
    const run = rwkvDemo.run({ tokens, values: {} });
    expect(numberOf(run, 'maxDifference')).toBe(difference);
    expect(numberOf(run, 'stateBytes', 49)).toBe(8 * (3 * 4 + 2 * 2));
  });

  it('shows shares that sum to 1 and give what the engine’s state holds', () => {
    const { inputs, shape } = rwkvInputs({ tokens, values: { scoreDeviation: 3 } }, tokens);
    const { state } = rwkvTimeMixing(inputs, shape);
    const shares = stateMeans(inputs, 8, 50);
    for (let channel = 0; channel < 8; channel++) {
      let [all, mean] = [0, 0];
      for (let idx = 0; idx < 50; idx++) {
        all += shares[channel * 50 + idx];
        mean += shares[channel * 50 + idx] * inputs.value[idx * 8 + channel];
      }
      expect(all).toBeCloseTo(1, 12);
      expect(mean).toBeCloseTo(state.numerator[channel] / state.denominator[channel], 10);
    }
  });
});

describe('selective copying', () => {
  it('shows what the engine’s two models spell: Mamba all, S4 not', () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const task = taskOf({ tokens, values: { seed } }, 50);
      const result = selectiveCopying(task, 4);
      const run = selectiveCopyingDemo.run({ tokens, values: { seed } });
      expect(numberOf(run, 'selectiveCorrect', 49)).toBe(result.selectiveCorrect);
      expect(numberOf(run, 'timeInvariantCorrect', 49)).toBe(result.timeInvariantCorrect);
      expect(result.selectiveCorrect).toBe(5);
      expect(result.timeInvariantCorrect).toBeLessThan(5);
      expect(numberOf(run, 'maxDifference')).toBeLessThan(1e-9);
    }
  });

  it('lets S4 copy all when the symbols stand as it is tuned', () => {
    const run = selectiveCopyingDemo.run({ tokens, values: { placing: 'even' } });
    expect(numberOf(run, 'timeInvariantCorrect', 49)).toBe(5);
    expect(numberOf(run, 'selectiveCorrect', 49)).toBe(5);
  });
});
