import type { Explained } from '../estimates/explained.ts';
import { plain } from '../estimates/formulaText.ts';
import { recallZ, type MeasuredRecall, type RecallShare } from '../plans/recall.ts';

const source = 'measured on this code';

/** Percent of the questions whose answer was among what was retrieved. */
export function foundReason({ asked, found, lowShare, highShare }: RecallShare): Explained {
  return {
    name: 'foundPercent',
    unit: 'percent',
    value: (100 * found) / Math.max(1, asked),
    band: {
      low: 100 * lowShare,
      high: 100 * highShare,
      basis: 'the 95% interval of such a sample (Wilson 1927)',
    },
    formula: `100 x ${plain(found)} found / ${plain(Math.max(1, asked))} asked`,
    inputs: [
      { name: 'found', value: found, source },
      { name: 'asked', value: asked, source },
    ],
    assumptions: ['found: a piece that answers the question is among those retrieved'],
  };
}

/** One end of the interval of `foundReason`, percent. */
export function intervalEndReason(
  { asked, found, lowShare, highShare }: RecallShare,
  end: 'low' | 'high',
): Explained {
  const n = Math.max(1, asked);
  const squared = plain(recallZ ** 2);
  const share = `${plain(found)} / ${plain(n)}`;
  const root = `(${share} x ${plain(n - found)} / ${plain(n)} / ${plain(n)} + ${squared} / (4 x ${plain(n)} ^ 2)) ^ 0.5`;
  const sign = end === 'low' ? '-' : '+';
  const whole = `100 x (${share} + ${squared} / (2 x ${plain(n)}) ${sign} ${recallZ} x ${root}) / (1 + ${squared} / ${plain(n)})`;
  return {
    name: `${end}Percent`,
    unit: 'percent',
    value: 100 * (end === 'low' ? lowShare : highShare),
    formula: end === 'low' ? `max(0, ${whole})` : whole,
    inputs: [
      { name: 'found', value: found, source },
      { name: 'asked', value: asked, source },
      { name: 'z', value: recallZ, source: 'the normal distribution’s 97.5 %' },
    ],
    assumptions: [
      'E. B. Wilson, Probable Inference, the Law of Succession, and Statistical Inference, 1927',
    ],
  };
}

/** Tokens retrieved for each question that was answered. */
export function tokensPerHitReason({ tokensPerHit = NaN, retrieval }: MeasuredRecall): Explained {
  const { found } = retrieval;
  return {
    name: 'tokensPerHit',
    unit: 'tokens',
    value: tokensPerHit,
    formula: `${plain(tokensPerHit * found)} tokens retrieved / ${plain(found)} found`,
    inputs: [
      { name: 'retrieved', value: Math.round(tokensPerHit * found), unit: 'tokens', source },
      { name: 'found', value: found, source },
    ],
    assumptions: [],
  };
}
