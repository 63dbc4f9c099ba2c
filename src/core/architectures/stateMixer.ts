import { InputError } from '../estimates/inputError.ts';
import type { StateMixer } from './architecture.ts';
import { optionalCount, optionalText } from './fields.ts';
import type { Fields } from './fields.ts';

/**
 * The layer with constant state that a record's `ssm` object describes; undefined when a width is missing.
 * State shapes as in Hugging Face transformers: Mamba [inner, state], Mamba-2 [heads, headDim, state], gated
 * delta rule and linear attention [heads, keyDim, valueDim]; the convolution runs over the projected inputs.
 */
export function stateMixerOf(
  ssm: Fields,
  hiddenSize: number,
  where: string,
): StateMixer | undefined {
  const kind = optionalText(ssm, 'kind', where) ?? '';
  const count = (field: string) => optionalCount(ssm, field, where);
  const base = { kind: 'state', name: kind, stateBytesPerElement: 4 } as const;
  switch (kind) {
    case 'mamba1': {
      const state = count('d_state');
      const convKernel = count('d_conv');
      const expand = count('expand');
      if (state === undefined || convKernel === undefined || expand === undefined) return undefined;
      const inner = expand * hiddenSize;
      const timeRank = Math.ceil(hiddenSize / 16);
      return {
        ...base,
        stateElements: inner * state,
        convChannels: inner,
        convKernel,
        parameters:
          3 * hiddenSize * inner +
          inner * (2 * timeRank + 2 * state) +
          inner * (convKernel + state),
      };
    }
    case 'mamba2': {
      const heads = count('num_heads');
      const headDim = count('headdim');
      const state = count('d_state');
      const groups = count('ngroups');
      const convKernel = count('d_conv');
      if (!heads || !headDim || !state || !groups || !convKernel) return undefined;
      const inner = heads * headDim;
      const convChannels = inner + 2 * groups * state;
      return {
        ...base,
        stateElements: inner * state,
        convChannels,
        convKernel,
        parameters:
          hiddenSize * (inner + convChannels + heads) +
          inner * hiddenSize +
          convChannels * convKernel,
      };
    }
    case 'gated_delta_net': {
      const keyHeads = count('num_k_heads');
      const valueHeads = count('num_v_heads');
      const keyDim = count('k_head_dim');
      const valueDim = count('v_head_dim');
      const convKernel = count('conv_kernel');
      if (!keyHeads || !valueHeads || !keyDim || !valueDim || !convKernel) return undefined;
      const keys = keyHeads * keyDim;
      const values = valueHeads * valueDim;
      return {
        ...base,
        stateElements: valueHeads * keyDim * valueDim,
        convChannels: 2 * keys + values,
        convKernel,
        parameters:
          hiddenSize * (2 * keys + 2 * values + 2 * valueHeads) +
          values * hiddenSize +
          (2 * keys + values) * convKernel,
      };
    }
    case 'kimi_delta_attention':
    case 'lightning_attention': {
      const heads = count('num_heads');
      const headDim = count('head_dim');
      if (!heads || !headDim) return undefined;
      const width = heads * headDim;
      const convKernel = count('conv_kernel') ?? 1;
      return {
        ...base,
        stateElements: heads * headDim * headDim,
        // Kimi's three short convolutions run over q, k and v; lightning attention has none.
        convChannels: convKernel > 1 ? 3 * width : 0,
        convKernel,
        parameters: 5 * hiddenSize * width,
      };
    }
    default:
      throw new InputError(`${where}.kind`, kind, 'a kind of state layer that we know');
  }
}
