import { t } from './l10n.ts';

/** A canvas as a PNG's bytes. */
export async function canvasPng(canvas: HTMLCanvasElement, title: string): Promise<Uint8Array> {
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (blob === null) throw new Error(t('{0} is too large for a PNG', title));
  return new Uint8Array(await blob.arrayBuffer());
}

/** A standalone SVG as a PNG of twice its size. The page's policy must let in pictures that it made itself (`img-src blob:`). */
export async function svgPng(
  svg: string,
  { width, height }: { readonly width: number; readonly height: number },
  title: string,
): Promise<Uint8Array> {
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(2 * width));
  canvas.height = Math.max(1, Math.round(2 * height));
  const address = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  try {
    const picture = new Image(canvas.width, canvas.height);
    picture.src = address;
    await picture.decode();
    canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  } finally {
    URL.revokeObjectURL(address);
  }
  return canvasPng(canvas, title);
}
