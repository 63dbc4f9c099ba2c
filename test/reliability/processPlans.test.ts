// The thread of the plans and those that index for it, killed or hanging at every stage: the person is told what to do, the next
// plan is right, and what was kept is whole or counts as nothing.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { strategyIds } from '../../src/core/plans/plan.ts';
import { batchFiles } from '../../src/node/indexPool.ts';
import type { IndexSummary, Planned, PlansCalls, PlanSettings } from '../../src/node/plansCalls.ts';
import { PlansThread } from '../../src/node/plansThread.ts';
import { startEmbeddingServer, type EmbeddingServer } from '../node/embeddingServer.ts';
import { tempTree } from '../node/tempTree.ts';
import { attack, isFull, often, type Tally } from './attack.ts';
import { tamperedWorker } from './scanning.ts';

/** In full enough for two indexing threads. */
const names = Array.from(
  { length: often(14, 110) },
  (_, i) => `d${i % 5}/f${String(i).padStart(3, '0')}.ts`,
);
const texts = Object.fromEntries(
  names.map((name, i) => [
    name,
    `import { value${i % 7} } from '../d${(i % 7) % 5}/f00${i % 7}';\n` +
      `/** Counts harbour number ${i} at noon. */\nexport const value${i} = value${i % 7} + ${i};\n`,
  ]),
);
const settings: PlanSettings = {
  task: { kind: 'question', question: 'where is harbour number 17 counted' },
  budgetTokens: 4_000,
  outputTokens: 500,
  prompt: { format: 'markdown', lineNumbers: false },
  overlap: 0.1,
  retrievalTokens: 1_000,
};

interface Made {
  readonly index: Omit<IndexSummary, 'indexId' | 'filesKept'>;
  readonly planned: readonly Planned[];
}

let root: string;
/** The worker's file, after it was given what its threads run first. */
let tampered: (code: string) => string;
let right: Made;
let server: EmbeddingServer;
const threads: PlansThread[] = [];

function newThread(workerFile: string, patienceMs?: number): PlansThread {
  const thread = new PlansThread(workerFile, patienceMs === undefined ? {} : { patienceMs });
  threads.push(thread);
  return thread;
}

function openWith(thread: PlansThread, cacheFolder: string, signal?: AbortSignal, limit?: number) {
  const files = names.map((name) => ({ path: name, systemPath: path.join(root, name) }));
  return thread.open(
    {
      files,
      encoding: 'o200k_base',
      root,
      cacheFolder,
      ...(limit !== undefined && { maxFileSeconds: limit }),
    },
    { ...(signal && { signal }) },
  );
}

const plansOf = (thread: PlansThread, indexId: number) =>
  thread.call('plan', indexId, strategyIds, settings);

const embeddingRequest = (cacheFolder: string) => ({
  target: { address: `${server.address}/api/embed`, modelName: 'words' },
  cacheFolder,
});

/** Everything that a window asks of the thread, from the first to the last; sampled, the index and the plans. */
async function runThrough(thread: PlansThread, cacheFolder: string): Promise<Made> {
  const { indexId, filesKept, ...index } = await openWith(thread, cacheFolder);
  if (filesKept !== 0 && filesKept !== names.length) throw new Error(`${filesKept} files kept`);
  const planned = await plansOf(thread, indexId);
  if (!isFull) return { index, planned };
  const request = planned.find(({ plan }) => plan !== undefined)?.plan?.requests[0];
  if (request === undefined) throw new Error('no plan has a request');
  await thread.call('render', indexId, { request, prompt: settings.prompt });
  await thread.call('secrets', indexId, [request]);
  const problem = await thread.call('keep', indexId);
  if (problem !== undefined) throw new Error(`not kept: ${problem}`);
  await thread.call('recall', indexId, 1_000);
  const asked = embeddingRequest(cacheFolder);
  await thread.call('embeddingSize', indexId, asked);
  await thread.call('embed', indexId, asked, new Int32Array(new SharedArrayBuffer(8)));
  return { index, planned };
}

beforeAll(async () => {
  root = tempTree(texts);
  server = await startEmbeddingServer();
  tampered = await tamperedWorker('plansWorker');
  const thread = newThread(tampered(''));
  right = await runThrough(thread, tempTree());
  await thread.stop();
});
afterAll(async () => {
  await Promise.all(threads.map((thread) => thread.stop()));
  await server.close();
});

const stages = [
  'open',
  'plan',
  'render',
  'secrets',
  'keep',
  'recall',
  'embeddingSize',
  'embed',
] as const satisfies readonly (keyof PlansCalls)[];
const deaths = {
  exit: 'process.exit(7);',
  fault: "setImmediate(() => { throw new Error('a fault in the thread'); });",
  rejection: "void Promise.reject(new Error('nobody waits for this'));",
  memory: 'const all = []; for (;;) all.push(new Array(1e6).fill(Math.random()));',
  hang: 'for (;;);',
} as const;
type Death = keyof typeof deaths;

/** Dies once, in the thread that has the role, where `at` calls `die`. */
function dying(role: 'plans' | 'index', death: Death, marker: string, at: string): string {
  return `const die = () => {
      try {
        fs.closeSync(fs.openSync(${JSON.stringify(marker)}, 'wx'));
      } catch {
        return false;
      }
      ${deaths[death]}
      return true;
    };
    if ((workerData?.role ?? 'plans') === '${role}') { ${at} }`;
}

const asked = (stage: string) =>
  `parentPort.on('message', ({ method }) => { if (method === '${stage}') die(); });`;
const answering = (stage: string) =>
  `const ids = new Set();
   parentPort.on('message', ({ id, method }) => { if (method === '${stage}') ids.add(id); });
   const post = parentPort.postMessage;
   parentPort.postMessage = (reply, ...rest) => { if (!ids.has(reply.id) || !die()) post.call(parentPort, reply, ...rest); };`;
/** Stages of an indexing thread: before it has a batch, as it gets one, at one of its files, as it answers. */
const indexStages = {
  starting: 'die();',
  'with a batch': "parentPort.on('message', () => die());",
  'at a file': `const store = Atomics.store;
    Atomics.store = (array, place, value) => { const stored = store(array, place, value); if (array === workerData.position && value === 5) die(); return stored; };`,
  answering: `const post = parentPort.postMessage;
    parentPort.postMessage = (...reply) => { if (!die()) post.apply(parentPort, reply); };`,
} as const;

/** What another window makes of what was kept. */
async function checkKept(tally: Tally, cacheFolder: string, what: string): Promise<void> {
  const thread = newThread(tampered(''));
  const again = await tally.try(`${what}: another window`, () => runThrough(thread, cacheFolder));
  tally.check(isDeepStrictEqual(again, right), `${what}: the plans of another window`);
  await thread.stop();
}

const saysWhatToDo = (message: string) => /plan again/i.test(message);

// Sampled: planning that hangs, and a thread that dies as it indexes a file.
function killThreads(): void {
  it('that dies at any stage costs that planning, says so, and the next one is right', () =>
    attack('processes', 'the thread of the plans killed at every stage', async (tally) => {
      const marker = path.join(tempTree(), 'died');
      for (const stage of stages) {
        for (const death of ['exit', 'fault', 'rejection', 'memory'] as const) {
          for (const [when, at] of Object.entries({ asked, answering })) {
            // Where nothing of it is another case: two gigabytes take their time to fill.
            const isShort = death === 'exit' || death === 'fault';
            if (!isShort && stage !== 'open' && stage !== 'plan') continue;
            const what = `${death} at ${stage}, ${when}`;
            rmSync(marker, { force: true });
            const code = dying('plans', death, marker, at(stage));
            const thread = newThread(tampered(code));
            const cacheFolder = tempTree();
            const messages: string[] = [];
            const first = await tally.try(what, () => runThrough(thread, cacheFolder), {
              limitSeconds: 120,
              mayFail: (error) => messages.push(error.message) > 0,
            });
            tally.check(existsSync(marker), `${what}: it died`);
            for (const message of messages)
              tally.check(saysWhatToDo(message), `${what}: ${message}`);
            if (first !== undefined)
              tally.check(isDeepStrictEqual(first, right), `${what}: the plans made all the same`);
            const second = await tally.try(`${what}: again`, () => runThrough(thread, cacheFolder));
            tally.check(isDeepStrictEqual(second, right), `${what}: the next plans`);
            await thread.stop();
          }
        }
      }
    }));

  it('that is killed at each step of keeping its index or its vectors leaves the old ones or the new ones', () =>
    attack('processes', 'the thread of the plans killed at each step of a write', async (tally) => {
      const steps = {
        'before the file is opened': "if (name === 'openSync') die();",
        'when half is written':
          "if (name === 'writeSync') { call(args[0], args[1], args[2], args[3] >> 1); die(); }",
        'before it is flushed': "if (name === 'fsyncSync') die();",
        'before it takes its name': "if (name === 'renameSync') die();",
        'after it took its name':
          "if (name === 'renameSync') { const done = call(...args); die(); return done; }",
      };
      for (const kind of ['index', 'embeddings']) {
        for (const [step, action] of Object.entries(steps)) {
          const what = `${kind}, ${step}`;
          const marker = path.join(tempTree(), 'died');
          const code = dying(
            'plans',
            'exit',
            marker,
            `const parts = new Set();
             for (const name of ['openSync', 'writeSync', 'fsyncSync', 'renameSync']) {
               const call = fs[name];
               fs[name] = (...args) => {
                 const isIt = /[.]${kind}[.].*[.]partial$/.test(String(args[0])) || parts.has(args[0]);
                 if (isIt) { ${action} }
                 const result = call(...args);
                 if (name === 'openSync' && isIt) parts.add(result);
                 return result;
               };
             }
             syncBuiltinESMExports();`,
          );
          const thread = newThread(tampered(code));
          const cacheFolder = tempTree();
          await tally.try(what, () => runThrough(thread, cacheFolder), {
            mayFail: ({ message }) => saysWhatToDo(message),
          });
          tally.check(existsSync(marker), `${what}: it died`);
          await checkKept(tally, cacheFolder, what);
          await thread.stop();
          const strange = readdirSync(cacheFolder).filter(
            (name) => !/[.](?:index|embeddings|partial)$/.test(name),
          );
          tally.equal(strange, [], `${what}: files in the cache`);
        }
      }
    }));
}
if (isFull) describe('the thread of the plans', killThreads);

describe('planning', () => {
  it('that hangs is let go by a cancel, and the next plan is made by a new one', () =>
    attack('processes', 'planning that hangs, then a cancel', async (tally) => {
      const cases = {
        'the thread of the plans, opening': ['plans', asked('open')],
        'the thread of the plans, planning': ['plans', asked('plan')],
        'a thread that indexes, starting': ['index', indexStages.starting],
        'a thread that indexes, at a file': ['index', indexStages['at a file']],
      } as const;
      for (const [i, [what, [role, at]]] of Object.entries(cases).entries()) {
        // Sampled: as it is to open, before it has threads of its own.
        if (!isFull && i !== 0) continue;
        const marker = path.join(tempTree(), 'hung');
        const code = dying(role, 'hang', marker, at);
        const workerFile = tampered(code);
        const thread = newThread(workerFile, 300);
        const cacheFolder = tempTree();
        const abort = new AbortController();
        const isHanging = async () => {
          const byMs = Date.now() + 60_000;
          while (!existsSync(marker) && Date.now() < byMs)
            await new Promise((resolve) => setTimeout(resolve, 20));
          abort.abort(new Error('cancelled by the person'));
        };
        const cancelling = isHanging();
        const isCancelled = { mayFail: ({ message }: Error) => /by the person/.test(message) };
        const run = async () => {
          const { indexId } = await openWith(thread, cacheFolder, abort.signal);
          await thread.callUntil(abort.signal, 'plan', indexId, strategyIds, settings);
        };
        await tally.try(what, run, { ...isCancelled, limitSeconds: 60 });
        await cancelling;
        const next = await tally.try(`${what}: the next`, () => runThrough(thread, cacheFolder), {
          limitSeconds: 60,
        });
        tally.check(isDeepStrictEqual(next, right), `${what}: the next plans`);
        await thread.stop();
      }
    }));
});

describe('a thread that indexes', () => {
  it('and dies or hangs at any stage costs a file at most, which is named; the next index is whole', () =>
    attack('processes', 'an indexing thread killed at every stage', async (tally) => {
      for (const [stage, at] of Object.entries(indexStages)) {
        for (const death of Object.keys(deaths) as Death[]) {
          if (!isFull && !(death === 'exit' && stage === 'at a file')) continue;
          const what = `${death}, ${stage}`;
          const marker = path.join(tempTree(), 'died');
          const code = dying('index', death, marker, at);
          const thread = newThread(tampered(code));
          const cacheFolder = tempTree();
          // So long that a thread has started by then on a busy machine, too.
          const limit = death === 'hang' ? 15 : undefined;
          const first = await tally.try(
            what,
            () => openWith(thread, cacheFolder, undefined, limit),
            { limitSeconds: 120 },
          );
          tally.check(existsSync(marker), `${what}: it died`);
          if (first !== undefined) {
            const { problems, paths } = first;
            tally.check(problems.length <= 1, `${what}: ${problems.length} problems`);
            const lost = new Set(problems.map((problem) => problem.path));
            const others = right.index.paths.filter((name) => !lost.has(name));
            tally.equal(paths, others, `${what}: the other files`);
            // A fault or a rejection comes when the batch is done; the others in the middle of the sixth file of a batch.
            const isInFile = stage === 'at a file' && death !== 'fault' && death !== 'rejection';
            const sorted = [...names].sort();
            const places = [...lost].map((name) => sorted.indexOf(name) % batchFiles);
            if (isInFile) tally.equal(places, [5], `${what}: the file that is named`);
            await tally.try(`${what}: kept`, () => thread.call('keep', first.indexId));
          }
          const second = await tally.try(`${what}: again`, () => openWith(thread, cacheFolder));
          if (second !== undefined) {
            const { indexId, filesKept, ...index } = second;
            tally.equal(index, right.index, `${what}: the next index`);
            tally.check(filesKept >= names.length - 1, `${what}: ${filesKept} files kept`);
            const planned = await tally.try(`${what}: plan`, () => plansOf(thread, indexId));
            tally.check(isDeepStrictEqual(planned, right.planned), `${what}: the next plans`);
          }
          await thread.stop();
        }
      }
    }));
});
