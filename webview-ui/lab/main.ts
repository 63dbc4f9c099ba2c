import { html, nothing, render, type TemplateResult } from 'lit';
import { mostTokens } from '../../src/lab/demo.ts';
import type { LabApi, LabEvent, LabText, OpenDemo } from '../../src/lab/labMessages.ts';
import { connect } from '../../src/protocol/connection.ts';
import { setStrings, t } from '../shared/l10n.ts';
import { vscodePort } from '../shared/vscodePort.ts';
import { takeTheme } from './colours.ts';
import { demoView } from './demoView.ts';
import { galleryView, wallView } from './gallery.ts';
import { headerView, type HeaderActions } from './headerView.ts';
import { learnActions } from './learnActions.ts';
import { learnView } from './learnView.ts';
import { measure } from './measuring.ts';
import { createPanes, messageOf } from './panes.ts';
import { kept, newPane, newState, restore } from './state.ts';
import '../shared/page.css';
import './styles/page.css';
import './styles/gallery.css';
import './styles/demo.css';
import './styles/pictures.css';
import './styles/categories.css';
import './styles/learn.css';

const root = document.getElementById('root') ?? document.body;
const state = newState();
const port = vscodePort();
const { api } = connect<LabApi, LabEvent>(port, (event) => {
  if (event.type === 'open') {
    if (event.text !== undefined) takeOver(event.text);
    open(event.demo);
  } else {
    state.marking = false;
    draw();
  }
});

function takeOver(text: LabText): void {
  state.text = text;
  state.thumbnails = new Map();
}

function useText(text: LabText): void {
  takeOver(text);
  refresh();
}

function fail(error: unknown): void {
  state.error = messageOf(error);
  draw();
}

const panes = createPanes({ state, api, draw, changed, fail });

function open({ demoId, compareId, place: part }: OpenDemo): void {
  const wanted = [demoId, compareId].filter((id) => id !== undefined);
  const found = wanted.map((id) => state.demos.find((demo) => demo.id === id));
  const missing = wanted.filter((_, idx) => found[idx] === undefined);
  state.error = missing.length === 0 ? undefined : t('There is no demo {0}', missing.join(', '));
  panes.stopAll();
  state.panes = found.filter((demo) => demo !== undefined).map(newPane);
  state.place = state.panes.length > 0 ? 'demo' : (part ?? 'gallery');
  changed();
  refresh();
}

/** Everything that is shown, computed anew: the text or the number of tokens changed. */
function refresh(): void {
  for (const pane of state.panes) panes.ask(pane);
  if (state.marking) panes.mark();
  if (state.place === 'wall') askWall();
  if (state.place === 'learn') askLessons();
  if (state.place === 'gallery') askThumbnails();
  draw();
}

function changed(): void {
  port.setState(kept(state));
  if (state.marking) panes.mark();
  draw();
}

function askWall(): void {
  state.wall = undefined;
  api.wall(state.wallTokens).then((wall) => {
    state.wall = wall;
    draw();
  }, fail);
}

/** Asked once: the questions do not change. */
function askLessons(): void {
  if (state.lessons !== undefined) return;
  api.lessons().then((lessons) => {
    state.lessons = lessons;
    draw();
  }, fail);
}

/** Opens a demo from a place of the page itself: what had the focus is gone, its heading takes it. */
function openHere(demoId: string): void {
  open({ demoId });
  root.querySelector<HTMLElement>('article h2')?.focus();
}

const learning = learnActions({ state, api, changed, fail, open: openHere });

/** Those that are missing, one after the other, so that a demo that is opened meanwhile need not wait for all. */
function askThumbnails(): void {
  const { text } = state;
  const missing = state.demos.filter(({ id }) => !state.thumbnails.has(id));
  const ask = (idx: number): void => {
    if (idx >= missing.length || state.place !== 'gallery' || state.text !== text) return;
    const { id } = missing[idx];
    api.thumbnail(id).then((picture) => {
      if (state.text !== text) return;
      if (picture !== undefined) state.thumbnails = new Map(state.thumbnails).set(id, picture);
      draw();
      ask(idx + 1);
    }, fail);
  };
  ask(0);
}

function goTo(place: 'gallery' | 'wall' | 'learn'): void {
  panes.stopAll();
  state.place = place;
  state.error = undefined;
  if (place === 'wall') askWall();
  if (place === 'learn') askLessons();
  if (place === 'gallery') askThumbnails();
  changed();
}

function compareWith(demoId: string): void {
  const demo = state.demos.find((one) => one.id === demoId);
  state.panes = [state.panes[0], ...(demo === undefined ? [] : [newPane(demo)])];
  if (demo !== undefined) panes.ask(state.panes[1]);
  changed();
}

const headerActions: HeaderActions = {
  goTo,
  compareWith,
  runOn: (numTokens) => {
    state.numTokens = numTokens;
    changed();
    refresh();
  },
  takeText: () => {
    api.takeText().then(useText, fail);
  },
};

function place(): TemplateResult {
  switch (state.place) {
    case 'gallery':
      return galleryView(state, {
        open: openHere,
        search: (query) => {
          state.query = query;
          changed();
        },
        tag: (tag) => {
          state.tag = tag;
          draw();
        },
      });
    case 'wall':
      return wallView(state, {
        open: openHere,
        tokens: (numTokens) => {
          state.wallTokens = Math.max(1, Math.min(mostTokens, Math.trunc(numTokens) || 24));
          askWall();
          changed();
        },
      });
    case 'learn':
      return learnView(state.lessons, state.learning, state.demos, learning);
    case 'demo':
      return html`<div class=${state.panes.length > 1 ? 'panes two' : 'panes'}>
        ${state.panes.map((pane, idx) => {
          const demo = panes.demoOf(pane);
          if (demo === undefined) return nothing;
          const numTokens = Math.min(state.numTokens, state.text?.numTokens ?? 0);
          const marking = state.marking && idx === 0;
          return demoView(
            demo,
            pane,
            `pane${idx}`,
            numTokens,
            marking,
            panes.actionsOf(pane, demo),
          );
        })}
      </div>`;
  }
}

function draw(): void {
  const start = performance.now();
  const loading = state.demos.length === 0;
  render(
    html`<h1>${t('Attention lab')}</h1>
      ${state.error === undefined ? nothing : html`<p class="error" role="alert">${state.error}</p>`}
      ${
        state.saving === undefined
          ? nothing
          : html`<div class="row" id="saving">
              <span>${state.saving}</span>
              <button
                class="secondary"
                @click=${() => {
                  delete state.saving;
                  draw();
                }}
              >
                ${t('Stop')}
              </button>
            </div>`
      }
      ${loading ? html`<p class="quiet">${t('Loading…')}</p>` : html`${headerView(state, headerActions)}${place()}`}
      <p class="hidden" role="status" aria-live="polite" id="spoken">${state.spoken}</p>`,
    root,
  );
  measure('lab draw', start);
}

async function start(): Promise<void> {
  const { strings, demos, text, isMarking, opened } = await api.ready();
  setStrings(strings);
  state.demos = demos;
  state.text = text;
  state.marking = isMarking;
  if (opened?.demoId !== undefined || opened?.place !== undefined) open(opened);
  else {
    restore(state, port.getState());
    refresh();
  }
}

// A change of theme changes the classes of the body; canvases do not follow by themselves.
new MutationObserver(() => {
  takeTheme();
  draw();
}).observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-id'] });

takeTheme();
draw();
start().catch(fail);
