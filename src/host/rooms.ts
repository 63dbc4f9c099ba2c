import type { Counting } from './counting.ts';
import type { Dashboard, DashboardOptions } from './dashboard.ts';
import type { ExactCount, ExactCountOptions } from './exactCount.ts';
import type { Lab, LabOptions } from './lab.ts';
import type { Plans, PlansOptions } from './plans.ts';
import type { Models, ModelsOptions } from './models.ts';
import type { OwnModels } from './ownModels.ts';
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
  dispose(): Promise<void>;
}

export function openRooms(
  distFolder: string,
  storageFolder: string | undefined,
  labOptions: LabOptions,
  dashboardOptions: () => DashboardOptions,
  plansOptions: () => Omit<PlansOptions, 'distFolder' | 'storageFolder'>,
  own: OwnModels,
  modelsOptions: () => Omit<ModelsOptions, 'own'>,
  exactCountOptions: () => ExactCountOptions,
): Rooms {
  let counting: Promise<Counting> | undefined;
  let weighing: Promise<Weighing> | undefined;
  let lab: Promise<Lab> | undefined;
  let dashboard: Promise<Dashboard> | undefined;
  let plans: Promise<Plans> | undefined;
  let models: Promise<Models> | undefined;
  let exactCount: Promise<ExactCount> | undefined;
  return {
    counting: () =>
      (counting ??= import('./counting.ts').then(({ openCounting }) =>
        openCounting(distFolder, storageFolder),
      )),
    weighing: () =>
      (weighing ??= Promise.all([import('./weighing.ts'), own.load()]).then(([room]) =>
        room.openWeighing(() => own.data),
      )),
    lab: () => (lab ??= import('./lab.ts').then((room) => room.openLab(labOptions))),
    dashboard: () =>
      (dashboard ??= import('./dashboard.ts').then((room) =>
        room.openDashboard(dashboardOptions()),
      )),
    plans: () =>
      (plans ??= import('./plans.ts').then((room) =>
        room.openPlans({ ...plansOptions(), distFolder, storageFolder }),
      )),
    models: () =>
      (models ??= import('./models.ts').then((room) =>
        room.openModels({ own, ...modelsOptions() }),
      )),
    exactCount: () =>
      (exactCount ??= import('./exactCount.ts').then((room) =>
        room.openExactCount(exactCountOptions()),
      )),
    dispose: async () => {
      (await dashboard)?.dispose();
      await (await plans)?.dispose();
      (await models)?.cardPanel.dispose();
      await (await lab)?.dispose();
      await (await counting)?.dispose();
    },
  };
}
