// Servers that answer slowly, hugely, in pieces, with nonsense, or send on elsewhere: each ends in an error that names the address.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { countEndpoint } from '../../src/node/countEndpoints.ts';
import { embedTexts } from '../../src/node/embeddingEndpoint.ts';
import { listServedModels, readOllamaModel } from '../../src/node/modelServer.ts';
import { refreshPrices } from '../../src/node/refreshPrices.ts';
import { attack, isFull, often } from './attack.ts';
import { mutatedJson, Randomly } from './mutations.ts';

type Answer = (response: ServerResponse, request: IncomingMessage) => void;

let address: string;
let host: string;
let answer: Answer = (response) => response.end();
/** Where redirects lead: nothing may arrive there. */
let elsewhere: string;
let arrivedElsewhere = 0;

const server = createServer((request, response) => {
  request.resume();
  request.on('error', () => undefined);
  response.on('error', () => undefined);
  answer(response, request);
});
const otherServer = createServer((_request, response) => {
  arrivedElsewhere++;
  response.end('{"data":[{"id":"stolen"}],"input_tokens":1}');
});

beforeAll(async () => {
  const listening = [server, otherServer].map(
    (one) => new Promise<void>((resolve) => one.listen(0, '127.0.0.1', resolve)),
  );
  await Promise.all(listening);
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  address = `http://${host}`;
  elsewhere = `http://127.0.0.1:${(otherServer.address() as AddressInfo).port}/v1/models`;
});
afterAll(async () => {
  for (const one of [server, otherServer]) {
    one.closeAllConnections();
    await new Promise((resolve) => one.close(resolve));
  }
});

const key = 'test-key-0123456789abcdef';
const secretText = 'const launchCode = "tango whiskey";';

/** Everything that asks a server, with as little patience as can be asked for. */
const clients: Record<string, () => Promise<unknown>> = {
  'models of a server': () => listServedModels(address, { timeoutMs: 400 }),
  'a model of Ollama': () => readOllamaModel(address, 'x', { timeoutMs: 400 }),
  prices: () => refreshPrices(fetch, { url: `${address}/data.json`, timeoutMs: 400 }),
  'a count of Anthropic': () => ask('anthropic'),
  'a count of Google': () => ask('google'),
  'vectors by OpenAI’s protocol': () => vectorsBy('/v1/embeddings'),
  'vectors by Ollama’s protocol': () => vectorsBy('/api/embed'),
};

async function vectorsBy(protocol: string): Promise<Float32Array[]> {
  const texts = [secretText, 'let b;'];
  const vectors = await embedTexts(
    texts,
    { address: `${address}${protocol}`, modelName: 'm', key },
    { timeoutMs: 400, pause: () => Promise.resolve() },
  );
  const isRight = ({ length }: Float32Array) => length > 0 && length === vectors[0].length;
  if (vectors.length !== texts.length || !vectors.every(isRight))
    throw new TypeError(`${vectors.length} vectors`);
  if (!vectors.every((vector) => vector.every(Number.isFinite)))
    throw new TypeError('a vector of no numbers');
  return vectors;
}

function ask(provider: 'anthropic' | 'google'): Promise<number> {
  const endpoint = countEndpoint({
    provider,
    modelName: 'm',
    key,
    baseUrl: address,
    timeoutMs: 400,
    pause: () => Promise.resolve(),
  });
  return Promise.resolve(endpoint.ask(secretText));
}

const stream =
  (block: Buffer): Answer =>
  (response) => {
    const write = () => {
      while (!response.destroyed && response.write(block));
    };
    response.on('drain', write);
    write();
  };

const misbehaviours: Record<string, Answer> = {
  'says nothing': () => undefined,
  'says nothing after its headers': (response) =>
    response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders(),
  'drips a byte at a time': (response) => {
    const timer = setInterval(() => response.write(' '), 30);
    response.on('close', () => {
      clearInterval(timer);
    });
  },
  'never ends': stream(Buffer.alloc(1024 * 1024, 32)),
  'never ends, as one JSON text': stream(Buffer.from(`{"data":[${'{"id":"x"},'.repeat(50_000)}`)),
  'sends a bomb of zeros, compressed': (response) =>
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb),
  'says it is compressed, and is not': (response) =>
    response.writeHead(200, { 'content-encoding': 'gzip' }).end('{}'),
  'breaks off': (response) => {
    response.writeHead(200, { 'content-length': '1000' });
    response.write('{"data":[');
    response.socket?.destroy();
  },
  'breaks off before its headers': (response) => {
    response.socket?.destroy();
  },
  'sends what is no HTTP': (response) => {
    response.socket?.end('SSH-2.0-OpenSSH_9.9\r\n\r\n');
  },
  'sends headers without end': (response) => {
    response.socket?.end(`HTTP/1.1 200 OK\r\n${`x-y: ${'z'.repeat(1000)}\r\n`.repeat(200)}\r\n`);
  },
  'is empty': (response) => response.end(),
  'is a page': (response) => response.end('<html><script>alert(1)</script></html>'),
  'has brackets a hundred thousand deep': (response) =>
    response.end('['.repeat(100_000) + ']'.repeat(100_000)),
  'has bytes that are no UTF-8': (response) => response.end(Buffer.from([0xff, 0xfe, 0x00, 0x80])),
  'refuses, repeating the key and the text': (response, request) =>
    response.writeHead(401).end(
      JSON.stringify({
        error: { message: `bad ${key} for ${secretText}`, status: 'X', headers: request.headers },
      }),
    ),
  'is too busy for ever': (response) =>
    response.writeHead(429, { 'retry-after': '100000' }).end('{}'),
  'is broken': (response) => response.writeHead(500).end('x'.repeat(10_000)),
  ...Object.fromEntries(
    [301, 302, 303, 307, 308].map((status) => [
      `sends elsewhere by ${status}`,
      (response: ServerResponse) => response.writeHead(status, { location: elsewhere }).end(),
    ]),
  ),
  'sends on to itself for ever': (response) =>
    response.writeHead(302, { location: '/v1/models' }).end(),
  'sends to a file': (response) =>
    response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
};
const compressedMegabyte = gzipSync(Buffer.alloc(1024 * 1024, 32), { level: 9 });
// 200 MB in 200 KB: a file of gzip may have many members.
const bomb = Buffer.concat(Array.from({ length: 200 }, () => compressedMegabyte));

describe('a server', () => {
  it('that misbehaves in any way ends in an error that names it, and gets no second address asked', () =>
    attack('input', 'servers: slow, huge, malformed, redirecting', async (tally) => {
      for (const [what, misbehave] of Object.entries(misbehaviours)) {
        answer = misbehave;
        for (const [i, [client, run]] of Object.entries(clients).entries()) {
          // Sampled, each misbehaviour meets one of them, and each of them many.
          if (
            !isFull &&
            i !== Object.keys(misbehaviours).indexOf(what) % Object.keys(clients).length
          )
            continue;
          const errors: Error[] = [];
          const result = await tally.try(`${client}: ${what}`, run, {
            limitSeconds: 30,
            mayFail: (error) => errors.push(error) > 0,
          });
          tally.check(
            errors.length === 1 || client === 'prices',
            `${client} took ${JSON.stringify(result)?.slice(0, 80)} of a server that ${what}`,
          );
          for (const { message } of errors) {
            tally.check(
              message.includes(host) || /^(?:\/api\/show|\/v1\/models|\S+ is )/.test(message),
              `${client}, ${what}, does not name the server: ${message}`,
            );
            tally.check(message.length < 600, `${client}, ${what}: a message of ${message.length}`);
            tally.check(
              !message.includes(key) && !message.includes('launchCode'),
              `${client}, ${what}: it repeats the key or the text`,
            );
          }
        }
        server.closeAllConnections();
      }
      tally.equal(arrivedElsewhere, 0, 'requests at the other address');
    }));

  it('whose answers are changed at random is understood or refused', () =>
    attack('input', 'fuzzed answers of servers', async (tally) => {
      const random = new Randomly(30);
      tally.note(`seed ${random.seed}`);
      const good: Record<string, unknown> = {
        'models of a server': { object: 'list', data: [{ id: 'a', max_model_len: 5 }] },
        'a model of Ollama': {
          model_info: {
            'general.architecture': 'llama',
            'llama.block_count': 2,
            'llama.embedding_length': 64,
            'llama.attention.head_count': 4,
            'llama.attention.head_count_kv': 2,
            'llama.feed_forward_length': 128,
          },
        },
        prices: [{ id: 'openai', models: [] }],
        'a count of Anthropic': { input_tokens: 5 },
        'a count of Google': { totalTokens: 5 },
        'vectors by OpenAI’s protocol': {
          data: [
            { index: 1, embedding: [0.25, -1] },
            { index: 0, embedding: [1, 3] },
          ],
        },
        'vectors by Ollama’s protocol': {
          embeddings: [
            [0.25, -1],
            [1, 3],
          ],
        },
      };
      for (const [client, run] of Object.entries(clients)) {
        for (let i = 0; i < often(6, 1000); i++) {
          const body = mutatedJson(good[client], random);
          answer = (response) => response.end(body);
          await tally.try(`${client}: ${body.slice(0, 200)}`, run, {
            limitSeconds: 30,
            mayFail: ({ name }) => name === 'InputError' || name === 'EndpointError',
          });
        }
      }
    }));
});
