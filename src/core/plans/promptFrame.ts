import type { PromptOptions } from './prompt.ts';

/** Placeholders of a person's own template for a file; `{code}` must stand in it once. */
const filePlaceholders = ['path', 'lines', 'language', 'fence', 'code'] as const;
/** Placeholders of a person's own template for a request; `{files}` must stand in it once. */
const promptPlaceholders = ['tree', 'files', 'instruction'] as const;

/** A person's own form of requests. */
export interface PromptTemplate {
  /** One file: `## {path}{lines}\n\n{fence}{language}\n{code}{fence}\n`. `{code}` ends with a line end. */
  readonly file: string;
  /** The request: `{tree}{files}\n{instruction}`. */
  readonly prompt: string;
}

/** What is wrong with a template, in words; undefined: nothing. */
export function templateProblem({ file, prompt }: PromptTemplate): string | undefined {
  return (
    problemOf('file', file, 'code', filePlaceholders) ??
    problemOf('prompt', prompt, 'files', promptPlaceholders) ??
    (prompt.includes('{instruction}') ? undefined : 'prompt: {instruction} must stand in it')
  );
}

function problemOf(
  name: string,
  template: string,
  once: string,
  known: readonly string[],
): string | undefined {
  if (template.split(`{${once}}`).length !== 2) return `${name}: {${once}} must stand in it once`;
  for (const [, placeholder] of template.matchAll(/\{([a-z]+)\}/gi)) {
    if (!known.includes(placeholder)) {
      const all = known.map((each) => `{${each}}`).join(', ');
      return `${name}: {${placeholder}} is unknown; there are ${all}`;
    }
  }
  return undefined;
}

/** What stands around the code of one part. */
export interface FileFrame {
  readonly before: string;
  readonly after: string;
}

export interface FramedPart {
  readonly path: string;
  /** "3-9" of a stretch, '' of a whole file. */
  readonly lines: string;
  /** Length of the longest run of backticks in the code. */
  readonly backticks: number;
}

/** The header and the end of a file in a request. */
export function fileFrame(part: FramedPart, { format, template }: PromptOptions): FileFrame {
  const { path, lines } = part;
  // A fence that the code itself does not hold.
  const fence = '`'.repeat(Math.max(3, part.backticks >= 3 ? part.backticks + 1 : 3));
  if (template !== undefined) {
    const values = {
      path: printable(path),
      lines: lines === '' ? '' : ` (lines ${lines})`,
      language: extensionOf(path),
      fence,
    };
    const [before, after] = template.file.split('{code}');
    return { before: filled(before, values), after: filled(after, values) };
  }
  switch (format) {
    case 'markdown': {
      const title = `## ${printable(path)}${lines === '' ? '' : ` (lines ${lines})`}`;
      return { before: `${title}\n\n${fence}\n`, after: `${fence}\n` };
    }
    case 'xml': {
      const range = lines === '' ? '' : ` lines="${lines}"`;
      return { before: `<file path="${attribute(path)}"${range}>\n`, after: '</file>\n' };
    }
    case 'plain':
      return {
        before: `===== ${printable(path)}${lines === '' ? '' : ` lines ${lines}`} =====\n`,
        after: '',
      };
  }
}

/** Texts before and after the files of a request. */
export function promptFrame(
  hasParts: boolean,
  paths: readonly string[],
  instruction: string,
  notes: readonly string[],
  { format, tree, template }: PromptOptions,
): FileFrame {
  const end = [...notes, instruction].join('\n');
  const treeText = tree === true || template?.prompt.includes('{tree}') ? pathTree(paths) : '';
  if (template !== undefined) {
    const [before, after] = template.prompt.split('{files}');
    const values = { tree: treeText, instruction: end };
    return { before: filled(before, values), after: filled(after, values) };
  }
  const before =
    treeText === ''
      ? ''
      : format === 'xml'
        ? `<tree>\n${treeText.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</tree>\n\n`
        : format === 'markdown'
          ? `\`\`\`text\n${treeText}\`\`\`\n\n`
          : `${treeText}\n`;
  return { before, after: hasParts ? `\n${end}` : end };
}

function filled(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/\{([a-z]+)\}/gi, (whole, name: string) => values[name] ?? whole);
}

/** Paths as an indented tree, each folder once; ends with a line end unless empty. */
function pathTree(paths: readonly string[]): string {
  let text = '';
  let open: readonly string[] = [];
  for (const path of [...new Set(paths)].sort()) {
    const folders = path.split('/');
    const name = folders.pop() ?? '';
    let same = 0;
    while (same < open.length && same < folders.length && open[same] === folders[same]) same++;
    for (let depth = same; depth < folders.length; depth++)
      text += `${'  '.repeat(depth)}${printable(folders[depth])}/\n`;
    text += `${'  '.repeat(folders.length)}${printable(name)}\n`;
    open = folders;
  }
  return text;
}

function extensionOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  return dot < 0 ? '' : printable(name.slice(dot + 1));
}

/** A file name may hold line ends; a header may not. */
function printable(path: string): string {
  return path.replace(/[\p{Cc}\u2028\u2029]/gu, (character) =>
    JSON.stringify(character).slice(1, -1),
  );
}

function attribute(path: string): string {
  return printable(path).replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}
