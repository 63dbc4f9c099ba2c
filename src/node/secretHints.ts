/**
 * One look at a file that tells of most that no secret is in it: what every match of each of secretlint's recommended rules
 * must hold, in bytes. It may say yes where there is none, and never no where there is one: `test/node/secretHints.test.ts` holds
 * it to the rules that are installed, on planted secrets and on real files.
 */
const anyCase = (text: string) =>
  text.replace(/[a-z]/g, (letter) => `[${letter}${letter.toUpperCase()}]`).replaceAll('.', '\\.');

/** By rule. Where a rule asks for more (what a host looks like, how long a key is), secretlint itself does. */
const hintsOfRule: Readonly<Record<string, readonly string[]>> = {
  aws: ['(?:SECRET|secret|Secret)_?(?:ACCESS|access|Access)_?(?:KEY|key|Key)'],
  gcp: ['PRIVATE KEY'],
  privatekey: ['PRIVATE KEY'],
  npm: ['x-oauth-basic@github', '_authToken=', 'npm_[A-Za-z0-9_]{36}'],
  basicauth: [],
  // A name and a word before a host; both count characters, which are three bytes at most.
  'database-connection-string': ['://[^:/ \\t-\\r]{1,300}:[^@/ \\t-\\r]{1,600}@'],
  slack: ['(?:xox[abopr]|xapp)-', anyCase('hooks.slack.com')],
  sendgrid: ['SG\\.\\w{1,128}\\.\\w'],
  shopify: ['shp(?:pa|ca|at|ss)_'],
  github: ['gh[oprsu]_[A-Za-z0-9_]{36}', 'github_pat_'],
  openai: ['T3BlbkFJ'],
  anthropic: ['sk-ant-api0'],
  linear: ['lin_api_'],
  '1password': ['ops_ey'],
  // Takes findings back where a comment says so.
  'filter-comments': [],
};
const hints = new RegExp(Object.values(hintsOfRule).flat().join('|'));
/** JSON can write the letters of a service account's key in another way. */
const escapedLetter = /\\u00[2-7]/;

/** The rules that the hints stand for, and the version of secretlint they were read in. */
export const hintedRules: readonly string[] = Object.keys(hintsOfRule);
export const secretlintVersion = '11.7.1';

/** Whether secretlint has to be asked about a file; false: it would find nothing. */
export function mayHoldSecret(path: string, utf8: Uint8Array): boolean {
  if (path.endsWith('.p12')) return true;
  // One character a byte: nothing is decoded, and every hint is ASCII.
  const bytes = Buffer.from(utf8.buffer, utf8.byteOffset, utf8.byteLength).toString('latin1');
  return hints.test(bytes) || (path.endsWith('.json') && escapedLetter.test(bytes));
}
