import type { Architecture } from '../core/architectures/architecture.ts';
import { parseModelList, parseOllamaShow } from '../core/architectures/serverModel.ts';
import type { ServedModel } from '../core/architectures/serverModel.ts';
import { InputError } from '../core/estimates/inputError.ts';

/** Answers about models are small, but for Ollama's, which may hold a vocabulary. */
const mostAnswerBytes = 64 * 2 ** 20;
const patienceMs = 10_000;

export interface AskOptions {
  /** For a whole answer; 10 s unless given. */
  readonly timeoutMs?: number;
}

/**
 * The models that an OpenAI-compatible server lists (`GET <address>/v1/models`). Where that names no windows, LM Studio's
 * own list does (`GET <address>/api/v0/models`); other servers have no such route.
 */
export async function listServedModels(
  address: string,
  options: AskOptions = {},
): Promise<readonly ServedModel[]> {
  const models = parseModelList(await askServer(address, 'v1/models', options));
  if (models.some((one) => one.contextWindowTokens !== undefined)) return models;
  const own = await askServer(address, 'api/v0/models', options)
    .then(parseModelList)
    .catch(ignoreInputError);
  return models.map((one) => own?.find(({ id }) => id === one.id) ?? one);
}

function ignoreInputError(error: unknown): undefined {
  if (!(error instanceof InputError)) throw error;
}

/** The shape of a model that a running Ollama serves (`POST <address>/api/show`). */
export async function readOllamaModel(
  address: string,
  model: string,
  options: AskOptions = {},
): Promise<Architecture> {
  const body = JSON.stringify({ model });
  return parseOllamaShow(await askServer(address, 'api/show', options, body), model);
}

/** Asks only the address the user named; redirects elsewhere are not followed. */
async function askServer(
  address: string,
  route: string,
  { timeoutMs = patienceMs }: AskOptions,
  body?: string,
): Promise<unknown> {
  const url = serverUrl(address, route);
  const text = await answerOf(url, timeoutMs, body).catch((error: unknown) => {
    if (error instanceof InputError) throw error;
    // It may also break off, or fall silent, in the middle of its answer.
    const cause = error instanceof Error ? error.message : String(error);
    throw new InputError('server', address, `an address where a model server answers (${cause})`);
  });
  try {
    return JSON.parse(text);
  } catch {
    throw new InputError(`the answer of ${url.href}`, text.slice(0, 40), 'JSON');
  }
}

async function answerOf(url: URL, timeoutMs: number, body: string | undefined): Promise<string> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, {
    ...(body === undefined ? {} : { method: 'POST', body, headers }),
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
  });
  if (!response.ok) {
    throw new InputError('server', url.href, `a route that answers; it said ${response.status}`);
  }
  return readBounded(response, url.href);
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
    if (!(part instanceof Uint8Array)) throw new InputError(`the answer of ${from}`, part, 'bytes');
    bytes += part.byteLength;
    if (bytes > mostAnswerBytes) {
      await reader?.cancel();
      throw new InputError(
        `the answer of ${from}`,
        `over ${mostAnswerBytes} bytes`,
        'smaller than that',
      );
    }
    text += decoder.decode(part, { stream: true });
  }
}
