// What crosses between the lab's page, the host and the thread that runs the engine. It stands here and not in src/protocol, which may
// know nothing of demos.
import type { ControlValues, Demo, Frame, TokenVisibility } from './demo.ts';
import type { Checked } from './learn/exercise.ts';
import type { AnswerRequest, ExerciseCard } from './learn/exercises.ts';
import type { Quiz, QuizResult } from './learn/quiz.ts';
import type { ModelsUsing } from './modelsUsing.ts';
import type { MatrixPicture, Picture } from './picture.ts';
import type { TokenTexts } from './tokenTexts.ts';

/** A demo without its functions: what crosses to the page that shows it. */
export interface DemoCard extends Omit<Demo, 'run' | 'visibility'> {
  /** Models of the catalogue that use the mechanism. */
  readonly models: ModelsUsing;
  /** Whether it can show in the editor what a token sees. */
  readonly canMark: boolean;
}

export interface FrameRequest {
  readonly demoId: string;
  readonly tokens: readonly string[];
  readonly values: ControlValues;
  /** The step that the demo opens with when left out. */
  readonly frameIdx?: number;
  /** Tokens of the user's whole context set, where it was counted. */
  readonly setTokens?: number;
}

/** What the token at `queryIdx` sees under a demo's pattern. */
export interface VisibilityRequest {
  readonly demoId: string;
  readonly tokens: readonly string[];
  readonly values: ControlValues;
  readonly queryIdx: number;
}

/** One step of a demo's run. */
export interface ShownFrame {
  readonly frame: Frame;
  readonly frameIdx: number;
  readonly numFrames: number;
  readonly keyNumberId: string;
  /** Tokens that the demo took; fewer than were given where the text is longer than it takes. */
  readonly usedTokens: number;
  /** What the engine's thread needed for it, by the clock; undefined where nobody looked at one. */
  readonly engineSeconds?: number;
}

/** A picture of the pattern wall: the first step of a demo of a pattern. */
export interface WallEntry {
  readonly demoId: string;
  readonly title: string;
  readonly line: string;
  readonly picture: MatrixPicture;
  /** Cells that the pattern sees, exact. */
  readonly seenCells: number;
  /** Of so many: the square of the tokens. */
  readonly allCells: number;
}

/** What the lab runs on, and where it comes from. */
export interface LabText {
  readonly name: string;
  readonly numTokens: number;
  readonly encoding: string;
  /** The text went on after the last token. */
  readonly cut: boolean;
  readonly setTokens?: number;
}

/** A step that the page asks for; the host knows the text. */
export interface PageRequest {
  readonly demoId: string;
  readonly values: ControlValues;
  /** The step that the demo opens with when left out. */
  readonly frameIdx?: number;
  /** The demo runs on this many tokens of the text's start. */
  readonly numTokens: number;
}

/** A pattern that the editor shows in its own text. */
export interface MarkRequest {
  readonly demoId: string;
  readonly title: string;
  readonly values: ControlValues;
  readonly numTokens: number;
}

/** Calls of the lab's page on the extension host. */
export interface LabApi {
  ready(): Promise<{
    readonly strings: Readonly<Record<string, string>>;
    readonly demos: readonly DemoCard[];
    readonly text: LabText;
    /** The editor shows a pattern, of a page that was there before this one: this one takes it over. */
    readonly isMarking: boolean;
    /** The demo that a command asked for before the page was there. */
    readonly opened?: OpenDemo;
  }>;
  frame(request: PageRequest): Promise<ShownFrame>;
  wall(numTokens: number): Promise<readonly WallEntry[]>;
  /** A demo's picture in small, on the text's first tokens; computed once for a text. */
  thumbnail(demoId: string): Promise<Picture | undefined>;
  /** Shows in the text's editor what the token at the cursor sees, until it is called without a pattern. */
  mark(request: MarkRequest | undefined): Promise<void>;
  lessons(): Promise<Lessons>;
  checkAnswer(request: AnswerRequest): Promise<Checked>;
  gradeQuiz(chosen: readonly number[]): Promise<QuizResult>;
  /** Takes the text anew: the selection, else the start of the active file, else the sample. */
  takeText(): Promise<LabText>;
  /** Opens the card of a model that a demo names. */
  openCard(modelId: string): Promise<void>;
  /** Asks where, then writes. False: the person chose no place. */
  save(fileName: string, content: string | Uint8Array): Promise<boolean>;
  /** Asks for the folder that `saveInFolder` writes to. False: the person chose none. */
  chooseFolder(): Promise<boolean>;
  saveInFolder(fileName: string, content: Uint8Array): Promise<void>;
}

/** The exercises and the quiz, without their answers. */
export interface Lessons {
  readonly exercises: readonly ExerciseCard[];
  readonly quiz: Quiz;
}

export interface OpenDemo {
  /** A part of the lab instead of a demo. */
  readonly place?: 'gallery' | 'wall' | 'learn';
  /** Undefined: the gallery. */
  readonly demoId?: string;
  /** A second demo beside it. */
  readonly compareId?: string;
}

export type LabEvent =
  /** With the text when it was taken anew, so that what was shown before is not computed on it first. */
  | { readonly type: 'open'; readonly demo: OpenDemo; readonly text?: LabText }
  /** The marks in the editor were taken away. */
  | { readonly type: 'marksHidden' };

/** What the thread that runs the engine is asked. */
export interface LabCalls {
  /** Loads what the first demo needs, and runs it once on a few words: asked for while its page is still on its way. */
  readonly prepare: {
    readonly args: [encoding: string, demoId: string | undefined];
    readonly result: void;
  };
  readonly demos: { readonly args: []; readonly result: readonly DemoCard[] };
  readonly frame: { readonly args: [FrameRequest]; readonly result: ShownFrame };
  readonly wall: {
    readonly args: [tokens: readonly string[]];
    readonly result: readonly WallEntry[];
  };
  readonly lessons: { readonly args: []; readonly result: Lessons };
  readonly checkAnswer: { readonly args: [AnswerRequest]; readonly result: Checked };
  readonly gradeQuiz: {
    readonly args: [chosen: readonly number[]];
    readonly result: QuizResult;
  };
  readonly thumbnail: {
    readonly args: [demoId: string, tokens: readonly string[]];
    readonly result: Picture | undefined;
  };
  readonly tokens: {
    readonly args: [text: string, encoding: string];
    readonly result: TokenTexts;
  };
  readonly visibility: {
    readonly args: [VisibilityRequest];
    readonly result: readonly TokenVisibility[];
  };
}
