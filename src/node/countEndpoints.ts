import { isRecord } from '../core/format/isRecord.ts';
import type { TokenAsker } from '../core/tokens/estimate/measureTokens.ts';
import { checkedAddress, checkKey, EndpointError, postJson } from './jsonEndpoint.ts';

export { checkKey, EndpointError as CountEndpointError };

/** Makers whose API counts tokens without running the model. */
export type CountProvider = 'anthropic' | 'google';

export const countProviders: Readonly<
  Record<CountProvider, { readonly name: string; readonly baseUrl: string }>
> = {
  anthropic: { name: 'Anthropic', baseUrl: 'https://api.anthropic.com' },
  google: { name: 'Google', baseUrl: 'https://generativelanguage.googleapis.com' },
};

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
const maxAnswerBytes = 1 << 20;

/**
 * Counts by a maker's endpoint:
 * - Anthropic: `POST /v1/messages/count_tokens` (https://docs.claude.com/en/api/messages-count-tokens)
 * - Gemini: `POST /v1beta/models/{model}:countTokens` (https://ai.google.dev/api/tokens)
 *
 * `ask` throws an `EndpointError`, or `TextTooLong` when a request was too large. Too many requests and faults of
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
      const { signal, timeoutMs, pause } = options;
      const answer = await postJson({
        url: request.url,
        headers: request.headers,
        body: request.body(text),
        modelName,
        maxAnswerBytes,
        signal,
        timeoutMs,
        pause,
      });
      return countIn(answer, request.answer, host);
    },
  };
}

/**
 * The address that requests go to, checked: https, or http on this machine; no user name, query or fragment.
 * Throws an EndpointError naming the address and what is wrong with it.
 */
export function countBaseUrl(provider: CountProvider, address?: string): URL {
  const written = address?.trim() || countProviders[provider].baseUrl;
  return checkedAddress(written.endsWith('/') ? written : `${written}/`);
}

function countIn(answer: unknown, field: string, host: string): number {
  const count = isRecord(answer) ? answer[field] : undefined;
  if (typeof count !== 'number' || !Number.isSafeInteger(count) || count < 0) {
    throw new EndpointError('malformed', `${host} answered without a number "${field}"`);
  }
  return count;
}
