import type { FilesModel } from '../../../src/core/dashboard/files.ts';
import {
  hasHeader,
  headerHeight,
  layoutTreemap,
  neighbourOf,
  tileAt,
  type Direction,
  type Tile,
} from '../../../src/core/dashboard/treemap.ts';
import { shownName } from '../../../src/core/format/fileNames.ts';
import { formatCount, formatPercent } from '../../../src/core/format/numbers.ts';
import type { FolderNode, TreeNode } from '../../../src/core/set/fileTree.ts';
import { t } from '../../shared/l10n.ts';
import { fileCountText } from '../../shared/words.ts';
import { paintTreemap, readTheme, type Painting } from './treemapPaint.ts';
import { treemapSvg } from './treemapSvg.ts';

export interface TreemapActions {
  readonly openFile: (path: string) => void;
  readonly zoomTo: (node: TreeNode) => void;
  readonly zoomOut: () => void;
  readonly toggle: (node: TreeNode) => void;
  readonly say: (text: string) => void;
}

export interface Treemap {
  readonly element: HTMLElement;
  readonly canvas: HTMLCanvasElement;
  /** What is drawn, as an SVG file. */
  svg(): string;
  /** Draws what the model says, unless that is drawn already. */
  show(model: FilesModel): void;
  dispose(): void;
}

const keys: Readonly<Record<string, Direction>> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
};
/** A click on a smaller file means its folder: nobody can aim at it. */
const leastClickWidth = 24;
const leastClickHeight = 14;

/** The treemap: a canvas with an outline and a tip over it, for mouse and keyboard; the table beside it says the same. */
export function createTreemap(actions: TreemapActions): Treemap {
  const element = document.createElement('div');
  element.className = 'treemap';
  element.tabIndex = 0;
  element.setAttribute('role', 'application');
  element.setAttribute('aria-roledescription', t('treemap'));
  const canvas = document.createElement('canvas');
  canvas.setAttribute('aria-hidden', 'true');
  const outline = document.createElement('div');
  outline.className = 'outline';
  outline.hidden = true;
  const tip = document.createElement('div');
  tip.className = 'tip';
  tip.hidden = true;
  tip.setAttribute('aria-hidden', 'true');
  element.append(canvas, outline, tip);

  let model: FilesModel | undefined;
  let root: Tile | undefined;
  let laidOut: { folder: FolderNode; width: number; height: number } | undefined;
  let painted: readonly unknown[] = [];
  let painting: Painting | undefined;
  let active: Tile | undefined;

  const draw = () => {
    const { clientWidth: width, clientHeight: height } = element;
    if (model === undefined || width === 0 || height === 0) return;
    const { zoomed, found, hasSet, membershipOf } = model;
    const isAnew =
      laidOut?.folder !== zoomed || laidOut.width !== width || laidOut.height !== height;
    if (root === undefined || isAnew) {
      root = layoutTreemap(zoomed, width, height);
      laidOut = { folder: zoomed, width, height };
      setActive(undefined);
    }
    const theme = readTheme();
    const inputs = [root, found, hasSet, membershipOf, JSON.stringify(theme)];
    if (inputs.every((input, idx) => input === painted[idx])) return;
    painted = inputs;
    const isPale = (node: TreeNode) =>
      found !== undefined
        ? node.type === 'file' && !found.has(node)
        : hasSet && membershipOf(node) === 'none';
    painting = { root, width, height, theme, isPale };
    paintTreemap(canvas, painting);
    const name = zoomed.path === '' ? t('all files') : shownName(zoomed.path);
    const size = `${fileCountText(zoomed.fileCount)}, ${t('{0} tokens', formatCount(zoomed.tokens))}`;
    element.setAttribute('aria-label', t('Treemap of {0}: {1}', name, size));
    // For whoever waits until something is to be seen.
    element.dataset.painted = zoomed.path;
  };

  const setActive = (tile: Tile | undefined) => {
    active = tile;
    outline.hidden = tile === undefined;
    tip.hidden = tile === undefined;
    if (tile === undefined) return;
    const { x0, y0, x1, y1 } = tile;
    place(outline, { left: x0, top: y0, width: x1 - x0, height: y1 - y0 });
    tip.textContent = tipText(tile);
    const below = y0 + 40 < element.clientHeight - 60;
    const top = below ? Math.min(y1 + 4, y0 + 40) : Math.max(0, y0 - 44);
    place(tip, { left: Math.max(0, Math.min(x0, element.clientWidth - 280)), top });
  };

  const tipText = ({ data }: Tile): string => {
    const whole = model?.zoomed.tokens ?? 0;
    const share = whole === 0 ? 0 : (100 * data.tokens) / whole;
    const parts = [
      shownName(data.path) + (data.type === 'folder' ? '/' : ''),
      t('{0} tokens', formatCount(data.tokens)),
      formatPercent(share),
    ];
    if (data.type === 'folder') parts.push(fileCountText(data.fileCount));
    if (model?.hasSet === true) {
      const words = {
        all: t('in the set'),
        some: t('partly in the set'),
        none: t('not in the set'),
      };
      parts.push(words[model.membershipOf(data)]);
    }
    return parts.join(' · ');
  };

  /** What a click there would act on: a file that can be aimed at, else the folder on the way to it. */
  const targetAt = (event: MouseEvent): Tile | undefined => {
    const box = canvas.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    const tile = root === undefined ? undefined : tileAt(root, x, y);
    if (tile === undefined || tile === root) return undefined;
    const isAimed =
      tile.data.type === 'file'
        ? tile.x1 - tile.x0 >= leastClickWidth && tile.y1 - tile.y0 >= leastClickHeight
        : hasHeader(tile) && y < tile.y0 + headerHeight;
    if (isAimed) return tile;
    const way = tile.ancestors().reverse();
    return way.find((one) => one.depth === 1) ?? tile;
  };

  const act = (tile: Tile) => {
    if (tile.data.type === 'folder') actions.zoomTo(tile.data);
    else actions.openFile(tile.data.path);
  };

  const onKey = (event: KeyboardEvent) => {
    const first = root?.children?.[0];
    const direction = Object.hasOwn(keys, event.key) ? keys[event.key] : undefined;
    if (direction !== undefined) {
      event.preventDefault();
      const next = active === undefined ? first : neighbourOf(active, direction);
      if (next !== undefined) {
        setActive(next);
        actions.say(tipText(next));
      }
    } else if (event.key === 'Enter' && active !== undefined) {
      event.preventDefault();
      act(active);
    } else if (event.key === ' ' && active !== undefined) {
      event.preventDefault();
      actions.toggle(active.data);
    } else if (event.key === 'Backspace' || event.key === 'Escape') {
      event.preventDefault();
      actions.zoomOut();
    }
  };

  canvas.addEventListener('mousemove', (event) => {
    const target = targetAt(event);
    if (target !== active) setActive(target);
    canvas.classList.toggle('clickable', target !== undefined);
  });
  canvas.addEventListener('mouseleave', () => setActive(undefined));
  canvas.addEventListener('click', (event) => {
    const target = targetAt(event);
    if (target !== undefined) act(target);
  });
  element.addEventListener('keydown', onKey);
  element.addEventListener('focus', () => {
    if (active === undefined && element.matches(':focus-visible')) setActive(root?.children?.[0]);
  });
  element.addEventListener('blur', () => setActive(undefined));
  const resizing = new ResizeObserver(draw);
  resizing.observe(element);

  return {
    element,
    canvas,
    svg: () => (painting === undefined ? '' : treemapSvg(painting)),
    show: (next) => {
      model = next;
      draw();
    },
    dispose: () => {
      resizing.disconnect();
    },
  };
}

/** By properties: the page's policy allows no style attribute. */
function place(
  element: HTMLElement,
  box: {
    readonly left: number;
    readonly top: number;
    readonly width?: number;
    readonly height?: number;
  },
): void {
  for (const [name, pixels] of Object.entries(box)) {
    element.style.setProperty(name, `${pixels}px`);
  }
}
