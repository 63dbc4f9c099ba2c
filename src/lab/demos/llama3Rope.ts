import type { Demo } from '../demo.ts';
import { stretchDemo } from '../stretching.ts';
import { stretchMethods } from '../stretchMethods.ts';

export const llama3RopeDemo: Demo = stretchDemo({
  id: 'llama3Rope',
  mechanism: 24,
  title: 'Llama 3.1’s scaling',
  line: 'By wavelength: long waves divided by the factor, short ones kept, a smooth blend between.',
  notice:
    'The same idea as YaRN with other borders: waves longer than the trained length are divided by the factor, those shorter than a quarter of it are kept. Compare it with YaRN: its blend spans the pairs from one turn to four, where YaRN’s spans one to 32, and it has no attention factor.',
  formula: 'kept share = clamp((L / λ − 1) / (4 − 1)); θ′ = (1 − kept) θ / s + kept θ',
  source: {
    title: 'Llama Team 2024, The Llama 3 Herd of Models; meta-llama/llama-models apply_scaling',
    url: 'https://arxiv.org/abs/2407.21783',
  },
  config: stretchMethods.llama3Rope.config,
});
