import type { Architecture } from '../../core/architectures/architecture.ts';
import { architectureById } from '../../core/architectures/architectures.ts';
import { typedArchitecture } from '../../core/architectures/typedArchitecture.ts';
import { deploymentOn } from '../../core/estimates/deployment.ts';
import { kvCacheBytes } from '../../core/estimates/kvCache.ts';
import { decodeSecondsPerToken, prefillSeconds } from '../../core/estimates/latency.ts';
import {
  formatBytes,
  formatCount,
  formatFlops,
  formatPercent,
  formatSeconds,
} from '../../core/format/numbers.ts';
import { hardwareById } from '../../core/hardware/hardware.ts';
import {
  causal,
  countCells,
  expectedNeedleWeight,
  mixingCost,
  ropeFrequencies,
  slidingWindow,
} from '../../engine/index.ts';
import { shortName, wallShape } from '../realModel.ts';

export interface QuizQuestion {
  readonly id: string;
  readonly question: string;
  readonly options: readonly { readonly text: string; readonly why: string }[];
  readonly rightIdx: number;
  /** The demo that shows it. */
  readonly demoId: string;
}

const wall = wallShape();

/** The questions; every figure in them is computed when they are asked. */
export function quizQuestions(): readonly QuizQuestion[] {
  return [
    cacheGrowth(),
    flashMemory(),
    queriesShareHeads(),
    windowReach(),
    causalHalf(),
    decodeBound(),
    prefillGrowth(),
    dilution(),
    stateSize(),
    latentCache(),
    unseenAngles(),
    ringBalance(),
  ];
}

function cacheOf(architecture: Architecture, tokens: number): number {
  return kvCacheBytes(architecture, { tokens }).value ?? NaN;
}

function cacheGrowth(): QuizQuestion {
  const model = architectureById('llama-3.1-8b');
  const [one, two] = [cacheOf(model, 65_536), cacheOf(model, 131_072)];
  const figures = `${shortName(model)}: ${formatBytes(one)} at 65,536 tokens, ${formatBytes(two)} at 131,072: ${formatCount(two / one)} times.`;
  return {
    id: 'cacheGrowth',
    question: 'A conversation doubles in length. What happens to its KV cache?',
    options: [
      { text: 'It doubles', why: `A key and a value per token and layer: linear. ${figures}` },
      { text: 'It becomes four times as large', why: 'It is the score matrix that is quadratic, and it is never kept.' },
      { text: 'It stays the same', why: 'Only where every layer has a window or a state does it stop growing.' },
    ],
    rightIdx: 0,
    demoId: 'quadraticWall',
  }; // prettier-ignore
}

function flashMemory(): QuizQuestion {
  const tokens = 131_072;
  const standard = mixingCost('standard', wall, tokens).perHead;
  const flash = mixingCost('flash', wall, tokens).perHead;
  const figures = `One head, ${formatCount(tokens)} tokens: ${formatBytes(standard.workingBytes)} of scores against ${formatBytes(flash.workingBytes)}; ${formatFlops(standard.flops)} against ${formatFlops(flash.flops)}, the causal half.`;
  return {
    id: 'flashMemory',
    question: 'What does flash attention save, compared with storing the whole score matrix?',
    options: [
      { text: 'It makes the FLOPs linear in the tokens', why: 'Every pair that the mask allows is still scored: the FLOPs stay quadratic.' },
      { text: 'It drops scores that are small', why: 'Nothing is dropped: online softmax is exact.' },
      { text: 'Memory and memory traffic; the FLOPs stay quadratic', why: figures },
      { text: 'It stores the scores in 8 bits', why: 'It does not store the scores at all.' },
    ],
    rightIdx: 2,
    demoId: 'flashAttention',
  }; // prettier-ignore
}

function queriesShareHeads(): QuizQuestion {
  const model = architectureById('llama-3.1-8b');
  const multiHead = typedArchitecture({ numLayers: 32, numHeads: 32, headDim: 128 });
  const [shared, own] = [cacheOf(model, 131_072), cacheOf(multiHead, 131_072)];
  return {
    id: 'queriesShareHeads',
    question: `${shortName(model)} has 32 query heads and 8 KV heads. What does that do to its KV cache, against 32 KV heads?`,
    options: [
      { text: 'Nothing; it makes the attention faster to compute', why: 'Every query head still scores every key; it is the cache, and reading it, that shrinks.' },
      { text: 'It is a quarter', why: `Four query heads share one key and value: ${formatBytes(shared)} against ${formatBytes(own)} at 131,072 tokens.` },
      { text: 'It is a 32nd', why: 'That would be one KV head for all (multi-query attention).' },
    ],
    rightIdx: 1,
    demoId: 'quadraticWall',
  }; // prettier-ignore
}

function windowReach(): QuizQuestion {
  const [windowTokens, layers] = [4096, 32];
  const reach = layers * (windowTokens - 1) + 1;
  return {
    id: 'windowReach',
    question: 'A model has a window of 4,096 tokens in all of its 32 layers, and a context window of 32,768. Token 0 of a 32,768-token prompt …',
    options: [
      { text: 'can be read directly by the last token', why: `The last token of one layer sees ${formatCount(windowTokens)} tokens.` },
      { text: 'can influence the last token only through the layers between, second hand', why: `The reach is L (W − 1) + 1 = ${formatCount(reach)} tokens, but each layer sees ${formatCount(windowTokens)} of them: fitting is not seeing.` },
      { text: 'can’t influence it at all', why: `Layer upon layer the reach grows to ${formatCount(reach)} tokens.` },
    ],
    rightIdx: 1,
    demoId: 'slidingWindow',
  }; // prettier-ignore
}

function causalHalf(): QuizQuestion {
  const tokens = 1024;
  const area = { queryTokens: tokens, keyTokens: tokens };
  const [half, windowed] = [countCells(causal, area), countCells(slidingWindow(128), area)];
  const all = tokens * tokens;
  return {
    id: 'causalHalf',
    question: 'Which share of the n x n scores does a causal mask leave, for a long text?',
    options: [
      { text: 'About half', why: `n (n + 1) / 2: ${formatCount(half)} of ${formatCount(all)} at n = ${formatCount(tokens)}, ${formatPercent((100 * half) / all)}.` },
      { text: 'About an eighth', why: `That is nearer to a window of 128 over ${formatCount(tokens)} tokens: ${formatPercent((100 * windowed) / all)}.` },
      { text: 'All of them, with small weights', why: 'Masked scores are minus infinity before the softmax: their weights are exactly 0.' },
    ],
    rightIdx: 0,
    demoId: 'causalMasking',
  }; // prettier-ignore
}

function decodeBound(): QuizQuestion {
  const model = architectureById('llama-3.1-8b');
  const h100 = deploymentOn(hardwareById('h100-sxm'));
  const h200 = deploymentOn(hardwareById('h200-sxm'));
  const seconds = (deployment: typeof h100) =>
    decodeSecondsPerToken(model, deployment, { contextTokens: 8192 }).value ?? NaN;
  return {
    id: 'decodeBound',
    question: 'One user, one answer: what limits how fast the tokens of the answer come?',
    options: [
      { text: 'The arithmetic of the tensor cores', why: 'A decode step multiplies each weight with one token: the cores wait for memory.' },
      { text: 'Reading the weights and the cache from memory', why: `H100 and H200 have the same cores; the H200's memory is ${((hardwareById('h200-sxm').memoryBytesPerSecond ?? NaN) / (hardwareById('h100-sxm').memoryBytesPerSecond ?? NaN)).toFixed(2)} times as fast: ${formatSeconds(seconds(h100))} and ${formatSeconds(seconds(h200))} a token are estimated for ${shortName(model)}.` },
      { text: 'The network between you and the server', why: 'A token is a few bytes.' },
    ],
    rightIdx: 1,
    demoId: 'kvQuantization',
  }; // prettier-ignore
}

function prefillGrowth(): QuizQuestion {
  const model = architectureById('llama-3.1-8b');
  const deployment = deploymentOn(hardwareById('h100-sxm'));
  const seconds = (promptTokens: number) =>
    prefillSeconds(model, deployment, { promptTokens }).value ?? NaN;
  const [short, long] = [seconds(8192), seconds(131_072)];
  return {
    id: 'prefillGrowth',
    question: 'A prompt grows from 8,192 to 131,072 tokens (16 times). The time to read it on one card grows …',
    options: [
      { text: 'exactly 16 times', why: 'The matrix products do; the attention grows with the square.' },
      { text: 'more than 16 times, less than 256 times', why: `${shortName(model)} on one H100, estimated: ${formatSeconds(short)} and ${formatSeconds(long)}, ${formatCount(long / short)} times. A linear part and a quadratic part add up.` },
      { text: '256 times', why: 'Only the attention is quadratic; at 8,192 tokens the linear layers take most of the time.' },
    ],
    rightIdx: 1,
    demoId: 'quadraticWall',
  }; // prettier-ignore
}

function dilution(): QuizQuestion {
  const score = 8;
  const weight = (distractors: number) =>
    formatPercent(100 * expectedNeedleWeight(score, distractors));
  return {
    id: 'dilution',
    question: 'One token has exactly what the question asks for; its score is 8 above all others. What becomes of its weight when the text grows from 1,000 to 100,000 tokens?',
    options: [
      { text: 'It stays: its score has not changed', why: 'The softmax divides by the sum over all keys, and that sum grows.' },
      { text: 'It falls a little, with the logarithm of the length', why: 'It is the score that would have to grow with the logarithm, to hold the weight.' },
      { text: 'It falls from most of the attention to a few per cent', why: `e^8 / (e^8 + n): ${weight(1000)} among 1,000 others, ${weight(100_000)} among 100,000. To hold it, the score must grow as ln n.` },
    ],
    rightIdx: 2,
    demoId: 'needle',
  }; // prettier-ignore
}

function stateSize(): QuizQuestion {
  const model = architectureById('mamba2-2.7b');
  const [short, long] = [cacheOf(model, 1024), cacheOf(model, 1_048_576)];
  return {
    id: 'stateSize',
    question: 'How does the memory that a Mamba model carries from token to token grow with the text?',
    options: [
      { text: 'Not at all', why: `${shortName(model)}: ${formatBytes(short)} after 1,024 tokens, ${formatBytes(long)} after 1,048,576. The price: everything that was read has to fit in it.` },
      { text: 'Linearly, but ten times more slowly than a KV cache', why: 'It keeps no token at all: a state of fixed size is updated.' },
      { text: 'With the logarithm of the length', why: 'The state has a fixed number of numbers.' },
    ],
    rightIdx: 0,
    demoId: 'quadraticWall',
  }; // prettier-ignore
}

function latentCache(): QuizQuestion {
  const model = architectureById('deepseek-v3');
  const tokens = 131_072;
  const latent = cacheOf(model, tokens);
  const multiHead = cacheOf(
    typedArchitecture({ numLayers: model.numLayers ?? 61, numHeads: 128, headDim: 128 }),
    tokens,
  );
  return {
    id: 'latentCache',
    question: 'Multi-head latent attention (DeepSeek) makes the KV cache small. How?',
    options: [
      { text: 'It keeps one compressed vector a token and layer, from which all heads’ keys and values are made', why: `512 + 64 numbers instead of 2 x 128 x 128: ${formatBytes(latent)} against ${formatBytes(multiHead)} at ${formatCount(tokens)} tokens, ${formatCount(multiHead / latent)} times smaller.` },
      { text: 'It keeps only the tokens that got attention', why: 'That is eviction (heavy hitters); here every token is kept.' },
      { text: 'It keeps one key and value for all heads', why: 'That is multi-query attention; here each head makes its own from the shared vector.' },
    ],
    rightIdx: 0,
    demoId: 'quadraticWall',
  }; // prettier-ignore
}

function unseenAngles(): QuizQuestion {
  const trained = 4096;
  const turns = (ropeType: 'default' | 'linear', tokens: number) => {
    const { inverseFrequencies } = ropeFrequencies({
      ropeType,
      rotaryDim: 128,
      ropeTheta: 10_000,
      ...(ropeType === 'linear' ? { factor: 8 } : {}),
    });
    return ((inverseFrequencies.at(-1) ?? NaN) * tokens) / (2 * Math.PI);
  };
  const [seen, beyond] = [turns('default', trained), turns('default', 8 * trained)];
  return {
    id: 'unseenAngles',
    question: 'A model with RoPE, trained on 4,096 tokens, is run on 32,768 without scaling. What is wrong with the positions?',
    options: [
      { text: 'The rotations overflow', why: 'An angle is only ever taken modulo a full turn.' },
      { text: 'The slow pairs turn to angles that never occurred in training', why: `The slowest pair made ${seen.toFixed(2)} of a turn in training and makes ${beyond.toFixed(2)} now. Position interpolation squeezes that back to ${turns('linear', 8 * trained).toFixed(2)}.` },
      { text: 'The fast pairs turn to angles that never occurred in training', why: 'The fast pairs have gone through all angles many times over already.' },
    ],
    rightIdx: 1,
    demoId: 'rope',
  }; // prettier-ignore
}

function ringBalance(): QuizQuestion {
  const [ranks, shard] = [8, 512];
  const keyTokens = ranks * shard;
  const cells = Array.from({ length: ranks }, (_, rank) =>
    countCells(causal, { queryTokens: shard, keyTokens, firstQueryIdx: rank * shard }),
  );
  const slowest = Math.max(...cells) / (cells.reduce((sum, one) => sum + one, 0) / ranks);
  return {
    id: 'ringBalance',
    question: 'Ring attention over 8 devices, the text cut into 8 consecutive parts, causal. What is lost first?',
    options: [
      { text: 'Exactness: each device sees a part', why: 'The parts are joined by online softmax: the output is the same.' },
      { text: 'Balance: the last device has the most to do', why: `It sees every part, the first sees its own: ${slowest.toFixed(2)} times the mean work, and all wait for it. Zig-zag layout gives each device an early and a late piece.` },
      { text: 'Memory: each device needs all keys', why: 'Each holds its own part and the one that is passing by.' },
    ],
    rightIdx: 1,
    demoId: 'ringAttention',
  }; // prettier-ignore
}
