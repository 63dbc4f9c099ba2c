import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { makePlan } from '../../../src/core/plans/makePlans.ts';
import { strategyIds, type Plan, type PlanInput } from '../../../src/core/plans/plan.ts';
import { codeText, defaultPromptOptions, renderPrompt } from '../../../src/core/plans/prompt.ts';
import type { FileOrder } from '../../../src/core/plans/order.ts';
import type { Task } from '../../../src/core/plans/task.ts';
import type { TokenEncoder } from '../../../src/core/tokens/tokenCounter.ts';
import type { BuiltIndex } from '../../../src/core/plans/codeIndex.ts';
import { buildCodeIndex } from './buildCodeIndex.ts';
import { openTokenCounter } from '../../../src/node/openTokenCounter.ts';

let counter: TokenEncoder;
let real: BuiltIndex;

beforeAll(async () => {
  counter = await openTokenCounter('o200k_base');
  const folder = path.resolve(import.meta.dirname, '../../../src');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .sort()
    .filter((name) => /^(engine.(masks|attention)|core.(tokens|files))\b/.test(name))
    .map((name) => ({
      path: name.replaceAll(path.sep, '/'),
      utf8: readFileSync(path.join(folder, name)),
    }));
  real = await buildCodeIndex(files, counter);
});

function inputFor(built: BuiltIndex, task: Task, budgetTokens: number): PlanInput {
  return {
    ...built,
    counter,
    task,
    budgetTokens,
    outputTokens: Math.min(400, Math.ceil(budgetTokens / 8)),
    prompt: defaultPromptOptions,
    overlap: 0.1,
    retrievalTokens: 4_000,
  };
}

/** Every request, written out and counted by the real tokenizer, stays within the budget and says its own size. */
function expectWithinBudget(plan: Plan, input: PlanInput): void {
  const paths = input.index.files.map((file) => file.path);
  for (const request of plan.requests) {
    expect(request.tokens).toBeLessThanOrEqual(input.budgetTokens);
    const text = renderPrompt(request, paths, input.textOf, input.prompt);
    const carried = request.tokens - counter.countText(text);
    expect(carried).toBeGreaterThanOrEqual(0);
    if (request.answersOf.length === 0) expect(carried).toBe(0);
  }
}

/** Bytes of each file that the plan's requests hold between them, without gaps. */
function expectWholeCoverage(plan: Plan, input: PlanInput): void {
  expect(plan.coverage).toBe(1);
  const covered = input.index.files.map(() => 0);
  const parts = plan.requests.flatMap((request) => request.parts);
  input.index.files.forEach((file, fileIdx) => {
    const own = parts
      .filter((part) => part.fileIdx === fileIdx)
      .sort((a, b) => a.startByte - b.startByte);
    for (const part of own) {
      expect(part.startByte).toBeLessThanOrEqual(covered[fileIdx]);
      covered[fileIdx] = Math.max(covered[fileIdx], part.endByte);
    }
    expect(covered[fileIdx]).toBe(file.bytes);
  });
}

/** What the full plan leaves out makes up everything with what it sends, and no file of it could be put back. */
function expectSmallestCut(plan: Plan, input: PlanInput): void {
  const { files } = input.index;
  const cut = plan.cut?.files ?? [];
  const sent = new Set(plan.requests[0].parts.map((part) => files[part.fileIdx].path));
  expect(cut.length).toBe(plan.cut?.numFiles);
  expect(cut.reduce((sum, file) => sum + file.tokens, 0)).toBe(plan.cut?.tokens);
  expect(cut.some((file) => sent.has(file.path))).toBe(false);
  expect(cut.length + sent.size).toBe(files.filter((file) => file.bytes > 0).length);
  expect(plan.cut?.wholeTokens).toBeGreaterThan(input.budgetTokens);
  // The header and a seam come to a file's own tokens: a few tokens of room may be left.
  for (const { tokens } of cut)
    expect(plan.tokensSent + tokens + 40).toBeGreaterThan(input.budgetTokens);
}

const coveringStrategies = ['slidingWindow', 'mapReduce', 'refine', 'summariseThenAsk'] as const;
const question: Task = {
  kind: 'question',
  question: 'Where does slidingWindow build its mask of exactly window keys?',
};

describe('plans for real code', () => {
  it.each(strategyIds)('%s: requests fit the budget by the real tokenizer', (strategy) => {
    for (const task of [question, { kind: 'review' } as const]) {
      for (const budgetTokens of [2_500, 20_000, 1_000_000]) {
        const input = inputFor(real, task, budgetTokens);
        const plan = makePlan(strategy, input);
        expect(plan.requests.length).toBeGreaterThan(0);
        expectWithinBudget(plan, input);
      }
    }
  });

  it.each(coveringStrategies)('%s: the requests together hold every byte', (strategy) => {
    const input = inputFor(real, { kind: 'review' }, 6_000);
    expectWholeCoverage(makePlan(strategy, input), input);
  });

  it('full: holds everything, needed files before the ones that need them, all dependencies together', () => {
    const input = inputFor(real, { kind: 'summarise' }, 10_000_000);
    const plan = makePlan('full', input);
    expect(plan.requests.length).toBe(1);
    expectWholeCoverage(plan, input);
    expect(plan.losses.dependenciesTogether).toBe(plan.losses.dependencies);
    expect(plan.losses.dependencies).toBeGreaterThan(50);
  });

  it('full: says what it cut', () => {
    const plan = makePlan('full', inputFor(real, { kind: 'summarise' }, 8_000));
    expect(plan.losses.filesUnseen).toBeGreaterThan(0);
    expect(plan.notes.join(' ')).toMatch(/files .* cut to fit/);
    expectSmallestCut(plan, inputFor(real, { kind: 'summarise' }, 8_000));
  });

  it('map-reduce cuts fewer dependencies than windows in path order without overlap', () => {
    const input = { ...inputFor(real, { kind: 'review' }, 8_000), overlap: 0 };
    const grouped = makePlan('mapReduce', input).losses.dependenciesTogether;
    const inPathOrder = makePlan('slidingWindow', input).losses.dependenciesTogether;
    expect(grouped).toBeGreaterThanOrEqual(inPathOrder * 0.9);
  });

  it('full: cuts nothing that would have fitted, to the last token', () => {
    const whole = makePlan('full', inputFor(real, { kind: 'review' }, 10_000_000)).tokensSent;
    expect(makePlan('full', inputFor(real, { kind: 'review' }, whole)).cut).toBeUndefined();
    const cut = makePlan('full', inputFor(real, { kind: 'review' }, whole - 1)).cut;
    expect(cut?.wholeTokens).toBe(whole);
    // The smallest of the least important would do: not more than a file goes.
    expect(cut?.numFiles).toBe(1);
  });

  it('full: holds the files in the order that is asked for; the same start for every task where its words play no part', () => {
    const planned = (order: FileOrder, task: Task) => {
      const { requests } = makePlan('full', { ...inputFor(real, task, 10_000_000), order });
      return requests[0];
    };
    const filesOf = (order: FileOrder, task: Task) =>
      planned(order, task).parts.map(({ fileIdx }) => real.index.files[fileIdx]);
    const paths = filesOf('path', question).map(({ path: name }) => name);
    expect(paths).toEqual([...paths].sort());
    const sizes = filesOf('heaviestLast', question).map(({ tokens }) => tokens);
    expect(sizes).toEqual([...sizes].sort((a, b) => a - b));
    expect(filesOf('dependencies', question)).toEqual(filesOf('byTask', { kind: 'review' }));
    expect(filesOf('edges', question)).toEqual(filesOf('byTask', question));
    expect(planned('path', question).stableTokens).toBeGreaterThan(50_000);
    expect(planned('edges', question).stableTokens).toBe(0);
  });

  it.each(coveringStrategies)('%s: takes windows of the size that is asked for', (strategy) => {
    const input = { ...inputFor(real, { kind: 'review' }, 100_000), windowTokens: 5_000 };
    const plan = makePlan(strategy, input);
    for (const { tokens } of plan.requests) expect(tokens).toBeLessThanOrEqual(5_000);
    expectWithinBudget(plan, input);
    expectWholeCoverage(plan, input);
    expect(() => makePlan(strategy, { ...input, windowTokens: 0 })).toThrow('windowTokens');
  });

  it('tell pieces that were found from those that came along with their file', () => {
    // Words of one place: its file is taken whole, with more pieces than were found.
    const task: Task = { kind: 'question', question: 'readonly' };
    const input = inputFor(real, task, 60_000);
    for (const strategy of ['rag', 'retrievalIntoWindow'] as const) {
      const [note] = makePlan(strategy, input).notes;
      const [, taken, found] = /^(\d+) of (\d+) pieces found/.exec(note) ?? [];
      expect(Number(taken), note).toBeGreaterThan(0);
      expect(Number(taken), note).toBeLessThanOrEqual(Number(found));
      expect(note.includes('beside them'), note).toBe(strategy === 'retrievalIntoWindow');
    }
  });

  it('every stretch says how many tokens of code it holds, with its line numbers or without', () => {
    for (const lineNumbers of [false, true]) {
      const prompt = { ...defaultPromptOptions, lineNumbers };
      const input = { ...inputFor(real, question, 6_000), prompt };
      const { requests } = makePlan('retrievalIntoWindow', input);
      for (const part of requests[0].parts) {
        const code = real.textOf(part.fileIdx).subarray(part.startByte, part.endByte);
        const text = new TextDecoder().decode(code);
        expect(part.tokens).toBe(counter.countText(codeText(text, part.startLine, prompt)));
      }
    }
  });

  it('rag: retrieves the file that the question is about', () => {
    const plan = makePlan('rag', inputFor(real, question, 100_000));
    const paths = plan.requests[0].parts.map((part) => real.index.files[part.fileIdx].path);
    expect(plan.tokensSent).toBeLessThanOrEqual(4_000);
    expect(paths.join(' ')).toMatch(/engine.masks.window/);
  });
});

describe('plans for any tree and any budget', () => {
  it('fit, cover, or say why not', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(
          fc.record({
            path: fc.constantFrom(
              'a.ts',
              'b/c.py',
              'b/d.unknown',
              'e e.md',
              'f"<g>.ts',
              'h/i/j.go',
            ),
            text: fc.oneof(
              fc.string({ unit: 'binary', maxLength: 300 }),
              fc
                .array(fc.constantFrom('function f() {', '}', 'x = 1', '', '```', 'import "./a"'))
                .map((lines) => lines.join('\n')),
            ),
          }),
          { selector: (file) => file.path, minLength: 1, maxLength: 5 },
        ),
        fc.integer({ min: 1, max: 3_000 }),
        fc.constantFrom(...strategyIds),
        async (tree, budgetTokens, strategy) => {
          const built = await buildCodeIndex(
            tree.map(({ path: name, text }) => ({
              path: name,
              utf8: new TextEncoder().encode(text),
            })),
            counter,
            { targetTokens: 40, maxTokens: 80 },
          );
          const input = inputFor(built, { kind: 'review' }, budgetTokens);
          let plan: Plan;
          try {
            plan = makePlan(strategy, input);
          } catch (error) {
            expect(String(error)).toMatch(/budget of \d+ tokens|There is nothing to send/);
            return;
          }
          expectWithinBudget(plan, input);
          if (plan.cut !== undefined) expectSmallestCut(plan, input);
          if ((coveringStrategies as readonly string[]).includes(strategy))
            expectWholeCoverage(plan, input);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('of an empty set is refused with a reason', async () => {
    const built = await buildCodeIndex([], counter);
    expect(() => makePlan('full', inputFor(built, { kind: 'review' }, 1_000))).toThrow(
      'no file in the context set',
    );
  });

  it('of empty files is refused with a reason', async () => {
    const built = await buildCodeIndex([{ path: 'a.ts', utf8: new Uint8Array(0) }], counter);
    expect(() => makePlan('rag', inputFor(built, { kind: 'review' }, 1_000))).toThrow(
      'There is nothing to send: the file of the context set is empty.',
    );
  });

  it('is refused in words where a request holds less than one piece, or not even the task', async () => {
    const text = `export const list = [${'1234, '.repeat(300)}];\n`;
    const utf8 = new TextEncoder().encode(text);
    const built = await buildCodeIndex([{ path: 'list.ts', utf8 }], counter);
    for (const strategy of strategyIds) {
      expect(() => makePlan(strategy, inputFor(built, { kind: 'review' }, 200))).toThrow(
        /A budget of 200 tokens .* (list\.ts|no whole file)/,
      );
    }
    const long = { kind: 'question' as const, question: 'list? '.repeat(200) };
    expect(() => makePlan('rag', inputFor(built, long, 300))).toThrow(/budget of 300 tokens/);
  });

  it('of one line of a megabyte, of broken syntax and of an unknown language are plans like others', async () => {
    const encode = (text: string) => new TextEncoder().encode(text);
    const built = await buildCodeIndex(
      [
        { path: 'huge.json', utf8: encode(`{"all":"${'word '.repeat(200_000)}"}`) },
        { path: 'broken.ts', utf8: encode('export function (((\nclass {{{ return\n`never closed') },
        { path: 'what.xyzzy', utf8: encode('plugh\nfee fie foe\n') },
        { path: 'noend.py', utf8: encode('def f(:\n\treturn') },
      ],
      counter,
    );
    for (const strategy of strategyIds) {
      const input = inputFor(built, { kind: 'review' }, 20_000);
      const plan = makePlan(strategy, input);
      expectWithinBudget(plan, input);
      if ((coveringStrategies as readonly string[]).includes(strategy))
        expectWholeCoverage(plan, input);
    }
  });
});
