import type { Tab } from './tab.ts';
import { costTab } from './tabs/cost.ts';
import { fitTab } from './tabs/fit.ts';
import { filesTab } from './tabs/files.ts';
import { latencyTab } from './tabs/latency.ts';
import { memoryTab } from './tabs/memory.ts';
import { qualityTab } from './tabs/quality.ts';
import { strategiesTab } from './tabs/strategies/strategies.ts';

/** The tabs in the order in which they stand; one line each, so that two branches can add theirs. */
// prettier-ignore
export const tabs: readonly Tab[] = [
  fitTab,
  filesTab,
  strategiesTab,
  memoryTab,
  costTab,
  latencyTab,
  qualityTab,
];
