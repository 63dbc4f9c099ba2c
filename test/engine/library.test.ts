import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as engine from '../../src/engine/index.ts';
import { docExamples } from './docExamples.ts';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

describe('the engine as a library, built into an empty folder and imported by its package name', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'engine-library-'));
  const library = path.join(folder, 'node_modules/context-budget');
  const build = path.join(root, 'scripts/build-engine.mjs');

  beforeAll(() => {
    execFileSync(process.execPath, [build, path.join(library, 'dist')]);
    const { name, type, exports } = JSON.parse(
      readFileSync(path.join(root, 'package.json'), 'utf8'),
    ) as Record<string, unknown>;
    writeFileSync(path.join(library, 'package.json'), JSON.stringify({ name, type, exports }));
    writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function run(code: string): unknown {
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', code], {
      cwd: folder,
      encoding: 'utf8',
    });
    return JSON.parse(output);
  }

  it('exports the same names as the source', () => {
    const names = run(
      "import * as engine from 'context-budget/engine'; console.log(JSON.stringify(Object.keys(engine)))",
    ) as string[];
    expect(names.sort()).toEqual(Object.keys(engine).sort());
  });

  it('computes the same numbers as the source', () => {
    const code = `const random = engine.createRandom(7);
      const [q, k, v] = [64, 64, 64].map((length) => engine.normalFloat64(random, length));
      const shape = { numHeads: 2, numKvHeads: 2, queryTokens: 8, keyTokens: 8, headDim: 4 };
      const { output } = engine.tiledAttention(q, k, v, shape, { mask: engine.causal });`;
    const built = run(
      `import * as engine from 'context-budget/engine'; ${code}; console.log(JSON.stringify([...output]))`,
    ) as number[];
    const random = engine.createRandom(7);
    const [q, k, v] = [64, 64, 64].map((length) => engine.normalFloat64(random, length));
    const shape = { numHeads: 2, numKvHeads: 2, queryTokens: 8, keyTokens: 8, headDim: 4 };
    const { output } = engine.tiledAttention(q, k, v, shape, { mask: engine.causal });
    expect(built).toEqual(Array.from(output));
  });

  it('names its errors as the source does', () => {
    const error = run(
      "import * as engine from 'context-budget/engine'; try { engine.slidingWindow(0) } catch (e) { console.log(JSON.stringify([e.name, e.message, e instanceof engine.EngineInputError])) }",
    );
    expect(error).toEqual([
      'EngineInputError',
      'windowTokens must be a positive integer, got 0',
      true,
    ]);
  });

  it('has declarations that every example of docs/engine.md type-checks against, strictly', () => {
    mkdirSync(path.join(folder, 'examples'));
    const files = docExamples().map(({ code }, idx) => {
      const file = path.join(folder, `examples/example${idx}.ts`);
      writeFileSync(file, `${code}\nexport {};\n`);
      return file;
    });
    const wrong = path.join(folder, 'wrong.ts');
    writeFileSync(
      wrong,
      "import { slidingWindow } from 'context-budget/engine';\nslidingWindow('4');\n",
    );
    const program = ts.createProgram([...files, wrong], {
      strict: true,
      noEmit: true,
      skipLibCheck: false,
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'],
      types: [],
    });
    const messages = ts
      .getPreEmitDiagnostics(program)
      .map(
        ({ file, messageText }) =>
          `${path.basename(file?.fileName ?? '')}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`,
      );
    expect(messages).toEqual([
      "wrong.ts: Argument of type 'string' is not assignable to parameter of type 'number'.",
    ]);
  });
});
