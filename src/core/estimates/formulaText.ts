/** Numbers as formulas show them: whole ones as they are, others with seven digits: the text evaluates to the value. */
export function plain(value: number): string {
  return String(Number.isSafeInteger(value) ? value : Number(value.toPrecision(7)));
}

export function terascale(value: number, unit: 'FLOP' | 'FLOP/s'): string {
  return `${plain(value / 1e12)} T${unit}`;
}

export function gigabytes(value: number, unit: 'GB' | 'GB/s' = 'GB'): string {
  return `${plain(value / 1e9)} ${unit}`;
}

export function gibibytes(value: number): string {
  return `${plain(value / 2 ** 30)} GiB`;
}

export function secondsText(value: number): string {
  return `${plain(value)} s`;
}

/** "1 GiB + 2 GiB": the sum of what is shown. */
export function sumText(values: readonly number[], show: (value: number) => string): string {
  return values.length === 0 ? show(0) : values.map(show).join(' + ');
}
