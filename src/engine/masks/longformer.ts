import { or } from './compose.ts';
import { createMask, type Mask } from './mask.ts';
import { dilatedWindow } from './window.ts';
import { requireNonNegativeInteger } from '../errors.ts';

/** The chosen tokens attend to all and are attended to by all (Beltagy et al. 2020, section 3.1, "global attention"). */
export function globalTokens(tokenIdxs: readonly number[]): Mask {
  tokenIdxs.forEach((tokenIdx) => requireNonNegativeInteger('globalTokens', tokenIdx));
  const chosen = new Set(tokenIdxs);
  const countIn = (start: number, end: number) =>
    tokenIdxs.length === 0
      ? 0
      : [...chosen].filter((tokenIdx) => tokenIdx >= start && tokenIdx < end).length;
  return createMask(
    (qIdx, kvIdx) => chosen.has(qIdx) || chosen.has(kvIdx),
    ({ queryStart, queryEnd, keyStart, keyEnd }) => {
      const rows = countIn(queryStart, queryEnd);
      const columns = countIn(keyStart, keyEnd);
      if (rows === 0 && columns === 0) return 'empty';
      return rows === queryEnd - queryStart || columns === keyEnd - keyStart ? 'full' : 'mixed';
    },
  );
}

export interface LongformerPattern {
  /** Keys before and keys after: HF's `attention_window` is twice this. */
  readonly windowEachSide: number;
  readonly globalTokens: readonly number[];
  /** Gap between the keys of the window; 1 = none left out. */
  readonly dilation?: number;
}

/** Local window and global tokens, both ways (Beltagy et al. 2020, figure 2d). Not causal, as published. */
export function longformer(pattern: LongformerPattern): Mask {
  return or(
    dilatedWindow(pattern.windowEachSide, pattern.dilation),
    globalTokens(pattern.globalTokens),
  );
}
