import { requirePositiveInteger } from '../errors.ts';
import { causalConvolution, columns, linear, silu, softplus, transpose } from '../layerMath.ts';
import type { StepObserver } from '../stepEvents.ts';
import { requireShape, type FloatArray } from '../tensor.ts';
import { selectiveScan, selectiveScanBlocks } from './selectiveScan.ts';

export interface MambaShape {
  readonly tokens: number;
  readonly hiddenSize: number;
  /** Channels of the scan, usually 2 x hiddenSize. */
  readonly innerSize: number;
  readonly stateSize: number;
  /** Tokens the convolution sees, usually 4. */
  readonly convKernelTokens: number;
  /** Width of the bottleneck from which each channel's step is made. */
  readonly timeStepRank: number;
}

/** The weights of one block, as in the published checkpoints. */
export interface MambaWeights {
  /** (2 x innerSize, hiddenSize): first the scan's input, then the gate. */
  readonly inProj: FloatArray;
  readonly inProjBias?: FloatArray;
  /** (innerSize, convKernelTokens) */
  readonly convWeight: FloatArray;
  /** (innerSize) */
  readonly convBias?: FloatArray;
  /** (timeStepRank + 2 x stateSize, innerSize): step, B and C of each token. */
  readonly xProj: FloatArray;
  /** (innerSize, timeStepRank) */
  readonly dtProj: FloatArray;
  /** (innerSize) */
  readonly dtProjBias?: FloatArray;
  /** (innerSize, stateSize): A = -exp(aLog). */
  readonly aLog: FloatArray;
  /** (innerSize) */
  readonly D: FloatArray;
  /** (hiddenSize, innerSize) */
  readonly outProj: FloatArray;
  readonly outProjBias?: FloatArray;
}

/** All a block remembers: the same size after 10 tokens and after a million. */
export interface MambaState {
  /** (innerSize, stateSize) */
  readonly scanState: FloatArray;
  /** (convKernelTokens - 1, innerSize) */
  readonly convHistory: FloatArray;
}

export interface MambaOptions {
  /** From the tokens before; a fresh start when left out. */
  readonly state?: MambaState;
  /** Scan in blocks of this many tokens instead of one by one. */
  readonly blockTokens?: number;
  readonly observer?: StepObserver;
}

/**
 * One Mamba block: project, short convolution, SiLU, selective scan with step, B and C made from the token, gate, project.
 * (Gu & Dao 2023, section 3.4 and figure 3.) In pieces that hand on their state it gives what one call gives.
 * @param x (tokens, hiddenSize)
 * @returns output (tokens, hiddenSize) and the state after the last token
 */
export function mambaBlock(
  x: FloatArray,
  weights: MambaWeights,
  shape: MambaShape,
  options: MambaOptions = {},
): { readonly output: FloatArray; readonly state: MambaState } {
  const { tokens, ...sizes } = shape;
  const { hiddenSize, innerSize, stateSize, convKernelTokens, timeStepRank } = sizes;
  for (const [name, value] of Object.entries(sizes)) requirePositiveInteger(name, value);
  requireShape('x', x, { tokens, hiddenSize });
  requireShape('inProj', weights.inProj, { twiceInnerSize: 2 * innerSize, hiddenSize });
  requireShape('xProj', weights.xProj, {
    stepAndMatrices: timeStepRank + 2 * stateSize,
    innerSize,
  });
  requireShape('dtProj', weights.dtProj, { innerSize, timeStepRank });
  requireShape('aLog', weights.aLog, { innerSize, stateSize });
  requireShape('D', weights.D, { innerSize });
  requireShape('outProj', weights.outProj, { hiddenSize, innerSize });

  const projected = linear(
    x,
    weights.inProj,
    { rows: tokens, inputSize: hiddenSize, outputSize: 2 * innerSize },
    weights.inProjBias,
  );
  const convolved = causalConvolution(
    columns(projected, tokens, 2 * innerSize, 0, innerSize),
    weights.convWeight,
    { tokens, channels: innerSize, kernelTokens: convKernelTokens },
    weights.convBias,
    options.state?.convHistory,
  );
  const scanned = convolved.output.map(silu);

  const parameterSize = timeStepRank + 2 * stateSize;
  const parameters = linear(scanned, weights.xProj, {
    rows: tokens,
    inputSize: innerSize,
    outputSize: parameterSize,
  });
  const delta = linear(
    columns(parameters, tokens, parameterSize, 0, timeStepRank),
    weights.dtProj,
    { rows: tokens, inputSize: timeStepRank, outputSize: innerSize },
    weights.dtProjBias,
  ).map(softplus);

  const inputs = {
    u: transpose(scanned, tokens, innerSize),
    delta: transpose(delta, tokens, innerSize),
    A: weights.aLog.map((log) => -Math.exp(log)),
    B: transpose(
      columns(parameters, tokens, parameterSize, timeStepRank, stateSize),
      tokens,
      stateSize,
    ),
    C: transpose(
      columns(parameters, tokens, parameterSize, timeStepRank + stateSize, stateSize),
      tokens,
      stateSize,
    ),
    D: weights.D,
  };
  const scanShape = { channels: innerSize, stateSize, tokens };
  const scanOptions = { initialState: options.state?.scanState, observer: options.observer };
  const { y, finalState } =
    options.blockTokens === undefined
      ? selectiveScan(inputs, scanShape, scanOptions)
      : selectiveScanBlocks(inputs, scanShape, options.blockTokens, scanOptions);

  const gated = transpose(y, innerSize, tokens);
  for (let tokenIdx = 0; tokenIdx < tokens; tokenIdx++) {
    for (let channel = 0; channel < innerSize; channel++) {
      gated[tokenIdx * innerSize + channel] *= silu(
        projected[tokenIdx * 2 * innerSize + innerSize + channel],
      );
    }
  }
  const output = linear(
    gated,
    weights.outProj,
    { rows: tokens, inputSize: innerSize, outputSize: hiddenSize },
    weights.outProjBias,
  );
  return { output, state: { scanState: finalState, convHistory: convolved.history } };
}
