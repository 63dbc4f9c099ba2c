import { appendFileSync, existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'vitest';
import { folderVariable, sentSoFar, type Sent } from '../../scripts/support/ownNetwork.mjs';

/** `npm run test:reliability` asks for the full counts; among the unit tests a sample of them runs. */
export const isFull = process.env['RELIABILITY'] === 'full';

export function often(sampled: number, full: number): number {
  return isFull ? full : sampled;
}

const networkLog = (process.env['CONTEXT_BUDGET_NETWORK_LOG'] ??= path.join(
  mkdtempSync(path.join(tmpdir(), 'context-budget-network-')),
  'log',
));
/** To be preloaded into the processes that a test starts. */
export const recorder = new URL('./recordNetwork.mjs', import.meta.url).href;
await import(recorder);

export interface NetworkEntry {
  readonly what: 'connect' | 'sent' | 'lookup' | 'datagram' | 'local' | 'listening';
  readonly host: string;
  readonly bytes: number;
}

/** What left this machine so far, from this run's processes and threads. */
export function networkEntries(): NetworkEntry[] {
  if (!existsSync(networkLog)) return [];
  const lines = readFileSync(networkLog, 'utf8').split('\n').filter(Boolean);
  const entries = lines.map((line) => JSON.parse(line) as NetworkEntry);
  return entries.filter(({ what }) => what !== 'local' && what !== 'listening');
}

const ownNetworkFolder = process.env[folderVariable];

/** What left by the kernel's count, from any process of the run; nothing where the run has no network of its own. */
function sentByKernel(): Sent {
  if (ownNetworkFolder === undefined) return { bytes: 0, packets: 0, places: [] };
  return sentSoFar(ownNetworkFolder);
}

/** Environment of a process that is started: its connections are recorded too. */
export function recordedEnv(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  return { ...process.env, ...more, NODE_OPTIONS: `--import ${recorder}` };
}

interface TryOptions {
  /** Beyond it the attempt counts as a hang: many times what it takes on a slow machine. */
  readonly limitSeconds?: number;
  /** An error that is an answer, not a crash. */
  readonly mayFail?: (error: Error) => boolean;
}

/** What one attack came to. */
export class Tally {
  tried = 0;
  hangs = 0;
  crashes = 0;
  wrong = 0;
  readonly faults: string[] = [];
  readonly notes: string[] = [];

  /** Runs it once. Undefined when it hung, crashed or failed as it may. */
  async try<T>(
    what: string,
    run: () => T | Promise<T>,
    { limitSeconds = 300, mayFail }: TryOptions = {},
  ): Promise<T | undefined> {
    this.tried++;
    let timer: NodeJS.Timeout | undefined;
    const hung = new Promise<'hung'>((resolve) => {
      timer = setTimeout(() => {
        resolve('hung');
      }, limitSeconds * 1000);
    });
    const startMs = Date.now();
    try {
      const result = await Promise.race([(async () => ({ ok: await run() }))(), hung]);
      // What keeps the thread busy lets no timer run: the clock tells afterwards.
      if (result === 'hung' || Date.now() - startMs > limitSeconds * 1000) {
        this.hangs++;
        this.#fault(`${what}: no answer within ${limitSeconds} s`);
        return undefined;
      }
      return result.ok;
    } catch (error) {
      const asError = error instanceof Error ? error : new Error(String(error));
      if (mayFail?.(asError) !== true) {
        this.crashes++;
        this.#fault(`${what}: ${asError.stack ?? asError.message}`);
      }
      return undefined;
    } finally {
      clearTimeout(timer);
    }
  }

  /** A number, text or list that must be this one. */
  equal(actual: unknown, expected: unknown, what: string): void {
    try {
      expect(actual).toEqual(expected);
    } catch (error) {
      this.wrong++;
      this.#fault(`${what}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  hang(what: string): void {
    this.hangs++;
    this.#fault(what);
  }

  crash(what: string): void {
    this.crashes++;
    this.#fault(what);
  }

  check(isRight: boolean, what: string): void {
    if (isRight) return;
    this.wrong++;
    this.#fault(what);
  }

  /** A figure or a reason that stands beside the numbers in the table. */
  note(text: string): void {
    this.notes.push(text);
  }

  #fault(text: string): void {
    // The first ones tell enough, and ten thousand of them would hide each other.
    if (this.faults.length < 8) this.faults.push(text.slice(0, 3000));
  }
}

/** Runs an attack, writes down its figures (CONTEXT_BUDGET_FIGURES) and fails if anything hung, crashed, was wrong or left the machine. */
export async function attack(
  group: string,
  name: string,
  run: (tally: Tally) => void | Promise<void>,
): Promise<void> {
  const tally = new Tally();
  const before = networkEntries().length;
  const sentBefore = sentByKernel();
  const startMs = Date.now();
  try {
    await run(tally);
  } catch (error) {
    tally.crashes++;
    tally.faults.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
  const recorded = networkEntries().slice(before);
  const sent = sentByKernel();
  const places = sent.places.filter((place) => !sentBefore.places.includes(place));
  const outgoing = [...recorded.map(({ what, host }) => `${what} ${host}`), ...places];
  const { tried, hangs, crashes, wrong, faults, notes } = tally;
  // Node's processes are seen twice: by the recorder and by the kernel.
  const connections = Math.max(
    recorded.filter(({ what }) => what !== 'sent').length,
    places.length,
  );
  const bytesOut = Math.max(
    recorded.reduce((sum, entry) => sum + entry.bytes, 0),
    sent.bytes - sentBefore.bytes,
  );
  const seconds = (Date.now() - startMs) / 1000;
  const figures = {
    group,
    name,
    tried,
    hangs,
    crashes,
    wrong,
    connections,
    bytesOut,
    seconds,
    notes,
  };
  const file = process.env['CONTEXT_BUDGET_FIGURES'];
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(figures)}\n`);
  // The notes hold the seed.
  expect(faults.length === 0 ? '' : [...notes, ...faults].join('\n\n')).toBe('');
  expect({ hangs, crashes, wrong, outgoing, bytesOut }).toEqual({
    hangs: 0,
    crashes: 0,
    wrong: 0,
    outgoing: [],
    bytesOut: 0,
  });
  expect(tried).toBeGreaterThan(0);
}
