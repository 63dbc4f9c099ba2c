import path from 'node:path';
import type { Command } from 'commander';
import type { Budget } from '../core/budget/budget.ts';
import { budgetFor } from '../core/budget/budgetFor.ts';
import { findModel } from '../core/catalog/findModel.ts';
import type { Model } from '../core/catalog/model.ts';
import { models } from '../core/catalog/models.ts';
import { comparePlans } from '../core/plans/comparePlans.ts';
import {
  countedBudget,
  requestLimitTokens,
  type CountedBudget,
} from '../core/plans/modelBudget.ts';
import { strategyIds } from '../core/plans/plan.ts';
import type { MeasuredRecall } from '../core/plans/recall.ts';
import { rules } from '../core/plans/recommend.ts';
import { whatWouldFit, type WouldFit } from '../core/plans/whatWouldFit.ts';
import { effectiveContextFor } from '../core/quality/effectiveContext.ts';
import type { EncodingName } from '../core/tokens/tokenCounter.ts';
import { countForModel, type CountsByEncoding } from '../core/weigh/modelFit.ts';
import type { EmbeddingTarget } from '../node/embeddingEndpoint.ts';
import type { IndexSummary, Planned, PlanSettings } from '../node/plansCalls.ts';
import { PlansThread } from '../node/plansThread.ts';
import { existingFolder } from './arguments.ts';
import { embeddingTarget, embedWith } from './planEmbeddings.ts';
import { addPlanOptions, promptOf, taskOf, type PlanOptions } from './planOptions.ts';
import {
  planHeading,
  recallLines,
  recommendationSection,
  rulesSection,
  strategiesSection,
} from './planSections.ts';
import { planTiming, type PlanTiming } from './planTiming.ts';
import { renderText } from './renderText.ts';
import { scanFolder } from './scanFolder.ts';
import { cacheFolder, terminalColumns, workerFile } from './surroundings.ts';
import { wouldFitJson, wouldFitSection } from './wouldFitSection.ts';
import { writeRequests } from './writeRequests.ts';

/** Adds `plan <folder>` to the program. */
export function registerPlan(program: Command): void {
  addPlanOptions(program.command('plan')).action(async (folder: string, options: PlanOptions) => {
    process.exitCode = await plan(existingFolder(folder), options);
  });
}

/** What is planned, all of it known before the first file is indexed. */
interface Asked {
  readonly folder: string;
  readonly options: PlanOptions;
  readonly model: Model;
  readonly budget: Budget;
  readonly encoding: EncodingName;
  readonly counts: CountsByEncoding;
  /** Most tokens of one request's text, in the model's own tokens. */
  readonly limitTokens: number;
  readonly counted: CountedBudget;
  readonly settings: PlanSettings;
  readonly embedding: EmbeddingTarget | undefined;
}

/** @returns the exit code */
async function plan(folder: string, options: PlanOptions): Promise<number> {
  const asked = await askedFor(folder, options);
  const thread = new PlansThread(workerFile('plansWorker.js'));
  try {
    const summary = await openIndex(thread, asked);
    const allowSecrets = options.allowSecrets === true;
    const { embedding, settings } = asked;
    if (embedding !== undefined && !(await embedWith(thread, summary, embedding, allowSecrets)))
      return 1;
    const strategies = options.strategy === undefined ? strategyIds : [options.strategy];
    const planned = await thread.call('plan', summary.indexId, strategies, settings);
    // Kept before the process ends; a failure costs time the next time, and nothing else.
    await thread.call('keep', summary.indexId);
    if (options.out !== undefined) {
      const [{ plan: chosen, refused }] = planned;
      if (chosen === undefined) throw new Error(refused);
      const source = { thread, summary, prompt: settings.prompt };
      return await writeRequests(path.resolve(options.out), chosen, source, allowSecrets);
    }
    const recall = options.measure
      ? await thread.call(
          'recall',
          summary.indexId,
          options.retrievalTokens,
          settings.withEmbeddings,
        )
      : undefined;
    process.stdout.write(printed(await comparisonOf(planned, summary, asked), recall, asked));
    return 0;
  } finally {
    await thread.stop();
  }
}

/** Checks what was asked for and counts the folder. Throws an Error that says what is missing or wrong. */
async function askedFor(folder: string, options: PlanOptions): Promise<Asked> {
  if (options.out !== undefined && options.strategy === undefined) {
    throw new Error('--out needs --strategy: the requests of one plan are written');
  }
  const embedding = embeddingTarget(options, process.env);
  const model = findModel(options.model, models);
  const budget = budgetFor(model, options);
  if (budget === undefined) {
    throw new Error(
      `The context window of ${model.id} is unknown, so nothing can be planned for it`,
    );
  }
  const prompt = promptOf(options);
  const encoding = model.tokenizer.exact ? model.tokenizer.encoding : 'o200k_base';
  const counts = await countsOf(folder, encoding);
  const limitTokens = requestLimitTokens(model, budget);
  const counted = countedBudget(
    limitTokens,
    filesIn(counts).reduce((sum, file) => sum + file.tokens, 0),
    countForModel(model, counts),
  );
  const settings: PlanSettings = {
    task: taskOf(options),
    budgetTokens: counted.budgetTokens,
    outputTokens: budget.reservedOutputTokens,
    prompt,
    overlap: options.overlap,
    retrievalTokens: options.retrievalTokens,
    order: options.order,
    ...(options.windowTokens === undefined ? {} : { windowTokens: options.windowTokens }),
    withEmbeddings: embedding !== undefined,
  };
  return {
    folder,
    options,
    model,
    budget,
    encoding,
    counts,
    limitTokens,
    counted,
    settings,
    embedding,
  };
}

async function countsOf(folder: string, encoding: EncodingName): Promise<CountsByEncoding> {
  const scans = await scanFolder(folder, [encoding]);
  return new Map([...scans].map(([name, { files }]) => [name, files]));
}

/** The files that are planned for: those of the first count. */
function filesIn(counts: CountsByEncoding) {
  const [files] = counts.values();
  return files;
}

async function openIndex(
  thread: PlansThread,
  { folder, counts, encoding }: Asked,
): Promise<IndexSummary> {
  const summary = await thread.open({
    files: filesIn(counts).map((file) => ({
      path: file.path,
      systemPath: path.join(folder, file.path),
    })),
    encoding,
    root: folder,
    cacheFolder: path.join(cacheFolder, 'indexes'),
  });
  for (const { path: file, message } of summary.problems)
    process.stderr.write(`context-budget: ${file} is left out: ${message}\n`);
  return summary;
}

interface Comparison {
  readonly planned: readonly Planned[];
  readonly summary: IndexSummary;
  readonly compared: ReturnType<typeof comparePlans>;
  readonly timed: PlanTiming | undefined;
  /** Undefined: everything fits, or the full plan was not asked for. */
  readonly wouldFit: WouldFit | undefined;
}

async function comparisonOf(
  planned: readonly Planned[],
  summary: IndexSummary,
  asked: Asked,
): Promise<Comparison> {
  const { options, model, budget, counted, settings, limitTokens } = asked;
  const at = new Date();
  const windowTokens = limitTokens + budget.reservedOutputTokens;
  const timed = planTiming(model, options.timeOf, options.gpu, windowTokens);
  const compared = comparePlans(planned, {
    model,
    counted,
    overheadTokens: options.overheadTokens,
    task: settings.task,
    setTokens: summary.tokens,
    at,
    measurements: effectiveContextFor(model),
    ...(timed === undefined ? {} : { timed }),
  });
  const wouldFit = await wouldFitFor(planned, summary.tokens, asked, at);
  return { planned, summary, compared, timed, wouldFit };
}

/** Asked of everything at once, whichever strategies were planned. */
async function wouldFitFor(
  planned: readonly Planned[],
  setTokens: number,
  { folder, counts, counted, options }: Asked,
  at: Date,
): Promise<WouldFit | undefined> {
  const full = planned.find(({ strategy }) => strategy === 'full');
  if (full === undefined || (full.plan !== undefined && full.plan.cut === undefined))
    return undefined;
  // Other models are estimated from o200k_base: the files are counted with it as well.
  const all = counts.has('o200k_base')
    ? counts
    : new Map([...counts, ...(await countsOf(folder, 'o200k_base'))]);
  const countOf = (other: Model) => countForModel(other, all);
  return whatWouldFit(full.plan, { counted, setTokens, options, at, models, countOf });
}

function printed(comparison: Comparison, recall: MeasuredRecall | undefined, asked: Asked): string {
  return asked.options.json
    ? `${JSON.stringify(jsonOf(comparison, recall, asked), null, 2)}\n`
    : textOf(comparison, recall, asked);
}

/** What `--json` prints; fields are only ever added within one `schemaVersion`. */
function jsonOf(
  { planned, compared, timed, wouldFit }: Comparison,
  recall: MeasuredRecall | undefined,
  { model, encoding, counted }: Asked,
) {
  return {
    schemaVersion: 2,
    model: model.id,
    encoding,
    ...counted,
    timesAreOf: timed?.label,
    recommended: compared.ranked,
    rules: rules.map(({ id, points, when }) => ({ id, points, when })),
    nearestModel: wouldFit?.nearest?.model.id,
    whatWouldFit: wouldFit && wouldFitJson(wouldFit),
    recall,
    plans: planned.map((each, i) => {
      const { fit, cost, time } = compared.plans[i];
      return { ...each, fit, cost, time };
    }),
  };
}

function textOf(
  { summary, compared, timed, wouldFit }: Comparison,
  recall: MeasuredRecall | undefined,
  { folder, options, model, encoding, counted }: Asked,
): string {
  const lines = [
    planHeading(summary, { folder, modelId: model.id, encoding, counted }),
    ...(recall === undefined ? [] : recallLines(recall)),
  ];
  const sections = [
    strategiesSection(compared.plans, timed?.label),
    ...(wouldFit === undefined ? [] : [wouldFitSection(wouldFit, model.id, options.cut === true)]),
    recommendationSection(compared.ranked),
    ...(options.rules ? [rulesSection()] : []),
  ];
  return renderText(lines, sections, terminalColumns());
}
