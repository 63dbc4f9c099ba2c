import { readSync } from 'node:fs';
import ignore, { type Ignore } from 'ignore';
import { openListed } from './openListed.ts';
import { joinPath, type SystemPath } from './systemPath.ts';

/** Files that say what is ignored, weakest first: a stronger one wins at every depth, as ripgrep has it. */
export const ignoreFileNames = ['.gitignore', '.ignore', '.contextbudgetignore'] as const;
export type IgnoreFileName = (typeof ignoreFileNames)[number];

export type IgnoreVerdict =
  | { readonly type: 'ignored'; readonly by: IgnoreFileName }
  /** Taken back by a `!` rule. */
  | { readonly type: 'kept'; readonly by: IgnoreFileName }
  | { readonly type: 'unsaid' };

interface RuleFile {
  /** Folder of the rule file, from the analysed one, `''` or ending in a slash. */
  readonly base: string;
  readonly rules: Ignore;
  readonly parent: RuleFile | undefined;
}

/** Rule files of a folder and of all folders above it up to the analysed one, deepest first, by name. */
export type RuleChain = Readonly<Partial<Record<IgnoreFileName, RuleFile>>>;

/** A rule file beyond this is no rule file. */
const maxRuleFileBytes = 1024 * 1024;
const caseInsensitiveNames = process.platform === 'win32' || process.platform === 'darwin';

/** Each more lets a deep path be matched in a power more ways: a rule made for it would take years. */
const maxDoubleStars = 4;
/** The same of the globs of settings, whose stars within a name multiply too. */
const maxGlobStars = 5;

/** Whether a rule can be asked about in a time that somebody would wait. */
function isBearableRule(rule: string): boolean {
  return (rule.match(/\*\*+/g)?.length ?? 0) <= maxDoubleStars;
}

/** Any number of what is itself of any length, as in "+(*)": the same name in a power of two ways. */
const repeatedStar = /[+*]\([^)]*\*/;

/** Whether a glob can. */
export function isBearableGlob(glob: string): boolean {
  const isRepeated = repeatedStar.test(glob);
  return !isRepeated && isBearableRule(glob) && (glob.match(/\*+/g)?.length ?? 0) <= maxGlobStars;
}

/** Why a rule or glob that is not bearable is not applied. */
export function refusedRule(rule: string): string {
  return `The rule "${rule.slice(0, 80)}" is not applied: it has so many "*" that asking about it could take for ever.`;
}

/** The chain for a folder that holds this rule file. Throws what reading it throws, and an Error when it is no rule file. */
export function withRuleFile(
  chain: RuleChain,
  folder: SystemPath,
  base: string,
  name: IgnoreFileName,
  onRefused: (rule: string) => void,
): RuleChain {
  const text = readRuleFile(joinPath(folder, name)).replace(/^\uFEFF/, '');
  return withRules(chain, name, base, text, onRefused);
}

/** Never holds more than a rule file may have. */
function readRuleFile(file: SystemPath): string {
  return openListed(file, (opened) => {
    if (opened.type !== 'file') throw new Error('it is no file any more');
    const { fd, stats } = opened;
    const bytes = Buffer.allocUnsafe(Math.min(stats.size, maxRuleFileBytes) + 1);
    let length = 0;
    for (let read = -1; read !== 0 && length < bytes.length; length += read) {
      read = readSync(fd, bytes, length, bytes.length - length, length);
    }
    if (length > maxRuleFileBytes) {
      throw new Error(`it has more than the ${maxRuleFileBytes} bytes a rule file may have`);
    }
    return bytes.toString('utf8', 0, length);
  });
}

/**
 * The chain with rules in the syntax of `.gitignore`, as if they stood in the file `name` of the folder `base`; without
 * those that would take for ever.
 */
export function withRules(
  chain: RuleChain,
  name: IgnoreFileName,
  base: string,
  text: string,
  onRefused: (rule: string) => void,
): RuleChain {
  // Nothing to say is soonest said by nobody: every entry of every folder would be asked about.
  if (text.trim() === '') return chain;
  const lines = text.split(/\r?\n/);
  const refused = lines.filter((line) => !isBearableRule(line));
  refused.forEach(onRefused);
  const bearable = refused.length === 0 ? text : lines.filter(isBearableRule).join('\n');
  const rules = ignore({ ignorecase: caseInsensitiveNames }).add(bearable);
  return { ...chain, [name]: { base, rules, parent: chain[name] } };
}

/**
 * What the rules say of an entry whose parent folder is not ignored.
 *
 * @param relativePath from the analysed folder, with forward slashes; a folder's ends in a slash
 */
export function ignoreVerdict(
  chain: RuleChain,
  name: IgnoreFileName,
  relativePath: string,
): IgnoreVerdict {
  for (let file = chain[name]; file !== undefined; file = file.parent) {
    const { ignored, unignored } = file.rules.test(relativePath.slice(file.base.length));
    if (ignored) return { type: 'ignored', by: name };
    if (unignored) return { type: 'kept', by: name };
  }
  return { type: 'unsaid' };
}
