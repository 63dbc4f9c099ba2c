import { describe, expect, it } from 'vitest';
import { rankChunks } from '../../../src/core/plans/rankChunks.ts';
import { buildCodeIndex } from './buildCodeIndex.ts';
import { openTokenCounter } from '../../../src/node/openTokenCounter.ts';

async function firstFor(question: string, tree: Readonly<Record<string, string>>): Promise<string> {
  const files = Object.entries(tree).map(([path, text]) => ({
    path,
    utf8: new TextEncoder().encode(text),
  }));
  const { index } = await buildCodeIndex(files, await openTokenCounter('o200k_base'));
  const [first] = rankChunks(index, question);
  return index.files[index.chunks[first.chunkIdx].fileIdx].path;
}

const use = 'const a = readBudget(readBudget(), readBudget());\n';

describe('ranking chunks', () => {
  it('puts the one that declares a name before those that use it often', async () => {
    const tree = {
      'a.ts': use,
      'b.ts': use,
      'c.ts':
        '/** Long words of its own. */\nexport function readBudget(of: number) {\n  return of;\n}\n',
    };
    expect(await firstFor('where is readBudget declared', tree)).toBe('c.ts');
  });

  it('puts a file that is called so before one that speaks of it', async () => {
    const tree = {
      'notes.ts': '// sliding window, sliding window\nexport const a = 1;\n',
      'masks/slidingWindow.ts': 'export const width = 4; // sliding window\n',
    };
    expect(await firstFor('how does the sliding window work', tree)).toBe('masks/slidingWindow.ts');
  });
});
