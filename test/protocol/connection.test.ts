import { describe, expect, it } from 'vitest';
import { connect, serve, type Port } from '../../src/protocol/connection.ts';

interface Calculator {
  add(a: number, b: number): Promise<number>;
  fail(): Promise<void>;
}

function portPair(): [Port, Port] {
  const listeners: [Set<(m: unknown) => void>, Set<(m: unknown) => void>] = [new Set(), new Set()];
  const end = (own: 0 | 1, other: 0 | 1): Port => ({
    // A real channel copies: what cannot be cloned must not pass here either.
    post: (message) => {
      const copy: unknown = structuredClone(message);
      for (const listener of listeners[other]) listener(copy);
    },
    listen: (listener) => {
      listeners[own].add(listener);
      return () => listeners[own].delete(listener);
    },
  });
  return [end(0, 1), end(1, 0)];
}

const calculator = {
  add: (a: number, b: number) => Promise.resolve(a + b),
  fail: (): Promise<void> => Promise.reject(new Error('src/a.ts vanished')),
} satisfies Calculator;

describe('connection', () => {
  it('answers calls, also when they overlap', async () => {
    const [host, view] = portPair();
    serve<Calculator>(host, calculator);
    const { api } = connect<Calculator, never>(view, () => {});
    expect(await Promise.all([api.add(1, 2), api.add(3, 4)])).toEqual([3, 7]);
  });

  it('turns a throwing method into an error with its message', async () => {
    const [host, view] = portPair();
    serve<Calculator>(host, calculator);
    const { api } = connect<Calculator, never>(view, () => {});
    await expect(api.fail()).rejects.toThrow('src/a.ts vanished');
  });

  it('answers for a method that gives nothing, also where messages are JSON', async () => {
    const [host, view] = portPair();
    const asJson: Port = {
      listen: (listener) => host.listen(listener),
      post: (message) => {
        host.post(JSON.parse(JSON.stringify(message)));
      },
    };
    serve<{ rest(): Promise<void> }>(asJson, { rest: () => Promise.resolve() });
    const { api } = connect<{ rest(): Promise<void> }, never>(view, () => {});
    expect(await api.rest()).toBeUndefined();
  });

  it('answers a call of a method that the other side does not have', async () => {
    const [host, view] = portPair();
    serve<Pick<Calculator, 'add'>>(host, { add: calculator.add });
    const { api } = connect<Calculator, never>(view, () => {});
    await expect(api.fail()).rejects.toThrow('no method fail');
  });

  it('carries events one way, and ignores what is no message', () => {
    const [host, view] = portPair();
    const events: unknown[] = [];
    const server = serve<Calculator>(host, calculator);
    connect<Calculator, { type: string }>(view, (event) => events.push(event));
    host.post('noise');
    host.post({ type: 'reply', id: 99, result: { ok: 1 } });
    server.emit({ type: 'changed' });
    expect(events).toEqual([{ type: 'changed' }]);
  });

  it('rejects what is still waiting when it is closed', async () => {
    const [, view] = portPair();
    const connection = connect<Calculator, never>(view, () => {});
    const waiting = connection.api.add(1, 2);
    connection.dispose();
    await expect(waiting).rejects.toThrow('closed');
  });

  it('says nothing after it was closed, nor what a call before it gives', async () => {
    const [host, view] = portPair();
    const said: unknown[] = [];
    view.listen((message) => said.push(message));
    let answer: (sum: number) => void = () => {};
    const server = serve<Pick<Calculator, 'add'>>(host, {
      add: () => new Promise((resolve) => (answer = resolve)),
    });
    view.post({ type: 'call', id: 1, method: 'add', args: [1, 2] });
    server.dispose();
    answer(3);
    await new Promise((resolve) => setTimeout(resolve));
    server.emit({ type: 'changed' });
    expect(said).toEqual([]);
  });

  it('refuses a call after it was closed, which nobody would answer', async () => {
    const [, view] = portPair();
    const connection = connect<Calculator, never>(view, () => {});
    connection.dispose();
    await expect(connection.api.add(1, 2)).rejects.toThrow('closed');
  });
});
