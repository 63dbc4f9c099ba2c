import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Option, type Command } from 'commander';
import envPaths from 'env-paths';
import { countForModel } from '../core/weigh/modelFit.ts';
import { budgetFor } from '../core/budget/budgetFor.ts';
import { findModel } from '../core/catalog/findModel.ts';
import { models } from '../core/catalog/models.ts';
import { requestCostInterval } from '../core/cost/costInterval.ts';
import { defaultMaxFileBytes } from '../core/files/leftOutRules.ts';
import { formatCount, formatPercent, formatUsd } from '../core/format/numbers.ts';
import { tokensOfIndex } from '../core/plans/codeIndex.ts';
import { makePlan } from '../core/plans/makePlans.ts';
import { countedBudget } from '../core/plans/modelBudget.ts';
import {
  defaultOverlap,
  defaultRetrievalTokens,
  strategyIds,
  type Plan,
  type PlanInput,
  type StrategyId,
} from '../core/plans/plan.ts';
import { measureRecall } from '../core/plans/recall.ts';
import { recommend } from '../core/plans/recommend.ts';
import type { PromptFormat } from '../core/plans/prompt.ts';
import type { Task } from '../core/plans/task.ts';
import { buildCodeIndex, type TextFile } from '../node/buildCodeIndex.ts';
import { openTokenCounter } from '../node/openTokenCounter.ts';
import { readTextFile } from '../node/readTextFile.ts';
import { Scanner } from '../node/scanner.ts';
import { lengthWarning } from '../core/quality/lengthWarning.ts';
import { existingFolder, wholeTokens } from './arguments.ts';
import { progressLine } from './progressLine.ts';
import { renderText } from './renderText.ts';
import { planHeading, recallLine, recommendationSection, strategyNames } from './planSections.ts';
import type { Section } from './section.ts';
import { writeRequests } from './writeRequests.ts';

interface PlanOptions {
  readonly model: string;
  readonly strategy?: StrategyId;
  readonly question?: string;
  readonly task: 'review' | 'summarise';
  readonly migrate?: string;
  readonly format: PromptFormat;
  readonly lineNumbers?: true;
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
    .option('-o, --out <dir>', 'write one file per request, and manifest.json; needs --strategy')
    .option('--json', 'print the plans as JSON')
    .option('--allow-secrets', 'write requests although something in them looks like a secret')
    .option('--reserved-output-tokens <tokens>', 'kept for each answer', wholeTokens, 8192)
    .option('--overhead-tokens <tokens>', 'system prompt and tools', wholeTokens, 4000)
    .action(async (folder: string, options: PlanOptions) => {
      process.exitCode = await plan(folder, options);
    });
}

interface Planned {
  readonly plan?: Plan;
  readonly strategy: StrategyId;
  /** Why there is no plan. */
  readonly refused?: string;
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
  const files = await textFiles(folder, encoding);
  const counter = await openTokenCounter(encoding);
  const built = await buildCodeIndex(files.texts, counter);
  const counted = countedBudget(
    budget.budgetTokens,
    files.counts.reduce((sum, file) => sum + file.tokens, 0),
    countForModel(model, new Map([[encoding, files.counts]])),
  );
  const input: PlanInput = {
    ...built,
    counter,
    task: taskOf(options),
    budgetTokens: counted.budgetTokens,
    outputTokens: budget.reservedOutputTokens,
    prompt: { format: options.format, lineNumbers: options.lineNumbers === true },
    overlap: defaultOverlap,
    retrievalTokens: defaultRetrievalTokens,
  };
  const strategies = options.strategy === undefined ? strategyIds : [options.strategy];
  const planned = strategies.map((strategy) => tryPlan(strategy, input));
  if (options.out !== undefined) {
    const [{ plan: chosen, refused }] = planned;
    if (chosen === undefined) throw new Error(refused);
    return await writeRequests(
      path.resolve(options.out),
      chosen,
      input,
      options.allowSecrets === true,
    );
  }
  const recall = options.measure
    ? measureRecall(built.index, built.textOf, defaultRetrievalTokens)
    : undefined;
  const ranked = recommend(
    planned
      .filter(({ plan: made }) => made !== undefined)
      .map(({ plan: made }) => ({ plan: made as Plan, usd: usdOf(made as Plan) })),
    {
      task: input.task,
      setTokens: tokensOfIndex(built.index),
      budgetTokens: input.budgetTokens,
      tooLong: (promptTokens) => {
        const { finding, sentences } = lengthWarning(model, promptTokens * counted.likelyRatio);
        return finding === 'tooLong' ? sentences[0] : undefined;
      },
    },
  );
  const lines = [
    planHeading(folder, model.id, input, counted),
    ...(recall === undefined ? [] : [recallLine(recall)]),
  ];
  process.stdout.write(
    options.json
      ? `${JSON.stringify({ schemaVersion: 1, model: model.id, encoding, ...counted, recommended: ranked, recall, plans: planned }, null, 2)}\n`
      : renderText(lines, [section(), recommendationSection(ranked)], columns()),
  );
  return 0;

  function section(): Section {
    return {
      title: 'Strategies',
      columns: [
        { name: 'strategy', align: 'left' },
        { name: 'calls', align: 'right' },
        { name: 'tokens sent', align: 'right' },
        { name: 'cost', align: 'right' },
        { name: 'code seen', align: 'right' },
        { name: 'dependencies seen together', align: 'right' },
      ],
      rows: planned.map(rowOf),
      note: 'Dependencies: imports and names that lead to one declaring file; seen together when a part of both files stands in one request. Cost: input without a cache and the whole reserved output, by the prices of the catalogue.',
    };
  }

  function rowOf({ strategy, plan: made, refused }: Planned): string[] {
    const name = strategyNames[strategy];
    if (made === undefined) return [name, '-', '-', '-', '-', refused ?? ''];
    const { dependenciesTogether, dependencies } = made.losses;
    return [
      name,
      formatCount(made.requests.length),
      formatCount(Math.round(made.tokensSent * counted.likelyRatio)),
      usdOf(made) === undefined ? 'unknown' : formatUsd(usdOf(made) as number),
      formatPercent(made.coverage * 100),
      dependencies === 0
        ? 'none found'
        : formatPercent((dependenciesTogether / dependencies) * 100),
    ];
  }

  function usdOf(made: Plan): number | undefined {
    const at = new Date();
    let usd = 0;
    for (const { tokens, outputTokens } of made.requests) {
      const cost = requestCostInterval(
        {
          input: {
            tokens: tokens * counted.likelyRatio + options.overheadTokens,
            lowTokens: tokens * counted.lowRatio + options.overheadTokens,
            highTokens: tokens * counted.highRatio + options.overheadTokens,
            exact: model.tokenizer.exact,
            basis: 'planned',
          },
          outputTokens,
        },
        model.prices?.value,
        at,
      );
      if (cost === undefined) return undefined;
      usd += cost.usd;
    }
    return usd;
  }
}

function columns(): number {
  return process.stdout.isTTY ? Math.max(60, process.stdout.columns) : 110;
}

function tryPlan(strategy: StrategyId, input: PlanInput): Planned {
  try {
    return { strategy, plan: makePlan(strategy, input) };
  } catch (error) {
    return { strategy, refused: error instanceof Error ? error.message : String(error) };
  }
}

function taskOf({ question, migrate, task }: PlanOptions): Task {
  if (question !== undefined) return { kind: 'question', question };
  if (migrate !== undefined) return { kind: 'migrate', goal: migrate };
  return { kind: task };
}

/** The files that a scan counts, read again as text; what vanished or changed kind since is left out. */
async function textFiles(folder: string, encoding: string) {
  const scanner = new Scanner({
    workerFile: fileURLToPath(new URL('./countWorker.js', import.meta.url)),
    cacheFolder: envPaths('context-budget', { suffix: '' }).cache,
  });
  const progress = progressLine(process.stderr);
  try {
    const request = { folders: [{ path: folder, prefix: '' }], encoding };
    const { files: counts } = await scanner.scan(request, { onProgress: progress.show });
    const texts: TextFile[] = [];
    for (const { path: file } of counts) {
      try {
        const utf8 = readTextFile(path.join(folder, file), defaultMaxFileBytes);
        if (utf8 !== undefined) texts.push({ path: file, utf8 });
      } catch {
        process.stderr.write(`context-budget: ${file} could not be read again and is left out\n`);
      }
    }
    return { counts, texts };
  } finally {
    progress.clear();
    await scanner.dispose();
  }
}
