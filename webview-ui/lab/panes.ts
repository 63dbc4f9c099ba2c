import type { DemoCard, LabApi } from '../../src/lab/labMessages.ts';
import { t } from '../shared/l10n.ts';
import { formatCount } from '../../src/core/format/numbers.ts';
import { toggledPosition } from './controlsView.ts';
import type { DemoActions } from './demoView.ts';
import { fileName, pictureFile } from './exporting.ts';
import { measure } from './measuring.ts';
import { spokenText } from './spoken.ts';
import { initialValues, type Pane, type State } from './state.ts';
import { saveSteps } from './stepExport.ts';

export interface PanesParts {
  readonly state: State;
  readonly api: LabApi;
  readonly draw: () => void;
  /** Something that is kept changed: keep it, draw. */
  readonly changed: () => void;
  readonly fail: (error: unknown) => void;
}

/** The demos that are shown: asking for their frames, playing them, and what their controls do. */
export interface Panes {
  demoOf(pane: Pane): DemoCard | undefined;
  ask(pane: Pane): void;
  stopAll(): void;
  /** What the editor shows follows what the page shows. */
  mark(): void;
  actionsOf(pane: Pane, demo: DemoCard): DemoActions;
}

export function createPanes({ state, api, draw, changed, fail }: PanesParts): Panes {
  /** Panes whose frame is on its way, and those that changed meanwhile: one request at a time for each. */
  const asking = new Set<Pane>();
  const stale = new Set<Pane>();
  /** When a pane that plays goes on. One each: frames that come between, of a changed control, must not make it run faster. */
  const steps = new Map<Pane, number>();
  const demoOf = (pane: Pane) => state.demos.find((demo) => demo.id === pane.demoId);

  /** Asks for the pane's frame; changes that come meanwhile are asked for once, as they are then. */
  const ask = (pane: Pane): void => {
    if (asking.has(pane)) {
      stale.add(pane);
      return;
    }
    asking.add(pane);
    const { demoId, values, frameIdx } = pane;
    const start = performance.now();
    api
      .frame({
        demoId,
        values,
        numTokens: state.numTokens,
        ...(frameIdx === undefined ? {} : { frameIdx }),
      })
      .then(
        (shown) => {
          measure('lab frame', start);
          const { engineSeconds } = shown;
          if (engineSeconds !== undefined) measure('lab engine', start, 1000 * engineSeconds);
          // A playing time line would talk without end.
          if (!pane.playing) state.spoken = spokenText(pane.shown, shown);
          pane.shown = shown;
          pane.error = undefined;
          if (!stale.has(pane)) pane.frameIdx = shown.frameIdx;
        },
        (error: unknown) => {
          pane.error = messageOf(error);
          pane.playing = false;
        },
      )
      .finally(() => {
        asking.delete(pane);
        const isStale = stale.delete(pane);
        if (!state.panes.includes(pane)) return;
        if (isStale) ask(pane);
        draw();
        if (pane.playing) advanceLater(pane);
      });
  };

  const advanceLater = (pane: Pane): void => {
    window.clearTimeout(steps.get(pane));
    steps.set(
      pane,
      window.setTimeout(() => advance(pane), stepMilliseconds()),
    );
  };

  const advance = (pane: Pane): void => {
    steps.delete(pane);
    if (!pane.playing || pane.shown === undefined || !state.panes.includes(pane)) return;
    const { frameIdx, numFrames } = pane.shown;
    if (frameIdx >= numFrames - 1) {
      pane.playing = false;
      state.spoken = spokenText(undefined, pane.shown);
      draw();
      return;
    }
    pane.frameIdx = frameIdx + 1;
    ask(pane);
  };

  const mark = (): void => {
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
  };

  const savePictures = async (pane: Pane, pictureIdx: number): Promise<void> => {
    const { demoId, values, shown } = pane;
    if (shown === undefined || !(await api.chooseFolder())) return;
    const { numTokens } = state;
    state.saving = t('Saving…');
    draw();
    try {
      await saveSteps({
        demoId,
        pictureIdx,
        numFrames: shown.numFrames,
        frameAt: (frameIdx) => api.frame({ demoId, values, frameIdx, numTokens }),
        save: (name, content) => api.saveInFolder(name, content),
        goesOn: (saved, of) => {
          if (state.saving === undefined) return false;
          state.saving = t('Saved {0} of {1} steps', formatCount(saved), formatCount(of));
          draw();
          return true;
        },
      });
      state.spoken = state.saving;
    } finally {
      delete state.saving;
      draw();
    }
  };

  const actionsOf = (pane: Pane, demo: DemoCard): DemoActions => {
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
        if (playing && (pane.frameIdx ?? 0) >= last) pane.frameIdx = 0;
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
        const name = fileName(pane.demoId, picture, pane.shown?.frameIdx ?? 0, format);
        pictureFile(picture, format, figure)
          .then((content) => api.save(name, content))
          .catch(fail);
      },
      saveSteps: (pictureIdx) => {
        savePictures(pane, pictureIdx).catch(fail);
      },
    };
  };

  return {
    demoOf,
    ask,
    mark,
    actionsOf,
    stopAll: () => {
      for (const pane of state.panes) pane.playing = false;
    },
  };
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Reduced motion: steps with time to look at each, no animation. */
function stepMilliseconds(): number {
  const reduced =
    document.body.classList.contains('vscode-reduce-motion') ||
    window.matchMedia('(prefers-reduced-motion: reduce)').matches;
  return reduced ? 2000 : 350;
}
