import { budgetFor } from '../core/budget/budgetFor.ts';
import { findModel, UnknownModelError } from '../core/catalog/findModel.ts';
import { mergeModels } from '../core/catalog/mergeModels.ts';
import { noOwnData, withOwnData } from '../core/catalog/ownModels.ts';
import type { OwnData } from '../core/catalog/ownModels.ts';
import { models as bundledModels } from '../core/catalog/models.ts';
import { withTokenizerFile } from '../core/catalog/tokenizerLinks.ts';
import { parseUserModels } from '../core/catalog/userModels.ts';
import type { Model, TokenizerLink } from '../core/catalog/model.ts';
import type { FileCount } from '../core/files/scanReport.ts';
import type { CountsByKind } from '../core/tokens/estimate/estimateTokens.ts';
import { parseLearnt } from '../core/tokens/estimate/learntRatios.ts';
import type { EncodingName, TokenCount } from '../core/tokens/tokenCounter.ts';
import { countFor, sumByKind, type WeighedText } from '../core/weigh/countFor.ts';
import { weighConversation } from '../core/weigh/conversation.ts';
import { textLimitOf, type TextLimit } from '../core/weigh/textLimit.ts';
import { costOf, fitOf, summaryOf, type Fit } from '../core/weigh/weigh.ts';
import type { ModelSummary, UsdInterval } from '../core/weigh/weighed.ts';
import type { BudgetSnapshot, PromptDraft, PromptWeight } from '../protocol/budgetMessages.ts';
import type { Settings } from './settings.ts';

export interface ModelVerdict extends ModelSummary, Omit<Fit, 'budget'> {
  readonly count: TokenCount;
  /** Sending it once, the input alone. */
  readonly inputCost?: UsdInterval;
}

/** A number of tokens of plain text against the chosen model. */
export interface WeighedTokens extends Fit {
  readonly modelName: string;
  readonly count: TokenCount;
  readonly contextWindowTokens?: number;
  readonly reservedOutputTokens: number;
  readonly overheadTokens: number;
  readonly inputUsdPerMillionTokens?: number;
  readonly inputCost?: UsdInterval;
}

export interface DraftInContext {
  readonly draft: PromptDraft;
  readonly files: readonly FileCount[];
  readonly promptTokens: number;
  /** Tokens of what stands around the files: path lines and fences. */
  readonly framingTokens: number;
}

/** What counts mean for models: the catalogue, budgets and prices. Loaded when first asked for (rooms.ts). */
export interface Weighing {
  /** The catalogue with the person's own models; the same array until that setting changes. */
  readonly modelsOf: (settings: Settings) => readonly Model[];
  /** The encoding that a model's tokens are counted with; o200k_base for a model that nobody knows. */
  readonly encodingOf: (settings: Settings) => EncodingName;
  /** How the chosen model's tokens are counted; undefined for a model that nobody knows. */
  readonly tokenizerOf: (
    settings: Settings,
  ) => (TokenizerLink & { readonly modelName: string }) | undefined;
  /** What `contextBudget.userModels` says that can't be used, each naming the field and its value. */
  readonly userModelProblems: (settings: Settings) => readonly string[];
  /** Every model with its verdict; the most room first, deprecated ones left out unless chosen. */
  readonly weighModels: (files: readonly FileCount[], settings: Settings) => ModelVerdict[];
  /** The part of a snapshot that depends on the counts; `files` undefined: nothing was counted yet. */
  readonly weighSubject: (
    files: readonly FileCount[] | undefined,
    settings: Settings,
  ) => Omit<BudgetSnapshot, 'status' | 'subject' | 'fileCount'>;
  /** Undefined when the chosen model is unknown. A number is weighed as code. */
  readonly weighTokens: (
    tokens: number | CountsByKind,
    settings: Settings,
  ) => WeighedTokens | undefined;
  /** Undefined when the chosen model or its window is unknown. */
  readonly textLimit: (settings: Settings) => TextLimit | undefined;
  readonly weighPrompt: (draft: DraftInContext, settings: Settings) => PromptWeight;
}

/** @param own what the person imported, as it stands when asked */
export function openWeighing(own: () => OwnData = () => noOwnData): Weighing {
  ownData = own;
  return {
    modelsOf,
    encodingOf,
    tokenizerOf,
    userModelProblems,
    weighModels,
    weighSubject,
    weighTokens,
    textLimit,
    weighPrompt,
  };
}

let ownData: () => OwnData = () => noOwnData;

interface Catalogue {
  readonly own: OwnData;
  readonly userModels: unknown;
  readonly learnt: unknown;
  readonly tokenizerEncodings: Settings['tokenizerEncodings'];
  readonly models: readonly Model[];
  readonly problems: readonly string[];
}

/** The catalogue with what the person imported and set, and what exact counts taught: merged once per change of these. */
let merged: Catalogue | undefined;

function catalogueOf({ userModels, learnt, tokenizerEncodings }: Settings): Catalogue {
  const own = ownData();
  const isSame = (before: Catalogue) =>
    before.userModels === userModels &&
    before.own === own &&
    before.learnt === learnt &&
    before.tokenizerEncodings === tokenizerEncodings;
  if (merged !== undefined && isSame(merged)) return merged;
  const asOf = new Date().toISOString().slice(0, 10);
  const parsed = parseUserModels(userModels ?? [], { source: 'contextBudget.userModels', asOf });
  const imported = withOwnData(bundledModels, own);
  const byModel = parseLearnt(learnt);
  const models = mergeModels(imported.models, parsed.models).map((model) => {
    const encoding = tokenizerEncodings?.get(model.id);
    if (encoding !== undefined) {
      return withTokenizerFile(model, encoding, 'setting contextBudget.tokenizers');
    }
    return Object.hasOwn(byModel, model.id)
      ? { ...model, tokenizer: { ...model.tokenizer, learnt: byModel[model.id] } }
      : model;
  });
  const problems = [...imported.problems, ...parsed.problems];
  merged = { own, userModels, learnt, tokenizerEncodings, models, problems };
  return merged;
}

function modelsOf(settings: Settings): readonly Model[] {
  return catalogueOf(settings).models;
}

function userModelProblems(settings: Settings): readonly string[] {
  return catalogueOf(settings).problems;
}

function chosenModel(settings: Settings): Model | undefined {
  try {
    return findModel(settings.modelId, modelsOf(settings));
  } catch (error) {
    if (error instanceof UnknownModelError) return undefined;
    throw error;
  }
}

function encodingOf(settings: Settings): EncodingName {
  return chosenModel(settings)?.tokenizer.encoding ?? 'o200k_base';
}

function tokenizerOf(settings: Settings): ReturnType<Weighing['tokenizerOf']> {
  const model = chosenModel(settings);
  return model === undefined ? undefined : { ...model.tokenizer, modelName: model.name };
}

/** Of the encoding that texts are counted with, where the chosen model says. */
function familyOf(settings: Settings): string | undefined {
  const tokenizer = chosenModel(settings)?.tokenizer;
  return tokenizer?.exact === true ? tokenizer.family : undefined;
}

function weighModels(files: readonly FileCount[], settings: Settings): ModelVerdict[] {
  const text = { ...sumByKind(files, encodingOf(settings)), family: familyOf(settings) };
  const at = new Date();
  return modelsOf(settings)
    .filter((model) => !model.deprecated || model.id === settings.modelId)
    .map((model) => verdictFor(text, model, settings, at))
    .sort((a, b) => (b.freeTokens?.low ?? -Infinity) - (a.freeTokens?.low ?? -Infinity));
}

function verdictFor(text: WeighedText, model: Model, settings: Settings, at: Date): ModelVerdict {
  const count = countFor(text, model);
  const { verdict, freeTokens } = fitOf(count, model, settings);
  const inputCost = costOf(count, 0, model, at);
  return { ...summaryOf(model, at), count, verdict, freeTokens, inputCost };
}

function weighSubject(
  files: readonly FileCount[] | undefined,
  settings: Settings,
): ReturnType<Weighing['weighSubject']> {
  const { reservedOutputTokens, overheadTokens } = settings;
  const configured = { configuredModelId: settings.modelId, reservedOutputTokens, overheadTokens };
  const model = chosenModel(settings);
  if (model === undefined) return { ...configured, verdict: 'unknown' };
  const at = new Date();
  const known = { ...configured, model: summaryOf(model, at), budget: budgetFor(model, settings) };
  if (files === undefined) return { ...known, verdict: 'unknown' };
  const count = countFor(sumByKind(files, model.tokenizer.encoding), model);
  const inputCost = costOf(count, 0, model, at);
  return { ...known, ...fitOf(count, model, settings), count, inputCost };
}

function weighTokens(tokens: number | CountsByKind, settings: Settings): WeighedTokens | undefined {
  const model = chosenModel(settings);
  if (model === undefined) return undefined;
  const at = new Date();
  const { encoding } = model.tokenizer;
  const countsByKind = typeof tokens === 'number' ? { code: tokens } : tokens;
  const count = countFor({ encoding, countsByKind }, model);
  const summary = summaryOf(model, at);
  return {
    ...fitOf(count, model, settings),
    modelName: model.name,
    count,
    contextWindowTokens: summary.contextWindowTokens,
    reservedOutputTokens: settings.reservedOutputTokens,
    overheadTokens: settings.overheadTokens,
    inputUsdPerMillionTokens: summary.inputUsdPerMillionTokens,
    inputCost: costOf(count, 0, model, at),
  };
}

function textLimit(settings: Settings): TextLimit | undefined {
  const model = chosenModel(settings);
  return model === undefined ? undefined : textLimitOf(model, settings);
}

function weighPrompt(
  { draft, files, promptTokens, framingTokens }: DraftInContext,
  settings: Settings,
): PromptWeight {
  const model = chosenModel(settings);
  if (model === undefined) {
    throw new Error(`${settings.modelId || 'The configured model'} is not in the catalogue`);
  }
  const { encoding } = model.tokenizer;
  const counted = sumByKind(files, encoding);
  const framed: WeighedText = {
    encoding,
    countsByKind: {
      ...counted.countsByKind,
      markdown: (counted.countsByKind.markdown ?? 0) + framingTokens,
    },
  };
  const context = joined(countFor(framed, model), files.length);
  const prompt = countFor({ encoding, countsByKind: { markdown: promptTokens } }, model);
  const { outputTokens, turns } = draft;
  const { overheadTokens } = settings;
  const weighed = weighConversation(
    { context, prompt, overheadTokens, outputTokens, turns },
    model,
    new Date(),
  );
  const inputTokens = weighed.firstInput.highTokens;
  const over = (cap: number | undefined) => cap !== undefined && inputTokens > cap;
  const cap = over(settings.hardCapTokens)
    ? 'hard'
    : over(settings.softCapTokens)
      ? 'soft'
      : undefined;
  return { ...weighed, promptTokens: prompt.tokens, contextFiles: files.length, cap };
}

/** Where two texts join, tokens may merge or part: one for each file at most (promptText.ts). */
function joined(count: TokenCount, files: number): TokenCount {
  if (files === 0) return count;
  return {
    ...count,
    lowTokens: Math.max(0, count.lowTokens - files),
    highTokens: count.highTokens + files,
    exact: false,
    basis: `${count.basis}, 1 token either way where files join`,
  };
}
