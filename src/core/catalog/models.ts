import { expandCatalog } from './compactCatalog.ts';
import type { CompactCatalog } from './compactCatalog.ts';
import type { Model } from './model.ts';
import generated from './models.generated.json';

/** The bundled catalogue, sorted by id; made by scripts/catalog/build.mjs. */
// JSON has no tuples, so TypeScript can not check the rows; the tests read every one of them.
export const models: readonly Model[] = expandCatalog(generated as unknown as CompactCatalog);
