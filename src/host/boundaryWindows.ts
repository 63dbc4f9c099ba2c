import * as vscode from 'vscode';

/** VS Code draws no more of a line than this (`editor.stopRenderingLineAfter`). */
const drawnLineUnits = 10_000;
/** How far back a place is looked for at which encoding may begin; a piece longer than this is generated, not written. */
const maxSearchUnits = 1 << 20;
/** Most editors show less than a hundred lines. */
const firstSearchUnits = 256;

/** A part of a document, and the part of it that is looked at. Units are UTF-16, from the document's start. */
export interface BoundaryWindow {
  readonly text: string;
  readonly startUnit: number;
  readonly seenStartUnit: number;
  readonly seenEndUnit: number;
}

export interface BoundaryWindows {
  readonly windows: readonly BoundaryWindow[];
  /** Whether some of what is seen is left out: no place to begin is near. */
  readonly cut: boolean;
}

type IsSafeSplit = (text: string, unit: number) => boolean;

/**
 * Texts around what an editor shows, beginning and ending where the tokens of the text are those of the document: of a
 * document of any size only what is seen is read, and what stands around it to the next safe place.
 *
 * @param beginsAnywhere false: encoding puts a space before any text, so that windows begin with the document
 */
export function boundaryWindows(
  document: vscode.TextDocument,
  seen: readonly vscode.Range[],
  isSafeSplit: IsSafeSplit,
  beginsAnywhere = true,
): BoundaryWindows {
  const windows: BoundaryWindow[] = [];
  let cut = false;
  const begins = beginsAnywhere ? isSafeSplit : () => false;
  for (const [seenStartUnit, seenEndUnit] of seenParts(document, seen)) {
    const startUnit = safeBefore(document, seenStartUnit, begins);
    const stopUnit = safeAfter(document, seenEndUnit, isSafeSplit);
    if (startUnit === undefined || stopUnit === undefined) cut = true;
    else {
      const { text } = textBetween(document, startUnit, stopUnit);
      windows.push({ text, startUnit, seenStartUnit, seenEndUnit });
    }
  }
  return { windows, cut };
}

/** What is drawn of the lines in sight, neighbouring lines as one. */
function seenParts(document: vscode.TextDocument, seen: readonly vscode.Range[]) {
  const parts: [startUnit: number, endUnit: number][] = [];
  for (const { start, end } of seen) {
    for (let line = start.line; line <= Math.min(end.line, document.lineCount - 1); line++) {
      const { range, rangeIncludingLineBreak } = document.lineAt(line);
      const startUnit = document.offsetAt(range.start);
      const endUnit =
        range.end.character > drawnLineUnits
          ? startUnit + drawnLineUnits
          : document.offsetAt(rangeIncludingLineBreak.end);
      const last = parts.at(-1);
      if (last?.[1] === startUnit) last[1] = endUnit;
      else parts.push([startUnit, endUnit]);
    }
  }
  return parts;
}

/** The last safe place up to `unit`; undefined when none is near. */
function safeBefore(
  document: vscode.TextDocument,
  unit: number,
  isSafeSplit: IsSafeSplit,
): number | undefined {
  for (let searched = firstSearchUnits; ; searched *= 4) {
    // Characters on both sides of every place are looked at, and a character is up to two units.
    const { text, startUnit } = textBetween(document, unit - searched - 2, unit + 2);
    for (let idx = Math.min(unit - startUnit, text.length - 1); idx > 2; idx--) {
      if (isSafeSplit(text, idx)) return startUnit + idx;
    }
    if (startUnit === 0) return 0;
    if (searched >= maxSearchUnits) return undefined;
  }
}

/** The first safe place from `unit` on, or the document's end; undefined when none is near. */
function safeAfter(
  document: vscode.TextDocument,
  unit: number,
  isSafeSplit: IsSafeSplit,
): number | undefined {
  for (let searched = firstSearchUnits; ; searched *= 4) {
    const { text, startUnit, isEnd } = textBetween(document, unit - 2, unit + searched + 2);
    for (let idx = Math.max(unit - startUnit, 1); idx < text.length - 2; idx++) {
      if (isSafeSplit(text, idx)) return startUnit + idx;
    }
    if (isEnd) return startUnit + text.length;
    if (searched >= maxSearchUnits) return undefined;
  }
}

/** A part of the document; offsets outside of it, or inside a line end, become the nearest that are not. */
function textBetween(document: vscode.TextDocument, fromUnit: number, toUnit: number) {
  const from = document.positionAt(Math.max(0, fromUnit));
  const to = document.positionAt(toUnit);
  return {
    text: document.getText(new vscode.Range(from, to)),
    startUnit: document.offsetAt(from),
    isEnd: to.isEqual(document.lineAt(document.lineCount - 1).range.end),
  };
}
