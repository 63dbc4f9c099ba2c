import type { Demo } from '../demo.ts';
import { stretchDemo } from '../stretching.ts';
import { stretchMethods } from '../stretchMethods.ts';

export const yarnDemo: Demo = stretchDemo({
  id: 'yarn',
  mechanism: 23,
  title: 'YaRN',
  line: 'Three bands: fast pairs left alone, slow pairs interpolated, a ramp between; and hotter attention.',
  notice:
    'Look for the three bands in the first picture: pairs that turned 32 times or more in training are left alone, pairs that turned less than once are slowed by the whole factor, and a ramp joins them. A stretched text has more tokens to spread the attention over, so scores are raised by the attention factor.',
  formula:
    'θ′ = (1 − γ) θ / s + γ θ, γ a ramp over turns from 1 to 32; attention factor 0.1 ln s + 1',
  source: { title: 'Peng et al. 2023, YaRN', url: 'https://arxiv.org/abs/2309.00071' },
  config: stretchMethods.yarn.config,
});
