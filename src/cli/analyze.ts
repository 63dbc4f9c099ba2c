import path from 'node:path';
import { Option, type Command } from 'commander';
import type { BudgetOptions } from '../core/budget/budgetFor.ts';
import { findModel } from '../core/catalog/findModel.ts';
import type { Model } from '../core/catalog/model.ts';
import { models } from '../core/catalog/models.ts';
import { withTokenizerFile } from '../core/catalog/tokenizerLinks.ts';
import type { FileCount } from '../core/files/scanReport.ts';
import { formatBytes, formatCount, formatSeconds } from '../core/format/numbers.ts';
import { namedSplits } from '../core/tokenizerFiles/readRankFile.ts';
import { encodingLabel } from '../core/tokenizerFiles/tokenizerFileName.ts';
import { exactCount } from '../core/tokens/estimate/estimateTokens.ts';
import type { EncodingName } from '../core/tokens/tokenCounter.ts';
import { fitForModel, type CountsByEncoding } from '../core/weigh/modelFit.ts';
import { identifyTokenizerFile } from '../node/tokenizerFiles.ts';
import { existingFolder, overheadOption, reservedOutputOption, wholeTokens } from './arguments.ts';
import { defaultModelIds } from './defaultModels.ts';
import { fileCounts } from './fileCounts.ts';
import { fitSection } from './fitSection.ts';
import type { BudgetCheck, FolderAnalysis } from './folderAnalysis.ts';
import { jsonReport } from './jsonReport.ts';
import { renderCsv } from './renderCsv.ts';
import { renderMarkdown } from './renderMarkdown.ts';
import { renderText } from './renderText.ts';
import { scanFolder } from './scanFolder.ts';
import { restSections, scanSections } from './scanSections.ts';
import { terminalColumns } from './surroundings.ts';

interface AnalyzeOptions extends BudgetOptions {
  readonly model: readonly string[];
  readonly encoding: EncodingName;
  readonly tokenizer?: string;
  readonly split?: string;
  readonly exclude: readonly string[];
  readonly json?: true;
  readonly markdown?: true;
  readonly csv?: true;
  readonly budget?: number;
  readonly failOver?: true;
  readonly cache: boolean;
}

/** Adds `analyze <folder>` to the program. */
export function registerAnalyze(program: Command): void {
  program
    .command('analyze')
    .description('count the tokens of a folder: totals, heaviest parts, which models it fits')
    .argument('<folder>', 'folder to analyze; it is never ignored itself')
    .option('-m, --model <id>', 'weigh it for this model (repeatable)', collected, [])
    .option('--encoding <name>', 'encoding that the totals are in', 'o200k_base')
    .addOption(
      new Option(
        '--tokenizer <file>',
        'count exactly with this tokenizer.json or tiktoken rank file: the totals, and the --model',
      ).conflicts('encoding'),
    )
    .option(
      '--split <name>',
      `how a rank file splits a text: ${Object.keys(namedSplits).join(', ')}`,
    )
    .option('--json', 'print everything as JSON, every file included')
    .option('--markdown', 'print Markdown')
    .option('--csv', 'print one row per file and count')
    .option(
      '--budget <tokens>',
      'compare the total, and each --model, with this many tokens',
      wholeTokens,
    )
    .option('--fail-over', 'exit with 1 when over the budget, or over a --model without --budget')
    .option('--exclude <glob>', 'leave out what matches (repeatable)', collected, [])
    .addOption(reservedOutputOption)
    .addOption(overheadOption)
    .option('--no-cache', 'neither read nor write remembered counts')
    .action(async (folder: string, options: AnalyzeOptions) => {
      process.exitCode = await analyze(folder, options);
    });
}

async function analyze(folderName: string, options: AnalyzeOptions): Promise<number> {
  const folder = existingFolder(folderName);
  checkOptions(options);
  const named = options.model.map((id) => findModel(id, models));
  const { asked, encoding } = await withTokenizer(named, options);
  const analysis = await analysisOf(folder, asked, { ...options, encoding });
  process.stdout.write(printed(analysis, options));
  return exitCode(analysis, options);
}

/** The models and the totals' encoding, both by the tokenizer's file where one is given. */
async function withTokenizer(
  named: readonly Model[],
  { tokenizer, split, encoding }: AnalyzeOptions,
): Promise<{ readonly asked: readonly Model[]; readonly encoding: EncodingName }> {
  if (tokenizer === undefined) return { asked: named, encoding };
  const ofFile = await identifyTokenizerFile(path.resolve(tokenizer), split);
  return {
    asked: named.map((model) => withTokenizerFile(model, ofFile, '--tokenizer')),
    encoding: ofFile,
  };
}

function checkOptions(options: AnalyzeOptions): void {
  const formats = [options.json, options.markdown, options.csv].filter((chosen) => chosen);
  if (formats.length > 1) throw new Error('Choose one of --json, --markdown and --csv');
  if (options.tokenizer !== undefined && options.model.length > 1) {
    throw new Error("--tokenizer is one model's own: give one --model with it, or none");
  }
  if (options.split !== undefined && options.tokenizer === undefined) {
    throw new Error('--split says how a rank file splits a text: give the file with --tokenizer');
  }
  if (options.failOver && options.budget === undefined && options.model.length === 0) {
    throw new Error('--fail-over needs --budget <tokens> or --model <id>');
  }
}

async function analysisOf(
  folder: string,
  asked: readonly Model[],
  options: AnalyzeOptions,
): Promise<FolderAnalysis> {
  const startMs = performance.now();
  const shown = asked.length > 0 ? asked : defaultModels();
  const scans = await scanFolder(folder, encodingsFor(asked, options.encoding), options);
  const [scan] = scans.values();
  const counts: CountsByEncoding = new Map(
    [...scans].map(([encoding, { files }]) => [encoding, files]),
  );
  const total = exactCount(sum(scan.files, 'tokens'), scan.encoding);
  const at = new Date();
  const fits = shown.map((model) => fitForModel(model, counts, options, at));
  const budget =
    options.budget === undefined
      ? undefined
      : budgetCheck(options.budget, [
          { name: encodingLabel(scan.encoding), count: total },
          ...(asked.length > 0 ? fits.map(({ model, count }) => ({ name: model.id, count })) : []),
        ]);
  const seconds = (performance.now() - startMs) / 1000;
  return { folder, scan, counts, total, fits, modelsAsked: asked.length > 0, budget, seconds };
}

function budgetCheck(budgetTokens: number, counts: BudgetCheck['over']): BudgetCheck {
  return { budgetTokens, over: counts.filter(({ count }) => count.tokens > budgetTokens) };
}

/** The totals' encoding first; o200k_base for estimates; and what exact models are counted with. */
function encodingsFor(asked: readonly Model[], encoding: EncodingName): readonly EncodingName[] {
  const exact = asked.filter((model) => model.tokenizer.exact);
  return [...new Set([encoding, 'o200k_base', ...exact.map((model) => model.tokenizer.encoding)])];
}

function defaultModels(): readonly Model[] {
  return models.filter((model) => defaultModelIds.includes(model.id));
}

function printed(analysis: FolderAnalysis, options: AnalyzeOptions): string {
  if (options.json) return jsonReport(analysis);
  if (options.csv) {
    const asked = analysis.modelsAsked ? analysis.fits.map((fit) => fit.model) : [];
    return renderCsv(fileCounts(analysis.counts, asked));
  }
  const sections = [
    ...scanSections(analysis.scan),
    fitSection(analysis.fits, options),
    ...restSections(analysis.scan),
  ];
  if (options.markdown) return renderMarkdown(heading(analysis), sections);
  return renderText(heading(analysis), sections, terminalColumns());
}

function heading({ folder, scan, total, budget, seconds }: FolderAnalysis): string[] {
  const lines = [
    folder,
    `${formatCount(total.tokens)} tokens (${total.basis}, exact) in ${formatCount(scan.files.length)} files, ` +
      `${formatBytes(sum(scan.files, 'bytes'))}, ${formatCount(sum(scan.files, 'lines'))} lines; ` +
      `${formatSeconds(seconds)}`,
  ];
  if (budget !== undefined) {
    const over = budget.over.map(
      ({ name, count }) => `${name} by ${formatCount(count.tokens - budget.budgetTokens)}`,
    );
    const verdict = over.length === 0 ? 'kept' : `exceeded: ${over.join(', ')}`;
    lines.push(`Budget of ${formatCount(budget.budgetTokens)} tokens ${verdict}`);
  }
  return lines;
}

function exitCode(analysis: FolderAnalysis, { failOver, budget }: AnalyzeOptions): number {
  if (!failOver) return 0;
  if (budget !== undefined) return analysis.budget?.over.length === 0 ? 0 : 1;
  // An estimate that straddles the limit fails when its likeliest value does.
  return analysis.fits.some(({ marginTokens }) => marginTokens !== undefined && marginTokens < 0)
    ? 1
    : 0;
}

function sum(files: readonly FileCount[], field: 'tokens' | 'bytes' | 'lines'): number {
  return files.reduce((total, file) => total + file[field], 0);
}

function collected(value: string, before: readonly string[]): string[] {
  return [...before, value];
}
