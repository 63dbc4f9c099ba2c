import { describe, expect, it } from 'vitest';
import { fileCounts } from '../../src/cli/fileCounts.ts';
import { findModel } from '../../src/core/catalog/findModel.ts';
import { models } from '../../src/core/catalog/models.ts';
import type { FileCount } from '../../src/core/files/scanReport.ts';

const file = (path: string, tokens: number): FileCount => ({
  path,
  bytes: 10,
  lines: 1,
  kind: 'code',
  tokens,
});
const gpt4 = findModel('openai/gpt-4', models);
const opus = findModel('anthropic/claude-opus-4-5', models);

describe('counts of each file', () => {
  it('are by every encoding and for every model', () => {
    const counts = new Map([
      ['cl100k_base', [file('a.ts', 4)]],
      ['o200k_base', [file('a.ts', 3)]],
    ]);
    const [{ counts: made }] = fileCounts(counts, [gpt4, opus]);
    expect(
      made.map(({ encoding, model, exact, tokens }) => [encoding, model, exact, tokens]),
    ).toEqual([
      ['cl100k_base', undefined, true, 4],
      ['o200k_base', undefined, true, 3],
      ['cl100k_base', gpt4.id, true, 4],
      ['o200k_base', opus.id, false, expect.any(Number)],
    ]);
  });

  it('of one that vanished between two scans are those that were made of it', () => {
    const counts = new Map([
      ['cl100k_base', [file('gone.ts', 4)]],
      ['o200k_base', []],
    ]);
    const [{ counts: made }] = fileCounts(counts, [gpt4, opus]);
    expect(made.map(({ model }) => model)).toEqual([undefined, gpt4.id]);
  });
});
