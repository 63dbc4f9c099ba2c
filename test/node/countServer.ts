// A server on this machine that counts as the makers' endpoints do: same routes, headers, bodies, errors.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface CountRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  /** The text in the body, when the request is in order. */
  readonly text?: string;
}

export interface CountServer {
  readonly address: string;
  readonly requests: CountRequest[];
  /** Answers the next requests in place of the count; back to counting when it returns false. */
  misbehave: ((response: ServerResponse, request: CountRequest) => boolean) | undefined;
  close(): Promise<void>;
}

export const goodKey = 'test-key-0123456789abcdef';

/** @param count tokens of a text by the model, without the frame of a message, which Anthropic's count includes */
export async function startCountServer(
  count: (text: string) => number,
  frameTokens = 7,
): Promise<CountServer> {
  const state: Omit<CountServer, 'address'> = {
    requests: [],
    misbehave: undefined,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      const { headers, url = '' } = request;
      const asked: CountRequest = { url, headers, body, text: textIn(url, body) };
      state.requests.push(asked);
      if (state.misbehave?.(response, asked) === true) return;
      answer(request, asked, response, (text) => count(text), frameTokens);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(state, { address: `http://127.0.0.1:${port}` });
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

export function anthropicError(response: ServerResponse, status: number, type: string): void {
  send(response, status, { type: 'error', error: { type, message: `a message about ${type}` } });
}

export function googleError(response: ServerResponse, code: number, status: string): void {
  send(response, code, { error: { code, message: `a message about ${status}`, status } });
}

function answer(
  request: IncomingMessage,
  { url, headers, text }: CountRequest,
  response: ServerResponse,
  count: (text: string) => number,
  frameTokens: number,
): void {
  if (request.method !== 'POST' || headers['content-type'] !== 'application/json') {
    anthropicError(response, 405, 'invalid_request_error');
  } else if (url === '/v1/messages/count_tokens') {
    if (headers['x-api-key'] !== goodKey) anthropicError(response, 401, 'authentication_error');
    else if (headers['anthropic-version'] !== '2023-06-01' || text === undefined) {
      anthropicError(response, 400, 'invalid_request_error');
    } else if (text.trim() === '') anthropicError(response, 400, 'invalid_request_error');
    else send(response, 200, { input_tokens: count(text) + frameTokens });
  } else if (/^\/v1beta\/models\/gemini-[\w.-]+:countTokens$/.test(url)) {
    if (headers['x-goog-api-key'] !== goodKey) {
      const details = [
        { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'API_KEY_INVALID' },
      ];
      const message = `API key not valid: ${String(headers['x-goog-api-key'])}`;
      send(response, 400, { error: { code: 400, message, status: 'INVALID_ARGUMENT', details } });
    } else if (text === undefined) googleError(response, 400, 'INVALID_ARGUMENT');
    else {
      const totalTokens = count(text);
      const promptTokensDetails = [{ modality: 'TEXT', tokenCount: totalTokens }];
      send(response, 200, { totalTokens, promptTokensDetails });
    }
  } else if (url.startsWith('/v1beta/')) googleError(response, 404, 'NOT_FOUND');
  else anthropicError(response, 404, 'not_found_error');
}

interface CountBody {
  readonly model?: unknown;
  readonly messages?: readonly { readonly role?: unknown; readonly content?: unknown }[];
  readonly contents?: readonly { readonly parts?: readonly { readonly text?: unknown }[] }[];
}

function textIn(url: string, body: string): string | undefined {
  try {
    const { model, messages, contents } = JSON.parse(body) as CountBody;
    const [message] = messages ?? [];
    const text = url.startsWith('/v1beta/')
      ? contents?.[0]?.parts?.[0]?.text
      : typeof model === 'string' && message?.role === 'user'
        ? message.content
        : undefined;
    return typeof text === 'string' ? text : undefined;
  } catch {
    return undefined;
  }
}
