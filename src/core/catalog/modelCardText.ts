import { trainedContextTokens } from '../architectures/architecture.ts';
import type { Architecture } from '../architectures/architecture.ts';
import { mechanismsOf } from '../architectures/mechanisms.ts';
import { countParameters } from '../architectures/parameters.ts';
import { requestCostInterval } from '../cost/costInterval.ts';
import type { CostInterval } from '../cost/costInterval.ts';
import { kvCacheBytes } from '../estimates/kvCache.ts';
import { formatBytes, formatCount, formatTokens, formatUsd } from '../format/numbers.ts';
import type { EffectiveMeasurement } from '../quality/effectiveContext.ts';
import { lengthWarning } from '../quality/lengthWarning.ts';
import type { TokenCount } from '../tokens/tokenCounter.ts';
import type { Model, PriceList, Sourced, TokenPrices } from './model.ts';
import { attentionPattern } from './modelCard.ts';

export interface CardSubject {
  readonly name: string;
  readonly model?: Model;
  readonly architecture?: Architecture;
  readonly measurements: readonly EffectiveMeasurement[];
  /** Where a demo of the attention lab opens; absent where nothing can be opened: its command is named then. */
  readonly demoLink?: (demoId: string) => string;
}

/** What is to be sent, weighed for this model. */
export interface CardText {
  /** "the context set", "the workspace". */
  readonly name: string;
  readonly count: TokenCount;
  readonly outputTokens: number;
  /** In words: "Fits, 12,000 free". */
  readonly verdict?: string;
}

/** A model's card as Markdown: what it claims, how it attends, what was found usable, what it costs. */
export function modelCardMarkdown(subject: CardSubject, at: Date, text?: CardText): string {
  const { name, model, architecture } = subject;
  const id = model?.id ?? architecture?.id;
  const parts = [
    `# ${plain(name)}`,
    [
      id === undefined ? [] : [`\`${id.replaceAll('`', '')}\``],
      model === undefined ? [] : [plain(model.maker)],
      model?.deprecatedBy === undefined ? [] : [`**retired** (${plain(model.deprecatedBy)})`],
    ]
      .flat()
      .join(' · '),
    ...(text === undefined ? [] : textPart(subject, text, at)),
    ...(model === undefined ? [] : windowPart(model)),
    ...attentionPart(architecture),
    ...mechanismsPart(subject),
    ...measurementsPart(subject),
    ...(model === undefined ? [] : pricesPart(model)),
    ...(model === undefined ? [] : tokenizerPart(model)),
    ...sourcesPart(architecture),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

/** What Markdown would read as markup; a card is read as plain text too, so nothing else is escaped ("gemma_pytorch", "<1K"). */
const markup =
  /[\\`*[\]|~]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])|<(?![\s\d=])|&(?=#?\w+;)|^[>#+-]/gu;

/** Nothing in a name or a source is markup. */
function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ').replace(markup, '\\$&');
}

/** Each mechanism that the model uses, with its demo. */
function mechanismsPart({ architecture, demoLink }: CardSubject): readonly string[] {
  const uses = architecture === undefined ? [] : mechanismsOf(architecture);
  if (uses.length === 0) return [];
  const lines = uses.map(({ demoId, title, how }) => {
    const name = plain(title);
    const link = demoLink?.(demoId);
    return link === undefined
      ? `- ${name}: ${plain(how)} (command “Context Budget: Demo: ${name}”)`
      : `- [${name}](${link}): ${plain(how)}`;
  });
  return ['## Its mechanisms, live in the attention lab', lines.join('\n')];
}

function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(columns), line(columns.map(() => '---')), ...rows.map(line)].join('\n');
}

function from({ source, asOf }: { readonly source: string; readonly asOf: string }): string {
  return `${plain(source)}, ${asOf}`;
}

function windowPart(model: Model): readonly string[] {
  const row = (name: string, fact: Sourced<number> | undefined) =>
    fact === undefined
      ? [name, 'unknown', '', '']
      : [
          name,
          formatCount(fact.value),
          from(fact),
          (fact.disagreements ?? [])
            .map((other) => `${formatCount(other.value)} (${from(other)})`)
            .join('; '),
        ];
  const tiers = (model.prices?.value ?? []).flatMap((list) => list.tiers);
  const boundaries = [...new Set(tiers.map((tier) => tier.aboveInputTokens))];
  return [
    '## What the maker offers',
    table(
      ['limit', 'tokens', 'source', 'others say'],
      [
        row('context window', model.contextWindowTokens),
        row('most input', model.maxInputTokens),
        row('most output', model.maxOutputTokens),
        [
          'dearer above',
          boundaries.length === 0 ? 'no such tier' : boundaries.map(formatCount).join(', '),
          model.prices === undefined ? '' : from(model.prices),
          '',
        ],
      ],
    ),
  ];
}

const kindNames: Readonly<Record<string, string>> = {
  full: 'full attention',
  sliding: 'sliding window',
  chunked: 'chunked local attention',
  encoder: 'attention in both directions',
  cross: 'attention to an encoder',
  mla: 'latent attention (MLA)',
  state: 'recurrent state',
};

function attentionPart(architecture: Architecture | undefined): readonly string[] {
  const head = '## How it attends';
  if (architecture === undefined)
    return [head, 'Unknown: the shape of its weights is not published or not held.'];
  const pattern = attentionPattern(architecture);
  const lines: string[] = [];
  if (pattern === undefined) {
    lines.push(
      `- Pattern unknown: ${plain(architecture.mixersUnknownBecause ?? 'its layers are not known')}`,
    );
  } else {
    const layers = pattern.layers.map(
      ({ kind, count, spanTokens }) =>
        `${count} layers of ${kindNames[kind] ?? kind}${spanTokens === undefined ? '' : ` over ${formatCount(spanTokens)} tokens`}`,
    );
    lines.push(`- Pattern: ${layers.join(', ')} (${plain(architecture.attentionName)})`);
    lines.push(`- Reach: ${reachText(architecture)}`);
  }
  lines.push(...lengthLines(architecture), ...cacheLines(architecture));
  const parameters = countParameters(architecture);
  if (parameters !== undefined) {
    const active =
      parameters.activePerToken < 0.8 * parameters.total
        ? `, ${billions(parameters.activePerToken)} read for a token`
        : '';
    lines.push(
      `- Weights: ${billions(parameters.total)}${active}; ${formatBytes(2 * parameters.total)} in 16 bits`,
    );
  }
  return [head, lines.join('\n')];
}

function billions(count: number): string {
  return `${formatTokens(count)} parameters`;
}

function reachText(architecture: Architecture): string {
  const pattern = attentionPattern(architecture);
  if (pattern?.reachTokens !== undefined) {
    const [{ count, spanTokens = 1 }] = pattern.layers;
    const sum =
      pattern.layers.length === 1 ? ` = ${count} x (${formatCount(spanTokens)} - 1) + 1` : '';
    return `${formatCount(pattern.reachTokens)} tokens through all windows${sum}: fitting is not seeing`;
  }
  if (pattern?.seesAll === true) {
    const windowed = pattern.layers.filter(({ kind }) => kind === 'sliding');
    const reach = windowed.reduce((sum, one) => sum + one.count * ((one.spanTokens ?? 1) - 1), 1);
    const alone =
      windowed.length === 0
        ? ''
        : `; its windows alone, ${formatCount(reach)} tokens (L x (W - 1) + 1)`;
    return `every earlier token, through its layers of full attention${alone}`;
  }
  return 'what its state carries on; no layer looks back at every token';
}

function lengthLines(architecture: Architecture): readonly string[] {
  const trained = trainedContextTokens(architecture);
  const window = architecture.contextWindowTokens;
  if (trained === undefined || window === undefined) {
    return ['- Native length: unknown, it has not been verified'];
  }
  const { ropeScaling } = architecture;
  if (ropeScaling === undefined)
    return [`- Native length: ${formatCount(trained)} tokens, not stretched`];
  const factor = ropeScaling.factor === undefined ? '' : ` x${ropeScaling.factor}`;
  if (ropeScaling.originalContextWindowTokens === undefined) {
    return [
      `- Native length: unknown; ${formatCount(window)} tokens by ${plain(ropeScaling.type)}${factor}`,
    ];
  }
  return [
    `- Native length: ${formatCount(trained)} tokens; stretched to ${formatCount(window)} by ${plain(ropeScaling.type)}${factor}`,
  ];
}

function cacheLines(architecture: Architecture): readonly string[] {
  const bytes = (tokens: number, dtype: 'bf16' | 'fp8') =>
    kvCacheBytes(architecture, { tokens, dtype }).value;
  const [one, eight, none] = [bytes(1000, 'bf16'), bytes(1000, 'fp8'), bytes(0, 'bf16')];
  if (one === undefined || eight === undefined || none === undefined) {
    const why = kvCacheBytes(architecture, { tokens: 1 }).unknownBecause ?? '';
    return [`- KV cache: unknown: ${plain(why)}`];
  }
  const constant = none > 0 ? `, of which ${formatBytes(none)} do not grow` : '';
  const long = architecture.contextWindowTokens;
  const full =
    long === undefined
      ? ''
      : `; ${formatBytes(bytes(long, 'bf16') ?? NaN)} at ${formatCount(long)} tokens`;
  return [
    `- KV cache: ${formatBytes(one)} for the first 1,000 tokens in 16 bits${constant}, ${formatBytes(eight)} in fp8${full}`,
  ];
}

function measurementsPart({ measurements }: CardSubject): readonly string[] {
  const head = '## How much of it was found usable';
  if (measurements.length === 0) return [head, 'No published measurement of this model.'];
  const rows = measurements.map((one) => [
    plain(one.benchmark),
    plain(one.effectiveLength ?? 'not named'),
    plain(one.threshold ?? ''),
    one.scores.map(({ length, score }) => `${plain(length)}: ${score}`).join(', '),
    from(one),
    plain(one.caveat ?? ''),
  ]);
  const columns = ['benchmark', 'usable to', 'rule', 'scores by length', 'source', 'limits'];
  return [head, table(columns, rows)];
}

const priceColumns = [
  ['input', 'inputUsdPerMillionTokens'],
  ['output', 'outputUsdPerMillionTokens'],
  ['cached input', 'cachedInputUsdPerMillionTokens'],
  ['cache write', 'cacheWriteUsdPerMillionTokens'],
  ['write, 1 hour', 'cacheWriteOneHourUsdPerMillionTokens'],
] as const;

function pricesPart(model: Model): readonly string[] {
  const head = '## What it costs';
  if (model.prices === undefined) return [head, 'Unknown: no source lists its prices.'];
  const rows = [
    ...priceRows('list', model.prices),
    ...(model.batchPrices === undefined ? [] : priceRows('batch', model.batchPrices)),
    ...(model.prices.disagreements ?? []).flatMap((other) => priceRows('others say', other)),
  ];
  const columns = ['prices', 'when', ...priceColumns.map(([name]) => name), 'source'];
  return [head, 'USD per million tokens.', table(columns, rows)];
}

function priceRows(
  name: string,
  { value, source, asOf }: Sourced<readonly PriceList[]>,
): readonly (readonly string[])[] {
  return value.flatMap((list) => {
    const row = (when: string, prices: TokenPrices) => [
      name,
      [scheduleText(list), when].filter((part) => part !== '').join(', '),
      ...priceColumns.map(([, field]) => {
        const price = prices[field];
        return price === undefined ? 'unknown' : String(Number(price.toPrecision(6)));
      }),
      from({ source, asOf }),
    ];
    return [
      row('', list.base),
      ...list.tiers.map((tier) =>
        row(`whole request above ${formatCount(tier.aboveInputTokens)}`, { ...list.base, ...tier }),
      ),
    ];
  });
}

function scheduleText({ startDate, startTime, endTime }: PriceList): string {
  const date = startDate === undefined ? '' : `from ${startDate}`;
  if (startTime === undefined || endTime === undefined) return date;
  return `${date} ${startTime} to ${endTime} UTC`.trim();
}

function tokenizerPart({ tokenizer }: Model): readonly string[] {
  const counted = tokenizer.exact
    ? `Exact with ${plain(tokenizer.encoding)}`
    : `Estimated from ${plain(tokenizer.encoding)} by the ratio of the family "${plain(tokenizer.family)}"`;
  return ['## How its tokens are counted', `${counted} (${plain(tokenizer.source)}).`];
}

function textPart(
  { model, architecture, name }: CardSubject,
  text: CardText,
  at: Date,
): readonly string[] {
  const { count, outputTokens } = text;
  const tokens = count.exact
    ? `${formatCount(count.tokens)} tokens, exact`
    : `${formatTokens(count.lowTokens)} – ${formatTokens(count.highTokens)} tokens, estimated (${plain(count.basis)})`;
  const cost = (outputs: number, cachedShare: number) =>
    requestCostInterval(
      { input: count, outputTokens: outputs, cachedShare },
      model?.prices?.value,
      at,
    );
  const cache =
    architecture && kvCacheBytes(architecture, { tokens: count.highTokens + outputTokens });
  const lines = [
    `- ${tokens}`,
    ...(text.verdict === undefined ? [] : [`- ${plain(text.verdict)}`]),
    ...(model === undefined
      ? []
      : [
          `- Sending it once: ${usd(cost(0, 0))}; with ${formatCount(outputTokens)} tokens of answer: ${usd(cost(outputTokens, 0))}; again from the cache: ${usd(cost(outputTokens, 1))}`,
        ]),
    ...(cache?.value === undefined
      ? []
      : [`- KV cache of it and the answer: ${formatBytes(cache.value)} in 16 bits`]),
    ...lengthWarning(model ?? name, count.highTokens).sentences.map((one) => `- ${plain(one)}`),
  ];
  return [`## ${plain(text.name)}`, lines.join('\n')];
}

function usd(cost: CostInterval | undefined): string {
  if (cost === undefined) return 'unknown';
  const [low, high] = [formatUsd(cost.lowUsd), formatUsd(cost.highUsd)];
  return low === high ? low : `${low} – ${high}`;
}

function sourcesPart(architecture: Architecture | undefined): readonly string[] {
  if (architecture === undefined || architecture.sources.length === 0) return [];
  const notes = architecture.notes === undefined ? [] : [plain(architecture.notes)];
  const list = architecture.sources.map(({ text, asOf }) => `- ${plain(text)}, ${asOf}`);
  return ['## Where its shape comes from', list.join('\n'), ...notes];
}
