import { formatBytes, formatCount, formatNumber } from '../../core/format/numbers.ts';

/** What an answer is measured in; it decides which units a person may type and how the right answer is written. */
export type AnswerUnit = 'count' | 'bytes' | 'times' | 'number';

const factors: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  m: 1e6,
  g: 1e9,
  b: 1e9,
  t: 1e12,
  ki: 2 ** 10,
  mi: 2 ** 20,
  gi: 2 ** 30,
  ti: 2 ** 40,
};

const pattern = /^([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?)(?:\^(\d+))?\s*([a-z]*)$/;

/**
 * A typed answer as a plain number: "16,777,216", "16.8M", "2^24", "32 GiB", "34.4 GB", "4x", "1/3". Bytes take B and its multiples,
 * powers of 1024 with an i; counts take K, M, B, Ki, Mi.
 * @throws Error that names what was typed and what can be read
 */
export function parseAnswer(text: string, unit: AnswerUnit): number {
  const plain = text
    .trim()
    .toLowerCase()
    .replaceAll(/[,_\s]/g, '')
    .replace(/[x×]$/, '');
  const [dividend, divisor, ...more] = plain.split('/');
  const value = partOf(dividend, unit) / (divisor === undefined ? 1 : partOf(divisor, unit));
  if (more.length > 0 || !Number.isFinite(value)) throw unreadable(text, unit);
  return value;

  function partOf(part: string, of: AnswerUnit): number {
    const match = pattern.exec(part);
    if (match === null) throw unreadable(text, of);
    const [, number, power, suffix] = match;
    const factor = factorOf(suffix, of);
    if (factor === undefined) throw unreadable(text, of);
    return Number(number) ** (power === undefined ? 1 : Number(power)) * factor;
  }
}

function factorOf(suffix: string, unit: AnswerUnit): number | undefined {
  if (unit === 'bytes') {
    // "b" alone is bytes here, not billions.
    const multiple = suffix.replace(/(bytes?|b)$/, '');
    return multiple === 'b' ? undefined : factors[multiple];
  }
  const word = suffix.replace(/(tokens?|cells?|layers?|heads?|users?|times)$/, '');
  return factors[word];
}

function unreadable(text: string, unit: AnswerUnit): Error {
  const examples =
    unit === 'bytes' ? '"32 GiB", "34.4 GB", "2^35"' : '"4096", "16.8M", "2^24", "1/3"';
  return new Error(`can't read “${text.slice(0, 60)}” as a number; write it like ${examples}`);
}

export function answerText(value: number, unit: AnswerUnit): string {
  switch (unit) {
    case 'bytes':
      return `${formatBytes(value)} (${formatCount(value)} bytes)`;
    case 'times':
      return `${formatNumber(value)} times`;
    case 'count':
      return formatCount(value);
    case 'number':
      return formatNumber(value);
  }
}
