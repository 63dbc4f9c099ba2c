import { utf8LengthOfText } from '../tokens/utf8.ts';

/** The part of a Jupyter notebook that is counted. */
export interface NotebookText {
  /** The cells' sources, as `notebookText` joins them. */
  readonly text: string;
  /** Bytes of the cells' outputs as JSON in UTF-8, which are not counted; 0 where there are none. */
  readonly outputBytes: number;
}

/** One text of a notebook's cells; the same from disk and from an open notebook editor. */
export function notebookText(cells: readonly string[]): string {
  return cells.join('\n\n');
}

export function isNotebookPath(path: string): boolean {
  return path.toLowerCase().endsWith('.ipynb');
}

/**
 * The cells of a notebook file (nbformat 4: `cells[].source`; nbformat 3: `worksheets[].cells[]`, code in `input`).
 * Undefined when the text is no notebook: then it is counted as the text it is.
 * Format: https://nbformat.readthedocs.io/en/latest/format_description.html
 */
export function parseNotebook(json: string): NotebookText | undefined {
  let notebook: unknown;
  try {
    notebook = JSON.parse(json);
  } catch {
    return undefined;
  }
  const cells = cellsOf(notebook);
  if (cells === undefined) return undefined;
  const sources: string[] = [];
  let outputBytes = 0;
  for (const cell of cells) {
    const source = multiline(field(cell, 'source') ?? field(cell, 'input'));
    if (source === undefined) return undefined;
    sources.push(source);
    const outputs = field(cell, 'outputs');
    if (Array.isArray(outputs) && outputs.length > 0) {
      outputBytes += utf8LengthOfText(JSON.stringify(outputs));
    }
  }
  return { text: notebookText(sources), outputBytes };
}

function cellsOf(notebook: unknown): unknown[] | undefined {
  const cells = field(notebook, 'cells');
  if (Array.isArray(cells)) return cells as unknown[];
  const worksheets = field(notebook, 'worksheets');
  if (!Array.isArray(worksheets)) return undefined;
  return worksheets.flatMap((sheet: unknown) => cellsOf(sheet) ?? []);
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Record<string, unknown>)[name]
    : undefined;
}

/** nbformat's "multiline string": a string, or its lines. */
function multiline(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) return undefined;
  return value.every((line) => typeof line === 'string') ? value.join('') : undefined;
}
