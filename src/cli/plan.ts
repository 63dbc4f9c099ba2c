import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Option, type Command } from 'commander';
import envPaths from 'env-paths';
import { countForModel } from '../core/analysis/modelFit.ts';
import { budgetFor } from '../core/budget/budgetFor.ts';
import { findModel } from '../core/catalog/findModel.ts';
import { models } from '../core/catalog/models.ts';
import { requestCostInterval } from '../core/cost/costInterval.ts';
import { defaultMaxFileBytes } from '../core/files/leftOutRules.ts';
import { formatCount, formatPercent, formatUsd } from '../core/format/numbers.ts';
import { makePlan } from '../core/plans/makePlans.ts';
import { countedBudget, type CountedBudget } from '../core/plans/modelBudget.ts';
import {
  defaultOverlap,
  defaultRetrievalTokens,
  strategyIds,
  type Plan,
  type PlanInput,
  type StrategyId,
} from '../core/plans/plan.ts';
import { renderPrompt, type PromptFormat } from '../core/plans/prompt.ts';
import type { Task } from '../core/plans/task.ts';
import { buildCodeIndex, type TextFile } from '../node/buildCodeIndex.ts';
import { findSecrets, type SecretFinding } from '../node/findSecrets.ts';
import { openTokenCounter } from '../node/openTokenCounter.ts';
import { readTextFile } from '../node/readTextFile.ts';
import { Scanner } from '../node/scanner.ts';
import { existingFolder, wholeTokens } from './arguments.ts';
import { progressLine } from './progressLine.ts';
import { renderText } from './renderText.ts';
import type { Section } from './section.ts';

interface PlanOptions {
  readonly model: string;
  readonly strategy?: StrategyId;
  readonly question?: string;
  readonly task: 'review' | 'summarise';
  readonly migrate?: string;
  readonly format: PromptFormat;
  readonly lineNumbers?: true;
  readonly out?: string;
  readonly json?: true;
  readonly allowSecrets?: true;
  readonly reservedOutputTokens: number;
  readonly overheadTokens: number;
}

/** Words of each strategy in tables. */
const strategyNames: Readonly<Record<StrategyId, string>> = {
  full: 'full',
  slidingWindow: 'sliding window',
  rag: 'RAG',
  mapReduce: 'chunked: map-reduce',
  refine: 'chunked: refine',
  retrievalIntoWindow: 'retrieval into a filled window',
  truncate: 'truncate by priority',
  summariseThenAsk: 'summarise, then ask',
};

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
  process.stdout.write(
    options.json
      ? `${JSON.stringify({ schemaVersion: 1, model: model.id, encoding, ...counted, plans: planned }, null, 2)}\n`
      : renderText([heading(folder, model.id, input, counted)], [section()], columns()),
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
      costOf(made),
      formatPercent(made.coverage * 100),
      dependencies === 0
        ? 'none found'
        : formatPercent((dependenciesTogether / dependencies) * 100),
    ];
  }

  function costOf(made: Plan): string {
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
      if (cost === undefined) return 'unknown';
      usd += cost.usd;
    }
    return formatUsd(usd);
  }
}

function columns(): number {
  return process.stdout.isTTY ? Math.max(60, process.stdout.columns) : 110;
}

function heading(
  folder: string,
  modelId: string,
  input: PlanInput,
  counted: CountedBudget,
): string {
  const estimate =
    counted.highRatio === 1
      ? 'counted exactly'
      : `planned by the upper end of its estimate, ${counted.highRatio.toFixed(2)} x ${input.counter.encoding}`;
  return `${folder} for ${modelId}: ${formatCount(input.index.files.length)} files, ${formatCount(input.index.chunks.length)} pieces, ${formatCount(input.index.graph.dependencies.length)} dependencies (${formatCount(input.index.graph.unresolvedImports)} imports unresolved); at most ${formatCount(input.budgetTokens)} tokens of text a request, ${estimate}`;
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

/** Writes each request to a file of its own, unless something in it looks like a secret. */
async function writeRequests(
  folder: string,
  chosen: Plan,
  input: PlanInput,
  allowSecrets: boolean,
): Promise<number> {
  const paths = input.index.files.map((file) => file.path);
  const findings = allowSecrets ? [] : await secretsIn(chosen, input);
  if (findings.length > 0) {
    for (const { path: file, line, kind } of findings)
      process.stderr.write(`${file}:${line}: looks like a ${kind}\n`);
    process.stderr.write(
      `context-budget: nothing was written: ${findings.length} places look like secrets. Leave these files out, or say --allow-secrets.\n`,
    );
    return 1;
  }
  mkdirSync(folder, { recursive: true });
  const requests = chosen.requests.map(
    ({ role, tokens, outputTokens, answersOf, ...request }, i) => {
      const file = `request-${String(i + 1).padStart(4, '0')}.md`;
      const notes = answersOf.map((other) => `[answer of request ${other + 1}]`);
      const text = renderPrompt(
        request.parts,
        paths,
        input.textOf,
        request.instruction,
        notes,
        input.prompt,
      );
      writeFileSync(path.join(folder, file), text);
      const parts = request.parts.map(({ fileIdx, ...part }) => ({
        path: paths[fileIdx],
        ...part,
      }));
      return {
        file,
        role,
        tokens,
        outputTokens,
        answersOf: answersOf.map((other) => other + 1),
        parts,
      };
    },
  );
  const manifest = {
    schemaVersion: 1,
    strategy: chosen.strategy,
    notes: chosen.notes,
    losses: chosen.losses,
    requests,
  };
  writeFileSync(path.join(folder, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  process.stdout.write(`${requests.length} requests and manifest.json written to ${folder}\n`);
  return 0;
}

async function secretsIn(chosen: Plan, input: PlanInput): Promise<SecretFinding[]> {
  const sent = new Set(
    chosen.requests.flatMap((request) => request.parts.map((part) => part.fileIdx)),
  );
  const findings: SecretFinding[] = [];
  for (const fileIdx of sent) {
    const text = new TextDecoder().decode(input.textOf(fileIdx));
    findings.push(...(await findSecrets(input.index.files[fileIdx].path, text)));
  }
  return findings;
}
