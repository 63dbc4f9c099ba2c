import { requireNonNegativeInteger, requirePositiveInteger } from '../errors.ts';

export interface Occupancy {
  /** Token slots set aside. */
  readonly reservedTokens: number;
  /** Slots that hold a token. */
  readonly usedTokens: number;
  /** usedTokens / reservedTokens; 1 when nothing is reserved. */
  readonly usedShare: number;
}

/**
 * What sequences of these lengths occupy, each in one stretch reserved for the greatest length it may reach, and in
 * blocks taken as needed (Kwon et al. 2023, figure 2 and section 4). Prefixes are not shared here.
 * @param reservedTokens what a contiguous cache sets aside for every sequence: the context window
 * @throws EngineInputError for a sequence longer than reservedTokens
 */
export function compareOccupancy(
  sequenceTokens: readonly number[],
  reservedTokens: number,
  blockTokens: number,
): { readonly contiguous: Occupancy; readonly paged: Occupancy } {
  requirePositiveInteger('reservedTokens', reservedTokens);
  requirePositiveInteger('blockTokens', blockTokens);
  let used = 0;
  let inBlocks = 0;
  for (const tokens of sequenceTokens) {
    requireNonNegativeInteger('sequenceTokens', tokens);
    requireNonNegativeInteger('reservedTokens - sequenceTokens', reservedTokens - tokens);
    used += tokens;
    inBlocks += Math.ceil(tokens / blockTokens) * blockTokens;
  }
  const occupancy = (reserved: number): Occupancy => ({
    reservedTokens: reserved,
    usedTokens: used,
    usedShare: reserved === 0 ? 1 : used / reserved,
  });
  return {
    contiguous: occupancy(sequenceTokens.length * reservedTokens),
    paged: occupancy(inBlocks),
  };
}
