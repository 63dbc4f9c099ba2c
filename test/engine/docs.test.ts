import { transformSync } from 'esbuild';
import vm from 'node:vm';
import { describe, expect, it } from 'vitest';
import * as engine from '../../src/engine/index.ts';
import { docExamples } from './docExamples.ts';

/** Runs an example on the source and returns what it printed, a line per console.log. */
function run(code: string): string[] {
  const body = code.replace(
    /import \{([^}]*)\} from 'context-budget\/engine';/,
    'const {$1} = engine;',
  );
  const printed: string[] = [];
  const script = vm.compileFunction(transformSync(body, { loader: 'ts' }).code, [
    'engine',
    'console',
  ]) as (library: typeof engine, console: { log(...values: unknown[]): void }) => void;
  script(engine, { log: (...values) => printed.push(values.map(String).join(' ')) });
  return printed;
}

describe('docs/engine.md', () => {
  const examples = docExamples();

  it('has an example for every family', () => {
    expect(examples.length).toBeGreaterThanOrEqual(12);
  });

  it.each(examples.map((example) => [example.title, example.line, example] as const))(
    'prints what it says under "%s" (line %i)',
    (_, __, { code, promised }) => {
      expect(promised.length).toBeGreaterThan(0);
      expect(run(code)).toEqual(promised);
    },
  );

  it('explains every function that the engine exports', async () => {
    const { readFileSync } = await import('node:fs');
    const text = readFileSync(new URL('../../docs/engine.md', import.meta.url), 'utf8');
    const missing = Object.keys(engine).filter((name) => !text.includes(`\`${name}\``));
    expect(missing).toEqual([]);
  });
});
