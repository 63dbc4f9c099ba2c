import { hierarchy, treemap, treemapSquarify } from 'd3-hierarchy';
import type { HierarchyRectangularNode } from 'd3-hierarchy';
import type { FolderNode, TreeNode } from '../set/fileTree.ts';

/** A file or folder with its rectangle in pixels; a folder's holds those of its children. */
export type Tile = HierarchyRectangularNode<TreeNode>;

/** Height of a folder's name above its files; left out where there is no room for both. */
export const headerHeight = 16;
const leastHeightWithHeader = 44;
const leastWidthWithHeader = 48;

export function hasHeader(tile: Tile): boolean {
  return (
    tile.depth > 0 &&
    tile.data.type === 'folder' &&
    tile.y1 - tile.y0 >= leastHeightWithHeader &&
    tile.x1 - tile.x0 >= leastWidthWithHeader
  );
}

/**
 * Rectangles whose areas are the tokens (squarified: Bruls, Huizing, van Wijk 2000, as d3-hierarchy makes them). Files of
 * no tokens have no area. The root's children are in the order of the tree: heaviest first.
 */
export function layoutTreemap(folder: FolderNode, width: number, height: number): Tile {
  const root = hierarchy<TreeNode>(folder, (node) =>
    node.type === 'folder' ? node.children : undefined,
  ).sum((node) => (node.type === 'file' ? node.tokens : 0));
  return treemap<TreeNode>()
    .tile(treemapSquarify)
    .size([Math.max(0, width), Math.max(0, height)])
    .paddingInner((node) => (node.depth < 2 ? 2 : node.depth < 4 ? 1 : 0))
    .paddingTop((node) => (hasHeader(node) ? headerHeight : 0))(root);
}

/** The deepest tile at a point; undefined outside. */
export function tileAt(root: Tile, x: number, y: number): Tile | undefined {
  const holds = (tile: Tile) => x >= tile.x0 && x < tile.x1 && y >= tile.y0 && y < tile.y1;
  if (!holds(root)) return undefined;
  let at = root;
  for (;;) {
    const next = at.children?.find(holds);
    if (next === undefined) return at;
    at = next;
  }
}

export type Direction = 'left' | 'right' | 'up' | 'down';

/** The neighbour of a tile among its siblings in a direction: the nearest whose middle lies that way. */
export function neighbourOf(tile: Tile, direction: Direction): Tile | undefined {
  const [x, y] = middleOf(tile);
  const [dx, dy] = { left: [-1, 0], right: [1, 0], up: [0, -1], down: [0, 1] }[direction];
  let best: Tile | undefined;
  let bestDistance = Infinity;
  for (const other of tile.parent?.children ?? []) {
    if (other === tile || (other.value ?? 0) === 0) continue;
    const [ox, oy] = middleOf(other);
    const ahead = (ox - x) * dx + (oy - y) * dy;
    if (ahead <= 0.5) continue;
    const aside = Math.abs((ox - x) * dy) + Math.abs((oy - y) * dx);
    const distance = ahead + 2 * aside;
    if (distance < bestDistance) [best, bestDistance] = [other, distance];
  }
  return best;
}

function middleOf(tile: Tile): readonly [number, number] {
  return [(tile.x0 + tile.x1) / 2, (tile.y0 + tile.y1) / 2];
}
