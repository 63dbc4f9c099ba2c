import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AnalyzedFile } from '../../../src/core/plans/analyzedFile.ts';
import { languages } from '../../../src/core/plans/outline.ts';
import { packFile, renumberWords, unpackFile } from '../../../src/core/plans/packedFile.ts';

const line = fc.nat(2_000_000);
const name = fc.string({ unit: 'binary', maxLength: 8 });
const outline = fc.record(
  {
    language: fc.constantFrom(undefined, ...languages),
    declarations: fc.array(
      fc.record({
        name,
        kind: fc.constantFrom('function', 'type', 'module', 'value'),
        startLine: line,
        endLine: line,
        docStartLine: line,
        depth: fc.nat(1),
      }),
    ),
    imports: fc.array(fc.record({ specifier: name, line })),
    cutLines: fc.array(line),
    packageName: name,
  },
  { requiredKeys: ['language', 'declarations', 'imports', 'cutLines'] },
);
const piece = fc.record({
  bytes: fc.integer({ min: 1, max: 5_000 }),
  words: fc.array(fc.tuple(fc.nat(1_000), fc.integer({ min: 1, max: 65_535 }))),
  chunk: fc.record({
    startLine: line,
    endLine: line,
    tokens: fc.nat(1_500),
    declares: fc.array(name),
    joinTokens: fc.option(fc.integer({ min: -9, max: 9 }), { nil: undefined }),
    backticks: fc.nat(9),
  }),
});

/** Chunks follow each other without gap, as `chunkFile` makes them. */
const analyzedFiles = fc
  .record({ outline, pieces: fc.array(piece) })
  .map(({ outline: read, pieces }): AnalyzedFile => {
    let endByte = 0;
    let wordEnd = 0;
    const words = pieces.flatMap((each) => each.words);
    return {
      outline: read,
      chunks: pieces.map(({ bytes, chunk }) => ({
        startByte: endByte,
        endByte: (endByte += bytes),
        ...chunk,
      })),
      wordIds: Uint32Array.from(words, ([id]) => id),
      wordCounts: Uint16Array.from(words, ([, count]) => count),
      wordEnds: Uint32Array.from(pieces, (each) => (wordEnd += each.words.length)),
    };
  });

describe('a packed file', () => {
  it('is the same file again when it is unpacked', () => {
    fc.assert(
      fc.property(analyzedFiles, (file) => {
        expect(unpackFile(packFile(file))).toEqual(file);
      }),
    );
  });

  it('has its words numbered as in another table, and nothing else changed', () => {
    fc.assert(
      fc.property(analyzedFiles, (file) => {
        const idOf = Uint32Array.from({ length: 1_001 }, (_, id) => 2_000 - id);
        const packed = packFile({ ...file, wordIds: file.wordIds.slice() });
        renumberWords(packed, idOf);
        const wordIds = file.wordIds.map((id) => 2_000 - id);
        expect(unpackFile(packed)).toEqual({ ...file, wordIds });
      }),
    );
  });
});
