import { maxPriceFileBytes } from '../core/catalog/priceFile.ts';

/** Prices as genai-prices publishes them; fetched only when the person asks. */
export const pricesUrl =
  'https://raw.githubusercontent.com/pydantic/genai-prices/main/prices/new_data/v2/data.json';

/** The part of fetch that is used, so that tests and proxies can stand in for it. */
export type FetchLike = (
  url: string,
  init: {
    readonly headers: Record<string, string>;
    readonly redirect: 'error';
    readonly signal: AbortSignal;
  },
) => Promise<Response>;

export type PriceRefresh =
  | { readonly status: 'unchanged' }
  | { readonly status: 'updated'; readonly text: string; readonly etag?: string };

export interface RefreshOptions {
  readonly url?: string;
  /** Of the copy that is held; an unchanged file is not sent again. */
  readonly etag?: string;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/**
 * The newest price file as text, to be read by `readPriceFile`. Never holds more than the largest
 * price file: a longer answer is broken off. Throws naming the address and what it answered.
 */
export async function refreshPrices(
  fetchLike: FetchLike,
  options: RefreshOptions = {},
): Promise<PriceRefresh> {
  try {
    return await fetchPrices(fetchLike, options);
  } catch (error) {
    const { url = pricesUrl, signal } = options;
    if (signal?.aborted === true) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    if (reason.includes(url)) throw error;
    // What fetch says when a connection breaks, or falls silent, names no address.
    throw new Error(`${url} gave no prices: ${reason}`, { cause: error });
  }
}

async function fetchPrices(
  fetchLike: FetchLike,
  { url = pricesUrl, etag, timeoutMs = 30_000, signal }: RefreshOptions,
): Promise<PriceRefresh> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const response = await fetchLike(url, {
    headers: { accept: 'application/json', ...(etag !== undefined && { 'if-none-match': etag }) },
    // The person agreed to this address and to no other.
    redirect: 'error',
    signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
  });
  if (response.status === 304) return { status: 'unchanged' };
  if (!response.ok) {
    throw new Error(`${url} answered ${response.status} ${response.statusText.slice(0, 80)}`);
  }
  const text = await readAtMost(response, maxPriceFileBytes, url);
  const newEtag = response.headers.get('etag');
  return { status: 'updated', text, ...(newEtag !== null && { etag: newEtag }) };
}

async function readAtMost(response: Response, maxBytes: number, url: string): Promise<string> {
  const reader = (response.body as ReadableStream<Uint8Array> | null)?.getReader();
  if (reader === undefined) throw new Error(`${url} answered nothing`);
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    bytes += value.byteLength;
    if (bytes > maxBytes) {
      await reader.cancel();
      throw new RangeError(`${url} sends more than the ${maxBytes} bytes a price file may have`);
    }
    text += decoder.decode(value, { stream: true });
  }
}
