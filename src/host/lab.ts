// The lab's part of the host: a bundle of its own (src/host/rooms.ts), loaded when the lab is first opened.
export { openLab } from './lab/labPanel.ts';
export type { Lab, LabOptions } from './lab/labPanel.ts';
