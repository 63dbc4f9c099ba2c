import type { Counting } from './counting.ts';
import type { Dashboard, DashboardOptions } from './dashboard.ts';
import type { ExactCount, ExactCountOptions } from './exactCount.ts';
import type { Lab, LabOptions } from './lab.ts';
import type { Plans, PlansOptions } from './plans.ts';
import type { Models, ModelsOptions } from './models.ts';
import type { OwnModels } from './ownModels.ts';
import type * as SecretSearch from './secretSearch.ts';
import type { Weighing } from './weighing.ts';

/**
 * The heavy parts of the host, each a bundle of its own (dist/counting.cjs, dist/weighing.cjs, dist/lab.cjs, dist/dashboard.cjs,
 * dist/plans.cjs, dist/models.cjs ...) that is loaded when first asked for: activation loads neither the scanner nor the catalogue.
 */
export interface Rooms {
  counting(): Promise<Counting>;
  weighing(): Promise<Weighing>;
  lab(): Promise<Lab>;
  dashboard(): Promise<Dashboard>;
  plans(): Promise<Plans>;
  models(): Promise<Models>;
  exactCount(): Promise<ExactCount>;
  secretSearch(): Promise<typeof SecretSearch>;
  dispose(): Promise<void>;
}

/** What each room is opened with. Those that are functions are asked when the room is opened, not before. */
export interface RoomsOptions {
  readonly distFolder: string;
  /** Where counts and indexes are kept; undefined where VS Code has no folder on a disk for it. */
  readonly storageFolder: string | undefined;
  readonly ownModels: OwnModels;
  readonly lab: () => LabOptions;
  readonly dashboard: () => DashboardOptions;
  readonly plans: () => Omit<PlansOptions, 'distFolder' | 'storageFolder'>;
  readonly models: () => Omit<ModelsOptions, 'own'>;
  readonly exactCount: () => ExactCountOptions;
}

export function openRooms(options: RoomsOptions): Rooms {
  const { distFolder, storageFolder, ownModels } = options;
  let counting: Promise<Counting> | undefined;
  let weighing: Promise<Weighing> | undefined;
  let lab: Promise<Lab> | undefined;
  let dashboard: Promise<Dashboard> | undefined;
  let plans: Promise<Plans> | undefined;
  let models: Promise<Models> | undefined;
  let exactCount: Promise<ExactCount> | undefined;
  let secretSearch: Promise<typeof SecretSearch> | undefined;
  return {
    counting: () =>
      (counting ??= import('./counting.ts').then(({ openCounting }) =>
        openCounting(distFolder, storageFolder),
      )),
    weighing: () =>
      (weighing ??= Promise.all([import('./weighing.ts'), ownModels.load()]).then(([room]) =>
        room.openWeighing(() => ownModels.data),
      )),
    lab: () => (lab ??= import('./lab.ts').then((room) => room.openLab(options.lab()))),
    dashboard: () =>
      (dashboard ??= import('./dashboard.ts').then((room) =>
        room.openDashboard(options.dashboard()),
      )),
    plans: () =>
      (plans ??= import('./plans.ts').then((room) =>
        room.openPlans({ ...options.plans(), distFolder, storageFolder }),
      )),
    models: () =>
      (models ??= import('./models.ts').then((room) =>
        room.openModels({ own: ownModels, ...options.models() }),
      )),
    exactCount: () =>
      (exactCount ??= import('./exactCount.ts').then((room) =>
        room.openExactCount(options.exactCount()),
      )),
    secretSearch: () => (secretSearch ??= import('./secretSearch.ts')),
    dispose: async () => {
      (await dashboard)?.dispose();
      await (await plans)?.dispose();
      (await models)?.cardPanel.dispose();
      await (await lab)?.dispose();
      await (await counting)?.dispose();
    },
  };
}
