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

/** `context-budget models` and `context-budget refresh-prices`. */
export function registerModels(program: Command): void {
  program
    .command('models [search]')
    .description('The models of the catalogue, or those of a running server.')
    .option('--server <address>', 'list what a server at this address serves')
    .option('--models <file>', 'JSON with models and prices of your own')
    .option('--prices <file>', 'prices in the form of genai-prices (data.json, version 2)')
    .option('--json', 'as JSON')
    .action(async (search: string | undefined, options: ModelsOptions) => {
      const rows =
        options.server === undefined
          ? await catalogueRows(search, options)
          : await servedRows(options.server);
      const text =
        options.json === true
          ? JSON.stringify(rows, undefined, 2)
          : rows
              .map((row) =>
                Object.values(row)
                  .filter((cell) => cell !== null)
                  .map((cell) => printable(String(cell)))
                  .join('  '),
              )
              .join('\n');
      process.stdout.write(`${text}\n`);
    });
  program
    .command('refresh-prices <file>')
    .description(`Fetch ${pricesUrl} and write it to a file for --prices.`)
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

async function catalogueRows(search: string | undefined, options: ModelsOptions) {
  const wanted = (search ?? '').trim().toLowerCase();
  const at = new Date();
  const found = (await openCatalogue(options)).filter(({ id, name, aliases }) =>
    [id, name, ...aliases].some((one) => one.toLowerCase().includes(wanted)),
  );
  return found.map(({ id, contextWindowTokens, maxOutputTokens, prices, deprecated }) => {
    const base = prices === undefined ? undefined : priceListAt(prices.value, at)?.base;
    const tokens = (value: number | undefined) =>
      value === undefined ? 'unknown' : formatTokens(value);
    return options.json === true
      ? {
          id,
          contextWindowTokens: contextWindowTokens?.value ?? null,
          maxOutputTokens: maxOutputTokens?.value ?? null,
          inputUsdPerMillionTokens: base?.inputUsdPerMillionTokens ?? null,
          outputUsdPerMillionTokens: base?.outputUsdPerMillionTokens ?? null,
          pricesSource: prices?.source ?? null,
          pricesAsOf: prices?.asOf ?? null,
          deprecated,
        }
      : {
          id,
          window: `${tokens(contextWindowTokens?.value)} window`,
          output: `${tokens(maxOutputTokens?.value)} output`,
          price: `$${base?.inputUsdPerMillionTokens ?? '?'} in, $${base?.outputUsdPerMillionTokens ?? '?'} out`,
          asOf: prices?.asOf ?? '',
          ...(deprecated && { retired: 'retired' }),
        };
  });
}

async function servedRows(address: string) {
  const served = await listServedModels(address);
  return served.map(({ id, contextWindowTokens }) => ({
    id,
    contextWindowTokens: contextWindowTokens ?? null,
  }));
}
