import { readFileSync } from 'node:fs';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { jsonFault } from '../core/format/jsonText.ts';
import { fileOrders, type FileOrder } from '../core/plans/order.ts';
import {
  defaultOverlap,
  defaultRetrievalTokens,
  strategyIds,
  type StrategyId,
} from '../core/plans/plan.ts';
import type { PromptFormat, PromptOptions } from '../core/plans/prompt.ts';
import { templateProblem, type PromptTemplate } from '../core/plans/promptFrame.ts';
import type { Task } from '../core/plans/task.ts';
import { overheadOption, reservedOutputOption, wholeTokens } from './arguments.ts';

export interface PlanOptions {
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
  readonly embeddings?: string;
  readonly embeddingModel?: string;
  readonly cut?: true;
  readonly rules?: true;
  readonly order: FileOrder;
  readonly windowTokens?: number;
  readonly overlap: number;
  readonly retrievalTokens: number;
  readonly out?: string;
  readonly json?: true;
  readonly allowSecrets?: true;
  readonly reservedOutputTokens: number;
  readonly overheadTokens: number;
}

function overlapShare(value: string): number {
  const percent = Number(value.replace(/%$/, ''));
  if (value.trim() === '' || !(percent >= 0 && percent <= 50))
    throw new InvalidArgumentError('It must be a percentage from 0 to 50.');
  return percent / 100;
}

/** What `plan <folder>` takes. */
export function addPlanOptions(command: Command): Command {
  return command
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
    .addOption(
      new Option('--order <name>', 'files of the full plan').choices(fileOrders).default('byTask'),
    )
    .option(
      '--window-tokens <tokens>',
      'most of a window, where the code is read in windows',
      wholeTokens,
    )
    .addOption(
      new Option('--overlap <percent>', 'what a sliding window repeats of the one before, 0 to 50')
        .argParser(overlapShare)
        .default(defaultOverlap, '10'),
    )
    .option(
      '--retrieval-tokens <tokens>',
      'most that RAG retrieves',
      wholeTokens,
      defaultRetrievalTokens,
    )
    .option('--measure', 'measure how often retrieval finds what it should on this code')
    .option(
      '--embeddings <url>',
      'retrieve by embeddings too: an address ending in /v1/embeddings or /api/embed, to which the code is sent',
    )
    .option('--embedding-model <name>', 'embedding model that this address has')
    .option('--cut', 'list every file of the smallest cut: what to leave out so that the rest fits')
    .option('--rules', 'print the rules that plans are ranked by')
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
    .option(
      '--allow-secrets',
      'write requests, and send code to be embedded, although something in it looks like a secret',
    )
    .addOption(reservedOutputOption)
    .addOption(overheadOption);
}

export function taskOf({ question, migrate, task }: PlanOptions): Task {
  if (question !== undefined) return { kind: 'question', question };
  if (migrate !== undefined) return { kind: 'migrate', goal: migrate };
  return { kind: task };
}

export function promptOf({ format, lineNumbers, tree, template }: PlanOptions): PromptOptions {
  const options = { format, lineNumbers: lineNumbers === true, tree: tree === true };
  return template === undefined ? options : { ...options, template: readTemplate(template) };
}

/** A JSON file with the two texts of a `PromptTemplate`. */
function readTemplate(file: string): PromptTemplate {
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(`The template ${file} can't be read: ${jsonFault(error)}`, { cause: error });
  }
  const template = parsed as Partial<PromptTemplate> | null;
  if (typeof template?.file !== 'string' || typeof template.prompt !== 'string') {
    throw new Error(`${file} must hold { "file": "...", "prompt": "..." }`);
  }
  const { file: fileText, prompt } = template;
  const problem = templateProblem({ file: fileText, prompt });
  if (problem !== undefined) throw new Error(`${file}: ${problem}`);
  return { file: fileText, prompt };
}
