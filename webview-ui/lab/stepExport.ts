import { render } from 'lit';
import type { ShownFrame } from '../../src/lab/labMessages.ts';
import { pictureFile, stepFileName } from './exporting.ts';
import { pictureView, type PictureActions } from './pictureView.ts';

/** More files than that nobody wants of one press. */
export const mostSteps = 500;

const nothingToDo: PictureActions = { redraw: () => {}, toggle: () => {}, save: () => {} };

export interface StepExport {
  readonly demoId: string;
  readonly pictureIdx: number;
  readonly numFrames: number;
  readonly frameAt: (frameIdx: number) => Promise<ShownFrame>;
  readonly save: (fileName: string, content: Uint8Array) => Promise<void>;
  /** Called after each file; false ends it. */
  readonly goesOn: (saved: number, of: number) => boolean;
}

/** Draws a picture of every step beside the page, one after the other, and saves each as a PNG. */
export async function saveSteps(plan: StepExport): Promise<void> {
  const { demoId, pictureIdx, numFrames, frameAt, save, goesOn } = plan;
  const steps = Math.min(numFrames, mostSteps);
  const place = document.createElement('div');
  place.className = 'offstage';
  document.body.append(place);
  try {
    for (let frameIdx = 0; frameIdx < steps; frameIdx++) {
      const { frame } = await frameAt(frameIdx);
      const picture = frame.pictures[pictureIdx];
      render(pictureView(picture, nothingToDo), place);
      const figure = place.querySelector('figure');
      if (figure === null) return;
      const content = await pictureFile(picture, 'png', figure);
      if (typeof content === 'string') return;
      await save(stepFileName(demoId, pictureIdx, frameIdx, numFrames), content);
      if (!goesOn(frameIdx + 1, steps)) return;
    }
  } finally {
    place.remove();
  }
}
