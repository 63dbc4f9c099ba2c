const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** A PNG's width and height, pixels; throws when the bytes are no whole PNG. */
export function pngSize(bytes: Buffer): { readonly width: number; readonly height: number } {
  if (!bytes.subarray(0, 8).equals(signature)) throw new Error('the bytes are no PNG');
  if (bytes.toString('latin1', 12, 16) !== 'IHDR') throw new Error('the PNG has no header');
  if (bytes.toString('latin1', bytes.length - 8, bytes.length - 4) !== 'IEND') {
    throw new Error('the PNG ends before its end');
  }
  return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
}
