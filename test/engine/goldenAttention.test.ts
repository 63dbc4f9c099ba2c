import { describe, expect, it } from 'vitest';
import {
  alibiBias,
  alibiSlopes,
  causal,
  referenceAttention,
  slidingWindow,
  tiledAttention,
} from '../../src/engine/index.ts';
import { Differences, float64, readGolden, type GoldenCase, type GoldenTensor } from './golden.ts';

interface Qkv {
  readonly q: GoldenTensor;
  readonly k: GoldenTensor;
  readonly v: GoldenTensor;
}

type AttentionCase = GoldenCase<
  {
    readonly queryHeads: number;
    readonly kvHeads: number;
    readonly queryLength: number;
    readonly keyLength: number;
    readonly headDim: number;
    readonly causal: boolean;
  },
  Qkv,
  {
    readonly output: GoldenTensor;
    readonly logSumExp: GoldenTensor;
    readonly weights: GoldenTensor;
  }
>;

type SinkCase = GoldenCase<
  {
    readonly queryHeads: number;
    readonly kvHeads: number;
    readonly n: number;
    readonly headDim: number;
    readonly window: number | null;
  },
  Qkv & { readonly sinkLogits: GoldenTensor },
  { readonly output: GoldenTensor }
>;

type AlibiCase = GoldenCase<
  {
    readonly heads: number;
    readonly n: number;
    readonly headDim: number;
    readonly causal: boolean;
  },
  Qkv,
  { readonly slopes?: GoldenTensor; readonly output?: GoldenTensor }
>;

describe('tiled attention', () => {
  it('gives the outputs and log-sum-exp of attention.json, in tiles of any size', () => {
    const golden = readGolden<AttentionCase>('attention');
    const differences = new Differences();
    golden.cases.forEach(({ params, inputs, expected }, idx) => {
      for (const [tileQueries, tileKeys] of [
        [64, 64],
        [4, 4],
        [3, 5],
      ]) {
        const result = tiledAttention(
          float64(inputs.q),
          float64(inputs.k),
          float64(inputs.v),
          {
            numHeads: params.queryHeads,
            numKvHeads: params.kvHeads,
            queryTokens: params.queryLength,
            keyTokens: params.keyLength,
            headDim: params.headDim,
          },
          {
            ...(params.causal ? { mask: causal } : {}),
            firstQueryIdx: params.keyLength - params.queryLength,
            tileQueries,
            tileKeys,
          },
        );
        differences.check(`case ${idx} output`, result.output, expected.output.data);
        differences.check(`case ${idx} logSumExp`, result.logSumExp, expected.logSumExp.data);
      }
    });
    differences.report('attention.json, tiled');
  });
});

describe('reference attention', () => {
  it('gives the outputs, weights and log-sum-exp of attention.json (PyTorch, float64)', () => {
    const golden = readGolden<AttentionCase>('attention');
    const differences = new Differences();
    golden.cases.forEach(({ params, inputs, expected }, idx) => {
      const result = referenceAttention(
        float64(inputs.q),
        float64(inputs.k),
        float64(inputs.v),
        {
          numHeads: params.queryHeads,
          numKvHeads: params.kvHeads,
          queryTokens: params.queryLength,
          keyTokens: params.keyLength,
          headDim: params.headDim,
        },
        {
          ...(params.causal ? { mask: causal } : {}),
          firstQueryIdx: params.keyLength - params.queryLength,
          keepWeights: true,
        },
      );
      differences.check(`case ${idx} output`, result.output, expected.output.data);
      differences.check(`case ${idx} logSumExp`, result.logSumExp, expected.logSumExp.data);
      differences.check(`case ${idx} weights`, result.weights ?? [], expected.weights.data);
    });
    differences.report('attention.json');
  });

  it('gives the outputs of attention_sinks.json (gpt-oss)', () => {
    const golden = readGolden<SinkCase>('attention_sinks');
    const differences = new Differences();
    golden.cases.forEach(({ params, inputs, expected }, idx) => {
      const { output } = referenceAttention(
        float64(inputs.q),
        float64(inputs.k),
        float64(inputs.v),
        {
          numHeads: params.queryHeads,
          numKvHeads: params.kvHeads,
          queryTokens: params.n,
          keyTokens: params.n,
          headDim: params.headDim,
        },
        {
          mask: params.window === null ? causal : slidingWindow(params.window),
          sinkLogits: float64(inputs.sinkLogits),
        },
      );
      differences.check(`case ${idx} output`, output, expected.output.data);
    });
    differences.report('attention_sinks.json');
  });

  it('gives the slopes and outputs of alibi.json (BLOOM)', () => {
    const golden = readGolden<AlibiCase>('alibi');
    const differences = new Differences();
    golden.cases.forEach(({ params, inputs, expected }, idx) => {
      expect(expected.slopes ?? expected.output).toBeDefined();
      if (expected.slopes !== undefined) {
        differences.check(`case ${idx}`, alibiSlopes(params.heads), expected.slopes.data);
      }
      if (expected.output === undefined) return;
      const { heads, n, headDim } = params;
      const { output } = referenceAttention(
        float64(inputs.q),
        float64(inputs.k),
        float64(inputs.v),
        { numHeads: heads, numKvHeads: heads, queryTokens: n, keyTokens: n, headDim },
        { ...(params.causal ? { mask: causal } : {}), scoreBias: alibiBias(heads) },
      );
      differences.check(`case ${idx} output`, output, expected.output.data);
    });
    differences.report('alibi.json');
  });
});
