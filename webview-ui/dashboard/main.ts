import { html, nothing, render, type TemplateResult } from 'lit';
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
import { knobsView } from './knobs.ts';
import { createStore, type Store } from './store.ts';
import type { Tab, TabContext, TabView } from './tab.ts';
import { tabs } from './tabs.ts';
import './dashboard.css';

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
      importState(event.text);
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

/** Takes over the knobs that somebody sent; a string that is none changes nothing and says why. */
function importState(text: string): void {
  try {
    const asSet = { modelId: undefined, gpuCount: undefined, reservedOutputTokens: undefined };
    store?.set({ ...asSet, ...parseStateString(text) });
    say(t('Knobs taken over'));
  } catch (problem) {
    fail(problem);
  }
}

function tabOf(state: DashboardState): Tab {
  return tabs.find(({ id }) => id === state.tab) ?? tabs[0];
}

function select(tab: Tab): void {
  store?.set({ tab: tab.id });
}

/** Arrow keys, Home and End move between the tabs, as everywhere. */
function onTabKey(event: KeyboardEvent): void {
  if (store === undefined) return;
  const at = tabs.indexOf(tabOf(store.get()));
  const forward = getComputedStyle(document.body).direction === 'rtl' ? -1 : 1;
  const to =
    event.key === 'ArrowRight'
      ? at + forward
      : event.key === 'ArrowLeft'
        ? at - forward
        : event.key === 'Home'
          ? 0
          : event.key === 'End'
            ? tabs.length - 1
            : undefined;
  if (to === undefined) return;
  event.preventDefault();
  const tab = tabs[(to + tabs.length) % tabs.length];
  select(tab);
  document.getElementById(`tab-${tab.id}`)?.focus();
}

function frame(state: DashboardState, whole: DashboardSnapshot, ownStore: Store): TemplateResult {
  const current = tabOf(state);
  return html`${knobsView({ store: ownStore, snapshot: whole, api, fail })}
    <div class="tabs" role="tablist" aria-label=${t('Dashboard')} @keydown=${onTabKey}>
      ${tabs.map(
        (tab) =>
          html`<button
            role="tab"
            id="tab-${tab.id}"
            aria-selected=${tab === current ? 'true' : 'false'}
            aria-controls="panel"
            tabindex=${tab === current ? '0' : '-1'}
            @click=${() => select(tab)}
          >
            ${t(tab.title)}
          </button>`,
      )}
    </div>`;
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
  const isReady = snapshot !== undefined && store !== undefined;
  render(
    html`${head}
      ${
        isReady
          ? frame(store!.get(), snapshot!, store!)
          : html`<p class="quiet">${t('Loading…')}</p>`
      }
      <div
        id="panel"
        role="tabpanel"
        tabindex="-1"
        aria-labelledby=${isReady ? `tab-${tabOf(store!.get()).id}` : nothing}
      ></div>
      <p class="hidden" role="status" aria-live="polite" id="spoken">${spoken}</p>`,
    root,
  );
  if (isReady) drawTab(store!, tabOf(store!.get()));
}

function drawTab(ownStore: Store, tab: Tab): void {
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
  const context: TabContext = {
    store: ownStore,
    snapshot: () => snapshot!,
    api,
    nonce,
    fail,
    say,
  };
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
    state: store.get(),
    ...(counted !== undefined && { counted }),
  };
  port.setState(remembered);
  window.clearTimeout(remembering);
  remembering = window.setTimeout(() => {
    api.remember(remembered).catch(fail);
  }, rememberDelayMs);
}

async function start(): Promise<void> {
  const ready = await api.ready();
  setStrings(ready.strings);
  document.title = t('Context dashboard');
  snapshot = ready.snapshot;
  const kept = port.getState() ?? ready.remembered;
  const { state, counted } = (isRecord(kept) ? kept : {}) as Partial<RememberedDashboard>;
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

draw();
start().catch(fail);
