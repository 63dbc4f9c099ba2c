import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { measureTokens } from '../../src/core/tokens/estimate/measureTokens.ts';
import type { TokenEncoder } from '../../src/core/tokens/tokenCounter.ts';
import {
  checkKey,
  countBaseUrl,
  countEndpoint,
  CountEndpointError,
} from '../../src/node/countEndpoints.ts';
import type { CountEndpointOptions, CountProvider } from '../../src/node/countEndpoints.ts';
import { openTokenCounter } from '../../src/node/openTokenCounter.ts';
import {
  anthropicError,
  goodKey,
  googleError,
  startCountServer,
  type CountServer,
} from './countServer.ts';

let tekken: TokenEncoder;
let server: CountServer;

beforeAll(async () => {
  tekken = await openTokenCounter('tekken');
  server = await startCountServer((text) => tekken.countText(text));
});

afterAll(() => server.close());

beforeEach(() => {
  server.requests.length = 0;
  server.misbehave = undefined;
});

const secretText = 'const launchCode = "tango whiskey";\n';
const modelNames = { anthropic: 'claude-sonnet-4-5', google: 'gemini-2.5-pro' };

function asker(provider: CountProvider, options: Partial<CountEndpointOptions> = {}) {
  return countEndpoint({
    provider,
    modelName: modelNames[provider],
    key: goodKey,
    baseUrl: server.address,
    pause: () => Promise.resolve(),
    ...options,
  });
}

async function failureOf(counting: Promise<number>): Promise<Error> {
  const error = await counting.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Error)) throw new Error('it counted');
  return error;
}

const both = ['anthropic', 'google'] as const;

describe('a maker’s count endpoint', () => {
  it('of Anthropic is asked by its protocol', async () => {
    expect(await asker('anthropic').ask('Hello')).toBe(tekken.countText('Hello') + 7);
    const [{ url, headers, body }] = server.requests;
    expect(url).toBe('/v1/messages/count_tokens');
    expect(headers['x-api-key']).toBe(goodKey);
    expect(headers['anthropic-version']).toBe('2023-06-01');
    expect(JSON.parse(body)).toEqual({
      model: 'claude-sonnet-4-5',
      messages: [{ role: 'user', content: 'Hello' }],
    });
  });

  it('of Gemini is asked by its protocol, with the key in a header and not in the address', async () => {
    expect(await asker('google').ask('Hello')).toBe(tekken.countText('Hello'));
    const [{ url, headers, body }] = server.requests;
    expect(url).toBe('/v1beta/models/gemini-2.5-pro:countTokens');
    expect(headers['x-goog-api-key']).toBe(goodKey);
    expect(JSON.parse(body)).toEqual({ contents: [{ role: 'user', parts: [{ text: 'Hello' }] }] });
  });

  it.each(both)('of %s measures a text without what a message adds', async (provider) => {
    const text = 'export const answer = 42; // Ünïcödé 数字\n'.repeat(200);
    const measured = await measureTokens({
      texts: [{ kind: 'code', text }],
      asker: asker(provider),
      counters: new Map([
        ['o200k_base', (part: string) => Promise.resolve(tekken.countText(part) + 1)],
      ]),
      signal: new AbortController().signal,
    });
    const exact = tekken.countText(text);
    expect(measured.lowTokens).toBeLessThanOrEqual(exact);
    expect(measured.highTokens).toBeGreaterThanOrEqual(exact);
    expect(measured.highTokens - measured.lowTokens).toBeLessThanOrEqual(1);
  });

  it.each(both)('of %s waits as asked when it is busy, and then counts', async (provider) => {
    const pauses: number[] = [];
    let left = 2;
    server.misbehave = (response) => {
      if (left-- === 0) return false;
      if (left === 0) anthropicError(response, 529, 'overloaded_error');
      else response.writeHead(429, { 'retry-after': '4' }).end('{}');
      return left >= 0;
    };
    const pause = (ms: number) => {
      pauses.push(ms);
      return Promise.resolve();
    };
    expect(await asker(provider, { pause }).ask('Hello')).toBeGreaterThan(0);
    expect(pauses).toEqual([4000, 2000]);
  });

  it('never waits longer than half a minute', async () => {
    server.misbehave = (response) => {
      response.writeHead(429, { 'retry-after': '86400' }).end('{}');
      return true;
    };
    const pauses: number[] = [];
    const pause = (ms: number) => Promise.resolve(void pauses.push(ms));
    await failureOf(asker('anthropic', { pause }).ask('Hello'));
    expect(pauses).toEqual([30_000, 30_000]);
  });

  const answers: readonly [string, CountProvider, CountServer['misbehave'], object][] = [
    ['a key that is not accepted', 'anthropic', (r) => (anthropicError(r, 401, 'authentication_error'), true),
      { failure: 'key', message: expect.stringContaining('does not accept the key (401, authentication_error)') as string }],
    ['a limit of requests', 'anthropic', (r) => (anthropicError(r, 429, 'rate_limit_error'), true),
      { failure: 'rateLimit', message: expect.stringContaining('no more requests now (429, rate_limit_error)') as string }],
    ['a limit of requests of Google', 'google', (r) => (googleError(r, 429, 'RESOURCE_EXHAUSTED'), true),
      { failure: 'rateLimit', message: expect.stringContaining('RESOURCE_EXHAUSTED') as string }],
    ['a fault of the server', 'google', (r) => (googleError(r, 500, 'INTERNAL'), true),
      { failure: 'server', message: expect.stringContaining('500, INTERNAL') as string }],
    ['a fault that is a page', 'anthropic', (r) => (r.writeHead(502).end('<html>bad gateway'), true),
      { failure: 'server', message: expect.stringContaining('(502)') as string }],
    ['a model that it has not', 'anthropic', (r) => (anthropicError(r, 404, 'not_found_error'), true),
      { failure: 'unknownModel', message: expect.stringContaining('no model "claude-sonnet-4-5"') as string }],
    ['a request that it refuses', 'google', (r) => (googleError(r, 400, 'INVALID_ARGUMENT'), true),
      { failure: 'refused', message: expect.stringContaining('400, INVALID_ARGUMENT') as string }],
    ['no JSON', 'anthropic', (r) => (r.writeHead(200).end('<html>'), true),
      { failure: 'malformed', message: expect.stringContaining('no JSON') as string }],
    ['JSON without a count', 'google', (r) => (r.writeHead(200).end('{"totalTokens":"12"}'), true),
      { failure: 'malformed', message: expect.stringContaining('"totalTokens"') as string }],
    ['a count below 0', 'anthropic', (r) => (r.writeHead(200).end('{"input_tokens":-1}'), true),
      { failure: 'malformed', message: expect.stringContaining('"input_tokens"') as string }],
    ['two megabytes', 'anthropic', (r) => (r.writeHead(200).end(' '.repeat(2 << 20)), true),
      { failure: 'malformed', message: expect.stringContaining('more than was asked for') as string }],
    ['nothing, the connection broken', 'google', (r) => (r.destroy(), true),
      { failure: 'network', message: expect.stringContaining('could not be reached') as string }],
    ['a text that is too large', 'anthropic', (r) => (anthropicError(r, 413, 'request_too_large'), true),
      { name: 'TextTooLong' }],
  ]; // prettier-ignore

  it.each(answers)(
    'that answers %s says so, and neither key nor text',
    async (_, provider, misbehave, expected) => {
      server.misbehave = misbehave;
      const error = await failureOf(asker(provider).ask(secretText));
      expect(error).toMatchObject(expected);
      for (const told of [error.message, error.stack ?? '', JSON.stringify(error)]) {
        expect(told).not.toContain(goodKey);
        expect(told).not.toContain('launchCode');
      }
    },
  );

  it.each(both)('of %s refuses a wrong key without repeating it', async (provider) => {
    const key = 'wrong-key-0123456789';
    const error = await failureOf(asker(provider, { key }).ask('Hello'));
    expect(error).toMatchObject({ failure: 'key' });
    expect(error.message).not.toContain(key);
  });

  it('that redirects does not get the key carried elsewhere', async () => {
    const other = await startCountServer(() => 1);
    server.misbehave = (response) => {
      response.writeHead(307, { location: `${other.address}/v1/messages/count_tokens` }).end();
      return true;
    };
    const error = await failureOf(asker('anthropic').ask('Hello'));
    expect(error).toMatchObject({ failure: 'redirect' });
    expect(other.requests).toEqual([]);
    await other.close();
  });

  it('that does not answer is given up in time, and at once when cancelled', async () => {
    server.misbehave = () => true;
    const late = await failureOf(asker('anthropic', { timeoutMs: 100 }).ask('Hello'));
    expect(late).toMatchObject({ failure: 'timeout' });
    const controller = new AbortController();
    const counting = asker('google', { signal: controller.signal }).ask('Hello');
    setTimeout(() => controller.abort(), 50);
    expect(await failureOf(counting)).toMatchObject({ name: 'AbortError' });
  });

  it('that is nowhere is named', async () => {
    const error = await failureOf(
      asker('anthropic', { baseUrl: 'http://127.0.0.1:9' }).ask('Hello'),
    );
    expect(error).toMatchObject({ failure: 'network' });
    expect(error.message).toContain('127.0.0.1:9');
  });
});

describe('what is refused before anything is sent', () => {
  it.each([
    'http://example.com',
    'ftp://example.com',
    'example',
    'https://me:secret@example.com',
    'https://example.com?key=1',
  ])('is the address %s', (address) => {
    expect(() => countBaseUrl('anthropic', address)).toThrow(CountEndpointError);
    expect(() => countBaseUrl('anthropic', address)).not.toThrow(/secret/);
  });

  it('is not a gateway by https, with or without a path', () => {
    expect(countBaseUrl('anthropic', ' https://gateway.example/claude ').href).toBe(
      'https://gateway.example/claude/',
    );
    expect(countBaseUrl('google').href).toBe('https://generativelanguage.googleapis.com/');
  });

  it.each(['', 'short', 'with a space in it', 'line\nbreak-in-key', 'ключ-из-букв'])(
    'is the key %j',
    (key) => {
      expect(() => checkKey(key)).toThrow(/is none/);
      if (key.length > 0) expect(() => checkKey(key)).not.toThrow(new RegExp(key));
    },
  );
});
