import { requirePositiveInteger } from '../errors.ts';
import { causalConvolution, columns, linear, rmsNormRows, silu, softplus } from '../layerMath.ts';
import type { StepObserver } from '../stepEvents.ts';
import { requireShape, type FloatArray } from '../tensor.ts';
import type { MambaState } from './mambaBlock.ts';
import { ssd, ssdBlocks } from './ssd.ts';

export interface Mamba2Shape {
  readonly tokens: number;
  readonly hiddenSize: number;
  readonly numHeads: number;
  readonly headDim: number;
  readonly stateSize: number;
  /** Heads of one group share B and C; divides numHeads. */
  readonly numGroups: number;
  readonly convKernelTokens: number;
}

/** The weights of one block, as in the published checkpoints. innerSize = numHeads x headDim. */
export interface Mamba2Weights {
  /** (2 x innerSize + 2 x numGroups x stateSize + numHeads, hiddenSize): gate, input, B, C, step. */
  readonly inProj: FloatArray;
  readonly inProjBias?: FloatArray;
  /** (innerSize + 2 x numGroups x stateSize, convKernelTokens): over input, B and C. */
  readonly convWeight: FloatArray;
  readonly convBias?: FloatArray;
  /** (numHeads) */
  readonly dtBias: FloatArray;
  /** (numHeads): A = -exp(aLog). */
  readonly aLog: FloatArray;
  /** (numHeads) */
  readonly D: FloatArray;
  /** (innerSize) */
  readonly normWeight: FloatArray;
  /** (hiddenSize, innerSize) */
  readonly outProj: FloatArray;
  readonly outProjBias?: FloatArray;
}

export interface Mamba2Options {
  /** From the tokens before: scanState (numHeads, headDim, stateSize), convHistory (convKernelTokens - 1, channels). */
  readonly state?: MambaState;
  /** Scan in blocks of this many tokens instead of one by one. */
  readonly blockTokens?: number;
  /** 1e-5 when left out. */
  readonly rmsNormEps?: number;
  readonly observer?: StepObserver;
}

/**
 * One Mamba-2 block: project once to gate, input, B, C and step; short convolution over the middle three; SiLU; state space
 * duality; gate and RMSNorm; project. (Dao & Gu 2024, section 7 and figure 6.)
 * @param x (tokens, hiddenSize)
 * @returns output (tokens, hiddenSize) and the state after the last token
 */
export function mamba2Block(
  x: FloatArray,
  weights: Mamba2Weights,
  shape: Mamba2Shape,
  options: Mamba2Options = {},
): { readonly output: FloatArray; readonly state: MambaState } {
  const { tokens, ...sizes } = shape;
  const { hiddenSize, numHeads, headDim, stateSize, numGroups, convKernelTokens } = sizes;
  for (const [name, value] of Object.entries(sizes)) requirePositiveInteger(name, value);
  const innerSize = numHeads * headDim;
  const groupsSize = numGroups * stateSize;
  const convChannels = innerSize + 2 * groupsSize;
  const projectedSize = innerSize + convChannels + numHeads;
  requireShape('x', x, { tokens, hiddenSize });
  requireShape('inProj', weights.inProj, { projectedSize, hiddenSize });
  requireShape('dtBias', weights.dtBias, { numHeads });
  requireShape('aLog', weights.aLog, { numHeads });
  requireShape('D', weights.D, { numHeads });
  requireShape('normWeight', weights.normWeight, { innerSize });
  requireShape('outProj', weights.outProj, { hiddenSize, innerSize });

  const projected = linear(
    x,
    weights.inProj,
    { rows: tokens, inputSize: hiddenSize, outputSize: projectedSize },
    weights.inProjBias,
  );
  const convolved = causalConvolution(
    columns(projected, tokens, projectedSize, innerSize, convChannels),
    weights.convWeight,
    { tokens, channels: convChannels, kernelTokens: convKernelTokens },
    weights.convBias,
    options.state?.convHistory,
  );
  const mixed = convolved.output.map(silu);
  const delta = columns(projected, tokens, projectedSize, innerSize + convChannels, numHeads).map(
    (raw, idx) => softplus(raw + weights.dtBias[idx % numHeads]),
  );

  const inputs = {
    x: columns(mixed, tokens, convChannels, 0, innerSize),
    delta,
    A: weights.aLog.map((log) => -Math.exp(log)),
    B: columns(mixed, tokens, convChannels, innerSize, groupsSize),
    C: columns(mixed, tokens, convChannels, innerSize + groupsSize, groupsSize),
    D: weights.D,
  };
  const scanShape = { tokens, numHeads, headDim, stateSize, numGroups };
  const scanOptions = { initialState: options.state?.scanState, observer: options.observer };
  const { y, finalState } =
    options.blockTokens === undefined
      ? ssd(inputs, scanShape, scanOptions)
      : ssdBlocks(inputs, scanShape, options.blockTokens, scanOptions);

  for (let tokenIdx = 0; tokenIdx < tokens; tokenIdx++) {
    for (let channel = 0; channel < innerSize; channel++) {
      y[tokenIdx * innerSize + channel] *= silu(projected[tokenIdx * projectedSize + channel]);
    }
  }
  rmsNormRows(y, weights.normWeight, innerSize, options.rmsNormEps ?? 1e-5);
  const output = linear(
    y,
    weights.outProj,
    { rows: tokens, inputSize: innerSize, outputSize: hiddenSize },
    weights.outProjBias,
  );
  return { output, state: { scanState: finalState, convHistory: convolved.history } };
}
