import { html, nothing, render, type TemplateResult } from 'lit';
import type { DemoCard, LabApi, LabEvent, LabText, OpenDemo } from '../../src/lab/runMessages.ts';
import { connect } from '../../src/protocol/connection.ts';
import { setStrings, t } from '../shared/l10n.ts';
import { vscodePort } from '../shared/vscodePort.ts';
import { toggledPosition } from './controlsView.ts';
import { demoView, type DemoActions } from './demoView.ts';
import { fileName, pictureFile } from './exporting.ts';
import { galleryView, wallView } from './gallery.ts';
import { headerView, type HeaderActions } from './headerView.ts';
import { learnActions } from './learnActions.ts';
import { learnView } from './learnView.ts';
import { forgetTheme } from './pictures/matrix.ts';
import { initialValues, kept, newPane, newState, restore, type Pane } from './state.ts';
import './lab.css';

const root = document.getElementById('root') ?? document.body;
const state = newState();
const port = vscodePort();
/** Panes whose frame is on its way, and those that changed meanwhile: one request at a time for each. */
const asking = new Set<Pane>();
const stale = new Set<Pane>();

const { api } = connect<LabApi, LabEvent>(port, (event) => {
  if (event.type === 'open') open(event.demo);
  else if (event.type === 'marksHidden') {
    state.marking = false;
    draw();
  } else {
    useText(event.text);
  }
});

function useText(text: LabText): void {
  state.text = text;
  state.thumbnails = new Map();
  refresh();
}

function fail(error: unknown): void {
  state.error = error instanceof Error ? error.message : String(error);
  draw();
}

function demoOf(pane: Pane): DemoCard | undefined {
  return state.demos.find((demo) => demo.id === pane.demoId);
}

function open({ demoId, compareId, place: part }: OpenDemo): void {
  const wanted = [demoId, compareId].filter((id) => id !== undefined);
  const found = wanted.map((id) => state.demos.find((demo) => demo.id === id));
  const missing = wanted.filter((_, idx) => found[idx] === undefined);
  state.error = missing.length === 0 ? undefined : t('There is no demo {0}', missing.join(', '));
  stopAll();
  state.panes = found.filter((demo) => demo !== undefined).map(newPane);
  state.place = state.panes.length > 0 ? 'demo' : (part ?? 'gallery');
  changed();
  refresh();
}

function stopAll(): void {
  for (const pane of state.panes) pane.playing = false;
}

/** Everything that is shown, computed anew: the text or the number of tokens changed. */
function refresh(): void {
  for (const pane of state.panes) ask(pane);
  if (state.marking) mark();
  if (state.place === 'wall') askWall();
  if (state.place === 'learn') askLessons();
  if (state.place === 'gallery') askThumbnails();
  draw();
}

function changed(): void {
  port.setState(kept(state));
  if (state.marking) mark();
  draw();
}

/** Asks for the pane's frame; changes that come meanwhile are asked for once, as they are then. */
function ask(pane: Pane): void {
  if (asking.has(pane)) {
    stale.add(pane);
    return;
  }
  asking.add(pane);
  const { demoId, values, frameIdx } = pane;
  const start = performance.now();
  api
    .frame({ demoId, values, frameIdx, numTokens: state.numTokens })
    .then(
      (shown) => {
        measure('lab frame', start);
        pane.shown = shown;
        pane.error = undefined;
        if (!stale.has(pane)) pane.frameIdx = shown.frameIdx;
        // A playing time line would talk without end.
        if (!pane.playing) state.spoken = spokenText(pane);
      },
      (error: unknown) => {
        pane.error = error instanceof Error ? error.message : String(error);
        pane.playing = false;
      },
    )
    .finally(() => {
      asking.delete(pane);
      if (!state.panes.includes(pane)) return;
      if (stale.delete(pane)) ask(pane);
      draw();
      if (pane.playing) window.setTimeout(() => advance(pane), stepMilliseconds());
    });
}

function spokenText(pane: Pane): string {
  const { frame } = pane.shown ?? {};
  const key = frame?.numbers.find((row) => row.id === pane.shown?.keyNumberId);
  const number = key === undefined ? '' : `${key.label}: ${key.text}.`;
  return [frame?.caption, number, frame?.pictures[0]?.summary].join(' ');
}

/** Reduced motion: steps with time to look at each, no animation. */
function stepMilliseconds(): number {
  const reduced =
    document.body.classList.contains('vscode-reduce-motion') ||
    window.matchMedia('(prefers-reduced-motion: reduce)').matches;
  return reduced ? 2000 : 350;
}

function advance(pane: Pane): void {
  if (!pane.playing || pane.shown === undefined || !state.panes.includes(pane)) return;
  if (pane.frameIdx >= pane.shown.numFrames - 1) {
    pane.playing = false;
    state.spoken = spokenText(pane);
    draw();
    return;
  }
  pane.frameIdx++;
  ask(pane);
}

function actionsOf(pane: Pane, demo: DemoCard): DemoActions {
  const set = (values: Pane['values']) => {
    pane.values = values;
    ask(pane);
    changed();
  };
  return {
    redraw: draw,
    change: (id, value) => set({ ...pane.values, [id]: value }),
    reset: () => set(initialValues(demo)),
    toggle: (id, position) =>
      set({ ...pane.values, [id]: toggledPosition(pane.values[id], position) }),
    goTo: (frameIdx) => {
      pane.playing = false;
      pane.frameIdx = frameIdx;
      ask(pane);
      changed();
    },
    play: (playing) => {
      pane.playing = playing;
      const last = (pane.shown?.numFrames ?? 1) - 1;
      if (playing && pane.frameIdx >= last) pane.frameIdx = 0;
      if (playing) ask(pane);
      draw();
    },
    mark: (marking) => {
      // What is marked is the first pane's pattern: this one becomes the first.
      if (marking) state.panes = [pane, ...state.panes.filter((one) => one !== pane)];
      state.marking = marking;
      mark();
      draw();
    },
    openCard: (modelId) => {
      api.openCard(modelId).catch(fail);
    },
    save: (picture, format, figure) => {
      const name = fileName(pane.demoId, picture, pane.frameIdx, format);
      pictureFile(picture, format, figure)
        .then((content) => api.save(name, content))
        .catch(fail);
    },
  };
}

/** What the editor shows follows what the page shows. */
function mark(): void {
  const pane = state.place === 'demo' ? state.panes[0] : undefined;
  const demo = pane === undefined ? undefined : demoOf(pane);
  if (!state.marking || pane === undefined || demo?.canMark !== true) {
    state.marking = false;
    api.mark(undefined).catch(fail);
    return;
  }
  const { id: demoId, title } = demo;
  api
    .mark({ demoId, title, values: pane.values, numTokens: state.numTokens })
    .catch((error: unknown) => {
      state.marking = false;
      fail(error);
    });
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

const learning = learnActions({ state, api, changed, fail, open: (demoId) => open({ demoId }) });

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
  stopAll();
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
  if (demo !== undefined) ask(state.panes[1]);
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
  const openOne = (demoId: string) => open({ demoId });
  switch (state.place) {
    case 'gallery':
      return galleryView(state, {
        open: openOne,
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
        open: openOne,
        tokens: (numTokens) => {
          state.wallTokens = Math.max(1, Math.min(256, Math.trunc(numTokens) || 24));
          askWall();
          changed();
        },
      });
    case 'learn':
      return learnView(state.lessons, state.learning, state.demos, learning);
    case 'demo':
      return html`<div class=${state.panes.length > 1 ? 'panes two' : 'panes'}>
        ${state.panes.map((pane, idx) => {
          const demo = demoOf(pane);
          if (demo === undefined) return nothing;
          const numTokens = Math.min(state.numTokens, state.text?.numTokens ?? 0);
          const marking = state.marking && idx === 0;
          return demoView(demo, pane, `pane${idx}`, numTokens, marking, actionsOf(pane, demo));
        })}
      </div>`;
  }
}

/** Times of drawing and of frames, for the browser's performance tools; only the latest are kept. */
function measure(name: 'lab draw' | 'lab frame', start: number): void {
  if (performance.getEntriesByName(name).length >= 200) performance.clearMeasures(name);
  performance.measure(name, { start });
}

function draw(): void {
  const start = performance.now();
  const loading = state.demos.length === 0;
  render(
    html`<h1>${t('Attention lab')}</h1>
      ${state.error === undefined ? nothing : html`<p class="error" role="alert">${state.error}</p>`}
      ${loading ? html`<p class="quiet">${t('Loading…')}</p>` : html`${headerView(state, headerActions)}${place()}`}
      <p class="hidden" role="status" aria-live="polite" id="spoken">${state.spoken}</p>`,
    root,
  );
  measure('lab draw', start);
}

async function start(): Promise<void> {
  const { strings, demos, text, opened } = await api.ready();
  setStrings(strings);
  state.demos = demos;
  state.text = text;
  if (opened?.demoId !== undefined || opened?.place !== undefined) open(opened);
  else restore(state, port.getState());
  refresh();
}

// A change of theme changes the classes of the body; canvases do not follow by themselves.
new MutationObserver(() => {
  forgetTheme();
  draw();
}).observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-id'] });

draw();
start().catch(fail);
