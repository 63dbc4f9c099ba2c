import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import envPaths from 'env-paths';
import { budgetFor } from '../core/budget/budgetFor.ts';
import { findModel } from '../core/catalog/findModel.ts';
import type { Model } from '../core/catalog/model.ts';
import { models } from '../core/catalog/models.ts';
import type { FileCount } from '../core/files/scanReport.ts';
import { effectiveContextFor } from '../core/quality/effectiveContext.ts';
import { comparePlans } from '../core/plans/comparePlans.ts';
import { countedBudget, requestLimitTokens } from '../core/plans/modelBudget.ts';
import { strategyIds } from '../core/plans/plan.ts';
import { rules } from '../core/plans/recommend.ts';
import { whatWouldFit, type WouldFit } from '../core/plans/whatWouldFit.ts';
import type { EncodingName } from '../core/tokens/tokenCounter.ts';
import { countForModel, type CountsByEncoding } from '../core/weigh/modelFit.ts';
import type { Planned, PlanSettings } from '../node/plansCalls.ts';
import { PlansThread } from '../node/plansThread.ts';
import { Scanner } from '../node/scanner.ts';
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
import { planTiming } from './planTiming.ts';
import { wouldFitJson, wouldFitSection } from './wouldFitSection.ts';
import { progressLine } from './progressLine.ts';
import { renderText } from './renderText.ts';
import { writeRequests } from './writeRequests.ts';

/** Adds `plan <folder>` to the program. */
export function registerPlan(program: Command): void {
  addPlanOptions(program.command('plan')).action(async (folder: string, options: PlanOptions) => {
    process.exitCode = await plan(folder, options);
  });
}

async function plan(named: string, options: PlanOptions): Promise<number> {
  const folder = existingFolder(named);
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
  const encoding = model.tokenizer.exact ? model.tokenizer.encoding : 'o200k_base';
  const counts = await countedFiles(folder, encoding);
  const byEncoding = new Map([[encoding, counts]]);
  const limitTokens = requestLimitTokens(model, budget);
  const counted = countedBudget(
    limitTokens,
    counts.reduce((sum, file) => sum + file.tokens, 0),
    countForModel(model, byEncoding),
  );
  const settings: PlanSettings = {
    task: taskOf(options),
    budgetTokens: counted.budgetTokens,
    outputTokens: budget.reservedOutputTokens,
    prompt: promptOf(options),
    overlap: options.overlap,
    retrievalTokens: options.retrievalTokens,
    order: options.order,
    ...(options.windowTokens === undefined ? {} : { windowTokens: options.windowTokens }),
    withEmbeddings: embedding !== undefined,
  };
  const thread = new PlansThread(workerFile('plansWorker.js'));
  try {
    const summary = await thread.open({
      files: counts.map((file) => ({
        path: file.path,
        systemPath: path.join(folder, file.path),
      })),
      encoding,
      root: folder,
      cacheFolder: path.join(cacheFolder, 'indexes'),
    });
    for (const { path: file, message } of summary.problems)
      process.stderr.write(`context-budget: ${file} is left out: ${message}\n`);
    if (
      embedding !== undefined &&
      !(await embedWith(thread, summary, embedding, cacheFolder, options.allowSecrets === true))
    )
      return 1;
    const strategies = options.strategy === undefined ? strategyIds : [options.strategy];
    const planned = await thread.call('plan', summary.indexId, strategies, settings);
    // Kept before the process ends; a failure costs time the next time, and nothing else.
    await thread.call('keep', summary.indexId);
    if (options.out !== undefined) {
      const [{ plan: chosen, refused }] = planned;
      if (chosen === undefined) throw new Error(refused);
      const into = path.resolve(options.out);
      const source = { thread, summary, prompt: settings.prompt };
      return await writeRequests(into, chosen, source, options.allowSecrets === true);
    }
    const recall = options.measure
      ? await thread.call(
          'recall',
          summary.indexId,
          options.retrievalTokens,
          settings.withEmbeddings,
        )
      : undefined;
    const at = new Date();
    const timed = planTiming(
      model,
      options.timeOf,
      options.gpu,
      limitTokens + budget.reservedOutputTokens,
    );
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
    const wouldFit = await wouldFitFor(planned, {
      counted,
      setTokens: summary.tokens,
      options,
      at,
      counts: () => countsForOthers(folder, byEncoding),
    });
    if (options.json) {
      const times = timed === undefined ? undefined : timed.label;
      const report = {
        schemaVersion: 2,
        model: model.id,
        encoding,
        ...counted,
        timesAreOf: times,
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
      process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
      return 0;
    }
    const lines = [
      planHeading(folder, model.id, summary, settings.budgetTokens, encoding, counted),
      ...(recall === undefined ? [] : recallLines(recall)),
    ];
    const sections = [
      strategiesSection(compared.plans, timed?.label),
      ...(wouldFit === undefined
        ? []
        : [wouldFitSection(wouldFit, model.id, options.cut === true)]),
      recommendationSection(compared.ranked),
      ...(options.rules ? [rulesSection()] : []),
    ];
    process.stdout.write(renderText(lines, sections, columns()));
    return 0;
  } finally {
    await thread.stop();
  }
}

interface WouldFitInput {
  readonly counted: ReturnType<typeof countedBudget>;
  readonly setTokens: number;
  readonly options: PlanOptions;
  readonly at: Date;
  readonly counts: () => Promise<CountsByEncoding>;
}

/** Asked of everything at once, whichever strategies were planned: undefined where the full plan was not. */
async function wouldFitFor(
  planned: readonly Planned[],
  { counts, ...basis }: WouldFitInput,
): Promise<WouldFit | undefined> {
  const full = planned.find(({ strategy }) => strategy === 'full');
  if (full === undefined || (full.plan !== undefined && full.plan.cut === undefined))
    return undefined;
  const byEncoding = await counts();
  const countOf = (other: Model) => countForModel(other, byEncoding);
  return whatWouldFit(full.plan, { ...basis, models, countOf });
}

/** Other models are estimated from o200k_base: the files are counted with it as well. */
async function countsForOthers(
  folder: string,
  byEncoding: CountsByEncoding,
): Promise<CountsByEncoding> {
  if (byEncoding.has('o200k_base')) return byEncoding;
  return new Map([...byEncoding, ['o200k_base', await countedFiles(folder, 'o200k_base')]]);
}

function columns(): number {
  return process.stdout.isTTY ? Math.max(60, process.stdout.columns) : 110;
}

const cacheFolder = envPaths('context-budget', { suffix: '' }).cache;

function workerFile(name: string): string {
  return fileURLToPath(new URL(`./${name}`, import.meta.url));
}

async function countedFiles(folder: string, encoding: EncodingName): Promise<readonly FileCount[]> {
  const scanner = new Scanner({ workerFile: workerFile('countWorker.js'), cacheFolder });
  const progress = progressLine(process.stderr);
  try {
    const request = { folders: [{ path: folder, prefix: '' }], encoding };
    return (await scanner.scan(request, { onProgress: progress.show })).files;
  } finally {
    progress.clear();
    await scanner.dispose();
  }
}
