import { isRecord } from '../core/format/isRecord.ts';
import { TextTooLong } from '../core/tokens/estimate/measureTokens.ts';

export type EndpointFailure =
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
  /** An answer that does not hold what was asked for. */
  | 'malformed';

/** What an endpoint answered instead of what was asked. Its message names no part of the key or of the text. */
export class EndpointError extends Error {
  override readonly name = 'EndpointError';
  readonly failure: EndpointFailure;

  constructor(failure: EndpointFailure, message: string) {
    super(message);
    this.failure = failure;
  }
}

/** One request of JSON and what may become of it. */
export interface JsonRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  /** Named where the server has no such model. */
  readonly modelName: string;
  readonly maxAnswerBytes: number;
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
  /** How a wait before another attempt is made; tests do not wait. */
  readonly pause?: (ms: number, signal?: AbortSignal) => Promise<void>;
}

const maxAttempts = 3;
const longestPauseMs = 30_000;

const maxErrorBytes = 1 << 20;

/**
 * Posts JSON and gives the answer's. Too many requests and faults of the server are tried again twice, after the pause the
 * server asks for. Throws an `EndpointError`, or `TextTooLong` when the request was too large.
 */
export async function postJson(request: JsonRequest): Promise<unknown> {
  const { url, signal, pause = pauseFor } = request;
  const body = JSON.stringify(request.body);
  for (let attempt = 1; ; attempt++) {
    const response = await send(request, body);
    if (response.ok) return readJson(response, url.host, request.maxAnswerBytes, signal);
    const failure = failureOf(response.status);
    const again = failure === 'rateLimit' || failure === 'server';
    if (!again || attempt === maxAttempts) throw await refusal(response, request);
    await discard(response);
    await pause(pauseMs(response, attempt), signal);
  }
}

/** An address, checked: https, or http on this machine; no user name, query or fragment. Throws an EndpointError naming it. */
export function checkedAddress(written: string): URL {
  let url: URL;
  try {
    url = new URL(written);
  } catch {
    throw new EndpointError('network', `"${written}" is no address like https://example.com`);
  }
  const isLocal = /^(localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLocal)) {
    throw new EndpointError(
      'network',
      `${url.host || written} must be an https address: a key does not travel in the open`,
    );
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new EndpointError(
      'network',
      `The address of ${url.host} must have no user name, password, "?" or "#"`,
    );
  }
  return url;
}

/** A key is sent in a header, which takes visible ASCII only. The message never holds it. */
export function checkKey(key: string): void {
  if (/^[\x21-\x7e]{8,512}$/.test(key)) return;
  throw new EndpointError(
    'key',
    `The key of ${key.length} characters is none: a key has 8 to 512 letters, digits and signs without spaces`,
  );
}

async function send(
  { url, headers, signal, timeoutMs = 30_000 }: JsonRequest,
  body: string,
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
    throw brokenBy(error, url.host, signal);
  }
}

/** What fetch says of a broken request, without what it was: an undici error may hold headers. */
function brokenBy(error: unknown, host: string, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted === true) return signal.reason;
  if (error instanceof EndpointError) return error;
  const name = error instanceof Error ? error.name : '';
  if (name === 'TimeoutError')
    return new EndpointError('timeout', `${host} did not answer in time`);
  const cause = error instanceof Error ? error.cause : undefined;
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : '';
  const known = typeof code === 'string' && /^[A-Z_]{3,40}$/.test(code) ? ` (${code})` : '';
  return new EndpointError('network', `${host} could not be reached${known}`);
}

function failureOf(status: number): EndpointFailure {
  if (status >= 300 && status < 400) return 'redirect';
  if (status === 401 || status === 403) return 'key';
  if (status === 404) return 'unknownModel';
  if (status === 429) return 'rateLimit';
  return status >= 500 ? 'server' : 'refused';
}

async function refusal(
  response: Response,
  { url: { host }, modelName }: JsonRequest,
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
      return new EndpointError(
        failure,
        `${host} answers from elsewhere (${type}); the key is not sent on. Set the address it moved to`,
      );
    case 'key':
      return new EndpointError(failure, `${host} does not accept the key (${type})`);
    case 'unknownModel':
      return new EndpointError(failure, `${host} has no model "${modelName}" (${type})`);
    case 'rateLimit':
      return new EndpointError(failure, `${host} takes no more requests now (${type})`);
    case 'server':
      return new EndpointError(failure, `${host} has a fault of its own (${type})`);
    default:
      return new EndpointError('refused', `${host} did not accept the request (${type})`);
  }
}

/**
 * The kind of error as a word: Anthropic's `error.type`, Google's `error.details[].reason` or `error.status`. The
 * message beside it is not shown: it may repeat what was sent.
 */
async function errorType(response: Response, host: string): Promise<string | undefined> {
  let answer: unknown;
  try {
    answer = await readJson(response, host, maxErrorBytes);
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

async function readJson(
  response: Response,
  host: string,
  maxAnswerBytes: number,
  signal?: AbortSignal,
): Promise<unknown> {
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
        throw new EndpointError('malformed', `${host} answered more than was asked for`);
      }
      text += decoder.decode(part, { stream: true });
    }
    return JSON.parse(text + decoder.decode()) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) {
      throw new EndpointError('malformed', `${host} answered something that is no JSON`);
    }
    throw brokenBy(error, host, signal);
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
