import type { Architecture } from '../architectures/architecture.ts';
import type { Model } from '../catalog/model.ts';
import type { AnalysisStatus } from '../files/analysisStatus.ts';
import type { FileProblem, LeftOutFile, LeftOutReason } from '../files/scanReport.ts';
import type { Hardware } from '../hardware/hardware.ts';
import type { EffectiveMeasurement } from '../quality/effectiveContext.ts';
import type { ContextSet } from '../set/contextSet.ts';
import type { EncodingName } from '../tokens/tokenCounter.ts';
import type { WeighedText } from '../weigh/countFor.ts';

/**
 * All that the dashboard shows, as the host knows it. It comes in three sections, each always whole: the catalogue changes
 * with the settings only, the file table with an analysis, the rest with every click.
 */
export interface DashboardSnapshot {
  readonly catalogue: DashboardCatalogue;
  readonly files: FileTable;
  readonly now: DashboardNow;
}

/** What the figures are worked out from, sent by message so that no bundle holds it twice. */
export interface DashboardCatalogue {
  /** The bundled models with the person's own over them, sorted by id. */
  readonly models: readonly Model[];
  readonly architectures: readonly Architecture[];
  readonly hardware: readonly Hardware[];
  readonly measurements: readonly EffectiveMeasurement[];
}

/** Every counted file as columns of the same length, in the report's order: 50,000 rows are one message. */
export interface FileTable {
  /** What `tokens` was counted with. */
  readonly encoding: EncodingName;
  readonly paths: readonly string[];
  readonly tokens: readonly number[];
  readonly bytes: readonly number[];
  readonly lines: readonly number[];
  /** Index in `contentKinds`. */
  readonly kinds: readonly number[];
  readonly leftOut: readonly LeftOutGroup[];
  /** The first `mostNamed` of them. */
  readonly problems: readonly FileProblem[];
  /** All of them. */
  readonly numProblems: number;
}

/** A report's list of what was left out, or failed, can be as long as a disk: this many of each reason are named to the page. */
export const mostNamed = 200;

/** What was left out for one reason; `largest` are its `mostNamed` largest files and folders. */
export interface LeftOutGroup {
  readonly reason: LeftOutReason;
  readonly fileCount: number;
  readonly bytes: number;
  readonly largest: readonly LeftOutFile[];
}

export interface DashboardNow {
  readonly status: AnalysisStatus;
  /** The check boxes; empty: every file is meant. */
  readonly set: ContextSet;
  readonly overheadFiles: readonly OverheadFile[];
  readonly settings: DashboardSettings;
}

/** A file that assistants send by themselves with every request, such as AGENTS.md. */
export interface OverheadFile {
  readonly path: string;
  /** Counted by the file table's encoding. */
  readonly tokens: number;
}

/** The settings that figures begin with. */
export interface DashboardSettings {
  readonly modelId: string;
  readonly reservedOutputTokens: number;
  readonly overheadTokens: number;
}

/** A text that is no file of the report: what was selected, changed or copied when it was counted. Holds no code. */
export interface CountedText {
  readonly source: TextSource;
  /** A file's name, or how many files changed. */
  readonly label: string;
  readonly text: WeighedText;
  readonly characters: number;
  readonly lines: number;
}

export const textSources = ['selection', 'diff', 'clipboard'] as const;
export type TextSource = (typeof textSources)[number];

export const emptyFileTable: FileTable = {
  encoding: 'o200k_base',
  paths: [],
  tokens: [],
  bytes: [],
  lines: [],
  kinds: [],
  leftOut: [],
  problems: [],
  numProblems: 0,
};
