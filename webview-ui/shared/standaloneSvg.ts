const inlined = [
  'fill', 'fill-opacity', 'stroke', 'stroke-opacity', 'stroke-width', 'stroke-dasharray', 'paint-order', 'font-family', 'font-size',
] as const; // prettier-ignore

/** The theme's colours written into the shapes: a file has no stylesheet of ours. */
export function standaloneSvg(drawn: SVGElement): string {
  const copy = drawn.cloneNode(true) as SVGElement;
  const originals = drawn.querySelectorAll<SVGElement>('*');
  copy.querySelectorAll<SVGElement>('*').forEach((element, idx) => {
    const style = getComputedStyle(originals[idx]);
    for (const name of inlined) element.setAttribute(name, style.getPropertyValue(name));
    element.removeAttribute('class');
  });
  copy.removeAttribute('class');
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  const view = drawn.getAttribute('viewBox')?.split(' ') ?? [];
  // A picture of no size is shown as large as its viewer likes.
  if (view.length === 4 && !copy.hasAttribute('width')) {
    copy.setAttribute('width', view[2]);
    copy.setAttribute('height', view[3]);
  }
  const background = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
  background.setAttribute('width', view[2] ?? '100%');
  background.setAttribute('height', view[3] ?? '100%');
  background.setAttribute('fill', getComputedStyle(document.body).backgroundColor);
  copy.prepend(background);
  return new XMLSerializer().serializeToString(copy).replaceAll(/<!--.*?-->/gs, '');
}
