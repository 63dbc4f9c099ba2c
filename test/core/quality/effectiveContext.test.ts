import { describe, expect, it } from 'vitest';
import { findModel } from '../../../src/core/catalog/findModel.ts';
import { modelNameKey } from '../../../src/core/catalog/modelNames.ts';
import { models } from '../../../src/core/catalog/models.ts';
import {
  effectiveContextFor,
  effectiveMeasurements,
} from '../../../src/core/quality/effectiveContext.ts';
import { lengthWarning } from '../../../src/core/quality/lengthWarning.ts';

describe('the key of a model name', () => {
  it.each([
    ['meta-llama/Meta-Llama-3.1-70B-Instruct', 'Llama 3.1 70B'],
    ['openai/gpt-4o', 'GPT-4o'],
    ['google/gemma-3-27b-it', 'Gemma 3 27B'],
    ['anthropic/claude-opus-4-6', 'Claude Opus 4.6'],
    ['qwen/qwen-2.5-72b-instruct', 'Qwen2.5-72B'],
    ['qwen/qwen3-235b-a22b-2507', 'Qwen3-235B-A22B-Instruct-2507'],
    ['google/gemini-2.0-flash', 'Gemini Flash 2.0'],
    ['cohere/command-r-plus', 'Command R+'],
  ])('is one for %s and %s', (ours, theirs) => {
    expect(modelNameKey(ours)).toBe(modelNameKey(theirs));
  });

  it('keeps sizes and versions apart', () => {
    const names = ['llama-3.1-8b', 'llama-3.1-70b', 'llama-3.3-70b', 'gpt-4o', 'gpt-4o-mini'];
    expect(new Set(names.map(modelNameKey)).size).toBe(names.length);
  });
});

describe('effective context', () => {
  it('has the benchmarks with metric, source and date', () => {
    expect(effectiveMeasurements.length).toBeGreaterThan(120);
    for (const measurement of effectiveMeasurements) {
      expect(measurement.metric).not.toBe('');
      expect(measurement.source).toMatch(/^https/);
      expect(measurement.asOf).toMatch(/^2026-/);
    }
    const unread = effectiveMeasurements.filter(
      ({ benchmark, effectiveTokens }) =>
        ['RULER', 'NoLiMa'].includes(benchmark) && effectiveTokens === undefined,
    );
    expect(unread).toEqual([]);
  });

  it('is found for models of the catalogue', () => {
    const benchmarksOf = (id: string) =>
      effectiveContextFor(findModel(id, models)).map(({ benchmark }) => benchmark);
    expect(benchmarksOf('gpt-4o')).toContain('NoLiMa');
    expect(benchmarksOf('gpt-4o')).toContain('LongBench v2');
    expect(benchmarksOf('qwen3-32b')).toContain('RULER');
    expect(benchmarksOf('gpt-4.1')).toContain('MRCR (Context Arena, OpenAI-MRCR dataset)');
    const linked = models.filter((model) => effectiveContextFor(model).length > 0);
    expect(linked.length).toBeGreaterThanOrEqual(30);
  });

  it('is never taken from a relative', () => {
    expect(effectiveContextFor('openai/gpt-6-sol')).toEqual([]);
    expect(effectiveContextFor('meta/llama-3.1-9b-instruct')).toEqual([]);
    expect(effectiveContextFor('')).toEqual([]);
  });
});

describe('the warning about length', () => {
  it('names the benchmark and the length that it found', () => {
    const warning = lengthWarning(findModel('gpt-4o', models), 60_000);
    expect(warning.finding).toBe('tooLong');
    expect(warning.sentences).toEqual([
      "NoLiMa found GPT-4o usable to 8K, less than the prompt's 60K (effective = longest length keeping >= 85% of base score).",
    ]);
    expect(lengthWarning('openai/gpt-4o', 8000).finding).toBe('usable');
  });

  it('tells too long from longer than was tried', () => {
    expect(lengthWarning('qwen/qwen3-32b', 100_000).finding).toBe('usable');
    const beyond = lengthWarning('qwen/qwen3-32b', 200_000);
    expect(beyond.finding).toBe('beyondMeasured');
    expect(beyond.sentences[0]).toContain('RULER found Qwen3-32B usable to >128K');
  });

  it('says that nothing is published, also where scores have no threshold', () => {
    const none = lengthWarning('openai/gpt-6-sol', 500_000);
    expect(none).toEqual({
      finding: 'noMeasurement',
      sentences: ['No published measurement of the usable length of this model.'],
      measurements: [],
    });
    const scored = lengthWarning('anthropic/claude-opus-4-6', 500_000);
    expect(scored.finding).toBe('noMeasurement');
    expect(scored.measurements.length).toBeGreaterThan(0);
  });
});
