// Waiting for a condition: the only way a test here waits.

/** How long a helper polls for what it waits for, milliseconds. */
export const patience = 60_000;

/** Polls until `condition` gives something else than undefined or false. */
export async function waitUntil<T>(
  what: string,
  condition: () => Promise<T | undefined | false> | T | undefined | false,
  limitMilliseconds = patience,
): Promise<T> {
  const deadline = Date.now() + limitMilliseconds;
  for (;;) {
    const value = await condition();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > deadline) throw new Error(`waited ${limitMilliseconds} ms for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
