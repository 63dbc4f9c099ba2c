import { isRecord } from '../format/isRecord.ts';
import type { JoinRule, SplitRule } from '../tokens/split/splitRule.ts';
import { ruleOfPatterns } from './splitPatterns.ts';
import { recordOf, shown, TokenizerFileError } from './tokenizerFileError.ts';

type Step = Readonly<Record<string, unknown>>;

const spaceSign = '\u2581';

/** What the normalizer does to a text, of what is supported. */
interface Normalization {
  readonly nfc: boolean;
  /** Every space becomes SentencePiece's sign. */
  readonly signsSpaces: boolean;
  /** One more sign is put before a text. */
  readonly prepends: boolean;
}

/**
 * The rule by which a `tokenizer.json` splits a text: of its normalizer, its pre-tokenizer and whether its model has
 * tokens of bytes beside those of characters. Throws a TokenizerFileError that names what is not supported.
 */
export function splitRuleOf(file: Step, hasByteFallback: boolean): SplitRule {
  const { nfc, signsSpaces, prepends } = normalizationOf(file.normalizer);
  const steps = stepsOf(file.pre_tokenizer, 'pretokenizers', 'pre-tokenizer');
  const rule =
    byteLevelRule(steps, signsSpaces) ?? joinRule(steps, signsSpaces, prepends, hasByteFallback);
  if (rule === undefined) {
    throw new TokenizerFileError(
      `Its pre-tokenizer ${shown(file.pre_tokenizer)} with the normalizer ${shown(file.normalizer)} is not supported`,
    );
  }
  return nfc ? { ...rule, normalization: 'NFC' } : rule;
}

function normalizationOf(normalizer: unknown): Normalization {
  const found = { nfc: false, signsSpaces: false, prepends: false };
  for (const step of stepsOf(normalizer, 'normalizers', 'normalizer')) {
    const isSpaces =
      isRecord(step.pattern) && step.pattern.String === ' ' && step.content === spaceSign;
    if (step.type === 'NFC' && !found.signsSpaces) found.nfc = true;
    else if (step.type === 'Replace' && isSpaces) found.signsSpaces = true;
    else if (step.type === 'Prepend' && step.prepend === spaceSign) found.prepends = true;
    else {
      throw new TokenizerFileError(
        `Its normalizer has the step ${shown(step)}; supported are NFC, Prepend "▁" and Replace " " by "▁"`,
      );
    }
  }
  return found;
}

/** One step, or those of a sequence; none where there is nothing. */
function stepsOf(value: unknown, field: string, what: string): readonly Step[] {
  if (value === undefined || value === null) return [];
  const step = recordOf(value, `Its ${what}`);
  if (step.type !== 'Sequence') return [step];
  const steps = step[field];
  if (!Array.isArray(steps)) {
    throw new TokenizerFileError(`Its ${what} is a sequence without a list of steps`);
  }
  return (steps as unknown[]).flatMap((each) => stepsOf(each, field, what));
}

/** Steps that end in bytes: undefined where they do not. */
function byteLevelRule(steps: readonly Step[], signsSpaces: boolean): SplitRule | undefined {
  const last = steps.at(-1);
  if (last?.type !== 'ByteLevel' || signsSpaces) return undefined;
  if (last.add_prefix_space === true) {
    throw new TokenizerFileError(
      'Its ByteLevel step puts a space before a text (add_prefix_space), which is not supported',
    );
  }
  const before = steps.slice(0, -1);
  if (last.use_regex !== false) {
    const digitsApart = before.length === 1 && isEachDigit(before[0]);
    if (before.length > 0 && !digitsApart) return undefined;
    return { kind: 'gpt2', digitsApart };
  }
  const patterns = before.map(patternOf);
  const rule = patterns.every((pattern) => pattern !== undefined)
    ? ruleOfPatterns(patterns)
    : undefined;
  if (rule === undefined) {
    throw new TokenizerFileError(
      `It splits a text by a pattern that is not known: ${patterns.map((pattern, step) => pattern ?? shown(before[step])).join(' then ') || 'none'}`,
    );
  }
  return rule;
}

function isEachDigit(step: Step): boolean {
  return step.type === 'Digits' && step.individual_digits === true;
}

/** The regular expression of a step that makes each match a piece. */
function patternOf(step: Step): string | undefined {
  if (step.type !== 'Split' || step.behavior !== 'Isolated' || step.invert === true) {
    return undefined;
  }
  const pattern = isRecord(step.pattern) ? step.pattern.Regex : undefined;
  return typeof pattern === 'string' ? pattern : undefined;
}

function joinRule(
  steps: readonly Step[],
  signsSpaces: boolean,
  prepends: boolean,
  hasByteFallback: boolean,
): JoinRule | undefined {
  if (!hasByteFallback) return undefined;
  const [step] = steps;
  const always = prepends ? ({ leadingSpace: 'always' } as const) : {};
  if (signsSpaces) {
    // Gemma's step splits at spaces, of which the normalizer has left none.
    const isIdle =
      step === undefined ||
      (steps.length === 1 &&
        step.type === 'Split' &&
        isRecord(step.pattern) &&
        step.pattern.String === ' ');
    return isIdle ? { kind: 'joins', splitsAtSpaces: false, ...always } : undefined;
  }
  if (steps.length !== 1 || prepends || step.type !== 'Metaspace') return undefined;
  if (step.replacement !== spaceSign) return undefined;
  const scheme = step.prepend_scheme ?? (step.add_prefix_space === false ? 'never' : 'always');
  if (scheme !== 'never' && scheme !== 'first' && scheme !== 'always') return undefined;
  return {
    kind: 'joins',
    splitsAtSpaces: step.split !== false,
    ...(scheme !== 'never' && { leadingSpace: 'unlessThere' as const }),
  };
}
