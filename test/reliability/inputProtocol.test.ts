// What crosses postMessage, changed at random, each way; the calls in between are answered all the same.
import { describe, it } from 'vitest';
import { connect, serve, type Port } from '../../src/protocol/connection.ts';
import { attack, often, type Tally } from './attack.ts';
import { mutatedValue, Randomly, strangeValue } from './mutations.ts';

interface Calculator {
  add(a: number, b: number): Promise<number>;
  list(parts: readonly string[]): Promise<readonly string[]>;
  fail(): Promise<void>;
}

const calculator: Calculator = {
  add: (a, b) => Promise.resolve(a + b),
  // Takes for granted what its type promises, as methods do.
  list: async (parts) => Promise.resolve(parts.map((part) => part.toUpperCase())),
  fail: () => Promise.reject(new Error('src/a.ts vanished')),
};

interface End extends Port {
  receive(message: unknown): void;
  readonly sent: unknown[];
}

/** One end whose other end is the test. As JSON where VS Code makes it JSON. */
function end(): End {
  const listeners = new Set<(message: unknown) => void>();
  const sent: unknown[] = [];
  return {
    sent,
    post: (message) => {
      sent.push(JSON.parse(JSON.stringify(message)));
    },
    listen: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    receive: (message) => {
      for (const listener of listeners) listener(message);
    },
  };
}

const calls = [
  { type: 'call', id: 1, method: 'add', args: [1, 2] },
  { type: 'call', id: 2, method: 'list', args: [['a', 'b']] },
  { type: 'call', id: 3, method: 'fail', args: [] },
  { type: 'call', id: 4, method: '__proto__', args: [] },
  { type: 'call', id: 5, method: 'constructor', args: ['return process'] },
];
const replies = [
  { type: 'reply', id: 1, result: { ok: 3 } },
  { type: 'reply', id: 1, result: { err: 'src/a.ts vanished' } },
  { type: 'event', event: { type: 'changed', files: ['a'] } },
];

async function withoutUnhandled(tally: Tally, run: () => Promise<void>): Promise<void> {
  const unhandled = (error: unknown) => {
    tally.crash(`nobody handled ${error instanceof Error ? (error.stack ?? '') : String(error)}`);
  };
  process.on('unhandledRejection', unhandled);
  try {
    await run();
    // A rejection is told as unhandled after the turn that it happened in.
    await new Promise((resolve) => setTimeout(resolve, 20));
  } finally {
    process.off('unhandledRejection', unhandled);
  }
}

const many = often(300, 10_000);

describe('fuzzed messages', () => {
  it('to the host are answered or ignored', () =>
    attack('input', `${many.toLocaleString('en')} fuzzed messages to the host`, async (tally) => {
      const random = new Randomly(20);
      tally.note(`seed ${random.seed}`);
      await withoutUnhandled(tally, async () => {
        const port = end();
        serve<Calculator>(port, calculator);
        for (let i = 0; i < many; i++) {
          tally.tried++;
          try {
            port.receive(
              random.below(10) === 0
                ? strangeValue(random)
                : mutatedValue(random.of(calls), random),
            );
          } catch (error) {
            tally.crash(
              `message ${i}: ${error instanceof Error ? (error.stack ?? '') : String(error)}`,
            );
          }
          if (i % 100 !== 0) continue;
          port.sent.length = 0;
          port.receive({ type: 'call', id: `own${i}`, method: 'add', args: [i, 1] });
          await new Promise((resolve) => setImmediate(resolve));
          const answer = port.sent.find((one) => (one as { id?: unknown }).id === `own${i}`);
          tally.equal(
            answer,
            { type: 'reply', id: `own${i}`, result: { ok: i + 1 } },
            'a call in between',
          );
        }
      });
    }));

  it('to a webview are taken or ignored', () =>
    attack('input', `${many.toLocaleString('en')} fuzzed messages to a webview`, async (tally) => {
      const random = new Randomly(21);
      tally.note(`seed ${random.seed}`);
      await withoutUnhandled(tally, async () => {
        const port = end();
        const { api } = connect<Calculator, unknown>(port, () => {});
        for (let i = 0; i < many; i++) {
          tally.tried++;
          // Waiting for a reply that may come mangled: it settles, or waits on.
          const waiting = api.add(i, 1).then(
            () => undefined,
            () => undefined,
          );
          const { id } = port.sent.at(-1) as { id: number };
          const message = mutatedValue({ ...random.of(replies), id }, random);
          try {
            port.receive(message);
            port.receive(strangeValue(random));
          } catch (error) {
            tally.crash(
              `message ${i}, ${JSON.stringify(message)?.slice(0, 200)}: ${error instanceof Error ? (error.stack ?? '') : String(error)}`,
            );
          }
          port.receive({ type: 'reply', id, result: { ok: 0 } });
          await waiting;
          if (i % 100 !== 0) continue;
          const own = api.add(i, 1);
          const { id: ownId } = port.sent.at(-1) as { id: number };
          port.receive({ type: 'reply', id: ownId, result: { ok: i + 1 } });
          tally.equal(await own, i + 1, 'a call in between');
        }
      });
    }));
});
