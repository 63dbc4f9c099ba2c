interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const margin = 8;
const svgNamespace = 'http://www.w3.org/2000/svg';

/** The text of a tokens picture as a vector picture: what the page laid out, box by box and line by line. */
export function tokensSvg(drawn: Element): { svg: string; width: number; height: number } {
  const page = getComputedStyle(document.body);
  const place = drawn.getBoundingClientRect();
  const width = Math.ceil(place.width) + 2 * margin;
  const height = Math.ceil(place.height) + 2 * margin;
  const root = element('svg', { viewBox: `0 0 ${width} ${height}`, width, height });
  root.append(element('rect', { width, height, fill: page.backgroundColor }));
  for (const token of drawn.querySelectorAll('.token')) {
    const style = getComputedStyle(token);
    const boxes = Array.from(token.getClientRects()).map((box) => ({
      x: round(box.left - place.left + margin),
      y: round(box.top - place.top + margin),
      width: round(box.width),
      height: round(box.height),
    }));
    for (const box of boxes) {
      const rim = { stroke: style.borderTopColor, 'stroke-width': 0.5 };
      root.append(element('rect', { ...box, ...plainFill(style.backgroundColor), ...rim }));
      if (token.classList.contains('lined'))
        root.append(...lineUnder(box, style.borderBottomColor, style.borderBottomStyle));
    }
    for (const { text, x, y } of textLines(token)) {
      const font = { 'font-family': style.fontFamily, 'font-size': style.fontSize };
      const at = { x: round(x - place.left + margin), y: round(y - place.top + margin) };
      const label = element('text', { ...at, ...font, fill: style.color });
      label.textContent = text;
      root.append(label);
    }
  }
  root.setAttribute('xmlns', svgNamespace);
  return { svg: new XMLSerializer().serializeToString(root), width, height };
}

/** The line under a box, of the kind that tells its category: solid, dotted, dashed or double. */
function lineUnder(box: Box, colour: string, kind: string): readonly SVGElement[] {
  const under = (middle: number, more: Readonly<Record<string, string | number>>) => {
    const y = round(box.y + box.height - middle);
    const ends = { x1: box.x, x2: round(box.x + box.width), y1: y, y2: y };
    return element('line', { ...ends, stroke: colour, ...more });
  };
  if (kind === 'double') return [0.5, 2.5].map((middle) => under(middle, { 'stroke-width': 1 }));
  const dashes = { dotted: '0.1 6', dashed: '6 3' }[kind];
  return [
    under(1.5, {
      'stroke-width': 3,
      ...(dashes === undefined ? {} : { 'stroke-dasharray': dashes }),
      ...(kind === 'dotted' ? { 'stroke-linecap': 'round' } : {}),
    }),
  ];
}

/** A mixed colour, "color(srgb 0.1 0.2 0.3 / 0.4)", as viewers of SVG outside browsers know it. */
function plainFill(colour: string): { fill: string; 'fill-opacity'?: number } {
  const parts = /^color\(srgb ([\d.e-]+) ([\d.e-]+) ([\d.e-]+)(?: \/ ([\d.e-]+))?\)$/.exec(colour);
  if (parts === null) return { fill: colour };
  const [red, green, blue] = parts.slice(1, 4).map((share) => Math.round(255 * Number(share)));
  const alpha = parts[4] as string | undefined;
  return { fill: `rgb(${red}, ${green}, ${blue})`, 'fill-opacity': Number(alpha ?? 1) };
}

/** The lines that a token's text is broken into, with the baseline of each. */
function textLines(token: Element): readonly { text: string; x: number; y: number }[] {
  const range = document.createRange();
  const lines: { text: string; x: number; y: number; top: number }[] = [];
  for (const node of token.childNodes) {
    if (!(node instanceof Text)) continue;
    let unit = 0;
    for (const letter of node.data) {
      range.setStart(node, unit);
      range.setEnd(node, unit + letter.length);
      unit += letter.length;
      const box = range.getBoundingClientRect();
      if (box.width === 0) continue;
      const last = lines.at(-1);
      if (last?.top === box.top) last.text += letter;
      else
        lines.push({
          text: letter,
          x: box.left,
          y: box.bottom - 0.22 * box.height,
          top: box.top,
        });
    }
  }
  return lines;
}

function element(name: string, attributes: Readonly<Record<string, string | number>>): SVGElement {
  const made = document.createElementNS(svgNamespace, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}

function round(value: number): number {
  return Number(value.toFixed(1));
}
