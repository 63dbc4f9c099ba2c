import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makePlan } from '../../src/core/plans/makePlans.ts';
import type { PlanInput } from '../../src/core/plans/plan.ts';
import { measureRecall, maxRecallHits, recallQuestions } from '../../src/core/plans/recall.ts';
import type { TokenEncoder } from '../../src/core/tokens/tokenCounter.ts';
import type { BuiltIndex } from '../../src/core/plans/codeIndex.ts';
import { buildCodeIndex } from '../core/plans/buildCodeIndex.ts';
import { embeddingAddress, embedTexts } from '../../src/node/embeddingEndpoint.ts';
import { openTokenCounter } from '../../src/node/openTokenCounter.ts';
import { SemanticIndex } from '../../src/node/semanticIndex.ts';
import { startEmbeddingServer, wordVector, type EmbeddingServer } from './embeddingServer.ts';

let server: EmbeddingServer;
let counter: TokenEncoder;
let built: BuiltIndex;
const cacheFolder = mkdtempSync(path.join(tmpdir(), 'context-budget-embeddings-'));
const key = 'test-key-0123456789abcdef';

beforeAll(async () => {
  server = await startEmbeddingServer();
  counter = await openTokenCounter('o200k_base');
  const names = ['alpha', 'bravo', 'charlie', 'delta', 'echo'];
  built = await buildCodeIndex(
    names.map((name, i) => ({
      path: `${name}.ts`,
      utf8: new TextEncoder().encode(
        `import { ${names[(i + 1) % 5]}Value } from './${names[(i + 1) % 5]}';\n/** Counts every ${name}boat of the harbour once a day. */\nexport const ${name}Value = ${i} + ${names[(i + 1) % 5]}Value;\n`,
      ),
    })),
    counter,
  );
});
afterAll(async () => {
  await server.close();
  rmSync(cacheFolder, { recursive: true, force: true });
});
beforeEach(() => {
  server.requests.length = 0;
  server.misbehave = undefined;
});

const pause = () => Promise.resolve();
const target = (protocol = '/v1/embeddings', modelName = 'words') => ({
  address: `${server.address}${protocol}`,
  modelName,
});
const messageOf = async (asking: Promise<unknown>): Promise<string> =>
  asking.then(
    () => 'it answered',
    (error: unknown) => String(error),
  );

describe('an embedding endpoint', () => {
  it.each(['/v1/embeddings', '/api/embed'])('by %s gives a vector for each text', async (at) => {
    const texts = ['one two', 'three', 'one two'];
    const vectors = await embedTexts(texts, { ...target(at), key });
    expect(vectors.map((vector) => [...vector])).toEqual(texts.map(wordVector));
    expect(server.requests).toMatchObject([{ url: at, model: 'words', texts }]);
    expect(server.requests[0].authorization).toBe(`Bearer ${key}`);
  });

  it('is asked for few texts at once, and for fewer where a request is too large', async () => {
    server.misbehave = (response, texts) => {
      if (texts.length <= 16) return false;
      response.writeHead(413).end('{}');
      return true;
    };
    const texts = Array.from({ length: 100 }, (_, i) => `text number ${'x'.repeat(i)}`);
    const vectors = await embedTexts(texts, target());
    expect(vectors.map((vector) => [...vector])).toEqual(texts.map(wordVector));
    const answered = server.requests.filter((request) => request.texts.length <= 16);
    expect(answered.flatMap((request) => request.texts).length).toBe(100);
  });

  it('that asks to wait is asked again', async () => {
    let refusals = 2;
    server.misbehave = (response) => {
      if (refusals-- <= 0) return false;
      response.writeHead(429, { 'retry-after': '1' }).end('{}');
      return true;
    };
    expect(await embedTexts(['a'], target(), { pause })).toHaveLength(1);
    expect(server.requests.length).toBe(3);
  });

  it('is named where it fails; neither the key nor a text is', async () => {
    const host = new URL(server.address).host;
    const secret = 'launch code tango';
    const failures: [string, EmbeddingServer['misbehave']][] = [
      ['could not be reached', (response) => (response.destroy(), true)],
      ['no JSON', (response) => (response.end('<html>'), true)],
      ['without a vector for each text', (response) => (response.end('{"data":[]}'), true)],
      [
        'no vector of numbers',
        (response) => (response.end('{"data":[{"index":0,"embedding":["x"]}]}'), true),
      ],
      [
        'no vector of numbers',
        (response) => (response.end('{"data":[{"index":0,"embedding":[1e39]}]}'), true),
      ],
      ['does not accept the key (401', (response) => (response.writeHead(401).end('{}'), true)],
      ['a fault of its own (500', (response) => (response.writeHead(500).end('{}'), true)],
    ];
    for (const [words, misbehave] of failures) {
      server.misbehave = misbehave;
      const message = await messageOf(embedTexts([secret], { ...target(), key }, { pause }));
      expect(message).toContain(words);
      expect(message).toContain(host);
      expect(message).not.toContain(key);
      expect(message).not.toContain(secret);
    }
    server.misbehave = undefined;
    const unknown = await messageOf(embedTexts(['a'], target('/api/embed', 'missing')));
    expect(unknown).toContain('has no model "missing"');
    const nowhere = { address: 'http://127.0.0.1:9/api/embed', modelName: 'words' };
    expect(await messageOf(embedTexts(['a'], nowhere))).toContain('127.0.0.1:9');
  });

  it('must be https, or on this machine, and end as a protocol does', () => {
    expect(embeddingAddress('https://api.example.com/v1/embeddings').protocol).toBe('openai');
    expect(embeddingAddress('http://localhost:11434/api/embed').protocol).toBe('ollama');
    const faults = [
      'http://models.example.com/v1/embeddings',
      'https://api.example.com/v1/chat',
      'https://user:pass@api.example.com/v1/embeddings',
      'not an address',
    ];
    for (const address of faults) expect(() => embeddingAddress(address)).toThrow();
  });
});

function inputFor(question: string): PlanInput {
  return {
    ...built,
    counter,
    task: { kind: 'question', question },
    budgetTokens: 10_000,
    outputTokens: 500,
    prompt: { format: 'markdown', lineNumbers: false },
    overlap: 0.1,
    retrievalTokens: 1_000,
  };
}

describe('an index with embeddings', () => {
  it('sends each piece once, without its path, and asks no more for what is kept', async () => {
    const first = new SemanticIndex(built.index, built.textOf, target(), cacheFolder);
    expect(first.size()).toMatchObject({ chunks: 5, newChunks: 5 });
    await first.embed();
    const sent = server.requests.flatMap((request) => request.texts);
    expect(sent.length).toBe(5);
    expect(sent.join()).not.toContain('alpha.ts');
    server.requests.length = 0;
    const again = new SemanticIndex(built.index, built.textOf, target(), cacheFolder);
    expect(again.size()).toMatchObject({ newChunks: 0, newBytes: 0 });
    await again.embed();
    expect(server.requests).toEqual([]);
    const other = new SemanticIndex(built.index, built.textOf, target('/api/embed'), cacheFolder);
    expect(other.size().newChunks).toBe(5);
    for (const name of readdirSync(cacheFolder)) writeFileSync(path.join(cacheFolder, name), 'x');
    const corrupt = new SemanticIndex(built.index, built.textOf, target(), cacheFolder);
    expect(corrupt.size().newChunks).toBe(5);
  });

  it('of a model that was changed behind its name is thrown away, and nothing is sent anew unasked', async () => {
    const folder = mkdtempSync(path.join(cacheFolder, 'changed-'));
    const semantic = new SemanticIndex(built.index, built.textOf, target(), folder);
    await semantic.embed();
    expect(await semantic.ranking('a question')).toMatchObject({ modelName: 'words' });
    server.requests.length = 0;
    server.misbehave = (response, texts) => {
      const data = texts.map((_, index) => ({ index, embedding: [1, 2, 3] }));
      response.end(JSON.stringify({ data }));
      return true;
    };
    await expect(semantic.ranking('a question')).rejects.toThrow(/another length.*Plan again/);
    expect(server.requests.length).toBe(1);
    expect(semantic.size().newChunks).toBe(5);
    expect(readdirSync(folder)).toEqual([]);
    await semantic.embed();
    expect((await semantic.ranking('a question')).chunkIdxs.length).toBe(5);
  });

  it('finds the nearest piece, and RAG fuses it with what the words find', async () => {
    const semantic = new SemanticIndex(built.index, built.textOf, target(), undefined);
    await semantic.embed();
    const question = 'Counts every charlieboat of the harbour once a day';
    const ranking = await semantic.ranking(question);
    const { fileIdx } = built.index.chunks[ranking.chunkIdxs[0]];
    expect(built.index.files[fileIdx].path).toBe('charlie.ts');
    const plan = makePlan('rag', { ...inputFor(question), semantic: ranking });
    expect(plan.notes.join()).toContain('by embeddings (words), the ranks fused');
    // Words that stand nowhere in the code find nothing; the nearest pieces do.
    const strange = { ...inputFor('zzz qqq'), semantic: ranking };
    expect(makePlan('rag', inputFor('zzz qqq')).coverage).toBe(0);
    expect(makePlan('rag', strange).coverage).toBeGreaterThan(0);
  });

  it('is measured beside words: alone and fused, over the same questions', async () => {
    const semantic = new SemanticIndex(built.index, built.textOf, target(), undefined);
    await semantic.embed();
    const questions = recallQuestions(built.index, built.textOf);
    const rankings = await semantic.rankings(questions, maxRecallHits);
    questions.forEach(({ excluded }, i) => {
      expect(rankings[i].some((chunkIdx) => excluded.has(chunkIdx))).toBe(false);
    });
    const withBoth = measureRecall(built.index, built.textOf, 100, {
      modelName: 'words',
      rankings,
    });
    const { embeddings, ...rest } = withBoth;
    expect(embeddings?.alone.asked).toBe(questions.length);
    expect(embeddings?.fused.asked).toBe(questions.length);
    expect(rest).toEqual(measureRecall(built.index, built.textOf, 100));
  });

  it("takes a question's own text out of its piece before it is compared", async () => {
    const semantic = new SemanticIndex(built.index, built.textOf, target(), undefined);
    await semantic.embed();
    server.requests.length = 0;
    const questions = recallQuestions(built.index, built.textOf).filter(({ removed }) => removed);
    expect(questions.length).toBeGreaterThan(0);
    await semantic.rankings(questions, 5);
    const [asked, pieces] = server.requests.map((request) => request.texts);
    expect(asked).toEqual(questions.map(({ text }) => text));
    expect(pieces.length).toBe(questions.length);
    pieces.forEach((piece, i) => expect(piece).not.toContain(questions[i].text));
  });
});
