import { createMask, type Coverage, type Mask, type Tile } from './mask.ts';

const coverageOf = (mask: Mask, tile: Tile): Coverage => mask.coverage?.(tile) ?? 'mixed';

/** Lets through what every mask lets through. `and()` of nothing lets everything through. */
export function and(...masks: readonly Mask[]): Mask {
  return createMask(
    (qIdx, kvIdx) => masks.every((mask) => mask(qIdx, kvIdx)),
    (tile) => {
      const parts = masks.map((mask) => coverageOf(mask, tile));
      if (parts.includes('empty')) return 'empty';
      return parts.every((part) => part === 'full') ? 'full' : 'mixed';
    },
  );
}

/** Lets through what any of the masks lets through. `or()` of nothing lets nothing through. */
export function or(...masks: readonly Mask[]): Mask {
  return createMask(
    (qIdx, kvIdx) => masks.some((mask) => mask(qIdx, kvIdx)),
    (tile) => {
      const parts = masks.map((mask) => coverageOf(mask, tile));
      if (parts.includes('full')) return 'full';
      return parts.every((part) => part === 'empty') ? 'empty' : 'mixed';
    },
  );
}

/** Lets through exactly what `mask` does not. */
export function not(mask: Mask): Mask {
  return createMask(
    (qIdx, kvIdx) => !mask(qIdx, kvIdx),
    (tile) => {
      const part = coverageOf(mask, tile);
      if (part === 'mixed') return 'mixed';
      return part === 'full' ? 'empty' : 'full';
    },
  );
}
