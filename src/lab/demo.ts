import type { Picture } from './picture.ts';

export const demoTags = [
  'positions',
  'patterns',
  'exact kernels',
  'caches',
  'state space',
  'systems',
] as const;
export type DemoTag = (typeof demoTags)[number];

/** What a control may be set to; the lab draws a slider, a choice, a switch, or token picking for it. */
export type Control =
  | {
      readonly kind: 'number';
      readonly id: string;
      readonly label: string;
      readonly min: number;
      readonly max: number;
      readonly step: number;
      readonly initial: number;
      /** Steps double instead of adding. */
      readonly logarithmic?: boolean;
    }
  | {
      readonly kind: 'choice';
      readonly id: string;
      readonly label: string;
      readonly options: readonly { readonly value: string; readonly label: string }[];
      readonly initial: string;
    }
  | {
      readonly kind: 'switch';
      readonly id: string;
      readonly label: string;
      readonly initial: boolean;
    }
  | {
      /** Positions picked in the picture, such as global tokens. */
      readonly kind: 'positions';
      readonly id: string;
      readonly label: string;
      readonly initial: readonly number[];
    };

export type ControlValue = number | string | boolean | readonly number[];
export type ControlValues = Readonly<Record<string, ControlValue>>;

export interface DemoInput {
  /** The text's tokens in order, as text. At least one. */
  readonly tokens: readonly string[];
  readonly values: ControlValues;
  /** Tokens of the user's whole context set, for "what it costs for a real model". */
  readonly setTokens?: number;
}

/** One number beside the picture; its text is formatted by core/format, its unit inside. */
export interface NumberRow {
  readonly id: string;
  readonly label: string;
  readonly text: string;
  /** The plain value, for tests and export. */
  readonly value: number;
  /** How it is computed, with the values put in. */
  readonly why?: string;
}

/** One state of the process; a demo that is no process has one frame. */
export interface Frame {
  readonly caption: string;
  readonly pictures: readonly Picture[];
  readonly numbers: readonly NumberRow[];
}

/**
 * A process's frames are made one by one, when the time line asks for them: thousands of steps cost nothing until seen.
 */
export interface DemoRun {
  readonly numFrames: number;
  /** The step that is shown first, where the idea can be seen already; step 0 when left out. */
  readonly openingFrame?: number;
  frame(index: number): Frame;
  /** Id of the number that the demo is about. */
  readonly keyNumberId: string;
}

/** No demo takes more of a text. */
export const mostTokens = 8192;

export interface Demo {
  /** Command suffix and deep link: `contextBudget.demo.<id>`. */
  readonly id: string;
  /** Number of the mechanism, from 1 on; a mechanism may have several demos. */
  readonly mechanism: number;
  readonly title: string;
  readonly line: string;
  readonly tags: readonly DemoTag[];
  /** Where the numbers come from: never a trained model's behaviour. */
  readonly basis: 'seeded random weights' | 'a construction whose outcome is known' | 'arithmetic';
  readonly notice: string;
  readonly formula: string;
  readonly source: { readonly title: string; readonly url: string };
  readonly controls: readonly Control[];
  /** Most tokens of the text that the demo takes, up to `mostTokens`; longer texts are cut, and the lab says so. */
  readonly maxTokens: number;
  /** Runs the mechanism on the tokens. Throws an Error that names the control and its value when that can't be. */
  run(input: DemoInput): DemoRun;
  /** What a token may see, for the marks in the editor's own text; absent where that has no meaning. */
  readonly visibility?: (input: DemoInput, queryIdx: number) => readonly TokenVisibility[];
}

export type TokenVisibility =
  'window' | 'global' | 'sink' | 'chunk' | 'random' | 'self' | 'evicted' | 'nothing';
