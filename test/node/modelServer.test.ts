import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kvCacheBytesPerToken } from '../../src/core/estimates/kvCache.ts';
import { listServedModels, readOllamaModel } from '../../src/node/modelServer.ts';

let server: Server;
let address: string;

const modelInfo = {
  'general.architecture': 'qwen3',
  'general.parameter_count': 8_190_735_360,
  'qwen3.block_count': 36,
  'qwen3.context_length': 40_960,
  'qwen3.embedding_length': 4096,
  'qwen3.feed_forward_length': 12_288,
  'qwen3.attention.head_count': 32,
  'qwen3.attention.head_count_kv': 8,
  'qwen3.attention.key_length': 128,
  'qwen3.attention.value_length': 128,
  'tokenizer.ggml.tokens': null,
};

beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const send = (body: string, status = 200) => response.writeHead(status).end(body);
      if (request.url === '/v1/models') {
        const data = [{ id: 'qwen3-8b', object: 'model', max_model_len: 32_768 }, { id: 'other' }];
        return send(JSON.stringify({ object: 'list', data }));
      }
      if (request.url === '/studio/v1/models') return send('{"data":[{"id":"a"},{"id":"b"}]}');
      if (request.url === '/studio/api/v0/models') {
        return send('{"data":[{"id":"b","type":"llm","max_context_length":8192}]}');
      }
      if (request.url === '/html/v1/models') return send('<html>');
      if (request.url === '/away/v1/models') {
        return response.writeHead(302, { location: 'http://127.0.0.1:1/v1/models' }).end();
      }
      if (request.url === '/api/show' && request.method === 'POST') {
        const asked = JSON.parse(Buffer.concat(chunks).toString()) as { model: string };
        if (asked.model !== 'qwen3:8b') return send('{"error":"model not found"}', 404);
        return send(JSON.stringify({ details: { family: 'qwen3' }, model_info: modelInfo }));
      }
      return send('not found', 404);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
});

describe('a running model server', () => {
  it('lists its models, with the window it was started with', async () => {
    const models = await listServedModels(address);
    expect(models.map((one) => one.id)).toEqual(['qwen3-8b', 'other']);
    expect(models[0].contextWindowTokens).toBe(32_768);
    expect(models[1].contextWindowTokens).toBeUndefined();
  });

  it('takes the windows of LM Studio from its own list', async () => {
    expect(await listServedModels(`${address}/studio`)).toEqual([
      { id: 'a', contextWindowTokens: undefined },
      { id: 'b', contextWindowTokens: 8192 },
    ]);
  });

  it('tells the shape of a model of Ollama', async () => {
    const shape = await readOllamaModel(address, 'qwen3:8b');
    expect(shape.contextWindowTokens).toBe(40_960);
    expect(kvCacheBytesPerToken(shape)).toBe(2 * 36 * 8 * 128 * 2);
  });

  it('fails with the address and what was wrong', async () => {
    await expect(readOllamaModel(address, 'nope')).rejects.toThrow(/api\/show.*it said 404/);
    await expect(listServedModels(`${address}/html`)).rejects.toThrow(/"<html>": it must be JSON/);
    await expect(listServedModels(`${address}/away`)).rejects.toThrow(/model server answers/);
    await expect(listServedModels('http://127.0.0.1:1')).rejects.toThrow(/127.0.0.1:1/);
    await expect(listServedModels('localhost')).rejects.toThrow(/server is "localhost"/);
    await expect(listServedModels('file:///etc')).rejects.toThrow(/http or https/);
  });
});
