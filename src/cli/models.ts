import type { Command } from 'commander';
import { priceListAt } from '../core/cost/priceSchedule.ts';
import { InputError } from '../core/estimates/inputError.ts';
import { formatTokens } from '../core/format/numbers.ts';
import { listServedModels } from '../node/modelServer.ts';
import { refreshPrices, pricesUrl } from '../node/refreshPrices.ts';
import { readPriceFile } from '../core/catalog/priceFile.ts';
import { models as bundledModels } from '../core/catalog/models.ts';
import { writeFileAtomically } from '../node/writeFileAtomically.ts';
import { openCatalogue } from './catalogue.ts';
import { printable } from './section.ts';

interface ModelsOptions {
  readonly server?: string;
  readonly models?: string;
  readonly prices?: string;
  readonly json?: boolean;
}

/** A model as it is listed; null is unknown. A server says no more than the first two. */
interface ModelRow {
  readonly id: string;
  readonly contextWindowTokens: number | null;
  readonly maxOutputTokens?: number | null;
  readonly inputUsdPerMillionTokens?: number | null;
  readonly outputUsdPerMillionTokens?: number | null;
  readonly pricesSource?: string | null;
  readonly pricesAsOf?: string | null;
  readonly deprecated?: boolean;
}

/** `context-budget models` and `context-budget refresh-prices`. */
export function registerModels(program: Command): void {
  program
    .command('models [search]')
    .description('list the models of the catalogue, or those of a running server')
    .option('--server <address>', 'list what a server at this address serves')
    .option('--models <file>', 'JSON with models and prices of your own')
    .option('--prices <file>', 'prices in the form of genai-prices (data.json, version 2)')
    .option('--json', 'as JSON')
    .action(async (search: string | undefined, options: ModelsOptions) => {
      const rows =
        options.server === undefined
          ? await catalogueRows(search, options)
          : await servedRows(options.server);
      process.stdout.write(
        options.json === true ? `${JSON.stringify(rows, undefined, 2)}\n` : rowsText(rows),
      );
    });
  program
    .command('refresh-prices <file>')
    .description(`fetch ${pricesUrl} and write it to a file for --prices`)
    .action(async (file: string) => {
      process.stderr.write(`asking ${pricesUrl}\n`);
      const refreshed = await refreshPrices(fetch);
      if (refreshed.status !== 'updated') throw new InputError('prices', pricesUrl, 'a new file');
      const asOf = new Date().toISOString().slice(0, 10);
      // Checked before it is written: a file that is none would fail only when it is used.
      const read = readPriceFile(refreshed.text, bundledModels, { source: pricesUrl, asOf });
      writeFileAtomically(file, refreshed.text);
      process.stdout.write(`${file}: prices of ${read.models.length} models of the catalogue\n`);
    });
}

async function catalogueRows(
  search: string | undefined,
  options: ModelsOptions,
): Promise<readonly ModelRow[]> {
  const wanted = (search ?? '').trim().toLowerCase();
  const at = new Date();
  const found = (await openCatalogue(options)).filter(({ id, name, aliases }) =>
    [id, name, ...aliases].some((one) => one.toLowerCase().includes(wanted)),
  );
  return found.map(({ id, contextWindowTokens, maxOutputTokens, prices, deprecated }): ModelRow => {
    const base = prices === undefined ? undefined : priceListAt(prices.value, at)?.base;
    return {
      id,
      contextWindowTokens: contextWindowTokens?.value ?? null,
      maxOutputTokens: maxOutputTokens?.value ?? null,
      inputUsdPerMillionTokens: base?.inputUsdPerMillionTokens ?? null,
      outputUsdPerMillionTokens: base?.outputUsdPerMillionTokens ?? null,
      pricesSource: prices?.source ?? null,
      pricesAsOf: prices?.asOf ?? null,
      deprecated,
    };
  });
}

async function servedRows(address: string): Promise<readonly ModelRow[]> {
  const served = await listServedModels(address);
  return served.map(({ id, contextWindowTokens }) => ({
    id,
    contextWindowTokens: contextWindowTokens ?? null,
  }));
}

/** One model a line, in columns, without a heading: made to be searched and cut. */
function rowsText(rows: readonly ModelRow[]): string {
  const known = (value: number | null | undefined, text: (of: number) => string) =>
    value === null || value === undefined ? 'unknown' : text(value);
  const dollars = (usd: number) => `$${usd}`;
  const cells = rows.map((row) => [
    printable(row.id),
    `${known(row.contextWindowTokens, formatTokens)} window`,
    ...(row.pricesAsOf === undefined
      ? []
      : [
          `${known(row.maxOutputTokens, formatTokens)} output`,
          `${known(row.inputUsdPerMillionTokens, dollars)} in`,
          `${known(row.outputUsdPerMillionTokens, dollars)} out`,
          row.pricesAsOf ?? '',
          row.deprecated === true ? 'retired' : '',
        ]),
  ]);
  const widths = (cells[0] ?? []).map((_, column) =>
    Math.max(...cells.map((row) => row[column].length)),
  );
  return cells
    .map((row) => row.map((cell, column) => cell.padEnd(widths[column])).join('  '))
    .map((line) => `${line.trimEnd()}\n`)
    .join('');
}
