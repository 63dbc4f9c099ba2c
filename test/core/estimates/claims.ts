import { architectureById } from '../../../src/core/architectures/architectures.ts';
import { typedArchitecture } from '../../../src/core/architectures/typedArchitecture.ts';
import { deploymentOn } from '../../../src/core/estimates/deployment.ts';
import { forwardPass } from '../../../src/core/estimates/forwardPass.ts';
import { kvCacheBytes, kvCacheBytesPerToken } from '../../../src/core/estimates/kvCache.ts';
import { prefillSeconds } from '../../../src/core/estimates/latency.ts';
import { memoryBytesPerGpu } from '../../../src/core/estimates/memory.ts';
import { attentionPairs } from '../../../src/core/estimates/operators.ts';
import { hardwareById } from '../../../src/core/hardware/hardware.ts';
import { smallestLayout } from '../../../src/core/estimates/fit.ts';
import type { Architecture } from '../../../src/core/architectures/architecture.ts';

export interface CheckedClaim {
  readonly claim: string;
  readonly verdict: 'right' | 'wrong' | 'depends';
  /** What the project's code computes, in words. */
  readonly computed: string;
}

const llama8b = architectureById('llama-3.1-8b');
const llama70b = architectureById('llama-3.1-70b');
const llama405b = architectureById('llama-3.1-405b');
const mistral = architectureById('mistral-7b-v0.1');
const h100 = hardwareById('h100-sxm');
const bare = deploymentOn(h100, { engine: 'bareForward' });
const k = 1024;

function gib(architecture: Architecture, tokens: number): string {
  return `${Number(((kvCacheBytes(architecture, { tokens }).value ?? NaN) / 2 ** 30).toFixed(2))} GiB`;
}

function flops(architecture: Architecture, newTokens: number): number {
  const pass = forwardPass(architecture, bare, { newTokens, cachedTokens: 0, sequences: 1 });
  if (typeof pass === 'string') throw new Error(pass);
  return pass.flops;
}

/** No card does better than its dense rate. */
function limitSeconds(architecture: Architecture, tokens: number, gpus = 1): string {
  return `${(flops(architecture, tokens) / (989e12 * gpus)).toPrecision(3)} s`;
}

function prefill(tokens: number, chunkTokens?: number): number {
  return prefillSeconds(llama8b, bare, { promptTokens: tokens, chunkTokens }).value ?? NaN;
}

function seconds(value: number): string {
  return value < 1 ? `${(value * 1e3).toPrecision(3)} ms` : `${value.toPrecision(3)} s`;
}

function withHeads(architecture: Architecture, numKvHeads: number): Architecture {
  const mixers = architecture.mixers?.map(({ count, layer }) =>
    layer.kind === 'full' ? { count, layer: { ...layer, numKvHeads } } : { count, layer },
  );
  return { ...architecture, mixers };
}

function ringSpeedup(ranks: number, ringLayout: 'zigZag' | 'contiguous'): string {
  const on = { ...bare, contextParallel: ranks, ringLayout };
  const many = prefillSeconds(llama8b, on, { promptTokens: 128 * k }).value ?? NaN;
  return `${(prefill(128 * k) / many).toPrecision(3)}x`;
}

function totalGb(architecture: Architecture, tokens: number): string {
  const need = memoryBytesPerGpu(architecture, bare, { tokens });
  const part = (name: string) => need.parts?.find((one) => one.name === name)?.value ?? NaN;
  const [bare16, all] = [part('weightBytes') + part('kvCacheBytes'), need.value ?? NaN];
  return `${(bare16 / 1e9).toFixed(0)} GB (${(all / 1e9).toFixed(0)} with activations and reserves)`;
}

const mhaLayer = typedArchitecture({ numLayers: 1, numHeads: 32, headDim: 128 });
const gemini = typedArchitecture({ numLayers: 96, numHeads: 16, headDim: 128 });

/** The claims that circulate, each computed by the project's own code. */
export function checkedClaims(): readonly CheckedClaim[] {
  const token8b = kvCacheBytesPerToken(llama8b) ?? NaN;
  const mla = architectureById('deepseek-v3');
  const mlaToken = (kvCacheBytesPerToken(mla) ?? NaN) / 61 / 2;
  const scores = (heads: number) => heads * 100_000 ** 2 * 2;
  const wall = (tokens: number) => seconds((2 * 32 * 256 * attentionPairs(tokens, 0)) / 312e12);
  const mqa = { own: 12 * 3, shared: 12 + 2 };
  return [
    {
      claim:
        'The KV cache of Llama 3.1 8B at 8K / 128K is 0.5 / 8 GB; 70B at 128K 20 GB; 405B 32 GB',
      verdict: 'wrong',
      computed: `half of the truth: 2 x 32 x 8 x 128 x 2 B = ${token8b / k} KiB a token; ${gib(llama8b, 8 * k)} / ${gib(llama8b, 128 * k)}, ${gib(llama70b, 128 * k)}, ${gib(llama405b, 128 * k)}`,
    },
    {
      claim: "Mistral 7B's window caps the cache at about 1 GB; 32 GB at 128K without it",
      verdict: 'wrong',
      computed: `${gib(mistral, 128 * k)} with the window; ${gib(llama8b, 128 * k)} without (the same widths)`,
    },
    {
      claim: 'The KV cache grows quadratically, or exponentially',
      verdict: 'wrong',
      computed: `linear: twice the tokens, ${(kvCacheBytes(llama8b, { tokens: 2000 }).value ?? NaN) / (kvCacheBytes(llama8b, { tokens: 1000 }).value ?? NaN)} times the bytes; the score matrix is quadratic`,
    },
    {
      claim: '70B with 64 heads at 8K: 128 GB of KV cache',
      verdict: 'wrong',
      computed: `${gib(withHeads(llama70b, 64), 8 * k)} as MHA, ${gib(llama70b, 8 * k)} with its 8 kv heads`,
    },
    {
      claim: 'The score matrix at 100K tokens in 16 bits: 20 GB per head and layer',
      verdict: 'right',
      computed: `100,000^2 x 2 B = ${scores(1) / 1e9} GB`,
    },
    {
      claim: 'Attention FLOPs per layer: 8M at 2K to 2T at 1M',
      verdict: 'depends',
      computed: `2 n^2 is ${((2 * (2 * k) ** 2) / 1e6).toFixed(1)}M at 2K: that is per unit of head width; a layer of 32 x 128 heads costs 4 n^2 H d = ${((4 * (2 * k) ** 2 * 4096) / 1e9).toFixed(1)}G, half of it when causal`,
    },
    {
      claim: 'KV memory: 32 MB at 2K to 16 GB at 1M',
      verdict: 'right',
      computed: `per layer, MHA of 32 x 128 in 16 bits: ${(kvCacheBytes(mhaLayer, { tokens: 2 * k }).value ?? NaN) / 2 ** 20} MiB and ${gib(mhaLayer, k * k)}`,
    },
    {
      claim: 'TTFT of 8B on one H100: 50 / 180 / 700 ms / 2.8 s at 2K / 8K / 32K / 128K',
      verdict: 'wrong',
      computed: `estimated ${[2, 8, 32, 128].map((n) => seconds(prefill(n * k))).join(' / ')} (measured 50 / 220 / 1248 ms / 11.2 s); at 128K nothing beats ${limitSeconds(llama8b, 128 * k)} at 989 TFLOP/s: the claim leaves out the quadratic term`,
    },
    {
      claim:
        'Ring attention: 3.8x, 7.4x, 14.1x, 26.2x on 4, 8, 16, 32 devices (5 to 18 % overhead)',
      verdict: 'depends',
      computed: `8B, 128K tokens, NVLink, transfers hidden: ${[4, 8, 16, 32].map((ranks) => ringSpeedup(ranks, 'zigZag')).join(', ')} with balanced shards, ${[4, 8, 16, 32].map((ranks) => ringSpeedup(ranks, 'contiguous')).join(', ')} with contiguous ones; what is lost is imbalance, synchronisation and small shards, not bandwidth`,
    },
    {
      claim: 'Chunked prefill of 128K: 4.2 / 4.5 / 4.8 / 5.5 s for none / 32K / 8K / 2K',
      verdict: 'depends',
      computed: `the shape is right, the base is below the limit for 8B on one H100: ${[undefined, 32 * k, 8 * k, 2 * k].map((chunk) => seconds(prefill(128 * k, chunk))).join(' / ')}`,
    },
    {
      claim: 'Flash attention at 128K: 32 GB against 128 MB',
      verdict: 'right',
      computed: `one head's 16-bit matrix: (128 Ki)^2 x 2 B = ${((128 * k) ** 2 * 2) / 2 ** 30} GiB against O(n)`,
    },
    {
      claim: 'GQA with 8 of 64 heads: 8 times smaller',
      verdict: 'right',
      computed: `${(kvCacheBytesPerToken(withHeads(llama70b, 64)) ?? NaN) / (kvCacheBytesPerToken(llama70b) ?? NaN)} times`,
    },
    {
      claim: 'MLA is about 1/16 of MHA, or 93 % smaller',
      verdict: 'wrong',
      computed: `${mlaToken} numbers per token and layer against 2 x 128 x 128 = ${2 * 128 * 128}: 1/${((2 * 128 * 128) / mlaToken).toFixed(0)}, ${(100 * (1 - mlaToken / (2 * 128 * 128))).toFixed(1)} % smaller; the published 93.3 % is against DeepSeek's 67B with GQA`,
    },
    {
      claim: 'The API price of 128K tokens is 32 times that of 4K',
      verdict: 'depends',
      computed: `${128 / 4} times while the price per token is flat; not with a long-context tier or a cached prefix`,
    },
    {
      claim:
        'Weights and cache: 8B at 8K 17.5 GB, at 128K 28 GB, 70B at 128K 168 GB: 3 GPUs by tensor parallelism',
      verdict: 'wrong',
      computed: `${totalGb(llama8b, 8 * k)}, ${totalGb(llama8b, 128 * k)}, ${totalGb(llama70b, 128 * k)}; 3 does not divide 8 kv heads: ${smallestLayout(llama70b, bare, { tokens: 128 * k })?.gpus} GPUs`,
    },
    {
      claim: 'A 1M-token cache of 96 layers x 16 heads x 128 is 384 GB',
      verdict: 'wrong',
      computed: `${gib(gemini, k * k)} in 16 bits; half of it in fp8`,
    },
    {
      claim:
        'Attention time per layer on an A100: 18 ms, 240 ms, 3.8 s, 15 s at 32K, 128K, 512K, 1M',
      verdict: 'wrong',
      computed: `below the causal limit for 32 x 128 heads at 312 TFLOP/s: ${[32, 128, 512, 1024].map((n) => wall(n * k)).join(', ')}`,
    },
    {
      claim: 'TTFT at 512K: 8B 11 s on one H100, 70B about 30 s on eight',
      verdict: 'wrong',
      computed: `limits ${limitSeconds(llama8b, 512 * k)} and ${limitSeconds(llama70b, 512 * k, 8)}`,
    },
    {
      claim: 'Prefilling 128K costs 32 times prefilling 4K',
      verdict: 'wrong',
      computed: `${(flops(llama8b, 128 * k) / flops(llama8b, 4 * k)).toFixed(0)} times the FLOPs for 8B`,
    },
    {
      claim: 'Longformer: 4,096 tokens in the time and memory of 512 with full attention',
      verdict: 'wrong',
      computed: `with 256 tokens on each side ${((4096 * 513) / 512 ** 2).toFixed(1)} times the cells of 512 x 512; with 512 on each side ${((4096 * 1025) / 512 ** 2).toFixed(1)} times`,
    },
    {
      claim: 'Mistral 7B has its window in alternate layers, and early versions used MQA',
      verdict: 'wrong',
      computed: `v0.1: ${mistral.mixers?.map(({ count, layer }) => `${count} ${layer.kind} layers`).join(', ')}, ${mistral.attentionName}`,
    },
    {
      claim: '12 heads: MQA turns 432 matrices into 14, 75 % less memory',
      verdict: 'wrong',
      computed: `${mqa.own} matrices become ${mqa.shared}; the KV cache is 1/12, with 4 groups 1/3`,
    },
    {
      claim: '70B at 100K tokens: hundreds of GB of KV cache',
      verdict: 'depends',
      computed: `${((kvCacheBytes(llama70b, { tokens: 100_000 }).value ?? NaN) / 1e9).toFixed(0)} GB with its GQA, ${((kvCacheBytes(withHeads(llama70b, 64), { tokens: 100_000 }).value ?? NaN) / 1e9).toFixed(0)} GB as MHA`,
    },
  ];
}

/** Claims that are about mechanisms and benchmarks, not about arithmetic: the text of the page alone. */
const stated: readonly (readonly [string, string, string])[] = [
  [
    'YaRN interpolates high frequencies and extrapolates low ones',
    'wrong',
    'the other way round: high frequencies are left alone, low ones interpolated, the middle blended (arXiv 2309.00071)',
  ],
  [
    'Llama 3.1 scores 88.6 % on RULER at 128K',
    'wrong',
    'the table has 77.0 (8B) and 66.6 (70B) (NVIDIA/RULER README @c3f5e3b)',
  ],
  [
    'Flash attention needs O(n) reads and writes of slow memory',
    'wrong',
    'its memory is O(n); its traffic is Theta(n^2 d^2 / M) (arXiv 2205.14135)',
  ],
  [
    'The NTK exponent is 2i/d, and NTK costs more compute',
    'wrong',
    'base x s^(d/(d-2)), once; no compute at all',
  ],
  [
    'Flash attention is 4 to 8 times faster; or 2 to 4 times',
    'depends',
    'on length, head width and card: use a measured table',
  ],
  [
    'A token is 0.75 words',
    'depends',
    "English prose; code and CJK differ: the ratio of one's own text is shown with its count",
  ],
];

/** docs/claims.md, before formatting. */
export function claimsPage(): string {
  const row = (claim: string, verdict: string, why: string) => `| ${claim} | ${verdict} | ${why} |`;
  const head = ['| claim | verdict | why |', '| --- | --- | --- |'];
  return [
    '# Common claims, checked',
    '',
    "Each row of the first table is computed by this project's own code; a test keeps this page equal to what the code says.",
    'Measured prefill: PyTorch on one H100, bf16, without an engine.',
    '',
    ...head,
    ...checkedClaims().map((one) => row(one.claim, one.verdict, one.computed)),
    '',
    '## Not arithmetic',
    '',
    ...head,
    ...stated.map(([claim, verdict, why]) => row(claim, verdict, why)),
    '',
  ].join('\n');
}
