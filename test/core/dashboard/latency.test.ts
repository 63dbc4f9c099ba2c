import { describe, expect, it } from 'vitest';
import { architectureById, architectures } from '../../../src/core/architectures/architectures.ts';
import {
  isSameRun,
  latencyFigures,
  latencyParts,
  layoutCurves,
  measuredOn,
  noticedLengths,
  partShares,
  ttftCurve,
} from '../../../src/core/dashboard/latency.ts';
import type { LatencySetup } from '../../../src/core/dashboard/latency.ts';
import { prefillSampler } from '../../../src/core/dashboard/prefillSampler.ts';
import { chunkSamples } from '../../../src/core/estimates/chunkSamples.ts';
import { deploymentOn } from '../../../src/core/estimates/deployment.ts';
import { forwardPass } from '../../../src/core/estimates/forwardPass.ts';
import { prefillSeconds } from '../../../src/core/estimates/latency.ts';
import { hardwareById } from '../../../src/core/hardware/hardware.ts';

const h100 = hardwareById('h100-sxm');
const setup: LatencySetup = {
  architecture: architectureById('llama-3.1-8b'),
  deployment: deploymentOn(h100),
  cachedShare: 0,
  concurrency: 1,
};
const range = [1000, 2_000_000] as const;

describe('the figures of waiting', () => {
  it('add the answer to the first token', () => {
    const { timeToFirstToken, perOutputToken, endToEnd } = latencyFigures(setup, 32_768, 501);
    const sum = (timeToFirstToken.value ?? NaN) + 500 * (perOutputToken.value ?? NaN);
    expect(endToEnd.value).toBeCloseTo(sum, 9);
    expect(endToEnd.band?.low).toBeLessThan(sum);
    // Measured here: 1.25 s of bare forward pass, and an engine adds its own.
    expect(timeToFirstToken.value).toBeGreaterThan(1);
    expect(timeToFirstToken.value).toBeLessThan(1.6);
  });

  it('hold at zero tokens, with all of the prompt in the cache, and at a thousand million', () => {
    expect(latencyFigures(setup, 0, 0).endToEnd.value).toBeGreaterThan(0);
    const cached = latencyFigures({ ...setup, cachedShare: 1 }, 100_000, 1);
    expect(cached.timeToFirstToken.value).toBeLessThan(0.1);
    const huge = latencyFigures({ ...setup, chunkTokens: 2048 }, 1e9, 100);
    expect(huge.timeToFirstToken.value).toBeGreaterThan(1e6);
  });

  it('are unknown, with the reason, for shapes that are', () => {
    const architecture = architectures.find((one) => one.mixers === undefined);
    if (architecture === undefined) throw new Error('every shape is known');
    const { endToEnd } = latencyFigures({ ...setup, architecture }, 1000, 10);
    expect(endToEnd.value).toBeUndefined();
    expect(endToEnd.unknownBecause).toContain(architecture.id);
    expect(ttftCurve('whole', { ...setup, architecture }, range).points).toEqual([]);
    expect(partShares({ ...setup, architecture }, range)).toEqual([]);
    expect(noticedLengths({ ...setup, architecture })[0].tokens).toBeUndefined();
  });
});

describe('the curves of waiting', () => {
  it('hold their band around them and end where memory does', () => {
    const curve = ttftCurve('whole', setup, range, 400_000);
    expect(curve.points.at(-1)?.[0]).toBe(400_000);
    curve.points.forEach(([tokens, seconds], idx) => {
      const [at, low, high] = curve.band?.[idx] ?? [NaN, NaN, NaN];
      expect([at, low < seconds, high > seconds]).toEqual([tokens, true, true]);
    });
    expect(ttftCurve('whole', setup, range, 0).points).toEqual([]);
  });

  it('are faster on more GPUs, and leave out what does not fit', () => {
    const curves = layoutCurves(setup, range);
    expect(curves.map(({ gpus }) => gpus)).toEqual([1, 2, 4, 8]);
    // At some 100K tokens.
    const near = (gpus: number) =>
      curves.find((one) => one.gpus === gpus)?.points.find(([tokens]) => tokens > 100_000)?.[1] ??
      NaN;
    expect(near(8)).toBeLessThan(near(1));
    const large = layoutCurves(
      { ...setup, architecture: architectureById('llama-3.1-70b') },
      range,
    );
    expect(large[0]).toMatchObject({ gpus: 1, longestTokens: 0, points: [] });
  });

  it('share out a hundred percent, attention more and more of it', () => {
    const shares = partShares(setup, range);
    const sum = (idx: number) => shares.reduce((total, { points }) => total + points[idx][1], 0);
    expect(sum(0)).toBeCloseTo(100, 9);
    expect(sum(20)).toBeCloseTo(100, 9);
    const attention = shares.find(({ id }) => id === 'attentionSeconds')?.points ?? [];
    expect(attention.at(-1)?.[1]).toBeGreaterThan(80);
    expect(attention[0][1]).toBeLessThan(10);
    expect(shares.every(({ id }) => (latencyParts as readonly string[]).includes(id))).toBe(true);
  });

  it('say how long a prompt may be for 0.1, 1 and 10 seconds', () => {
    const lengths = noticedLengths(setup);
    for (const { seconds, tokens } of lengths) {
      const at = (promptTokens: number) =>
        prefillSeconds(setup.architecture, setup.deployment, { promptTokens }).value ?? NaN;
      expect(at(tokens ?? NaN)).toBeLessThanOrEqual(seconds);
      expect(at(Math.ceil((tokens ?? NaN) * 1.01))).toBeGreaterThan(seconds);
    }
  });
});

describe('the samples of a curve', () => {
  const shapes = [
    'llama-3.1-8b',
    'gemma-3-27b',
    'deepseek-v3',
    'qwen3-next-80b-a3b',
    'llama-4-scout',
  ];
  const cases = shapes.flatMap((id) =>
    [undefined, 512, 2048].flatMap((chunkTokens) =>
      [0, 0.4].map((cachedShare) => ({ id, chunkTokens, cachedShare })),
    ),
  );

  it.each(cases)(
    'lie within 2 % of the time with its reasons: $id, chunks $chunkTokens, cached $cachedShare',
    ({ id, chunkTokens, cachedShare }) => {
      const here = { ...setup, architecture: architectureById(id), chunkTokens, cachedShare };
      const sample = prefillSampler(here, 2_000_000);
      for (const tokens of [1000, 3001, 47_000, 390_001, 2_000_000]) {
        const { timeToFirstToken } = latencyFigures(here, tokens, 1);
        const one = sample(tokens);
        expect(Math.abs((one?.seconds ?? NaN) / (timeToFirstToken.value ?? NaN) - 1)).toBeLessThan(
          0.02,
        );
        expect(one?.lowSeconds).toBeLessThan(one?.seconds ?? NaN);
        for (const part of timeToFirstToken.parts ?? []) {
          const difference = (one?.parts[part.name] ?? NaN) - (part.value ?? NaN);
          expect(Math.abs(difference)).toBeLessThan(0.02 * (one?.seconds ?? NaN));
        }
      }
    },
  );
});

describe('measured points', () => {
  it('are of the same model and card only, and name where they come from', () => {
    const points = measuredOn(setup.architecture, setup.deployment);
    expect(points.length).toBeGreaterThanOrEqual(4);
    for (const one of points) {
      expect(one).toMatchObject({ architectureId: 'llama-3.1-8b', hardwareId: 'h100-sxm' });
      expect(one.source).not.toBe('');
    }
    expect(measuredOn(architectureById('gemma-3-27b'), setup.deployment)).toEqual([]);
  });

  it('lie in the band of what they measured', () => {
    const bare = { deployment: deploymentOn(h100, { engine: 'bareForward' }), concurrency: 1 };
    const same = measuredOn(setup.architecture, bare.deployment).filter((one) =>
      isSameRun(one, bare),
    );
    expect(same.length).toBeGreaterThanOrEqual(4);
    for (const { promptTokens, seconds } of same) {
      const { band } = prefillSeconds(setup.architecture, bare.deployment, { promptTokens });
      expect(seconds).toBeGreaterThan(band?.low ?? NaN);
      expect(seconds).toBeLessThan(band?.high ?? NaN);
    }
  });
});

describe('chunks of a prompt', () => {
  it('are each of them while they are few', () => {
    expect(chunkSamples(100, 350, 100)).toEqual([
      { at: 100, newTokens: 100, times: 1 },
      { at: 200, newTokens: 100, times: 1 },
      { at: 300, newTokens: 50, times: 1 },
    ]);
    expect(chunkSamples(5, 5, 10)).toEqual([]);
  });

  it.each(['llama-3.1-8b', 'gemma-3-27b', 'qwen3-next-80b-a3b', 'deepseek-v3'])(
    'sum up as all chunks of %s do',
    (id) => {
      const architecture = architectureById(id);
      const [tokens, chunk] = [1_000_003, 2048];
      let exact = 0;
      for (let at = 0; at < tokens; at += chunk) {
        const newTokens = Math.min(chunk, tokens - at);
        const pass = forwardPass(architecture, setup.deployment, {
          newTokens,
          cachedTokens: at,
          sequences: 1,
        });
        if (typeof pass === 'string') throw new Error(pass);
        for (const { kind, seconds } of pass.operators) {
          if (kind === 'attention' || kind === 'gemm') exact += seconds;
        }
      }
      const sampled = prefillSeconds(architecture, setup.deployment, {
        promptTokens: tokens,
        chunkTokens: chunk,
      });
      const part = (name: string) => sampled.parts?.find((one) => one.name === name)?.value ?? NaN;
      const sum = part('attentionSeconds') + part('gemmSeconds');
      expect(Math.abs(sum / exact - 1)).toBeLessThan(1e-3);
      const samples = chunkSamples(0, tokens, chunk);
      expect(samples.length).toBeLessThan(70);
      const counted = samples.reduce((total, one) => total + one.times * one.newTokens, 0);
      expect(counted).toBeCloseTo(tokens, 5);
    },
  );
});
