import { describe, expect, it } from 'vitest';
import { architectureById, architectures } from '../../../src/core/architectures/architectures.ts';
import { models } from '../../../src/core/catalog/models.ts';
import { costFigures } from '../../../src/core/dashboard/cost.ts';
import { latencyFigures } from '../../../src/core/dashboard/latency.ts';
import { hostingFigures } from '../../../src/core/dashboard/selfHosting.ts';
import { policyNames } from '../../../src/core/estimates/cachePolicy.ts';
import { deploymentOn } from '../../../src/core/estimates/deployment.ts';
import type { Deployment } from '../../../src/core/estimates/deployment.ts';
import { estimateModel } from '../../../src/core/estimates/estimateModel.ts';
import type { EstimateRequest } from '../../../src/core/estimates/estimateModel.ts';
import type { Explained } from '../../../src/core/estimates/explained.ts';
import { InputError } from '../../../src/core/estimates/inputError.ts';
import { hardware, hardwareById } from '../../../src/core/hardware/hardware.ts';
import { evaluateFormula } from './evaluateFormula.ts';

/** Formulas show seven digits, sums of them a little less. */
const tolerance = 2e-6;

/** Checks a number and all its parts: the formula gives the value, parts add up, inputs have sources. */
function check(one: Explained, path: string): number {
  const where = `${path} > ${one.name}: ${one.formula}`;
  for (const input of one.inputs) {
    expect(input.source, where).not.toBe('');
    if (input.asOf !== undefined) expect(input.asOf, where).toMatch(/^20\d\d-\d\d-\d\d$/);
  }
  if (one.value === undefined) {
    expect(one.unknownBecause, where).toBeTruthy();
    return 1;
  }
  expect(one.formula, where).not.toMatch(/NaN|undefined|Infinity/);
  const limit = /^most \w+ (?:of \d+ tokens )?for which (.*) <= (.*)$/.exec(one.formula);
  if (limit !== null) {
    const [need, room] = [evaluateFormula(limit[1]), evaluateFormula(limit[2])];
    // 0: even one does not fit, and the formula shows the one.
    if (one.value > 0) expect(need, where).toBeLessThanOrEqual(room * (1 + tolerance));
    else expect(need, where).toBeGreaterThan(room);
  } else {
    const value = evaluateFormula(one.formula);
    const off = Math.abs(value - one.value);
    if (off > tolerance * Math.max(Math.abs(one.value), 1e-9)) {
      expect.fail(`${where}\nis ${value}, not ${one.value}`);
    }
  }
  if (one.parts !== undefined) {
    const sum = one.parts.reduce((total, part) => total + (part.value ?? NaN), 0);
    expect(Math.abs(sum - one.value), where).toBeLessThanOrEqual(1e-9 * one.value);
  }
  return 1 + (one.parts ?? []).reduce((count, part) => count + check(part, where), 0);
}

const base: EstimateRequest = {
  tokens: 20_000,
  outputTokens: 500,
  policy: 'ideal',
  kvDtype: 'bf16',
  users: 1,
  cachedPrefixTokens: 0,
};

function explain(id: string, request: EstimateRequest, settings: Partial<Deployment>, gpu: string) {
  const architecture = architectures.find((one) => one.id === id);
  if (architecture === undefined) throw new Error(id);
  const deployment = deploymentOn(hardwareById(gpu), { kvDtype: request.kvDtype, ...settings });
  const { numbers } = estimateModel(architecture, { ...request, deployment });
  return numbers.reduce((count, one) => count + check(one, `${id} on ${gpu}`), 0);
}

describe('every number explains itself', () => {
  it('with a formula that evaluates to it, for every model on an H100', () => {
    const counts = architectures.map(({ id }) => explain(id, base, {}, 'h100-sxm'));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(1500);
  });

  it('on every card', () => {
    for (const { id } of hardware) {
      for (const model of ['llama-3.1-8b', 'gpt-oss-20b', 'mamba2-2.7b']) {
        explain(model, base, {}, id);
      }
    }
  });

  it.each<[string, Partial<EstimateRequest>, Partial<Deployment>]>([
    ['short chunks', { chunkTokens: 1000 }, {}],
    ['a cached prefix in three chunks', { chunkTokens: 3000, cachedPrefixTokens: 12_000 }, {}],
    ['several users', { users: 64 }, {}],
    ['tensor parallelism in fp8', {}, { tensorParallel: 8, weightDtype: 'fp8' }],
    ['two stages of int4', {}, { pipelineParallel: 2, weightDtype: 'int4' }],
    ['a ring', { tokens: 300_000 }, { contextParallel: 4 }],
    ['an uneven ring', { tokens: 300_000 }, { contextParallel: 4, ringLayout: 'contiguous' }],
    ['a bare pass of few tokens', { tokens: 20 }, { engine: 'bareForward' }],
    ['an eager pass of few tokens', { tokens: 20 }, { engine: 'huggingFace' }],
  ])('with %s', (_name, request, settings) => {
    for (const id of ['llama-3.1-70b', 'deepseek-v3', 'mixtral-8x7b', 'qwen3-next-80b-a3b']) {
      explain(id, { ...base, ...request }, settings, 'h200-sxm');
    }
  });

  it('with every cache layout and dtype', () => {
    for (const policy of policyNames) {
      for (const kvDtype of ['fp8', 'int8PerTokenHead', 'int4', 'q8_0', 'q4_0'] as const) {
        for (const id of ['gemma-3-27b', 'llama-4-scout', 'glm-5', 'jamba-v0.1']) {
          explain(id, { ...base, policy, kvDtype }, {}, 'b200-sxm');
        }
      }
    }
  });

  it('of cost, end-to-end time and self-hosting, too', () => {
    const at = new Date('2026-11-28T12:00:00Z');
    const input = {
      tokens: 250_000,
      lowTokens: 240_000,
      highTokens: 260_000,
      exact: false,
      basis: 'test',
    };
    for (const { name: modelName, prices } of models) {
      const shared = { modelName, prices, input, outputTokens: 777, cachedShare: 0.3, at };
      const { call, day, month } = costFigures({ ...shared, callsPerDay: 12 });
      for (const one of [call, day, month]) check(one, modelName);
    }
    const architecture = architectureById('llama-3.1-70b');
    const deployment = deploymentOn(hardwareById('h200'), {
      tensorParallel: 4,
      weightDtype: 'fp8',
    });
    const latency = {
      architecture,
      deployment,
      cachedShare: 0.5,
      concurrency: 8,
      chunkTokens: 8192,
    };
    const figures = latencyFigures(latency, 100_000, 300);
    for (const one of Object.values(figures) as Explained[]) check(one, 'latency');
    const setup = {
      latency,
      promptTokens: 100_000,
      outputTokens: 300,
      utilization: 0.3,
      gpuHourUsd: 2,
    };
    const { callsPerBusyHour, callsPerDay, breakEvenGpuHourUsd } = hostingFigures(
      setup,
      0.123456789,
      777,
    );
    for (const one of [callsPerBusyHour, callsPerDay, breakEvenGpuHourUsd]) check(one, 'hosting');
  });

  it('or says why it is unknown', () => {
    const architecture = architectures.find(({ id }) => id === 'deepseek-v4-flash');
    if (architecture === undefined) throw new Error('deepseek-v4-flash');
    const deployment = deploymentOn(hardwareById('h100'));
    for (const one of estimateModel(architecture, { ...base, deployment }).numbers) {
      expect(one.value).toBeUndefined();
      expect(one.unknownBecause).toBeTruthy();
    }
    expect(() => hardwareById('h99')).toThrow(InputError);
  });
});
