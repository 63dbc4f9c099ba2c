import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { refreshPrices } from '../../src/node/refreshPrices.ts';

let server: Server | undefined;

async function serve(listener: RequestListener): Promise<string> {
  const started = createServer(listener);
  server = started;
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(started.address() as AddressInfo).port}/data.json`;
}

afterEach(async () => {
  const running = server;
  server = undefined;
  running?.closeAllConnections();
  await new Promise((resolve) => (running === undefined ? resolve(0) : running.close(resolve)));
});

describe('refreshing prices', () => {
  it('fetches the file once and asks with its tag the next time', async () => {
    const url = await serve((request, response) => {
      if (request.headers['if-none-match'] === '"1"') response.writeHead(304).end();
      else response.writeHead(200, { etag: '"1"' }).end('[]');
    });
    const first = await refreshPrices(fetch, { url });
    expect(first).toEqual({ status: 'updated', text: '[]', etag: '"1"' });
    expect(await refreshPrices(fetch, { url, etag: '"1"' })).toEqual({ status: 'unchanged' });
  });

  it('names the address and what it answered', async () => {
    const url = await serve((_request, response) => response.writeHead(404).end());
    await expect(refreshPrices(fetch, { url })).rejects.toThrow(`${url} answered 404`);
  });

  it('breaks off an answer without end', async () => {
    const url = await serve((_request, response) => {
      const block = Buffer.alloc(1024 * 1024, 32);
      const write = () => {
        while (!response.destroyed && response.write(block));
      };
      response.on('drain', write);
      write();
    });
    await expect(refreshPrices(fetch, { url })).rejects.toThrow('sends more than');
  });

  it('stops waiting for a server that does not answer', async () => {
    const url = await serve(() => undefined);
    await expect(refreshPrices(fetch, { url, timeoutMs: 50 })).rejects.toThrow(/timeout|aborted/i);
  });
});
