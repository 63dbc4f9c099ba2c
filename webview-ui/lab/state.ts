import { mostTokens, type ControlValues, type DemoTag } from '../../src/lab/demo.ts';
import type { Picture } from '../../src/lab/picture.ts';
import type {
  DemoCard,
  LabText,
  Lessons,
  ShownFrame,
  WallEntry,
} from '../../src/lab/labMessages.ts';
import { newLearning, restoredLearning, type Learning } from './learnView.ts';

/** One demo as it is shown; two of them side by side compare. */
export interface Pane {
  readonly demoId: string;
  values: ControlValues;
  /** Undefined until the demo said with which step it opens. */
  frameIdx: number | undefined;
  shown?: ShownFrame;
  error?: string;
  playing: boolean;
}

export type Place = 'gallery' | 'demo' | 'wall' | 'learn';

/** All that is drawn. */
export interface State {
  demos: readonly DemoCard[];
  text?: LabText;
  place: Place;
  panes: Pane[];
  query: string;
  tag?: DemoTag;
  /** Tokens of the text's start that demos run on. */
  numTokens: number;
  wallTokens: number;
  wall?: readonly WallEntry[];
  /** Pictures in small by demo, of the text in hand. */
  thumbnails: ReadonlyMap<string, Picture>;
  /** The first demo's pattern is shown in the editor. */
  marking: boolean;
  lessons?: Lessons;
  learning: Learning;
  error?: string;
  /** How far saving a picture of every step has come; undefined when none is saved or it is to stop. */
  saving?: string | undefined;
  /** What is read out. */
  spoken: string;
}

export const tokenSteps = [1, 16, 24, 64, 128, 256, 1024, mostTokens] as const;

/** What survives a reload of the window. */
export interface Kept {
  readonly place: Place;
  readonly panes: readonly Pick<Pane, 'demoId' | 'values' | 'frameIdx'>[];
  readonly query: string;
  readonly numTokens: number;
  readonly wallTokens: number;
  readonly learning: Learning;
}

export function newState(): State {
  return {
    demos: [],
    place: 'gallery',
    panes: [],
    query: '',
    numTokens: 64,
    wallTokens: 24,
    thumbnails: new Map(),
    marking: false,
    learning: newLearning(),
    spoken: '',
  };
}

export function newPane(demo: DemoCard): Pane {
  return { demoId: demo.id, values: initialValues(demo), frameIdx: undefined, playing: false };
}

export function initialValues(demo: DemoCard): ControlValues {
  return Object.fromEntries(demo.controls.map(({ id, initial }) => [id, initial]));
}

export function kept(state: State): Kept {
  const { place, query, numTokens, wallTokens, learning } = state;
  const panes = state.panes.map(({ demoId, values, frameIdx }) => ({ demoId, values, frameIdx }));
  return { place, panes, query, numTokens, wallTokens, learning };
}

/** Takes over what was kept, as far as it still means something: demos and values may be of an older version. */
export function restore(state: State, value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  const old = value as Partial<Kept>;
  if (typeof old.query === 'string') state.query = old.query;
  if (isTokens(old.numTokens)) state.numTokens = old.numTokens;
  if (isTokens(old.wallTokens)) state.wallTokens = old.wallTokens;
  const panes: readonly unknown[] = Array.isArray(old.panes) ? old.panes : [];
  state.panes = panes.slice(0, 2).flatMap((pane) => restoredPane(state.demos, pane) ?? []);
  state.learning = restoredLearning(old.learning);
  if (old.place === 'wall' || old.place === 'learn') state.place = old.place;
  if (old.place === 'demo' && state.panes.length > 0) state.place = 'demo';
}

function restoredPane(demos: readonly DemoCard[], value: unknown): Pane | undefined {
  const old = typeof value === 'object' && value !== null ? (value as Partial<Pane>) : {};
  const demo = demos.find(({ id }) => id === old.demoId);
  if (demo === undefined) return undefined;
  const known = Object.entries(old.values ?? {}).filter(([id, each]) =>
    demo.controls.some((one) => one.id === id && typeof one.initial === typeof each),
  );
  const { frameIdx } = old;
  return {
    ...newPane(demo),
    values: { ...initialValues(demo), ...Object.fromEntries(known) },
    frameIdx: frameIdx !== undefined && Number.isInteger(frameIdx) ? frameIdx : undefined,
  };
}

function isTokens(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= mostTokens;
}

/** The demos that hold every word of the query and carry the tag. */
export function foundDemos({
  demos,
  query,
  tag,
}: Pick<State, 'demos' | 'query' | 'tag'>): readonly DemoCard[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return demos.filter((demo) => {
    if (tag !== undefined && !demo.tags.includes(tag)) return false;
    const text = [demo.title, demo.line, ...demo.tags, demo.source.title].join(' ').toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
