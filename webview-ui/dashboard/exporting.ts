import { html, nothing, type TemplateResult } from 'lit';
import { chosenOf } from '../../src/core/dashboard/chosen.ts';
import {
  tableMarkdown,
  tablesCsv,
  tablesJson,
  tablesMarkdown,
  type ExportFacts,
} from '../../src/core/dashboard/exportTables.ts';
import { stateString } from '../../src/core/dashboard/stateString.ts';
import { countOf, subjectOf } from '../../src/core/dashboard/subject.ts';
import { formatCount } from '../../src/core/format/numbers.ts';
import { t } from '../shared/l10n.ts';
import { canvasPng, svgPng } from '../shared/picturePng.ts';
import { standaloneSvg } from '../shared/standaloneSvg.ts';
import type { ExportChart, Tab, TabContext, TabView } from './tab.ts';
import { subjectText } from './words.ts';
import './exportMenu.css';

export interface ExportMenu {
  readonly context: TabContext;
  readonly tab: Tab;
  readonly view: () => TabView | undefined;
  /** Takes over a state string; throws for what is none. */
  readonly importState: (text: string) => void;
}

/** What can be taken away from the page: its tables, its charts, its knobs. */
export function exportMenu(menu: ExportMenu): TemplateResult {
  const { context } = menu;
  const { api, fail, say } = context;
  const run = (work: () => Promise<unknown>) => () => {
    work().then((done) => {
      if (typeof done === 'string') say(done);
    }, fail);
  };
  const save = (extension: string, content: () => string) =>
    run(async () => {
      const saved = await api.save(`context-budget-${menu.tab.id}.${extension}`, content());
      return saved ? t('Saved') : undefined;
    });
  const tables = () => menu.view()?.tables() ?? [];
  const title = `${t('Context dashboard')}: ${t(menu.tab.title)}`;
  const button = (id: string, text: string, action: () => void) =>
    html`<button class="link" id=${id} @click=${action}>${text}</button>`;
  return html`<details
    class="menu"
    id="export"
    @keydown=${closeByEscape}
    @focusout=${closeWhenLeft}
  >
    <summary>${t('Export and share')}</summary>
    <div class="menu-items">
      ${button(
        'export-md',
        t('Save as Markdown'),
        save('md', () => tablesMarkdown(title, factsOf(context), tables())),
      )}
      ${button(
        'export-csv',
        t('Save as CSV'),
        save('csv', () => tablesCsv(tables())),
      )}
      ${button(
        'export-json',
        t('Save as JSON'),
        save('json', () => tablesJson(title, factsOf(context), context.store.get(), tables())),
      )}
      ${button(
        'copy-table',
        t('Copy as table'),
        run(async () => {
          await api.copy(tables().map(tableMarkdown).join('\n\n'));
          return t('Copied');
        }),
      )}
      ${chartButtons(menu, run)}
      ${button(
        'copy-state',
        t('Copy the knobs as a string'),
        run(async () => {
          await api.copy(stateString(context.store.get(), tokensOf(context)));
          return t('Copied: no name and nothing of the code is in it');
        }),
      )}
      ${button(
        'paste-state',
        t('Take over knobs from the clipboard'),
        run(async () => {
          menu.importState(await api.paste());
          return t('Knobs taken over');
        }),
      )}
    </div>
  </details>`;
}

function closeByEscape(
  event: KeyboardEvent & { readonly currentTarget: HTMLDetailsElement },
): void {
  const { currentTarget: menu } = event;
  if (event.key !== 'Escape' || !menu.open) return;
  event.preventDefault();
  menu.open = false;
  menu.querySelector('summary')?.focus();
}

/** It lies over the knobs. The focus that goes to a dialog, and not to another place of the page, leaves it open. */
function closeWhenLeft(event: FocusEvent & { readonly currentTarget: HTMLDetailsElement }): void {
  const { currentTarget: menu, relatedTarget } = event;
  if (relatedTarget instanceof Node && !menu.contains(relatedTarget)) menu.open = false;
}

function chartButtons(
  { context, tab, view }: ExportMenu,
  run: (work: () => Promise<unknown>) => () => void,
): TemplateResult | typeof nothing {
  const charts = view()?.charts() ?? [];
  if (charts.length === 0) return nothing;
  const save = (chart: ExportChart, format: 'svg' | 'png') =>
    run(async () => {
      const content = await chartFile(chart, format);
      const name = chart.title
        .toLowerCase()
        .replaceAll(/[^a-z0-9]+/g, '-')
        .slice(0, 40);
      const saved = await context.api.save(`${tab.id}-${name}.${format}`, content);
      return saved ? t('Saved') : undefined;
    });
  return html`${charts.map(
    (chart) =>
      html`<span
        >${t(chart.title)}:
        ${
          chart.element instanceof SVGElement || chart.svg !== undefined
            ? html`<button
                class="link"
                data-save="svg"
                aria-label=${t('{0} as SVG', t(chart.title))}
                @click=${save(chart, 'svg')}
              >
                SVG
              </button>`
            : nothing
        }
        <button
          class="link"
          data-save="png"
          aria-label=${t('{0} as PNG', t(chart.title))}
          @click=${save(chart, 'png')}
        >
          PNG
        </button></span
      >`,
  )}`;
}

/** What a reader of the export must know to read it. */
function factsOf({ snapshot, store }: TabContext): ExportFacts {
  const state = store.get();
  const chosen = chosenOf(snapshot(), state);
  const { reservedOutputTokens, overheadTokens } = chosen.budget;
  return [
    [t('What is weighed'), subjectText(subjectOf(snapshot(), state, store.counted()))],
    [t('Model'), chosen.model?.id ?? chosen.modelId],
    [t('Reserved for the answer'), formatCount(reservedOutputTokens)],
    [t('Overhead'), formatCount(overheadTokens)],
    [t('Card'), chosen.hardware.name],
    [t('Weights'), state.weightDtype],
    [t('KV cache'), state.kvDtype],
    [t('Made on'), new Date().toISOString()],
  ];
}

function tokensOf({ snapshot, store }: TabContext): number | undefined {
  const state = store.get();
  const { model } = chosenOf(snapshot(), state);
  return model && countOf(subjectOf(snapshot(), state, store.counted()), model)?.tokens;
}

/** A chart as a file: an SVG with the theme's colours in it, or a picture of twice the size it has here. */
async function chartFile(
  { title, element, svg: asSvg }: ExportChart,
  format: 'svg' | 'png',
): Promise<string | Uint8Array> {
  if (format === 'svg' && asSvg !== undefined) return asSvg();
  if (element instanceof HTMLCanvasElement) return canvasPng(element, title);
  const svg = standaloneSvg(element);
  if (format === 'svg') return svg;
  return svgPng(svg, element.getBoundingClientRect(), title);
}
