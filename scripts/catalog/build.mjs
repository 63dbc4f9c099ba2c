// Makes src/core/catalog/models.generated.json from the pinned packages of this folder (their data
// alone, none of their code but genai-prices' list) by the rules below. Run: npm ci && npm run build
//
// Precedence. Window: OpenAI the greatest (pi-ai's 272,000 is where the price doubles, no window);
// else an exact value over a rounded one, else pi-ai (the newest) over the others. Output: pi-ai,
// gpt-tokenizer, llm-zoo. Maximum input: gpt-tokenizer. Prices: genai-prices, else pi-ai, whose 0 means unknown.
// What another source says otherwise is kept beside it.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';
import { waitForUpdate } from '@pydantic/genai-prices';
import * as gptModels from 'gpt-tokenizer/models';
import { MODEL_CONFIGS as zooModels } from 'llm-zoo';
import { batchRules, isChat, makers, retired } from './makers.mjs';

const { priceListsFromGenai, compactPriceLists, modelNameKey } = await loadCore();
const providers = new Map((await waitForUpdate()).map((provider) => [provider.id, provider]));
const piFolder = new URL(
  './node_modules/@earendil-works/pi-ai/dist/providers/data/',
  import.meta.url,
);

/** The versions that are read and the day each was published on. */
const published = {
  '@pydantic/genai-prices': ['0.1.8', '2026-09-23'],
  '@earendil-works/pi-ai': ['1.5.2', '2026-11-10'],
  'gpt-tokenizer': ['4.0.0', '2026-08-16'],
  'llm-zoo': ['1.37.0', '2026-09-23'],
};
/** What a number says that it is from. Throws when another version is installed, whose day is not known here. */
function sourceOf(name, more = '') {
  const [version, asOf] = published[name];
  const here = ['.', '../..'].map(
    (folder) => new URL(`${folder}/node_modules/${name}/package.json`, import.meta.url),
  );
  const installed = JSON.parse(
    readFileSync(
      here.find((file) => existsSync(file)),
      'utf8',
    ),
  ).version;
  if (installed !== version) {
    throw new Error(
      `${name} ${installed} is installed, ${version} of ${asOf} was read: write both into \`published\``,
    );
  }
  return { source: `${name} ${version}${more}`, asOf };
}

const sources = {
  g: sourceOf('@pydantic/genai-prices'),
  gz: sourceOf('@pydantic/genai-prices', ', Zhipu in CNY at 7.25 per USD, cheapest tier'),
  go: sourceOf('@pydantic/genai-prices', ", OpenRouter's list"),
  p: sourceOf('@earendil-works/pi-ai'),
  po: sourceOf('@earendil-works/pi-ai', ", OpenRouter's list"),
  t: sourceOf('gpt-tokenizer'),
  z: sourceOf('llm-zoo'),
};
for (const [index, rule] of batchRules.entries()) {
  sources[`b${index}`] = { source: rule.source, asOf: rule.asOf };
}

const architectures = JSON.parse(
  readFileSync(new URL('../../src/core/architectures/architectures.json', import.meta.url), 'utf8'),
).records;
const architectureIds = new Map(architectures.map(({ id }) => [modelNameKey(id), id]));

const models = makers.flatMap(modelsOf).sort((a, b) => (a.id < b.id ? -1 : 1));
const catalog = {
  madeBy: 'scripts/catalog/build.mjs; do not edit',
  sources,
  models,
};
const lines = models.map((model) => JSON.stringify(model)).join(',\n');
writeFileSync(
  new URL('../../src/core/catalog/models.generated.json', import.meta.url),
  `{"madeBy":${JSON.stringify(catalog.madeBy)},\n"sources":${JSON.stringify(sources)},\n"models":[\n${lines}\n]}\n`,
);
const count = (test) => models.filter(test).length;
console.log(
  `${models.length} models: ${count((m) => m.prices)} with prices, ${count((m) => m.window)} with a window, ` +
    `${count((m) => m.maxOutput)} with maximum output, ${count((m) => m.deprecatedBy)} deprecated, ` +
    `${count((m) => m.batch)} with batch, ${count((m) => m.prices?.[2] || m.window?.[2])} with disagreements`,
);

/** The conversion that the extension itself uses, made importable. */
async function loadCore() {
  const root = new URL('../../', import.meta.url).pathname;
  const { outputFiles } = await build({
    stdin: {
      contents:
        "export { priceListsFromGenai } from './src/core/catalog/genaiPrices.ts';" +
        "export { compactPriceLists } from './src/core/catalog/compactCatalog.ts';" +
        "export { modelNameKey } from './src/core/catalog/modelNames.ts';",
      resolveDir: root,
    },
    bundle: true,
    format: 'esm',
    write: false,
  });
  const { text } = outputFiles[0];
  return import(`data:text/javascript;base64,${Buffer.from(text).toString('base64')}`);
}

function piRows(provider) {
  const file = JSON.parse(readFileSync(new URL(`${provider}.json`, piFolder), 'utf8'));
  return Object.values(file)
    .flatMap((api) => Object.values(api))
    .filter(({ type }) => type === 'chat');
}

function modelsOf(maker) {
  const rows = new Map();
  const keep = (id) => maker.keep.test(id) && isChat(maker.maker, id);
  const row = (id) => {
    const key = loose(id);
    if (!rows.has(key)) rows.set(key, { id: maker.slug === 'zai' ? id.toLowerCase() : id });
    return rows.get(key);
  };
  for (const pi of maker.pi.flatMap(piRows)) if (keep(pi.id)) row(pi.id).pi = pi;
  for (const provider of maker.genai) {
    for (const model of providers.get(provider).models) {
      if (keep(model.id))
        row(model.id).genai ??= { model, key: provider === 'zhipuai' ? 'gz' : 'g' };
    }
  }
  if (maker.slug === 'openai') {
    for (const [id, model] of Object.entries(gptModels)) {
      if (keep(id) && model.modalities?.output?.includes('text')) row(id).gpt = model;
    }
  }
  addOpenRouter(maker, rows, row, keep);
  for (const entry of rows.values()) {
    const found = genaiMatch(maker.genai, entry.id);
    if (entry.genai === undefined && found !== undefined) entry.genai = found;
    entry.zoo = Object.values(zooModels).find(
      ({ fullName, shortName }) =>
        [fullName, shortName, undated(fullName)].includes(entry.id) ||
        undated(fullName) === entry.id.replace(/-0$/, ''),
    );
  }
  return foldAliases(maker, rows);
}

/** genai-prices' own rule of which of a provider's rows an id belongs to. */
function genaiMatch(providerIds, id) {
  for (const providerId of providerIds) {
    const model = providers.get(providerId).models.find(({ match }) => matches(match, id));
    if (model) return { model, key: providerId === 'zhipuai' ? 'gz' : 'g' };
  }
  return undefined;
}

function matches(rule, id) {
  const text = id.toLowerCase();
  if (rule.or) return rule.or.some((part) => matches(part, id));
  if (rule.and) return rule.and.every((part) => matches(part, id));
  if (rule.equals) return text === rule.equals.toLowerCase();
  if (rule.starts_with) return text.startsWith(rule.starts_with.toLowerCase());
  if (rule.ends_with) return text.endsWith(rule.ends_with.toLowerCase());
  if (rule.contains) return text.includes(rule.contains.toLowerCase());
  return new RegExp(rule.regex).test(id);
}

/** Models that the maker's own lists lack (open weights mostly), with OpenRouter's price and window. */
function addOpenRouter(maker, rows, row, keep) {
  for (const pi of piRows('openrouter')) {
    const [prefix, name] = pi.id.split('/');
    if (!maker.openRouter?.includes(prefix) || name === undefined || !keep(name)) continue;
    const own = rows.get(loose(name));
    if (own !== undefined) {
      // Known from the maker's own list, which may be a subscription and name no prices.
      if (!own.openRouter) own.router = pi;
      continue;
    }
    const entry = row(name);
    entry.pi = pi;
    entry.openRouter = true;
    const model = providers.get('openrouter').models.find(({ id }) => id === pi.id);
    if (model) entry.genai = { model, key: 'go' };
  }
}

function undated(id) {
  return id.replace(/-(20\d{6}|20\d\d-\d\d-\d\d)$/, '');
}

/** "claude-4.5" and "claude-4-5", "nova-lite-v1" and "nova-lite" are one name. */
function loose(name) {
  return name
    .toLowerCase()
    .replace(/-1\.0$|\.0$/, '')
    .replace(/[._]/g, '-');
}

/** A dated or "-latest" name whose facts are its base's becomes an alias of it. */
function foldAliases(maker, rows) {
  const made = new Map();
  for (const entry of [...rows.values()].sort((a, b) => a.id.length - b.id.length)) {
    made.set(entry.id, modelFrom(maker, entry));
  }
  const folded = new Map();
  for (const [id, model] of made) {
    const base = id.replace(/-(20\d{6}|20\d\d-\d\d-\d\d|latest)$/, '');
    const other = base === id ? undefined : made.get(base);
    if (other !== undefined && sameFacts(other, model)) {
      (other.aliases ??= []).push(id);
    } else folded.set(id, model);
  }
  const ids = new Set([...made.keys()].map((id) => id.toLowerCase()));
  for (const entry of rows.values()) {
    const model = folded.get(entry.id);
    if (model === undefined || entry.genai === undefined || entry.openRouter) continue;
    for (const alias of namesIn(entry.genai.model.match)) {
      const owner = genaiMatch(maker.genai, alias);
      if (owner?.model !== entry.genai.model || ids.has(alias.toLowerCase())) continue;
      if (entry.genai.model.id.toLowerCase() !== entry.id.toLowerCase()) continue;
      ids.add(alias.toLowerCase());
      (model.aliases ??= []).push(alias);
    }
  }
  return [...folded.values()].filter(({ window, prices }) => window || prices);
}

function namesIn(rule) {
  if (rule.or) return rule.or.flatMap(namesIn);
  if (rule.equals) return [rule.equals];
  return rule.starts_with && !/[-_.:]$/.test(rule.starts_with) ? [rule.starts_with] : [];
}

function sameFacts(a, b) {
  const facts = ({ window, maxInput, maxOutput, prices }) =>
    JSON.stringify([window?.[0], prices?.[0], maxInput?.[0], maxOutput?.[0]]);
  const fewer = JSON.stringify([
    b.window?.[0] ?? a.window?.[0],
    b.prices?.[0] ?? a.prices?.[0],
    b.maxInput?.[0] ?? a.maxInput?.[0],
    b.maxOutput?.[0] ?? a.maxOutput?.[0],
  ]);
  return facts(a) === fewer;
}

function modelFrom(maker, entry) {
  const id = `${maker.slug}/${entry.id}`;
  const piKey = entry.openRouter ? 'po' : 'p';
  const model = {
    id,
    name: entry.pi?.name?.replace(/^[^:]+: /, '').replace(/ \(latest\)$/, '') ?? ownName(entry),
    maker: maker.maker,
    aliases: undefined,
    deprecatedBy: deprecatedBy(id, entry),
    window: windowOf(maker, entry, piKey),
    maxInput: undefined,
    maxOutput: agree([
      [entry.pi?.maxTokens, piKey],
      [entry.gpt?.max_output_tokens, 't'],
      [entry.zoo?.maxOutputTokens, 'z'],
    ]),
    prices: pricesOf(entry, piKey),
    batch: undefined,
    arch: architectureIds.get(modelNameKey(id)),
  };
  const maxInput = entry.gpt?.max_input_tokens;
  // Some rows give a family's input limit to a member with a smaller window: contradictory, left out.
  if (maxInput !== undefined && maxInput < (model.window?.[0] ?? 0))
    model.maxInput = [maxInput, 't'];
  const rule = batchRules.findIndex(
    ({ slug, pattern, needsBatchEndpoint }) =>
      slug === maker.slug &&
      pattern.test(entry.id) &&
      (!needsBatchEndpoint || entry.gpt?.supported_endpoints?.includes('batch')),
  );
  if (rule >= 0 && model.prices && !model.deprecatedBy) {
    model.batch = [`b${rule}`, batchRules[rule].multiplier, batchRules[rule].cacheMultiplier];
  }
  return model;
}

function ownName({ id, genai, zoo }) {
  const named = genai?.model.id.toLowerCase() === id.toLowerCase() ? genai.model.name : undefined;
  return named ?? zoo?.label ?? id;
}

function deprecatedBy(id, { genai, gpt, zoo }) {
  if (gpt?.deprecated) return sources.t.source;
  if (genai?.model.deprecated) return sources.g.source;
  if (zoo?.retired) return sources.z.source;
  return retired.find(({ pattern }) => pattern.test(id))?.by;
}

function windowOf(maker, entry, piKey) {
  const claims = [
    [entry.pi?.contextWindow, piKey],
    [entry.gpt?.context_window, 't'],
    [entry.genai?.model.context_window, entry.genai?.key],
    [entry.zoo?.contextWindow, 'z'],
  ].filter(([value, key], index, all) => {
    // A row of genai-prices may stand for a whole family: its window holds for its own name only.
    const ofFamily =
      entry.genai !== undefined &&
      key === entry.genai.key &&
      loose(entry.genai.model.id) !== loose(entry.id);
    return value > 0 && !(ofFamily && all.some(([other, k]) => other > 0 && k !== key));
  });
  if (maker.slug === 'openai') {
    const windows = claims.filter(([value, key]) => key !== 'p' || value !== 272000);
    const greatest = Math.max(...(windows.length > 0 ? windows : claims).map(([value]) => value));
    return agree(
      exactFirst(
        (windows.length > 0 ? windows : claims).sort(([a], [b]) => b - a),
        greatest,
      ),
    );
  }
  return agree(exactFirst(claims, claims[0]?.[0]));
}

/** 1,048,576 over 1,000,000: among values within 5 % of the chosen one the unrounded comes first. */
function exactFirst(claims, chosen) {
  const near = ([value]) => Math.abs(value / chosen - 1) < 0.05;
  const rounded = ([value]) => value % 1000 === 0;
  const exact = claims.find((claim) => near(claim) && !rounded(claim));
  return exact === undefined ? claims : [exact, ...claims.filter((claim) => claim !== exact)];
}

/** First claim that there is, then each different one of the others; undefined when there is none. */
function agree(claims) {
  const there = claims.filter(([value]) => value !== undefined && value !== null && value > 0);
  if (there.length === 0) return undefined;
  const [first, ...others] = there;
  const seen = new Set([first[0]]);
  const different = others.filter(([value]) => !seen.has(value) && seen.add(value));
  return [...first, ...different];
}

function pricesOf({ genai, pi, router }, piKey) {
  const theirs = (pi && piPrices(pi.cost)) ?? (router && piPrices(router.cost));
  const theirKey = pi && piPrices(pi.cost) ? piKey : 'po';
  const lists = genai && priceListsFromGenai(genai.model.prices);
  const known = lists?.some(({ base }) => base.inputUsdPerMillionTokens !== undefined);
  const newest = theirs && [compactPriceLists(theirs), theirKey];
  if (!known) return newest;
  const ours = [compactPriceLists(lists), genai.key];
  if (newest === undefined || lists.some((list) => samePrices(list, theirs[0]))) return ours;
  // OpenRouter's list of an earlier day says nothing against its list of a later one.
  if (genai.key === 'go') return newest;
  // Prices converted from yuan come after prices in dollars.
  if (genai.key === 'gz') return [...newest, ours];
  return theirKey === 'po' ? ours : [...ours, newest];
}

function piPrices(cost) {
  const prices = ({ input, output, cacheRead, cacheWrite }) => ({
    ...(input > 0 && { inputUsdPerMillionTokens: input }),
    ...(output > 0 && { outputUsdPerMillionTokens: output }),
    ...(cacheRead > 0 && { cachedInputUsdPerMillionTokens: cacheRead }),
    ...(cacheWrite > 0 && { cacheWriteUsdPerMillionTokens: cacheWrite }),
  });
  if (!(cost?.input > 0)) return undefined;
  const tiers = (cost.tiers ?? []).map((tier) => ({
    aboveInputTokens: tier.inputTokensAbove,
    ...prices(tier),
  }));
  return [{ base: prices(cost), tiers }];
}

/** Equal in what both name; boundaries one token apart are one boundary. */
function samePrices(a, b) {
  const same = (x, y) =>
    Object.keys(y).every(
      (name) =>
        name === 'aboveInputTokens' ||
        x[name] === undefined ||
        Math.abs(x[name] - y[name]) <= 1e-3 * Math.max(x[name], y[name]),
    );
  return (
    same(a.base, b.base) &&
    a.tiers.length === b.tiers.length &&
    a.tiers.every(
      (tier, index) =>
        Math.abs(tier.aboveInputTokens - b.tiers[index].aboveInputTokens) <= 1 &&
        same(tier, b.tiers[index]),
    )
  );
}
