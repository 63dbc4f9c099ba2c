import type { SplitRule } from '../tokens/split/splitRule.ts';

const contractions = String.raw`(?i:'s|'t|'re|'ve|'m|'ll|'d)`;
const upper = String.raw`[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]`;
const lower = String.raw`[\p{Ll}\p{Lm}\p{Lo}\p{M}]`;
const lead = String.raw`[^\r\n\p{L}\p{N}]?`;
const spaces = String.raw`\s*[\r\n]+|\s+(?!\S)|\s+`;

function o200kPattern(maxDigits: 1 | 3, withContractions: boolean): string {
  const end = withContractions ? `${contractions}?` : '';
  return [
    `${lead}${upper}*${lower}+${end}`,
    `${lead}${upper}+${lower}*${end}`,
    digits(maxDigits),
    String.raw` ?[^\s\p{L}\p{N}]+[\r\n/]*`,
    spaces,
  ].join('|');
}

function cl100kPattern(maxDigits: 1 | 3): string {
  return [
    contractions,
    String.raw`${lead}\p{L}+`,
    digits(maxDigits),
    String.raw` ?[^\s\p{L}\p{N}]+[\r\n]*`,
    spaces,
  ].join('|');
}

function digits(maxDigits: 1 | 3): string {
  return maxDigits === 3 ? String.raw`\p{N}{1,3}` : String.raw`\p{N}`;
}

/** The regular expressions for which there are scanners, in one way of writing each. */
const rules: ReadonlyMap<string, SplitRule> = new Map<string, SplitRule>([
  [cl100kPattern(3), { kind: 'cl100k', maxDigits: 3, contractions: true }],
  [cl100kPattern(1), { kind: 'cl100k', maxDigits: 1, contractions: true }],
  [o200kPattern(3, true), { kind: 'o200k', maxDigits: 3, contractions: true }],
  [o200kPattern(1, true), { kind: 'o200k', maxDigits: 1, contractions: true }],
  [o200kPattern(3, false), { kind: 'o200k', maxDigits: 3, contractions: false }],
  [o200kPattern(1, false), { kind: 'o200k', maxDigits: 1, contractions: false }],
]);

const openAiCl100k = String.raw`'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+`;

const deepSeekSteps: readonly string[] = [
  String.raw`\p{N}{1,3}`,
  '[一-龥぀-ゟ゠-ヿ]+',
  String.raw`[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_${'`'}{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|${spaces}`,
];

/** The rule of one regular expression by which a text is split, or of several, each splitting what the last left. */
export function ruleOfPatterns(patterns: readonly string[]): SplitRule | undefined {
  const written = patterns.map(inOneWay);
  if (written.length === 1) return rules.get(written[0]);
  const isDeepSeek =
    written.length === deepSeekSteps.length &&
    written.every((pattern, step) => pattern === deepSeekSteps[step]);
  return isDeepSeek ? { kind: 'deepseek', maxDigits: 3, contractions: false } : undefined;
}

/** Line ends, which some files have as characters, as escapes; and OpenAI's older form of cl100k, which matches the same. */
function inOneWay(pattern: string): string {
  const escaped = pattern.replaceAll('\r', String.raw`\r`).replaceAll('\n', String.raw`\n`);
  return escaped === openAiCl100k ? cl100kPattern(3) : escaped;
}
