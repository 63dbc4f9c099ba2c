import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { measureRecall } from '../../../src/core/plans/recall.ts';
import { questionsOf } from '../../../src/core/plans/recallQuestions.ts';
import type { TokenEncoder } from '../../../src/core/tokens/tokenCounter.ts';
import { buildCodeIndex } from './buildCodeIndex.ts';
import { openTokenCounter } from '../../../src/node/openTokenCounter.ts';

const modules = path.resolve(import.meta.dirname, '../../../node_modules');
let counter: TokenEncoder;
beforeAll(async () => {
  counter = await openTokenCounter('o200k_base');
});

function indexOf(folder: string, extension: RegExp, maxFiles: number) {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => extension.test(name))
    .sort()
    .slice(0, maxFiles)
    .map((name) => ({
      path: name.replaceAll(path.sep, '/'),
      utf8: readFileSync(path.join(folder, name)),
    }));
  return buildCodeIndex(files, counter);
}

describe('measured recall', () => {
  it.each([
    ['graphology', /\.js$/],
    ['vitest/dist', /\.js$/],
  ])(
    'of retrieval on %s is at least twice that of path order and of chance, outside their intervals',
    async (name, extension) => {
      const { index, textOf } = await indexOf(path.join(modules, name), extension, 120);
      const recall = measureRecall(index, textOf, 4_000);
      console.log(
        `${name}: ${recall.questions} questions, 4,000 tokens: retrieval ${percent(recall.retrieval)}, path order ${percent(recall.pathOrder)}, random ${percent(recall.random)}, ${recall.tokensPerHit?.toFixed(0)} tokens a hit`,
      );
      expect(recall.questions).toBeGreaterThan(50);
      for (const baseline of [recall.pathOrder, recall.random]) {
        expect(recall.retrieval.share).toBeGreaterThanOrEqual(2 * baseline.share);
        expect(recall.retrieval.lowShare).toBeGreaterThan(baseline.highShare);
      }
    },
  );

  it('gives the same figures from the same seed', async () => {
    const { index, textOf } = await indexOf(path.join(modules, 'graphology'), /\.js$/, 60);
    expect(measureRecall(index, textOf, 2_000)).toEqual(measureRecall(index, textOf, 2_000));
  });

  it('takes the text a question was made from out of the index, and the asking file out of the hits', async () => {
    const files = {
      'a.ts': '/** Reads the budget of a context window. */\nexport function readBudget() {}\n',
      'b.ts': "import { readBudget } from './a';\nconst left = readBudget();\n",
    };
    const { index, textOf } = await buildCodeIndex(
      Object.entries(files).map(([name, text]) => ({
        path: name,
        utf8: new TextEncoder().encode(text),
      })),
      counter,
    );
    const [documentation, imported, use] = questionsOf(index, textOf);
    expect(documentation).toMatchObject({ kind: 'documentation', targets: new Set([0]) });
    expect(documentation.removed?.text).toContain('Reads the budget');
    expect(use).toMatchObject({
      kind: 'use',
      text: 'const left = readBudget();',
      targets: new Set([0]),
    });
    expect([...use.excluded]).toEqual([1]);
    expect(imported).toMatchObject({
      kind: 'import',
      targets: new Set([0]),
      excluded: new Set([1]),
    });
  });

  it('of code that asks nothing is unknown: no question, and an interval from 0 to 1', async () => {
    const { index, textOf } = await buildCodeIndex(
      [{ path: 'a.txt', utf8: new TextEncoder().encode('x') }],
      counter,
    );
    const recall = measureRecall(index, textOf, 1_000);
    expect(recall.questions).toBe(0);
    expect(recall.retrieval).toMatchObject({ lowShare: 0, highShare: 1 });
    expect(recall.tokensPerHit).toBeUndefined();
  });
});

function percent({
  share,
  lowShare,
  highShare,
}: {
  share: number;
  lowShare: number;
  highShare: number;
}): string {
  const whole = (value: number) => (value * 100).toFixed(0);
  return `${whole(share)} % (${whole(lowShare)}-${whole(highShare)})`;
}
