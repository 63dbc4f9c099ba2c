import type { Architecture } from '../core/architectures/architecture.ts';
import { parseModelList, parseOllamaShow } from '../core/architectures/serverModel.ts';
import type { ServedModel } from '../core/architectures/serverModel.ts';
import { InputError } from '../core/estimates/inputError.ts';

/** Answers about models are small, but for Ollama's, which may hold a vocabulary. */
const mostAnswerBytes = 64 * 2 ** 20;
const patienceMilliseconds = 10_000;

/**
 * The models that an OpenAI-compatible server lists (`GET <address>/v1/models`). Where that names no windows, LM Studio's
 * own list does (`GET <address>/api/v0/models`); other servers have no such route.
 */
export async function listServedModels(address: string): Promise<readonly ServedModel[]> {
  const models = parseModelList(await askServer(address, 'v1/models'));
  if (models.some((one) => one.contextWindowTokens !== undefined)) return models;
  const own = await askServer(address, 'api/v0/models').then(parseModelList, ignoreInputError);
  return models.map((one) => own?.find(({ id }) => id === one.id) ?? one);
}

function ignoreInputError(error: unknown): undefined {
  if (!(error instanceof InputError)) throw error;
}

/** The shape of a model that a running Ollama serves (`POST <address>/api/show`). */
export async function readOllamaModel(address: string, model: string): Promise<Architecture> {
  const body = JSON.stringify({ model });
  return parseOllamaShow(await askServer(address, 'api/show', body), model);
}

/** Asks only the address the user named; redirects elsewhere are not followed. */
async function askServer(address: string, route: string, body?: string): Promise<unknown> {
  const url = serverUrl(address, route);
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, {
    ...(body === undefined ? {} : { method: 'POST', body, headers }),
    redirect: 'error',
    signal: AbortSignal.timeout(patienceMilliseconds),
  }).catch((error: unknown) => {
    const cause = error instanceof Error ? error.message : String(error);
    throw new InputError('server', address, `an address where a model server answers (${cause})`);
  });
  if (!response.ok) {
    throw new InputError('server', url.href, `a route that answers; it said ${response.status}`);
  }
  const text = await readBounded(response, url.href);
  try {
    return JSON.parse(text);
  } catch {
    throw new InputError('server answer', text.slice(0, 40), 'JSON');
  }
}

function serverUrl(address: string, route: string): URL {
  let base: URL;
  try {
    base = new URL(address.endsWith('/') ? address : `${address}/`);
  } catch {
    throw new InputError('server', address, 'an address like http://localhost:11434');
  }
  if (base.protocol !== 'http:' && base.protocol !== 'https:') {
    throw new InputError('server', address, 'an http or https address');
  }
  return new URL(route, base);
}

async function readBounded(response: Response, from: string): Promise<string> {
  const decoder = new TextDecoder();
  let bytes = 0;
  let text = '';
  const reader = response.body?.getReader();
  for (;;) {
    const read = await reader?.read();
    if (read === undefined || read.done) return text + decoder.decode();
    const part: unknown = read.value;
    if (!(part instanceof Uint8Array)) throw new InputError('server answer', part, 'bytes');
    bytes += part.byteLength;
    if (bytes > mostAnswerBytes) {
      await reader?.cancel();
      throw new InputError(
        'server answer',
        `over ${mostAnswerBytes} bytes`,
        `smaller, from ${from}`,
      );
    }
    text += decoder.decode(part, { stream: true });
  }
}
