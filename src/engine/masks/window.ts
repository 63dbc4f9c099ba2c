import { causal } from './causal.ts';
import { and, or } from './compose.ts';
import { createMask, intervalMask, type Mask } from './mask.ts';
import { requireNonNegativeInteger, requirePositiveInteger } from '../errors.ts';

/**
 * The last `windowTokens` keys, the token's own included: kvIdx in (qIdx - windowTokens, qIdx]. Exactly that many keys, as
 * in HF's `sliding_window` and gpt-oss; some libraries keep one more. (Mistral 7B, Jiang et al. 2023, section 2.)
 */
export function slidingWindow(windowTokens: number): Mask {
  requirePositiveInteger('windowTokens', windowTokens);
  return intervalMask(
    (qIdx) => qIdx - windowTokens + 1,
    (qIdx) => qIdx + 1,
  );
}

/**
 * `windowEachSide` keys before and after, each `dilation` apart, and the token itself: a reach of
 * 2 x windowEachSide x dilation at the cost of 2 x windowEachSide + 1 cells (Beltagy et al. 2020, figure 2c). Not causal:
 * `and(causal, dilatedWindow(...))` is.
 */
export function dilatedWindow(windowEachSide: number, dilation = 1): Mask {
  requireNonNegativeInteger('windowEachSide', windowEachSide);
  requirePositiveInteger('dilation', dilation);
  const reach = windowEachSide * dilation;
  const band = intervalMask(
    (qIdx) => qIdx - reach,
    (qIdx) => qIdx + reach + 1,
  );
  if (dilation === 1) return band;
  return createMask(
    (qIdx, kvIdx) => band(qIdx, kvIdx) && (qIdx - kvIdx) % dilation === 0,
    // Inside the band only a tile of one cell could be full: let the cells answer.
    (tile) => (band.coverage?.(tile) === 'empty' ? 'empty' : 'mixed'),
  );
}

/** Attention within the token's own chunk only, causal: the local layers of Llama 4. */
export function chunkedLocal(chunkTokens: number): Mask {
  requirePositiveInteger('chunkTokens', chunkTokens);
  return intervalMask(
    (qIdx) => qIdx - (qIdx % chunkTokens),
    (qIdx) => qIdx + 1,
  );
}

/** The first `numSinks` tokens, whoever asks. Not causal by itself. */
export function sinks(numSinks: number): Mask {
  requireNonNegativeInteger('numSinks', numSinks);
  return intervalMask(
    () => 0,
    () => numSinks,
  );
}

/**
 * The first `numSinks` tokens and a sliding window (Xiao et al. 2023). A mask only: StreamingLLM also counts positions
 * inside its cache, see `streamingLlmAttention`.
 */
export function sinksAndWindow(numSinks: number, windowTokens: number): Mask {
  return and(causal, or(sinks(numSinks), slidingWindow(windowTokens)));
}
