import type { Demo } from '../demo.ts';
import { stretchDemo } from '../stretching.ts';
import { stretchMethods } from '../stretchMethods.ts';

export const ntkAwareDemo: Demo = stretchDemo({
  id: 'ntkAware',
  mechanism: 22,
  title: 'NTK-aware scaling, fixed and dynamic',
  line: 'A larger base slows the slow pairs most and leaves the fastest alone.',
  notice:
    'The fastest pair keeps its speed, the slowest is slowed by the whole factor, all others lie between on one curve. Pairs in the middle are slowed by less than the factor and still reach some unseen angles. The dynamic form does this only for texts beyond the trained length, by the length at hand; at the full length both are nearly the same.',
  formula: 'base′ = base · s^(d / (d − 2))',
  source: {
    title: 'bloc97 2023, NTK-Aware Scaled RoPE; Peng et al. 2023, section 3.1',
    url: 'https://arxiv.org/abs/2309.00071',
  },
  config: stretchMethods.ntkAware.config,
});
