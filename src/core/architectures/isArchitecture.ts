import { isRecord } from '../format/isRecord.ts';
import type { Architecture } from './architecture.ts';

type Check = (value: unknown) => boolean;
type Fields = Readonly<Record<string, unknown>>;

const mostGroups = 10_000;

const isText: Check = (value) => typeof value === 'string';
const isFlag: Check = (value) => typeof value === 'boolean';
const isNumber: Check = (value) =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0;
const isWhole: Check = (value) => isNumber(value) && Number.isSafeInteger(value);
const isCount: Check = (value) => isWhole(value) && value !== 0;
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.length <= mostGroups && value.every(check);
const shaped =
  (checks: Readonly<Record<string, Check>>): Check =>
  (value) =>
    isRecord(value) && Object.entries(checks).every(([field, check]) => check(value[field]));

const sharesHeads = ({ numHeads, numKvHeads }: Fields) =>
  Number(numHeads) % Number(numKvHeads) === 0;

function attention(hasSpan: boolean): Check {
  const isShaped = shaped({
    spanTokens: hasSpan ? isCount : optional(isWhole),
    numHeads: isCount,
    numKvHeads: isCount,
    keyHeadDim: isCount,
    valueHeadDim: isCount,
    ownsKv: isFlag,
  });
  return (value) => isShaped(value) && sharesHeads(value as Fields);
}

const mixerChecks: Readonly<Record<string, Check>> = {
  full: attention(false),
  encoder: attention(false),
  sliding: attention(true),
  chunked: attention(true),
  cross: attention(true),
  mla: shaped({
    numHeads: isCount,
    kvLoraRank: isCount,
    qLoraRank: optional(isWhole),
    qkRopeHeadDim: isWhole,
    qkNopeHeadDim: isWhole,
    valueHeadDim: isCount,
    indexHeadDim: optional(isWhole),
  }),
  state: shaped({
    name: isText,
    stateElements: isNumber,
    stateBytesPerElement: isNumber,
    convChannels: isNumber,
    convKernel: isNumber,
    parameters: isNumber,
  }),
};

const feedForwardChecks: Readonly<Record<string, Check>> = {
  dense: shaped({ intermediateSize: isWhole, gated: isFlag }),
  moe: shaped({
    routedExperts: isCount,
    expertsPerToken: isCount,
    expertIntermediateSize: isWhole,
    sharedIntermediateSize: isWhole,
    gated: isFlag,
  }),
};

const oneOf =
  (checks: Readonly<Record<string, Check>>): Check =>
  (value) =>
    isRecord(value) &&
    typeof value.kind === 'string' &&
    Object.hasOwn(checks, value.kind) &&
    checks[value.kind](value);

const groupsOf = (layer: Check) => listOf(shaped({ count: isCount, layer }));

const isShaped = shaped({
  id: isText,
  name: isText,
  kind: (value) => value === 'decoder' || value === 'encoder',
  attentionName: isText,
  hiddenSize: optional(isCount),
  vocabSize: optional(isCount),
  tiedEmbeddings: optional(isFlag),
  numLayers: optional(isCount),
  mixers: optional(groupsOf(oneOf(mixerChecks))),
  mixersUnknownBecause: optional(isText),
  feedForwards: optional(groupsOf(oneOf(feedForwardChecks))),
  feedForwardsUnknownBecause: optional(isText),
  contextWindowTokens: optional(isCount),
  ropeScaling: optional(
    shaped({
      type: isText,
      factor: optional(isNumber),
      originalContextWindowTokens: optional(isCount),
    }),
  ),
  hasRope: optional((value) => value === true),
  weightDtype: optional(isText),
  publishedParameters: optional(isNumber),
  sources: listOf(shaped({ text: isText, asOf: isText })),
  notes: optional(isText),
});

/** Whether a value read from a file is a model's shape that can be worked with. */
export function isArchitecture(value: unknown): value is Architecture {
  return isShaped(value);
}
