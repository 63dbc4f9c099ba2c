import * as vscode from 'vscode';
import { models as bundledModels } from '../../core/catalog/models.ts';
import { withOwnFile } from '../../core/catalog/ownModels.ts';
import { readPriceFile } from '../../core/catalog/priceFile.ts';
import { pricesUrl, refreshPrices } from '../../node/refreshPrices.ts';
import { sayWhatCame } from './importFile.ts';
import { requireTrust, today } from './keepModels.ts';
import type { ModelsOptions } from './openModels.ts';

/** Fetches the newest prices, once, after the person has agreed to the address. */
export async function refreshCatalogPrices({ own }: ModelsOptions): Promise<void> {
  requireTrust();
  const fetchNow = vscode.l10n.t('Fetch');
  const answer = await vscode.window.showInformationMessage(
    vscode.l10n.t('Fetch prices from {0}?', pricesUrl),
    {
      modal: true,
      detail: vscode.l10n.t(
        'Only this address is asked, now and not again. Nothing of yours is sent.',
      ),
    },
    fetchNow,
  );
  if (answer !== fetchNow) return;
  await own.load();
  const held = own.data.files.find(({ source }) => source === pricesUrl);
  const stop = new AbortController();
  const refreshed = await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: vscode.l10n.t('Fetching prices…'),
      cancellable: true,
    },
    (_progress, cancelled) => {
      cancelled.onCancellationRequested(() => {
        stop.abort();
      });
      return refreshPrices(fetch, {
        signal: stop.signal,
        ...(held?.etag !== undefined && { etag: held.etag }),
      });
    },
  );
  const asOf = today();
  if (refreshed.status === 'unchanged') {
    if (held !== undefined) await own.save(withOwnFile(own.data, { ...held, asOf }));
    void vscode.window.showInformationMessage(vscode.l10n.t('The prices have not changed.'));
    return;
  }
  const { text, etag } = refreshed;
  const { models, problems } = readPriceFile(text, bundledModels, { source: pricesUrl, asOf });
  const file = { kind: 'prices' as const, source: pricesUrl, asOf, text };
  await own.save(withOwnFile(own.data, { ...file, ...(etag !== undefined && { etag }) }));
  await sayWhatCame(
    vscode.l10n.t('Prices of {0} models are those of {1}.', models.length, asOf),
    problems,
  );
}
