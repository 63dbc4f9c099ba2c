import type { Tab } from './tab.ts';
import { fitTab } from './tabs/fit.ts';
import { filesTab } from './tabs/files.ts';

/** The tabs in the order in which they stand; one line each, so that two branches can add theirs. */
// prettier-ignore
export const tabs: readonly Tab[] = [
  fitTab,
  filesTab,
];
