import { readFileSync } from 'node:fs';

/** One `ts` block of docs/engine.md. */
export interface DocExample {
  /** The heading it stands under. */
  readonly title: string;
  readonly line: number;
  readonly code: string;
  /** What each console.log is said to print, in order: the comment at the end of its line. */
  readonly promised: readonly string[];
}

export function docExamples(): readonly DocExample[] {
  const lines = readFileSync(new URL('../../docs/engine.md', import.meta.url), 'utf8').split('\n');
  const examples: DocExample[] = [];
  let title = '';
  for (let idx = 0; idx < lines.length; idx++) {
    if (lines[idx].startsWith('#')) title = lines[idx].replace(/^#+ /, '');
    if (lines[idx] !== '```ts') continue;
    const end = lines.indexOf('```', idx);
    const block = lines.slice(idx + 1, end);
    const promised = block
      .filter((line) => line.includes('console.log('))
      .map((line) => /\); \/\/ (.*)$/.exec(line)?.[1] ?? '');
    examples.push({ title, line: idx + 1, code: block.join('\n'), promised });
    idx = end;
  }
  return examples;
}
