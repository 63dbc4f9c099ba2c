import { budgetFor } from '../core/budget/budgetFor.ts';
import { noOwnData, type OwnData } from '../core/catalog/ownModels.ts';
import type { Model, TokenizerLink } from '../core/catalog/model.ts';
import type { FileCount } from '../core/files/scanReport.ts';
import type { CountsByKind } from '../core/tokens/estimate/estimateTokens.ts';
import type { EncodingName, TokenCount } from '../core/tokens/tokenCounter.ts';
import { countFor, sumByKind, type WeighedText } from '../core/weigh/countFor.ts';
import { weighConversation } from '../core/weigh/conversation.ts';
import { textLimitOf, type TextLimit } from '../core/weigh/textLimit.ts';
import { costOf, fitOf, summaryOf, type Fit } from '../core/weigh/weigh.ts';
import type { ModelSummary, UsdInterval } from '../core/weigh/weighed.ts';
import type { BudgetSnapshot, PromptDraft, PromptWeight } from '../protocol/budgetMessages.ts';
import { chosenModel, openCatalogue } from './catalogue.ts';
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
  const catalogueOf = openCatalogue(own);
  const chosen = (settings: Settings) => chosenModel(catalogueOf(settings), settings);
  return {
    modelsOf: (settings) => catalogueOf(settings).models,
    userModelProblems: (settings) => catalogueOf(settings).problems,
    encodingOf: (settings) => encodingOf(chosen(settings)),
    tokenizerOf: (settings) => {
      const model = chosen(settings);
      return model === undefined ? undefined : { ...model.tokenizer, modelName: model.name };
    },
    weighModels: (files, settings) =>
      weighModels(files, catalogueOf(settings).models, chosen(settings), settings),
    weighSubject: (files, settings) => weighSubject(files, chosen(settings), settings),
    weighTokens: (tokens, settings) => weighTokens(tokens, chosen(settings), settings),
    textLimit: (settings) => {
      const model = chosen(settings);
      return model === undefined ? undefined : textLimitOf(model, settings);
    },
    weighPrompt: (draft, settings) => weighPrompt(draft, chosen(settings), settings),
  };
}

function encodingOf(model: Model | undefined): EncodingName {
  return model?.tokenizer.encoding ?? 'o200k_base';
}

function weighModels(
  files: readonly FileCount[],
  models: readonly Model[],
  chosen: Model | undefined,
  settings: Settings,
): ModelVerdict[] {
  // The family of what the files were counted with, where the chosen model says.
  const family = chosen?.tokenizer.exact === true ? chosen.tokenizer.family : undefined;
  const text = { ...sumByKind(files, encodingOf(chosen)), family };
  const at = new Date();
  return models
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
  model: Model | undefined,
  settings: Settings,
): ReturnType<Weighing['weighSubject']> {
  const { reservedOutputTokens, overheadTokens } = settings;
  const configured = { configuredModelId: settings.modelId, reservedOutputTokens, overheadTokens };
  if (model === undefined) return { ...configured, verdict: 'unknown' };
  const at = new Date();
  const known = { ...configured, model: summaryOf(model, at), budget: budgetFor(model, settings) };
  if (files === undefined) return { ...known, verdict: 'unknown' };
  const count = countFor(sumByKind(files, model.tokenizer.encoding), model);
  const inputCost = costOf(count, 0, model, at);
  return { ...known, ...fitOf(count, model, settings), count, inputCost };
}

function weighTokens(
  tokens: number | CountsByKind,
  model: Model | undefined,
  settings: Settings,
): WeighedTokens | undefined {
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

function weighPrompt(
  { draft, files, promptTokens, framingTokens }: DraftInContext,
  model: Model | undefined,
  settings: Settings,
): PromptWeight {
  if (model === undefined) {
    throw new Error(`"${settings.modelId}" is not in the catalogue: choose a model`);
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
