export type Rgb = readonly [red: number, green: number, blue: number];

/** Least contrast of a mark against its background (WCAG 2.2, 1.4.11 non-text contrast). */
const leastContrast = 3;
/** Colours nearer than that in OKLab are not told apart at a glance. */
const leastDistance = 0.1;

/** Okabe and Ito's colours, which the colour-blind tell apart, lightened and darkened for dark and light backgrounds. */
const onDark: readonly Rgb[] = [
  [86, 180, 233], [230, 159, 0], [0, 178, 129], [214, 139, 180], [240, 228, 66], [232, 110, 50],
]; // prettier-ignore
const onLight: readonly Rgb[] = [
  [0, 98, 168], [178, 86, 0], [0, 118, 84], [148, 60, 112], [112, 98, 0], [176, 32, 32],
]; // prettier-ignore

/**
 * The theme's chart colours where they can be seen on the background and told from those before them, else colours of our own: a
 * theme may give two charts one colour, a colour that its background swallows, or a see-through one.
 */
export function chartPalette(wanted: readonly Rgb[], background: Rgb): readonly Rgb[] {
  const own = luminance(background) < 0.18 ? onDark : onLight;
  return wanted.reduce<readonly Rgb[]>((chosen, colour, idx) => {
    const candidates = [colour, own[idx % own.length], ...own];
    const fits = (one: Rgb) =>
      contrast(one, background) >= leastContrast && nearest(one, chosen) >= leastDistance;
    const found = candidates.find(fits);
    if (found !== undefined) return [...chosen, found];
    const farthest = candidates.reduce((best, one) =>
      nearest(one, chosen) > nearest(best, chosen) ? one : best,
    );
    return [...chosen, farthest];
  }, []);
}

function nearest(colour: Rgb, others: readonly Rgb[]): number {
  return others.reduce((least, one) => Math.min(least, distance(colour, one)), Infinity);
}

function linear(channel: number): number {
  const share = channel / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
}

/** Relative luminance, 0 to 1 (WCAG 2.2). */
export function luminance([red, green, blue]: Rgb): number {
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

/** 1 to 21. */
export function contrast(a: Rgb, b: Rgb): number {
  const [lighter, darker] = [luminance(a), luminance(b)].sort((one, other) => other - one);
  return (lighter + 0.05) / (darker + 0.05);
}

/** How different two colours look: their distance in OKLab (Ottosson 2020). */
export function distance(a: Rgb, b: Rgb): number {
  const [one, other] = [oklab(a), oklab(b)];
  return Math.hypot(one[0] - other[0], one[1] - other[1], one[2] - other[2]);
}

function oklab(colour: Rgb): Rgb {
  const [r, g, b] = colour.map(linear);
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}
