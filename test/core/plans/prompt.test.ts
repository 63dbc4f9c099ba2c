import { beforeAll, describe, expect, it } from 'vitest';
import { makePlan } from '../../../src/core/plans/makePlans.ts';
import { planManifest, requestFileName } from '../../../src/core/plans/manifest.ts';
import type { PlanInput } from '../../../src/core/plans/plan.ts';
import { renderPrompt, type PromptOptions } from '../../../src/core/plans/prompt.ts';
import { templateProblem } from '../../../src/core/plans/promptFrame.ts';
import type { TokenEncoder } from '../../../src/core/tokens/tokenCounter.ts';
import type { BuiltIndex } from '../../../src/core/plans/codeIndex.ts';
import { buildCodeIndex } from './buildCodeIndex.ts';
import { openTokenCounter } from '../../../src/node/openTokenCounter.ts';

let counter: TokenEncoder;
let built: BuiltIndex;
const sources = {
  'docs/read me.md': '# Title\n\n```ts\nconst a = 1;\n```',
  'src/a<b>&"c".ts': "import './deep/d';\nexport const a = 1;\n",
  'src/deep/d.ts': 'export const d = 2;',
};

beforeAll(async () => {
  counter = await openTokenCounter('o200k_base');
  built = await buildCodeIndex(
    Object.entries(sources).map(([path, text]) => ({
      path,
      utf8: new TextEncoder().encode(text),
    })),
    counter,
  );
});

function inputFor(prompt: PromptOptions): PlanInput {
  return {
    ...built,
    counter,
    task: { kind: 'review' },
    budgetTokens: 10_000,
    outputTokens: 500,
    prompt,
    overlap: 0.1,
    retrievalTokens: 1_000,
  };
}

/** The full plan's request as text; its size is what was planned, to the token. */
function written(prompt: PromptOptions): string {
  const { requests } = makePlan('full', inputFor(prompt));
  const [{ parts, instruction, tokens }] = requests;
  const paths = built.index.files.map(({ path }) => path);
  const text = renderPrompt({ parts, instruction }, paths, built.textOf, prompt);
  expect(counter.countText(text)).toBe(tokens);
  return text;
}

describe('a request as text', () => {
  it('is Markdown with each file under its path, in a fence longer than any inside it', () => {
    const text = written({ format: 'markdown', lineNumbers: false });
    expect(text).toContain('## src/deep/d.ts\n\n```\nexport const d = 2;\n```\n');
    expect(text).toContain('## docs/read me.md\n\n````\n# Title');
    expect(text.endsWith('the most serious first.')).toBe(true);
  });

  it('is XML whose paths can end no attribute', () => {
    const text = written({ format: 'xml', lineNumbers: false });
    expect(text).toContain('<file path="src/a&lt;b>&amp;&quot;c&quot;.ts">\nimport');
    expect(text).toContain('export const d = 2;\n</file>\n');
  });

  it('is plain text', () => {
    expect(written({ format: 'plain', lineNumbers: false })).toContain(
      '===== src/deep/d.ts =====\nexport const d = 2;\n',
    );
  });

  it.each(['markdown', 'xml', 'plain'] as const)(
    'has line numbers and a tree of its paths if wanted, as %s',
    (format) => {
      const text = written({ format, lineNumbers: true, tree: true });
      expect(text).toContain('1: import');
      expect(text).toContain('2: export const a = 1;\n');
      expect(text).toContain('docs/\n  read me.md\nsrc/\n');
      expect(text).toContain('  deep/\n    d.ts\n');
    },
  );

  it("has a person's own form, counted to the token as well", () => {
    const template = {
      file: '[{path}]{lines} {language}\n{fence}\n{code}{fence}\n',
      prompt: 'FILES\n{tree}\n{files}\nTASK {instruction}',
    };
    expect(templateProblem(template)).toBeUndefined();
    const text = written({ format: 'markdown', lineNumbers: false, template });
    expect(text.startsWith('FILES\ndocs/\n')).toBe(true);
    expect(text).toContain('[src/deep/d.ts] ts\n```\nexport const d = 2;\n```\n');
    expect(text).toContain('\nTASK Review this code.');
  });

  it('is refused in a form that loses the code or the task, or asks for what there is not', () => {
    const prompt = '{files}{instruction}';
    expect(templateProblem({ file: '{path}', prompt })).toMatch(/\{code\} must stand in it once/);
    expect(templateProblem({ file: '{code}{code}', prompt })).toMatch(/once/);
    expect(templateProblem({ file: '{code}', prompt: '{files}' })).toMatch(/\{instruction\}/);
    expect(templateProblem({ file: '{code} {size}', prompt })).toMatch(/\{size\} is unknown/);
  });
});

describe('a manifest', () => {
  it('says of each request file what it holds, and names no file by a path', () => {
    const prompt: PromptOptions = { format: 'xml', lineNumbers: false };
    const input = { ...inputFor(prompt), budgetTokens: 90, outputTokens: 10 };
    const plan = makePlan('mapReduce', input);
    const paths = built.index.files.map(({ path }) => path);
    const { requests, strategy } = planManifest(plan, paths, prompt);
    expect(strategy).toBe('mapReduce');
    expect(requests.length).toBe(plan.requests.length);
    expect(requests[0].file).toBe('request-0001.xml');
    expect(requests.flatMap(({ parts }) => parts.map(({ path }) => path)).sort()).toEqual(paths);
    // From 1, as the files are named.
    expect(requests.at(-1)?.answersOf).toEqual(requests.slice(0, -1).map((_, i) => i + 1));
    expect(requestFileName(11, { ...prompt, format: 'plain' })).toBe('request-0012.txt');
  });
});
