import { mostTokens, type DemoRun, type Frame, type TokenVisibility } from './demo.ts';
import { demos, findDemo } from './demos.ts';
import type { MatrixPicture, Picture } from './picture.ts';
import { tileTokensFor } from './pictures/tiles.ts';
import { modelsUsing } from './modelsUsing.ts';
import type {
  DemoCard,
  FrameRequest,
  ShownFrame,
  VisibilityRequest,
  WallEntry,
} from './labMessages.ts';

/** Both sides of a comparison, and a step back. */
const keptRuns = 4;

export interface Runner {
  frame(request: FrameRequest): ShownFrame;
}

export function demoCards(): readonly DemoCard[] {
  return demos.map((demo) => {
    const { id, mechanism, title, line, tags, basis } = demo;
    const { notice, formula, source, controls, maxTokens } = demo;
    return {
      id,
      mechanism,
      title,
      line,
      tags,
      basis,
      notice,
      formula,
      source,
      controls,
      maxTokens,
      models: modelsUsing(mechanism),
      canMark: demo.visibility !== undefined,
    };
  });
}

/** Runs demos, and keeps the last runs: stepping through a time line runs the mechanism once. */
export function createRunner(): Runner {
  const runs = new Map<string, DemoRun>();
  return {
    frame({ demoId, tokens, values, frameIdx, setTokens }) {
      if (tokens.length === 0) throw new Error('the text has no tokens: a demo needs at least one');
      const demo = findDemo(demoId);
      const used = tokens.slice(0, demo.maxTokens);
      const key = JSON.stringify([demoId, used, values, setTokens]);
      const run =
        runs.get(key) ??
        demo.run({ tokens: used, values, ...(setTokens === undefined ? {} : { setTokens }) });
      runs.delete(key);
      runs.set(key, run);
      for (const oldest of [...runs.keys()].slice(0, -keptRuns)) runs.delete(oldest);
      const asked = Math.trunc(frameIdx ?? run.openingFrame ?? 0);
      const idx = Math.max(0, Math.min(run.numFrames - 1, asked));
      return {
        frame: run.frame(idx),
        frameIdx: idx,
        numFrames: run.numFrames,
        keyNumberId: run.keyNumberId,
        usedTokens: used.length,
      };
    },
  };
}

/** What a gallery has room for. */
const thumbnailTokens = 24;

/**
 * A demo in small: its first picture on the first tokens, at the step that it opens with.
 * @returns undefined when it has no picture
 */
export function thumbnail(
  runner: Runner,
  demoId: string,
  tokens: readonly string[],
): Picture | undefined {
  const { frame } = runner.frame({ demoId, tokens: tokens.slice(0, thumbnailTokens), values: {} });
  return frame.pictures[0];
}

/**
 * What one token sees of the tokens that the demo takes.
 * @throws Error when the demo has no pattern of who sees whom, or the token is none of those
 */
export function visibility(request: VisibilityRequest): readonly TokenVisibility[] {
  const { demoId, tokens, values, queryIdx } = request;
  const demo = findDemo(demoId);
  const used = tokens.slice(0, demo.maxTokens);
  if (demo.visibility === undefined) throw new Error(`${demoId} shows no pattern of who sees whom`);
  if (!Number.isInteger(queryIdx) || queryIdx < 0 || queryIdx >= used.length) {
    throw new Error(`queryIdx must be 0 to ${used.length - 1}, got ${queryIdx}`);
  }
  return demo.visibility({ tokens: used, values }, queryIdx);
}

/** What every attention pattern sees of the same tokens, at the settings its demo starts with. */
export function patternWall(runner: Runner, tokens: readonly string[]): readonly WallEntry[] {
  const used = tokens.slice(0, mostTokens);
  return demos
    .filter(({ tags, visibility: sees }) => tags.includes('patterns') && sees !== undefined)
    .flatMap(({ id, title, line }) => {
      const { frame } = runner.frame({ demoId: id, tokens: used, values: {}, frameIdx: 0 });
      const picture = frame.pictures.find((one) => one.kind === 'matrix');
      if (picture === undefined) return [];
      const seenCells = countSeen(frame, picture, used.length);
      return [{ demoId: id, title, line, picture, seenCells, allCells: used.length ** 2 }];
    });
}

/** Cells that the picture shows as seen: one by one, by the share of each tile, or as the demo counts them where it draws some rows only. */
function countSeen({ numbers }: Frame, picture: MatrixPicture, numTokens: number): number {
  const { values, categories, numRows, numColumns } = picture;
  if (numRows === numTokens) {
    const isSeen = (value: number) =>
      categories === undefined ? value > 0 : categories[value]?.isNothing !== true;
    return values.reduce((count, value) => count + Number(isSeen(value)), 0);
  }
  if (numRows === numColumns) {
    const tileTokens = tileTokensFor(numTokens);
    const side = (tile: number) => Math.min(tileTokens, numTokens - tile * tileTokens);
    return values.reduce((count, share, idx) => {
      const cells = side(Math.floor(idx / numColumns)) * side(idx % numColumns);
      return count + Math.round(share * cells);
    }, 0);
  }
  const counted = numbers.find(({ id }) => id === 'cells');
  if (counted === undefined) throw new Error(`${picture.title} has no number of its cells`);
  return counted.value;
}
