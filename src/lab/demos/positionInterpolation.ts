import type { Demo } from '../demo.ts';
import { stretchDemo } from '../stretching.ts';
import { stretchMethods } from '../stretchMethods.ts';

export const positionInterpolationDemo: Demo = stretchDemo({
  id: 'positionInterpolation',
  mechanism: 21,
  title: 'Position interpolation',
  line: 'Every angle is divided by the factor: nothing unseen, but neighbours move together.',
  notice:
    'All hands stay where training has been: no pair is at an unseen angle, at any factor. The price stands in the first row of the fastest pair: the angle between neighbouring tokens shrinks by the same factor, so that what told the next word from the one after it is squeezed.',
  formula: 'm → m / s, which divides every frequency by s',
  source: {
    title: 'Chen et al. 2023, Extending Context Window of LLMs via Positional Interpolation',
    url: 'https://arxiv.org/abs/2306.15595',
  },
  config: stretchMethods.positionInterpolation.config,
});
