import type { Demo } from '../demo.ts';
import { stretchDemo } from '../stretching.ts';
import { stretchMethods } from '../stretchMethods.ts';

export const longRopeDemo: Demo = stretchDemo({
  id: 'longRope',
  mechanism: 25,
  title: 'LongRoPE',
  line: 'A factor for every pair, one set for short texts and one for long ones, switched at the trained length.',
  notice:
    'Every pair has a factor of its own. Up to the trained length the short set is used, here all ones, so that short texts stay as trained; one token more and the long set takes over: all angles jump at once. The published factors are found by search on the trained model; the ones here rise evenly from 1 to the factor and are no model’s.',
  formula: 'θᵢ′ = θᵢ / λᵢ; attention factor √(1 + ln s / ln L)',
  source: { title: 'Ding et al. 2024, LongRoPE', url: 'https://arxiv.org/abs/2402.13753' },
  config: stretchMethods.longRope.config,
});
