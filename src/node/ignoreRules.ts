import { readFileSync } from 'node:fs';
import ignore, { type Ignore } from 'ignore';
import { forFs, joinPath, type SystemPath } from './systemPath.ts';

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

/** The chain for a folder that holds these rule files. Throws what reading them throws. */
export function withRuleFiles(
  chain: RuleChain,
  folder: SystemPath,
  base: string,
  names: readonly IgnoreFileName[],
): RuleChain {
  let extended = chain;
  for (const name of names) {
    const text = readFileSync(forFs(joinPath(folder, name)), 'utf8');
    if (text.length > maxRuleFileBytes) continue;
    extended = withRules(extended, name, base, text.replace(/^\uFEFF/, ''));
  }
  return extended;
}

/** The chain with rules in the syntax of `.gitignore`, as if they stood in the file `name` of the folder `base`. */
export function withRules(
  chain: RuleChain,
  name: IgnoreFileName,
  base: string,
  text: string,
): RuleChain {
  // Nothing to say is soonest said by nobody: every entry of every folder would be asked about.
  if (text.trim() === '') return chain;
  const rules = ignore({ ignorecase: caseInsensitiveNames }).add(text);
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
