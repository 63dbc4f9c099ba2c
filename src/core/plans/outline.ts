/** Languages whose files are read by syntax; everything else is read by lines. */
export const languages = [
  'typescript',
  'tsx',
  'javascript',
  'python',
  'go',
  'rust',
  'java',
  'cpp',
  'c-sharp',
  'php',
  'ruby',
  'css',
  'bash',
] as const;
export type Language = (typeof languages)[number];

const languageOfExtension: Readonly<Record<string, Language>> = {
  ts: 'typescript',
  mts: 'typescript',
  cts: 'typescript',
  tsx: 'tsx',
  js: 'javascript',
  mjs: 'javascript',
  cjs: 'javascript',
  jsx: 'javascript',
  py: 'python',
  pyi: 'python',
  go: 'go',
  rs: 'rust',
  java: 'java',
  c: 'cpp',
  h: 'cpp',
  cc: 'cpp',
  cpp: 'cpp',
  cxx: 'cpp',
  hh: 'cpp',
  hpp: 'cpp',
  hxx: 'cpp',
  cs: 'c-sharp',
  php: 'php',
  rb: 'ruby',
  css: 'css',
  sh: 'bash',
  bash: 'bash',
};

/** The language of a file by its name; undefined when no grammar reads it. */
export function languageOf(path: string): Language | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  const dot = name.lastIndexOf('.');
  return dot < 0 ? undefined : languageOfExtension[name.slice(dot + 1)];
}

export interface Declaration {
  readonly name: string;
  readonly kind: 'function' | 'type' | 'module' | 'value';
  /** Lines from 0, the end included. */
  readonly startLine: number;
  readonly endLine: number;
  /** First line of the comment right above it; equal to `startLine` when it has none. */
  readonly docStartLine: number;
  /** 0 at the top of the file, 1 inside a class, module or namespace. */
  readonly depth: number;
}

export interface ImportStatement {
  /** What stands in the source: "./a", "os.path", "crate::a::b", "vector". */
  readonly specifier: string;
  readonly line: number;
}

/** What a parser read off one file; an unknown language has none of it, and `language` undefined. */
export interface Outline {
  readonly language: Language | undefined;
  readonly declarations: readonly Declaration[];
  readonly imports: readonly ImportStatement[];
  /** Lines before which a cut falls between declarations, ascending; never inside one of `depth` 0 unless it is a container. */
  readonly cutLines: readonly number[];
  /** The package, namespace or module a file says it is in (Java, C#, PHP, Go). */
  readonly packageName?: string;
}

export const emptyOutline: Outline = {
  language: undefined,
  declarations: [],
  imports: [],
  cutLines: [],
};
