import { typedArchitecture } from '../core/architectures/typedArchitecture.ts';
import type { Architecture } from '../core/architectures/architecture.ts';
import type { Stretch } from '../core/estimates/contextVerdict.ts';
import { checkCount, InputError } from '../core/estimates/inputError.ts';
import type { StackSwitches } from '../core/estimates/stack.ts';

/** The options of `context-budget estimate` as they are typed. */
export interface EstimateOptions {
  readonly model?: string;
  readonly config?: string;
  readonly shape?: string;
  readonly server?: string;
  readonly served?: string;
  readonly pricedAs?: string;
  readonly models?: string;
  readonly prices?: string;
  readonly tokens: string;
  readonly output: string;
  readonly gpu?: string;
  readonly count?: string;
  readonly stages: string;
  readonly dtype?: string;
  readonly kvDtype: string;
  readonly policy: string;
  readonly engine: string;
  readonly chunk?: string;
  readonly cachedPrefix: string;
  readonly users: string;
  readonly ring: string;
  readonly stretch?: string;
  readonly flash: boolean;
  readonly allLogits?: boolean;
  readonly stack?: string;
  readonly turns?: string;
  readonly turnPrompt: string;
  readonly callsPerDay: string;
  readonly cacheHitRate: string;
  readonly gpuHourUsd?: string;
  readonly utilization: string;
  readonly explain?: boolean;
  readonly json?: boolean;
}

export function wholeNumber(field: string, text: string, least: number, most = 1e10): number {
  const value = text.trim() === '' ? NaN : Number(text.replaceAll('_', ''));
  if (Number.isNaN(value)) throw new InputError(field, text, 'a whole number');
  checkCount(field, value, least, most);
  return value;
}

/** A number in [least, most]; `open`: `least` itself is not allowed. */
export function amount(field: string, text: string, least: number, most: number, open = false) {
  const value = text.trim() === '' ? NaN : Number(text);
  if (!(open ? value > least : value >= least) || value > most) {
    const range = most === Infinity ? `of at least ${least}` : `from ${least} to ${most}`;
    throw new InputError(field, text, `a number ${range}${open ? `, ${least} itself not` : ''}`);
  }
  return value;
}

export function parseStretch(text: string): Stretch {
  const [type, factor] = text.split(':');
  const value = Number(factor);
  if (!['yarn', 'linear', 'dynamic', 'longrope'].includes(type) || !(value >= 1)) {
    const expected = 'yarn, linear, dynamic or longrope, and a factor: yarn:4';
    throw new InputError('stretch', text, expected);
  }
  return { type, factor: value };
}

const shapeFields = {
  layers: 'numLayers',
  heads: 'numHeads',
  'kv-heads': 'numKvHeads',
  'head-dim': 'headDim',
  hidden: 'hiddenSize',
  ffn: 'intermediateSize',
  vocab: 'vocabSize',
  window: 'windowTokens',
  context: 'contextWindowTokens',
} as const;

/** "layers=32,heads=32,kv-heads=8,head-dim=128,...": a model as a person types it in. */
export function parseShape(text: string): Architecture {
  const shape: Partial<Record<(typeof shapeFields)[keyof typeof shapeFields], number>> = {};
  for (const part of text.split(',')) {
    const [name, value] = part.split('=').map((one) => one.trim());
    if (!Object.hasOwn(shapeFields, name) || value === undefined) {
      const names = Object.keys(shapeFields).join(', ');
      throw new InputError('shape', part, `a width such as layers=32; widths: ${names}`);
    }
    const field = shapeFields[name as keyof typeof shapeFields];
    shape[field] = wholeNumber(`shape ${name}`, value, 1, 2 ** 40);
  }
  const { numLayers, numHeads, headDim, ...others } = shape;
  for (const [name, value] of Object.entries({
    layers: numLayers,
    heads: numHeads,
    'head-dim': headDim,
  })) {
    if (value === undefined) throw new InputError(`shape ${name}`, undefined, `given: ${name}=32`);
  }
  return typedArchitecture({
    numLayers: numLayers ?? 0,
    numHeads: numHeads ?? 0,
    headDim: headDim ?? 0,
    ...others,
  });
}

const switchNames: Readonly<Record<string, keyof StackSwitches>> = {
  gqa: 'sharedKvHeads',
  mla: 'sharedKvHeads',
  windows: 'windows',
  flash: 'flashAttention',
  chunked: 'chunkedPrefill',
  paging: 'paging',
  fp8: 'fp8Cache',
};

/** "gqa,windows,flash,chunked,paging,fp8,tp=8,ring=2", or "all" for every one that needs no number. */
export function parseStack(text: string): StackSwitches {
  const switches: { -readonly [K in keyof StackSwitches]: StackSwitches[K] } = {
    sharedKvHeads: false,
    flashAttention: false,
    paging: false,
    chunkedPrefill: false,
    fp8Cache: false,
    windows: false,
    tensorParallel: 1,
    ring: 1,
  };
  const turnOn = (name: Exclude<keyof StackSwitches, 'tensorParallel' | 'ring'>) => {
    switches[name] = true;
  };
  for (const part of text.split(',').map((one) => one.trim().toLowerCase())) {
    const [name, value] = part.split('=');
    const field = Object.hasOwn(switchNames, name) ? switchNames[name] : undefined;
    if (name === 'tp' && value !== undefined) {
      switches.tensorParallel = wholeNumber('stack tp', value, 1, 4096);
    } else if (name === 'ring' && value !== undefined) {
      switches.ring = wholeNumber('stack ring', value, 1, 4096);
    } else if (part === 'all') {
      for (const each of Object.values(switchNames)) {
        if (each !== 'tensorParallel' && each !== 'ring') turnOn(each);
      }
    } else if (
      field !== undefined &&
      value === undefined &&
      field !== 'tensorParallel' &&
      field !== 'ring'
    ) {
      turnOn(field);
    } else {
      const names = [...Object.keys(switchNames), 'tp=N', 'ring=N', 'all'].join(', ');
      throw new InputError('stack', part, `of ${names}`);
    }
  }
  return switches;
}
