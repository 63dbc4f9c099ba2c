import { trainedContextTokens } from '../architectures/architecture.ts';
import type { Architecture } from '../architectures/architecture.ts';
import { checkCount } from './inputError.ts';

/** A scaling of positions that the user adds to the model's own. */
export interface Stretch {
  readonly type: string;
  readonly factor: number;
}

export interface ContextVerdict {
  readonly verdict: 'fits' | 'fitsOnlyStretched' | 'doesNotFit' | 'unknown';
  /** In words, e.g. "fits only with YaRN x4". */
  readonly text: string;
  readonly trainedTokens?: number;
  readonly windowTokens?: number;
  /** L (W - 1) + 1: how far back information can reach through windowed layers alone. */
  readonly reachTokens?: number;
  readonly reachText?: string;
}

const scalingNames: Record<string, string> = {
  yarn: 'YaRN',
  linear: 'position interpolation',
  dynamic: 'dynamic NTK',
  llama3: "Llama 3's RoPE scaling",
  longrope: 'LongRoPE',
};

/** Whether `tokens` fit what the model was trained for, or only by stretching its positions; and what it sees. */
export function contextVerdict(
  architecture: Architecture,
  tokens: number,
  stretch?: Stretch,
): ContextVerdict {
  checkCount('tokens', tokens, 1);
  const window = architecture.contextWindowTokens;
  const scaling = architecture.ropeScaling;
  const trained = trainedContextTokens(architecture);
  const seen = reach(architecture);
  if (window === undefined || trained === undefined) {
    return { verdict: 'unknown', text: 'its context window has not been verified', ...seen };
  }
  const base = { trainedTokens: trained, ...seen };
  if (tokens <= trained) return { verdict: 'fits', text: fitsText(scaling), ...base };
  if (tokens <= window && scaling !== undefined) {
    const factor = scaling.factor === undefined ? '' : ` x${scaling.factor}`;
    const name = scalingNames[scaling.type] ?? scaling.type;
    const text = `fits only with ${name}${factor}, which its configuration applies beyond ${trained} tokens`;
    return { verdict: 'fitsOnlyStretched', text, ...base };
  }
  if (tokens <= window) return { verdict: 'fits', text: 'fits', ...base };
  if (stretch !== undefined && tokens <= trained * stretch.factor) {
    const name = scalingNames[stretch.type] ?? stretch.type;
    return {
      verdict: 'fitsOnlyStretched',
      text: `fits only with ${name} x${stretch.factor}`,
      ...base,
    };
  }
  const needed = Math.ceil(tokens / trained);
  const text = `does not fit: ${tokens} tokens, its configuration allows ${window}; its positions would have to be stretched x${needed}`;
  return { verdict: 'doesNotFit', text, ...base };
}

/** A scaling whose trained length is not given stretches every position, the first ones too. */
function fitsText(scaling: Architecture['ropeScaling']): string {
  if (scaling?.factor === undefined || scaling.originalContextWindowTokens !== undefined)
    return 'fits';
  const name = scalingNames[scaling.type] ?? scaling.type;
  return `fits; its positions are stretched by ${name} x${scaling.factor}, and the length it was trained at is not given`;
}

function reach(architecture: Architecture) {
  const windowed = (architecture.mixers ?? []).filter(({ layer }) => layer.kind === 'sliding');
  const first = windowed[0]?.layer;
  if (first === undefined || first.kind !== 'sliding' || !first.spanTokens) {
    return chunkReach(architecture);
  }
  const layers = windowed.reduce((sum, group) => sum + group.count, 0);
  const reachTokens = layers * (first.spanTokens - 1) + 1;
  const others = (architecture.mixers ?? []).some(({ layer }) => layer.kind === 'full');
  return {
    windowTokens: first.spanTokens,
    reachTokens,
    reachText: `${layers} layers see ${first.spanTokens} tokens each, ${reachTokens} through all of them${
      others ? '; its full-attention layers see everything' : ': fitting is not seeing'
    }`,
  };
}

/** Chunked layers do not reach further by being stacked: in none of them does anything cross the chunk's border. */
function chunkReach({ mixers = [] }: Architecture) {
  const chunked = mixers.find(({ layer }) => layer.kind === 'chunked');
  if (chunked?.layer.kind !== 'chunked' || !chunked.layer.spanTokens) return {};
  const { spanTokens } = chunked.layer;
  const others = mixers.some(({ layer }) => layer.kind === 'full');
  return {
    windowTokens: spanTokens,
    reachTokens: spanTokens,
    reachText: `${chunked.count} layers see their own chunk of ${spanTokens} tokens, and no more through all of them${
      others ? '; its full-attention layers see everything' : ': fitting is not seeing'
    }`,
  };
}
