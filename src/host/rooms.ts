import type { Counting } from './counting.ts';
import type { Weighing } from './weighing.ts';

/**
 * The heavy parts of the host, each a bundle of its own (dist/counting.cjs, dist/weighing.cjs) that is loaded when
 * first asked for: activation loads neither the scanner nor the catalogue.
 */
export interface Rooms {
  counting(): Promise<Counting>;
  weighing(): Promise<Weighing>;
  dispose(): Promise<void>;
}

export function openRooms(distFolder: string, storageFolder: string | undefined): Rooms {
  let counting: Promise<Counting> | undefined;
  let weighing: Promise<Weighing> | undefined;
  return {
    counting: () =>
      (counting ??= import('./counting.ts').then(({ openCounting }) =>
        openCounting(distFolder, storageFolder),
      )),
    weighing: () => (weighing ??= import('./weighing.ts').then((room) => room.openWeighing())),
    dispose: async () => {
      await (await counting)?.dispose();
    },
  };
}
