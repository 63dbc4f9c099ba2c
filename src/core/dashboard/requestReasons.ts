import type { Explained } from '../estimates/explained.ts';
import { plain } from '../estimates/formulaText.ts';
import type { RequestFacts } from '../plans/plansReport.ts';

/** Tokens of one request: its code, the answers that it carries, and the words around both. */
export function requestReason(
  requests: readonly RequestFacts[],
  idx: number,
  encoding: string,
): Explained {
  const { tokens, parts, answersOf } = requests[idx];
  const code = parts.reduce((sum, part) => sum + part.tokens, 0);
  const answers = answersOf.reduce((sum, other) => sum + requests[other].outputTokens, 0);
  const rest = tokens - code - answers;
  const source = `counted with ${encoding}`;
  return {
    name: 'requestTokens',
    unit: 'tokens',
    value: tokens,
    formula: `${plain(code)} of code + ${plain(answers)} of answers + ${plain(rest)} of words around them`,
    inputs: [
      { name: 'code', value: code, unit: 'tokens', source },
      { name: 'answers', value: answers, unit: 'tokens', source: 'each at its reserved length' },
      {
        name: 'words around them',
        value: rest,
        unit: 'tokens',
        source: `${source}: the task and the headers of files`,
      },
    ],
    assumptions: ['the overhead is not in it'],
  };
}

/** Tokens of the code of a file in a request. */
export function partsReason(
  parts: readonly RequestFacts['parts'][number][],
  tokens: number,
  encoding: string,
): Explained {
  return {
    name: 'codeTokens',
    unit: 'tokens',
    value: tokens,
    formula: parts.map((part) => plain(part.tokens)).join(' + '),
    inputs: [
      {
        name: 'code',
        value: tokens,
        unit: 'tokens',
        source: `counted with ${encoding}, without the header around it`,
      },
    ],
    assumptions: [],
  };
}
