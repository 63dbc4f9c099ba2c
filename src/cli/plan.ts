import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Option, type Command } from 'commander';
import envPaths from 'env-paths';
import { budgetFor } from '../core/budget/budgetFor.ts';
import { findModel } from '../core/catalog/findModel.ts';
import { models } from '../core/catalog/models.ts';
import type { FileCount } from '../core/files/scanReport.ts';
import { effectiveContextFor } from '../core/quality/effectiveContext.ts';
import { comparePlans } from '../core/plans/comparePlans.ts';
import { countedBudget } from '../core/plans/modelBudget.ts';
import { nearestModel } from '../core/plans/nearestModel.ts';
import {
  defaultOverlap,
  defaultRetrievalTokens,
  strategyIds,
  type StrategyId,
} from '../core/plans/plan.ts';
import type { PromptFormat, PromptOptions } from '../core/plans/prompt.ts';
import { templateProblem, type PromptTemplate } from '../core/plans/promptFrame.ts';
import type { Task } from '../core/plans/task.ts';
import type { EncodingName } from '../core/tokens/tokenCounter.ts';
import { countForModel } from '../core/weigh/modelFit.ts';
import type { PlanSettings } from '../node/plansCalls.ts';
import { PlansThread } from '../node/plansThread.ts';
import { Scanner } from '../node/scanner.ts';
import { existingFolder, wholeTokens } from './arguments.ts';
import {
  nearestLine,
  planHeading,
  recallLines,
  recommendationSection,
  strategiesSection,
} from './planSections.ts';
import { planTiming } from './planTiming.ts';
import { progressLine } from './progressLine.ts';
import { renderText } from './renderText.ts';
import { writeRequests } from './writeRequests.ts';

interface PlanOptions {
  readonly model: string;
  readonly strategy?: StrategyId;
  readonly question?: string;
  readonly task: 'review' | 'summarise';
  readonly migrate?: string;
  readonly format: PromptFormat;
  readonly lineNumbers?: true;
  readonly tree?: true;
  readonly template?: string;
  readonly gpu: string;
  readonly timeOf?: string;
  readonly measure?: true;
  readonly out?: string;
  readonly json?: true;
  readonly allowSecrets?: true;
  readonly reservedOutputTokens: number;
  readonly overheadTokens: number;
}

/** Adds `plan <folder>` to the program. */
export function registerPlan(program: Command): void {
  program
    .command('plan')
    .description(
      'plan the requests that send a folder to a model, and say what each strategy loses',
    )
    .argument('<folder>', 'folder to plan for')
    .requiredOption('-m, --model <id>', 'model to plan for')
    .addOption(new Option('-s, --strategy <name>', 'one strategy only').choices(strategyIds))
    .option('-q, --question <text>', 'the question to ask')
    .addOption(
      new Option('--task <name>', 'without a question: what to ask of the whole')
        .choices(['review', 'summarise'])
        .default('summarise'),
    )
    .option('--migrate <goal>', 'plan for a migration to this goal')
    .addOption(
      new Option('--format <name>', 'how files are written')
        .choices(['markdown', 'xml', 'plain'])
        .default('markdown'),
    )
    .option('--measure', 'measure how often retrieval finds what it should on this code')
    .option('--line-numbers', 'number the lines')
    .option('--tree', "begin each request with a tree of its files' paths")
    .option('--template <file>', 'your own form of requests: JSON with "file" and "prompt"')
    .option('--gpu <id>', 'card that times are worked out for', 'h100-sxm')
    .option(
      '--time-of <id>',
      'open model whose times stand in for a hosted one, e.g. llama-3.1-70b',
    )
    .option('-o, --out <dir>', 'write one file per request, and manifest.json; needs --strategy')
    .option('--json', 'print the plans as JSON')
    .option('--allow-secrets', 'write requests although something in them looks like a secret')
    .option('--reserved-output-tokens <tokens>', 'kept for each answer', wholeTokens, 8192)
    .option('--overhead-tokens <tokens>', 'system prompt and tools', wholeTokens, 4000)
    .action(async (folder: string, options: PlanOptions) => {
      process.exitCode = await plan(folder, options);
    });
}

async function plan(named: string, options: PlanOptions): Promise<number> {
  const folder = existingFolder(named);
  if (options.out !== undefined && options.strategy === undefined) {
    throw new Error('--out needs --strategy: the requests of one plan are written');
  }
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
  const counted = countedBudget(
    budget.budgetTokens,
    counts.reduce((sum, file) => sum + file.tokens, 0),
    countForModel(model, byEncoding),
  );
  const settings: PlanSettings = {
    task: taskOf(options),
    budgetTokens: counted.budgetTokens,
    outputTokens: budget.reservedOutputTokens,
    prompt: promptOf(options),
    overlap: defaultOverlap,
    retrievalTokens: defaultRetrievalTokens,
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
    const strategies = options.strategy === undefined ? strategyIds : [options.strategy];
    const planned = await thread.call('plan', summary.indexId, strategies, settings);
    if (options.out !== undefined) {
      const [{ plan: chosen, refused }] = planned;
      if (chosen === undefined) throw new Error(refused);
      const into = path.resolve(options.out);
      const source = { thread, summary, prompt: settings.prompt };
      return await writeRequests(into, chosen, source, options.allowSecrets === true);
    }
    const recall = options.measure
      ? await thread.call('recall', summary.indexId, defaultRetrievalTokens)
      : undefined;
    const at = new Date();
    const timed = planTiming(
      model,
      options.timeOf,
      options.gpu,
      budget.budgetTokens + budget.reservedOutputTokens,
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
    const isCut = planned.some(({ strategy, plan: made }) => {
      return strategy === 'full' && made !== undefined && made.coverage < 1;
    });
    // Other models' counts are estimated from o200k_base: without those nothing is said of them.
    const nearest =
      isCut && encoding === 'o200k_base'
        ? nearestModel(models, (other) => countForModel(other, byEncoding), options, at)
        : undefined;
    // Kept before the process ends; a failure costs time the next time, and nothing else.
    await thread.call('keep', summary.indexId);
    if (options.json) {
      const times = timed === undefined ? undefined : timed.label;
      const report = {
        schemaVersion: 2,
        model: model.id,
        encoding,
        ...counted,
        timesAreOf: times,
        recommended: compared.ranked,
        nearestModel: nearest?.id,
        recall,
        plans: planned.map((each, i) => {
          const { cost, time } = compared.plans[i];
          return { ...each, cost, time };
        }),
      };
      process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
      return 0;
    }
    const lines = [
      planHeading(folder, model.id, summary, settings.budgetTokens, encoding, counted),
      ...(recall === undefined ? [] : recallLines(recall)),
      ...(isCut && encoding === 'o200k_base' ? [nearestLine(nearest)] : []),
    ];
    const sections = [
      strategiesSection(compared.plans, timed?.label),
      recommendationSection(compared.ranked),
    ];
    process.stdout.write(renderText(lines, sections, columns()));
    return 0;
  } finally {
    await thread.stop();
  }
}

function columns(): number {
  return process.stdout.isTTY ? Math.max(60, process.stdout.columns) : 110;
}

function taskOf({ question, migrate, task }: PlanOptions): Task {
  if (question !== undefined) return { kind: 'question', question };
  if (migrate !== undefined) return { kind: 'migrate', goal: migrate };
  return { kind: task };
}

function promptOf({ format, lineNumbers, tree, template }: PlanOptions): PromptOptions {
  const options = { format, lineNumbers: lineNumbers === true, tree: tree === true };
  return template === undefined ? options : { ...options, template: readTemplate(template) };
}

/** A JSON file with the two texts of a `PromptTemplate`. */
function readTemplate(file: string): PromptTemplate {
  const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'));
  const template = parsed as Partial<PromptTemplate> | null;
  if (typeof template?.file !== 'string' || typeof template.prompt !== 'string') {
    throw new Error(`${file} must hold { "file": "...", "prompt": "..." }`);
  }
  const { file: fileText, prompt } = template;
  const problem = templateProblem({ file: fileText, prompt });
  if (problem !== undefined) throw new Error(`${file}: ${problem}`);
  return { file: fileText, prompt };
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
