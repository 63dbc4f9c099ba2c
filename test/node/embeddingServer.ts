// A server on this machine that speaks OpenAI's and Ollama's protocols of embeddings. Its vectors count words, each word at a
// place that its hash gives: the same text always has the same vector. It tests the protocol; it is no embedding model.
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface EmbeddingServer {
  /** http://127.0.0.1:port */
  readonly address: string;
  readonly requests: {
    readonly url: string;
    readonly authorization: string | undefined;
    readonly model: unknown;
    readonly texts: readonly string[];
  }[];
  /** Answers in place of the vectors; back to them when it returns false. */
  misbehave: ((response: ServerResponse, texts: readonly string[]) => boolean) | undefined;
  close(): Promise<void>;
}

const dimensions = 1024;

export function wordVector(text: string): number[] {
  const vector = new Array<number>(dimensions).fill(0);
  for (const [word] of text.toLowerCase().matchAll(/[a-z]+/g)) {
    let hash = 7;
    for (let i = 0; i < word.length; i++) hash = (hash * 31 + word.charCodeAt(i)) >>> 0;
    vector[hash % dimensions] += 1;
  }
  return vector;
}

export async function startEmbeddingServer(): Promise<EmbeddingServer> {
  const state: Omit<EmbeddingServer, 'address'> = {
    requests: [],
    misbehave: undefined,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { model, input } = JSON.parse(Buffer.concat(chunks).toString()) as {
        readonly model?: unknown;
        readonly input: readonly string[];
      };
      const { url = '' } = request;
      const { authorization } = request.headers;
      state.requests.push({ url, authorization, model, texts: input });
      if (state.misbehave?.(response, input) === true) return;
      const send = (status: number, body: unknown) => {
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(JSON.stringify(body));
      };
      if (model !== 'words') send(404, { error: { type: 'model_not_found', message: 'no such' } });
      else if (url === '/api/embed') send(200, { model, embeddings: input.map(wordVector) });
      else if (url === '/v1/embeddings') {
        // Out of order, as the protocol allows.
        const data = input.map((text, index) => ({ index, embedding: wordVector(text) })).reverse();
        send(200, { object: 'list', data });
      } else send(404, {});
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(state, { address: `http://127.0.0.1:${port}` });
}
