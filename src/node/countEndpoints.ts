import { TextTooLong, type TokenAsker } from '../core/tokens/measureTokens.ts';

/** Makers whose API counts tokens without running the model. */
export type CountProvider = 'anthropic' | 'google';

export const countProviders: Readonly<
  Record<CountProvider, { readonly name: string; readonly baseUrl: string }>
> = {
  anthropic: { name: 'Anthropic', baseUrl: 'https://api.anthropic.com' },
  google: { name: 'Google', baseUrl: 'https://generativelanguage.googleapis.com' },
};

export type CountFailure =
  /** No such address, no answer, or a broken connection. */
  | 'network'
  | 'timeout'
  /** An answer elsewhere: not followed, for the key would go along. */
  | 'redirect'
  | 'key'
  | 'unknownModel'
  | 'refused'
  | 'rateLimit'
  | 'server'
  /** An answer that does not hold a count. */
  | 'malformed';

/** What an endpoint answered instead of a count. Its message names no part of the key or of the text. */
export class CountEndpointError extends Error {
  override readonly name = 'CountEndpointError';
  readonly failure: CountFailure;

  constructor(failure: CountFailure, message: string) {
    super(message);
    this.failure = failure;
  }
}

export interface CountEndpointOptions {
  readonly provider: CountProvider;
  /** As the maker's API names it: "claude-sonnet-4-5". */
  readonly modelName: string;
  readonly key: string;
  /** Another address than the maker's, such as a gateway's. */
  readonly baseUrl?: string;
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
  /** How a wait before another attempt is made; tests do not wait. */
  readonly pause?: (ms: number, signal?: AbortSignal) => Promise<void>;
}

/** How one maker's endpoint is spoken to. */
interface Protocol {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: (text: string) => unknown;
  /** The answer's field that holds the count. */
  readonly answer: string;
}

type Spoken = Pick<CountEndpointOptions, 'modelName' | 'key'>;

const protocols: Readonly<Record<CountProvider, (base: URL, spoken: Spoken) => Protocol>> = {
  anthropic: (base, { modelName, key }) => ({
    url: new URL('v1/messages/count_tokens', base),
    headers: { 'x-api-key': key, 'anthropic-version': '2023-06-01' },
    body: (text) => ({ model: modelName, messages: [{ role: 'user', content: text }] }),
    answer: 'input_tokens',
  }),
  google: (base, { modelName, key }) => ({
    url: new URL(`v1beta/models/${encodeURIComponent(modelName)}:countTokens`, base),
    headers: { 'x-goog-api-key': key },
    body: (text) => ({ contents: [{ role: 'user', parts: [{ text }] }] }),
    answer: 'totalTokens',
  }),
};

/** Both makers take more (Anthropic 32 MB); this stays below the window of every model they have. */
const maxUnits = 200_000;
const maxAttempts = 3;
const longestPauseMs = 30_000;
const maxAnswerBytes = 1 << 20;

/**
 * Counts by a maker's endpoint:
 * - Anthropic: `POST /v1/messages/count_tokens` (https://docs.claude.com/en/api/messages-count-tokens)
 * - Gemini: `POST /v1beta/models/{model}:countTokens` (https://ai.google.dev/api/tokens)
 *
 * `ask` throws a `CountEndpointError`, or `TextTooLong` when a request was too large. Too many requests and faults of
 * the server are tried again twice, after the pause the server asks for.
 */
export function countEndpoint(options: CountEndpointOptions): TokenAsker {
  const { provider, modelName } = options;
  checkKey(options.key);
  const base = countBaseUrl(provider, options.baseUrl);
  const request = protocols[provider](base, options);
  const host = base.host;
  return {
    maxUnits,
    async ask(text) {
      const body = JSON.stringify(request.body(text));
      for (let attempt = 1; ; attempt++) {
        const response = await send(request.url, request.headers, body, host, options);
        if (response.ok) return readCount(response, request.answer, host);
        const failure = failureOf(response.status);
        const again = failure === 'rateLimit' || failure === 'server';
        if (again && attempt < maxAttempts) {
          await discard(response);
          const pause = options.pause ?? pauseFor;
          await pause(pauseMs(response, attempt), options.signal);
          continue;
        }
        throw await refusal(response, { host, modelName });
      }
    },
  };
}

/**
 * The address that requests go to, checked: https, or http on this machine; no user name, query or fragment.
 * Throws a CountEndpointError naming the address and what is wrong with it.
 */
export function countBaseUrl(provider: CountProvider, address?: string): URL {
  const written = address?.trim() || countProviders[provider].baseUrl;
  let url: URL;
  try {
    url = new URL(written.endsWith('/') ? written : `${written}/`);
  } catch {
    throw new CountEndpointError('network', `"${written}" is no address like https://example.com`);
  }
  const isLocal = /^(localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLocal)) {
    throw new CountEndpointError(
      'network',
      `${url.host || written} must be an https address: a key does not travel in the open`,
    );
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new CountEndpointError(
      'network',
      `The address of ${url.host} must have no user name, password, "?" or "#"`,
    );
  }
  return url;
}

/** A key is sent in a header, which takes visible ASCII only. The message never holds it. */
export function checkKey(key: string): void {
  if (/^[\x21-\x7e]{8,512}$/.test(key)) return;
  throw new CountEndpointError(
    'key',
    `The key of ${key.length} characters is none: a key has 8 to 512 letters, digits and signs without spaces`,
  );
}

async function send(
  url: URL,
  headers: Readonly<Record<string, string>>,
  body: string,
  host: string,
  { signal, timeoutMs = 30_000 }: CountEndpointOptions,
): Promise<Response> {
  signal?.throwIfAborted();
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    return await fetch(url, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json', accept: 'application/json' },
      body,
      redirect: 'manual',
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    });
  } catch (error) {
    throw brokenBy(error, host, signal);
  }
}

/** What fetch says of a broken request, without what it was: an undici error may hold headers. */
function brokenBy(error: unknown, host: string, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted === true) return signal.reason;
  if (error instanceof CountEndpointError) return error;
  const name = error instanceof Error ? error.name : '';
  if (name === 'TimeoutError')
    return new CountEndpointError('timeout', `${host} did not answer in time`);
  const cause = error instanceof Error ? error.cause : undefined;
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : '';
  const known = typeof code === 'string' && /^[A-Z_]{3,40}$/.test(code) ? ` (${code})` : '';
  return new CountEndpointError('network', `${host} could not be reached${known}`);
}

async function readCount(response: Response, field: string, host: string): Promise<number> {
  const answer = await readJson(response, host);
  const count = isRecord(answer) ? answer[field] : undefined;
  if (typeof count !== 'number' || !Number.isSafeInteger(count) || count < 0) {
    throw new CountEndpointError('malformed', `${host} answered without a number "${field}"`);
  }
  return count;
}

function failureOf(status: number): CountFailure {
  if (status >= 300 && status < 400) return 'redirect';
  if (status === 401 || status === 403) return 'key';
  if (status === 404) return 'unknownModel';
  if (status === 429) return 'rateLimit';
  return status >= 500 ? 'server' : 'refused';
}

async function refusal(
  response: Response,
  { host, modelName }: { readonly host: string; readonly modelName: string },
): Promise<Error> {
  const { status } = response;
  const said = await errorType(response, host);
  const type = said === undefined ? `${status}` : `${status}, ${said}`;
  if (status === 413 || said === 'request_too_large') {
    return new TextTooLong(`${host} takes no request that large (${type})`);
  }
  const failure = said === 'API_KEY_INVALID' ? 'key' : failureOf(status);
  switch (failure) {
    case 'redirect':
      return new CountEndpointError(
        failure,
        `${host} answers from elsewhere (${type}); the key is not sent on. Set the address it moved to`,
      );
    case 'key':
      return new CountEndpointError(failure, `${host} does not accept the key (${type})`);
    case 'unknownModel':
      return new CountEndpointError(failure, `${host} has no model "${modelName}" (${type})`);
    case 'rateLimit':
      return new CountEndpointError(failure, `${host} takes no more requests now (${type})`);
    case 'server':
      return new CountEndpointError(failure, `${host} has a fault of its own (${type})`);
    default:
      return new CountEndpointError('refused', `${host} did not accept the request (${type})`);
  }
}

/**
 * The kind of error as a word: Anthropic's `error.type`, Google's `error.details[].reason` or `error.status`. The
 * message beside it is not shown: it may repeat what was sent.
 */
async function errorType(response: Response, host: string): Promise<string | undefined> {
  let answer: unknown;
  try {
    answer = await readJson(response, host);
  } catch {
    return undefined;
  }
  const error = isRecord(answer) && isRecord(answer['error']) ? answer['error'] : {};
  const details: readonly unknown[] = Array.isArray(error['details']) ? error['details'] : [];
  const reasons = details.map((detail) => (isRecord(detail) ? detail['reason'] : undefined));
  const words = [...reasons, error['type'], error['status']];
  return words.find((word) => typeof word === 'string' && /^[A-Za-z_]{3,60}$/.test(word)) as
    string | undefined;
}

async function readJson(response: Response, host: string): Promise<unknown> {
  try {
    const reader = response.body?.getReader();
    const decoder = new TextDecoder();
    let text = '';
    let bytes = 0;
    for (;;) {
      const read = await reader?.read();
      if (read === undefined || read.done) break;
      const part = read.value as Uint8Array;
      bytes += part.byteLength;
      if (bytes > maxAnswerBytes) {
        await reader?.cancel();
        throw new CountEndpointError('malformed', `${host} answered more than a count`);
      }
      text += decoder.decode(part, { stream: true });
    }
    return JSON.parse(text + decoder.decode()) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) {
      throw new CountEndpointError('malformed', `${host} answered something that is no JSON`);
    }
    throw brokenBy(error, host, undefined);
  }
}

async function discard(response: Response): Promise<void> {
  await response.body?.cancel().catch(() => {});
}

/** As the server asks (`retry-after`, in seconds), else longer each time; never longer than somebody would wait. */
function pauseMs(response: Response, attempt: number): number {
  const asked = Number(response.headers.get('retry-after') ?? NaN);
  const ms = Number.isFinite(asked) && asked >= 0 ? asked * 1000 : 1000 * 2 ** (attempt - 1);
  return Math.min(ms, longestPauseMs);
}

async function pauseFor(ms: number, signal?: AbortSignal): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason instanceof Error ? signal.reason : new Error('cancelled'));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal?.addEventListener('abort', stop, { once: true });
  });
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
