import { requireEven, requirePositiveInteger } from '../errors.ts';
import { requireShape, type FloatArray } from '../tensor.ts';

/** Widths of multi-head latent attention, as DeepSeek's configs name them. */
export interface MlaShape {
  readonly hiddenSize: number;
  readonly numHeads: number;
  /** Left out where queries are projected straight from the hidden state (DeepSeek-V2-Lite). */
  readonly qLoraRank?: number;
  /** Width of the latent that stands for all heads' keys and values. */
  readonly kvLoraRank: number;
  /** Numbers of a head's query and key without position. */
  readonly qkNopeHeadDim: number;
  /** Rotated numbers of a head's query, and of the one key that all heads share. */
  readonly qkRopeHeadDim: number;
  readonly valueHeadDim: number;
}

/** Weights as `nn.Linear` stores them, (outputs, inputs); in the order of HF's module, whose names are given. */
export interface MlaWeights {
  /** q_a_proj (qLoraRank, hiddenSize) and q_a_layernorm (qLoraRank); both left out without a qLoraRank. */
  readonly queryDown?: FloatArray;
  readonly queryNorm?: FloatArray;
  /** q_b_proj (numHeads x (qkNopeHeadDim + qkRopeHeadDim), qLoraRank); q_proj over hiddenSize without one. */
  readonly queryUp: FloatArray;
  /** kv_a_proj_with_mqa (kvLoraRank + qkRopeHeadDim, hiddenSize) */
  readonly kvDown: FloatArray;
  /** kv_a_layernorm (kvLoraRank) */
  readonly kvNorm: FloatArray;
  /** kv_b_proj (numHeads x (qkNopeHeadDim + valueHeadDim), kvLoraRank): per head W_uk, then W_uv. */
  readonly kvUp: FloatArray;
  /** o_proj (hiddenSize, numHeads x valueHeadDim) */
  readonly output: FloatArray;
}

export function requireMla(shape: MlaShape, weights: MlaWeights): void {
  const { hiddenSize, numHeads, qLoraRank, kvLoraRank } = shape;
  const { qkNopeHeadDim, qkRopeHeadDim, valueHeadDim } = shape;
  for (const [name, width] of Object.entries(shape)) {
    if (name === 'qLoraRank' && width === undefined) continue;
    requirePositiveInteger(name, width as number);
  }
  requireEven('qkRopeHeadDim', qkRopeHeadDim);
  if (qLoraRank !== undefined) {
    requireShape('queryDown', weights.queryDown ?? [], { qLoraRank, hiddenSize });
    requireShape('queryNorm', weights.queryNorm ?? [], { qLoraRank });
  }
  const queryRows = numHeads * (qkNopeHeadDim + qkRopeHeadDim);
  requireShape('queryUp', weights.queryUp, { queryRows, inputs: qLoraRank ?? hiddenSize });
  requireShape('kvDown', weights.kvDown, { latentRows: kvLoraRank + qkRopeHeadDim, hiddenSize });
  requireShape('kvNorm', weights.kvNorm, { kvLoraRank });
  const kvRows = numHeads * (qkNopeHeadDim + valueHeadDim);
  requireShape('kvUp', weights.kvUp, { kvRows, kvLoraRank });
  requireShape('output', weights.output, { hiddenSize, inputs: numHeads * valueHeadDim });
}

/** Numbers a token costs in each layer's cache: the latent and one rotated key, whatever the number of heads. */
export function mlaCacheNumbersPerToken(shape: MlaShape): number {
  return shape.kvLoraRank + shape.qkRopeHeadDim;
}
