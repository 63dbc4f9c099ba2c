// Models of one's own and model cards: a bundle of its own (src/host/rooms.ts), loaded with the first command of it.
export { openModels } from './models/openModels.ts';
export type { Models, ModelsOptions } from './models/openModels.ts';
