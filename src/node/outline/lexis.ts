import type { Language } from '../../core/plans/outline.ts';

/** As much of a language's words as is needed to tell which braces belong together. */
export interface Lexis {
  /** A brace after one of these words and a name opens a body whose inside is read. */
  readonly containers: ReadonlySet<string>;
  /** Bytes after which a brace opens a value or a type, never a body. */
  readonly beforeValues: ReadonlySet<number>;
  /** A statement that starts with this word is kept whole: its braces hold names that are read. */
  readonly keptStatement?: string;
  /** `'` begins a string; otherwise a single character, or nothing (a lifetime, a digit separator). */
  readonly singleQuotedStrings: boolean;
  /** A string in plain quotes may go on over line ends. */
  readonly stringsOverLines: boolean;
  /** `template`: with `${...}` inside; `raw`: up to the next one. */
  readonly backticks?: 'template' | 'raw';
  /** `"""` begins a string that ends with as many quotes. */
  readonly tripleQuotes: boolean;
  /** How a string says that its backslashes are none: `R"x(...)x"`, `r#"..."#`, `@"..."`. */
  readonly rawStrings?: 'delimited' | 'hashed' | 'verbatim';
  /** `/` can begin a regular expression. */
  readonly regularExpressions: boolean;
  /** Lines that start with `#` are for the preprocessor. */
  readonly directives: boolean;
}

function bytesOf(characters: string): ReadonlySet<number> {
  return new Set([...characters].map((character) => character.charCodeAt(0)));
}

const javaScript: Lexis = {
  containers: new Set(['class', 'interface', 'enum', 'namespace', 'module']),
  beforeValues: bytesOf('=:,(|&?<[+'),
  singleQuotedStrings: true,
  stringsOverLines: false,
  backticks: 'template',
  tripleQuotes: false,
  regularExpressions: true,
  directives: false,
};

const plain: Lexis = {
  containers: new Set(),
  beforeValues: bytesOf('=('),
  singleQuotedStrings: false,
  stringsOverLines: false,
  tripleQuotes: false,
  regularExpressions: false,
  directives: false,
};

/** Languages of braces; the others are parsed whole. */
export const lexisOf: Readonly<Partial<Record<Language, Lexis>>> = {
  typescript: javaScript,
  tsx: javaScript,
  javascript: javaScript,
  go: { ...plain, backticks: 'raw' },
  java: {
    ...plain,
    containers: new Set(['class', 'interface', 'enum', 'record']),
    tripleQuotes: true,
  },
  'c-sharp': {
    ...plain,
    containers: new Set(['class', 'interface', 'enum', 'record', 'struct', 'namespace']),
    tripleQuotes: true,
    rawStrings: 'verbatim',
    directives: true,
  },
  rust: {
    ...plain,
    containers: new Set(['struct', 'enum', 'union', 'trait', 'impl', 'mod']),
    keptStatement: 'use',
    stringsOverLines: true,
    rawStrings: 'hashed',
  },
  cpp: {
    ...plain,
    containers: new Set(['class', 'struct', 'union', 'enum', 'namespace']),
    rawStrings: 'delimited',
    directives: true,
  },
};
