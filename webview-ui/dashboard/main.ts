import '../shared/page.css';
import './page.css';
import './controls.css';
import './tables.css';
import { html, nothing, render } from 'lit';
import { readCounted, readState } from '../../src/core/dashboard/checkState.ts';
import type { DashboardSnapshot } from '../../src/core/dashboard/snapshot.ts';
import { parseStateString } from '../../src/core/dashboard/stateString.ts';
import type { DashboardState } from '../../src/core/dashboard/state.ts';
import { connect } from '../../src/protocol/connection.ts';
import type {
  DashboardApi,
  DashboardEvent,
  RememberedDashboard,
} from '../../src/protocol/dashboardMessages.ts';
import { setStrings, t } from '../shared/l10n.ts';
import { vscodePort } from '../shared/vscodePort.ts';
import { exportMenu } from './exporting.ts';
import { knobsView } from './knobs.ts';
import { createStore, type Store } from './store.ts';
import type { Tab, TabContext, TabView } from './tab.ts';
import { leaveTabByEscape, tabList } from './tabList.ts';
import { tabs } from './tabs.ts';

const root = document.getElementById('root') ?? document.body;
const nonce = document.querySelector<HTMLScriptElement>('script[nonce]')?.nonce ?? '';
const port = vscodePort();
const rememberDelayMs = 400;

let snapshot: DashboardSnapshot | undefined;
let store: Store | undefined;
let shown: { readonly tab: Tab; readonly view: TabView } | undefined;
let error: string | undefined;
let spoken = '';
let drawing = 0;
let remembering: number | undefined;

const { api } = connect<DashboardApi, DashboardEvent>(port, (event) => {
  if (snapshot === undefined) return;
  switch (event.type) {
    case 'catalogue':
      snapshot = { ...snapshot, catalogue: event.catalogue };
      break;
    case 'files':
      snapshot = { ...snapshot, files: event.files, now: event.now };
      break;
    case 'now':
      snapshot = { ...snapshot, now: event.now };
      break;
    case 'state':
      try {
        importState(event.text);
        say(t('Knobs taken over'));
      } catch (problem) {
        fail(problem);
      }
      return;
  }
  drawSoon();
});

function fail(problem: unknown): void {
  error = problem instanceof Error ? problem.message : String(problem);
  drawSoon();
}

function say(text: string): void {
  spoken = text;
  drawSoon();
}

/** Many changes of one frame are drawn once. */
function drawSoon(): void {
  if (drawing !== 0) return;
  drawing = requestAnimationFrame(() => {
    drawing = 0;
    draw();
  });
}

/** Takes over the knobs that somebody sent; a string that is none changes nothing, and the error says why. */
function importState(text: string): void {
  const asSet = { modelId: undefined, gpuCount: undefined, reservedOutputTokens: undefined };
  store?.set({ ...asSet, ...parseStateString(text) });
}

function tabOf(state: DashboardState): Tab {
  return tabs.find(({ id }) => id === state.tab) ?? tabs[0];
}

function draw(): void {
  const head = html`<h1>${t('Context dashboard')}</h1>
    ${
      error === undefined
        ? nothing
        : html`<p class="error" role="alert">
            ${error}
            <button
              class="link"
              @click=${() => {
                error = undefined;
                drawSoon();
              }}
            >
              ${t('Dismiss')}
            </button>
          </p>`
    }`;
  if (snapshot === undefined || store === undefined) {
    render(
      html`${head}
        <p class="quiet">${t('Loading…')}</p>`,
      root,
    );
    return;
  }
  const ownStore = store;
  const tab = tabOf(ownStore.get());
  render(
    html`<div class="head">
        ${head}
        <div id="export-slot"></div>
      </div>
      ${knobsView({ store: ownStore, snapshot, api, fail, redraw: drawSoon })}
      ${tabList(tab, (next) => ownStore.set({ tab: next.id }))}
      <div id="panel" role="tabpanel" tabindex="-1" aria-labelledby="tab-${tab.id}"></div>
      <p class="hidden" role="status" aria-live="polite" id="spoken">${spoken}</p>`,
    root,
  );
  const context = contextOf(ownStore);
  drawTab(context, tab);
  // After the tab: the menu names the charts that are drawn now.
  const slot = document.getElementById('export-slot');
  if (slot === null) return;
  render(exportMenu({ context, tab, view: () => shown?.view, importState }), slot);
}

let ownContext: TabContext | undefined;

function contextOf(ownStore: Store): TabContext {
  return (ownContext ??= {
    store: ownStore,
    snapshot: () => {
      if (snapshot === undefined) throw new Error('tabs are mounted once there is a snapshot');
      return snapshot;
    },
    api,
    nonce,
    fail,
    redraw: drawSoon,
    say,
  });
}

function drawTab(context: TabContext, tab: Tab): void {
  const panel = document.getElementById('panel');
  if (panel === null) return;
  if (shown?.tab === tab) {
    shown.view.update();
    return;
  }
  shown?.view.dispose();
  // A host of its own for each mount: what one tab leaves behind, the next does not find.
  const host = document.createElement('div');
  panel.replaceChildren(host);
  shown = { tab, view: tab.mount(host, context) };
  shown.view.update();
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function remember(): void {
  if (store === undefined) return;
  const counted = store.counted();
  const remembered: RememberedDashboard = {
    atMs: Date.now(),
    state: store.get(),
    ...(counted !== undefined && { counted }),
  };
  port.setState(remembered);
  window.clearTimeout(remembering);
  remembering = window.setTimeout(() => {
    api.remember(remembered).catch(fail);
  }, rememberDelayMs);
}

/** Of what was kept here and there the last; nothing where neither is what was once kept. */
function latest(...kept: readonly unknown[]): Partial<RememberedDashboard> {
  const keptAtMs = ({ atMs }: Record<string, unknown>) => (typeof atMs === 'number' ? atMs : 0);
  const [first = {}] = kept.filter(isRecord).sort((a, b) => keptAtMs(b) - keptAtMs(a));
  return first;
}

async function start(): Promise<void> {
  const ready = await api.ready();
  setStrings(ready.strings);
  document.title = t('Context dashboard');
  snapshot = ready.snapshot;
  const { state, counted } = latest(port.getState(), ready.remembered);
  store = createStore(readState(state), readCounted(counted));
  store.subscribe(() => {
    remember();
    drawSoon();
  });
  draw();
}

// Canvases and charts do not follow a change of theme by themselves.
new MutationObserver(drawSoon).observe(document.body, {
  attributes: true,
  attributeFilter: ['class', 'data-vscode-theme-id'],
});

leaveTabByEscape();
draw();
start().catch(fail);
