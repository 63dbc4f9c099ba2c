/** One file of a prompt's context. */
export interface ContextFile {
  readonly path: string;
  readonly text: string;
}

/** A fence longer than every run of backticks in the text, so that no file can end its own block. */
function fenceFor(text: string): string {
  let longest = 2;
  for (const [run] of text.matchAll(/`{3,}/g)) longest = Math.max(longest, run.length);
  return '`'.repeat(longest + 1);
}

/** The word after the fence: the file's extension, or `text`, never anything but letters and digits. */
function languageOf(path: string): string {
  return /\.([A-Za-z0-9]+)$/.exec(path)?.[1] ?? 'text';
}

/** A path on a line of its own: a line break in a file's name must not start a line of the prompt. */
function pathLine(path: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are exactly what is to be found
  return path.replace(/[\u0000-\u001f\u007f]/g, '�');
}

/**
 * A file as it stands in the prompt: its path, then its text in a fenced block.
 *
 * The text begins after a letter and a line break and ends before a fence, so the tokens of the text alone and of the
 * text in place differ by one at most (a missing last line break is added): see `framingText`.
 */
export function fileSection({ path, text }: ContextFile): string {
  const fence = fenceFor(text);
  const lineBreak = text === '' || text.endsWith('\n') ? '' : '\n';
  return `${pathLine(path)}\n${fence}${languageOf(path)}\n${text}${lineBreak}${fence}\n\n`;
}

/** What `fileSection` writes around the files' own text; its tokens are added to theirs. */
export function framingText(paths: readonly string[]): string {
  return paths.map((path) => fileSection({ path, text: '' })).join('');
}

/** The whole prompt: files first, what is asked last, where models find it best and prefix caches keep the files. */
export function promptText(files: readonly ContextFile[], question: string): string {
  return files.map(fileSection).join('') + question;
}
