import { html, type TemplateResult } from 'lit';
import { hasHeader, headerHeight, type Tile } from '../../../src/core/dashboard/treemap.ts';
import { contentKinds, type ContentKind } from '../../../src/core/files/contentKind.ts';
import { shownName } from '../../../src/core/format/fileNames.ts';
import { formatTokens } from '../../../src/core/format/numbers.ts';
import type { FolderNode, TreeNode } from '../../../src/core/set/fileTree.ts';
import { t } from '../../shared/l10n.ts';
import { kindText } from '../words.ts';

/** The colour of each kind of content; prose of any script has one. */
const colourOf: Readonly<Record<ContentKind, string>> = {
  code: 'blue',
  typeDeclarations: 'purple',
  markdown: 'green',
  json: 'yellow',
  css: 'cyan',
  minified: 'red',
  chinese: 'green',
  japanese: 'green',
  korean: 'green',
  russian: 'green',
};

/** VS Code's `charts.orange` is half transparent, and absent in high contrast: cyan, which no chart colour is, in its place. */
function variableOf(colour: string): string {
  return colour === 'cyan' ? 'terminal-ansiCyan' : `charts-${colour}`;
}

export interface Theme {
  readonly background: string;
  readonly foreground: string;
  readonly quiet: string;
  readonly border: string;
  readonly font: string;
  readonly kinds: Readonly<Record<ContentKind, string>>;
}

/** The theme's colours as they are now: a canvas follows no stylesheet. */
export function readTheme(): Theme {
  const style = getComputedStyle(document.body);
  const colour = (name: string, otherwise: string) =>
    style.getPropertyValue(`--vscode-${name}`).trim() || otherwise;
  const foreground = colour('editor-foreground', style.color);
  return {
    background: colour('editor-background', '#fff'),
    foreground,
    quiet: colour('descriptionForeground', foreground),
    border: colour('contrastBorder', ''),
    font: `12px ${style.fontFamily}`,
    kinds: Object.fromEntries(
      contentKinds.map((kind) => [kind, colour(variableOf(colourOf[kind]), foreground)]),
    ) as Record<ContentKind, string>,
  };
}

export interface Painting {
  readonly root: Tile;
  readonly width: number;
  readonly height: number;
  readonly theme: Theme;
  /** What is not meant or not found is pale. */
  readonly isPale: (node: TreeNode) => boolean;
}

/** Smaller rectangles have no name in them. */
export const leastLabelWidth = 36;
export const leastLabelHeight = 15;

/** How much of its colour a file shows, 0 to 1. */
export function toneOf(isPale: boolean): number {
  return isPale ? 0.1 : 0.42;
}

/** Draws a treemap: files as rectangles coloured by kind, folders as names above them. */
export function paintTreemap(canvas: HTMLCanvasElement, painting: Painting): void {
  const { root, width, height, theme, isPale } = painting;
  const scale = window.devicePixelRatio || 1;
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const context = canvas.getContext('2d');
  if (context === null) return;
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.fillStyle = theme.background;
  context.fillRect(0, 0, width, height);

  // One style at a time: changing it for each of 50,000 rectangles would take longer than filling them.
  const byStyle = new Map<string, Tile[]>();
  const labelled: Tile[] = [];
  root.each((tile) => {
    const { data } = tile;
    if (data.type === 'folder') {
      if (hasHeader(tile)) labelled.push(tile);
      return;
    }
    const [w, h] = [tile.x1 - tile.x0, tile.y1 - tile.y0];
    if (w <= 0 || h <= 0) return;
    const key = `${isPale(data) ? 'pale' : 'strong'} ${data.file.kind}`;
    const tiles = byStyle.get(key);
    if (tiles === undefined) byStyle.set(key, [tile]);
    else tiles.push(tile);
    if (w >= leastLabelWidth && h >= leastLabelHeight) labelled.push(tile);
  });
  for (const [key, tiles] of byStyle) {
    const [tone, kind] = key.split(' ');
    context.globalAlpha = toneOf(tone === 'pale');
    context.fillStyle = theme.kinds[kind as ContentKind];
    for (const { x0, y0, x1, y1 } of tiles) {
      // A hair's breadth between neighbours, where they are wide enough to spare it.
      const gap = x1 - x0 > 3 && y1 - y0 > 3 ? 0.5 : 0;
      context.fillRect(x0, y0, x1 - x0 - gap, y1 - y0 - gap);
    }
  }
  context.globalAlpha = 1;
  if (theme.border !== '') paintBorders(context, labelled, theme.border);
  paintLabels(context, labelled, theme);
}

/** In high contrast themes lines tell apart what colours do elsewhere. */
function paintBorders(context: CanvasRenderingContext2D, tiles: readonly Tile[], border: string) {
  context.strokeStyle = border;
  context.lineWidth = 1;
  for (const { x0, y0, x1, y1 } of tiles) {
    context.strokeRect(x0 + 0.5, y0 + 0.5, x1 - x0 - 1, y1 - y0 - 1);
  }
}

function paintLabels(
  context: CanvasRenderingContext2D,
  tiles: readonly Tile[],
  theme: Theme,
): void {
  context.font = theme.font;
  context.textBaseline = 'top';
  context.direction = 'ltr';
  context.textAlign = 'left';
  const characterWidth = context.measureText('n').width;
  for (const tile of tiles) {
    const { data, x0, y0 } = tile;
    const isFolder = data.type === 'folder';
    context.fillStyle = isFolder ? theme.quiet : theme.foreground;
    labelLines(tile, characterWidth).forEach((line, idx) => {
      context.fillText(line, x0 + 3, y0 + (isFolder ? (headerHeight - 12) / 2 : 2 + 14 * idx));
    });
  }
}

/** The name of a file or folder, as much of it as there is room for, and its tokens. */
export function labelLines(
  { data, x0, y0, x1, y1 }: Tile,
  characterWidth: number,
): readonly string[] {
  const room = Math.floor((x1 - x0 - 6) / characterWidth);
  const tokens = formatTokens(data.tokens);
  if (data.type === 'file') {
    const name = cut(shownName(data.name), room);
    return y1 - y0 >= 32 ? [name, cut(tokens, room)] : [name];
  }
  const name = `${shownName(data.name)}/`;
  return [cut(room > name.length + tokens.length + 2 ? `${name}  ${tokens}` : name, room)];
}

function cut(text: string, characters: number): string {
  return text.length <= characters ? text : `${text.slice(0, Math.max(1, characters - 1))}…`;
}

/** The kinds that a folder holds, with the colour of each. */
export function legendView(folder: FolderNode): TemplateResult {
  const shown = new Map<string, string[]>();
  for (const kind of kindsIn(folder)) {
    const names = shown.get(colourOf[kind]) ?? [];
    names.push(kindText(kind));
    shown.set(colourOf[kind], names);
  }
  return html`<p class="legend" aria-label=${t('Colours')}>
    ${[...shown].map(
      ([colour, names]) =>
        html`<span><i class="swatch ${colour}" aria-hidden="true"></i>${names.join(', ')}</span>`,
    )}
  </p>`;
}

const kindsOfFolder = new WeakMap<FolderNode, readonly ContentKind[]>();

function kindsIn(folder: FolderNode): readonly ContentKind[] {
  const known = kindsOfFolder.get(folder);
  if (known !== undefined) return known;
  const found = new Set<ContentKind>();
  const visit = (node: TreeNode): void => {
    if (node.type === 'file') found.add(node.file.kind);
    else node.children.forEach(visit);
  };
  visit(folder);
  const kinds = contentKinds.filter((kind) => found.has(kind));
  kindsOfFolder.set(folder, kinds);
  return kinds;
}
