/** One end of a postMessage-like pair, as a webview and its host have. */
export interface Port {
  post(message: unknown): void;
  /** Calls `listener` for every message that arrives; the result ends that. */
  listen(listener: (message: unknown) => void): () => void;
}

/** The calls one side offers: every method takes its arguments by value and answers with a promise. */
export type Api<T> = { [M in keyof T]: (...args: never[]) => Promise<unknown> };

interface Call {
  readonly type: 'call';
  readonly id: number;
  readonly method: string;
  readonly args: readonly unknown[];
}

interface Reply {
  readonly type: 'reply';
  readonly id: number;
  readonly result: { readonly ok?: unknown } | { readonly err: unknown };
}

interface EventMessage {
  readonly type: 'event';
  readonly event: unknown;
}

type Message = Call | Reply | EventMessage;

/** A message as it must be, or nothing: a webview's window, for one, gets messages of others too. */
function asMessage(value: unknown): Message | undefined {
  if (!isRecord(value)) return undefined;
  const { type, id, method, args, result } = value;
  if (type === 'event') return value as unknown as EventMessage;
  if (type === 'reply' && isRecord(result)) return value as unknown as Reply;
  const isCall = type === 'call' && id !== undefined && typeof method === 'string';
  return isCall && Array.isArray(args) ? (value as unknown as Call) : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/**
 * Answers the other side's calls with `api`. A method that throws becomes an error reply, never silence. After `dispose` nothing
 * is posted any more, nor what a method gives that was called before.
 */
export function serve<T extends Api<T>>(
  port: Port,
  api: T,
): { emit(event: unknown): void; dispose(): void } {
  const methods = new Map<string, (...args: unknown[]) => Promise<unknown>>(Object.entries(api));
  const answer = async (call: Call): Promise<Reply> => {
    try {
      const method = methods.get(call.method);
      if (method === undefined) throw new Error(`there is no method ${call.method}`);
      return { type: 'reply', id: call.id, result: { ok: await method(...call.args) } };
    } catch (error) {
      const err = error instanceof Error ? error.message : String(error);
      return { type: 'reply', id: call.id, result: { err } };
    }
  };
  let isOpen = true;
  const post = (message: Reply | EventMessage) => {
    if (isOpen) port.post(message);
  };
  const stop = port.listen((value) => {
    const message = asMessage(value);
    if (message?.type === 'call') void answer(message).then(post);
  });
  const dispose = () => {
    isOpen = false;
    stop();
  };
  return { emit: (event) => post({ type: 'event', event }), dispose };
}

/** The other side's methods as local ones: each call is a message, its promise settles with the reply. */
export function connect<T extends Api<T>, Event>(
  port: Port,
  onEvent: (event: Event) => void,
): { api: T; dispose(): void } {
  let nextId = 1;
  const pending = new Map<
    number,
    { resolve: (value: unknown) => void; reject: (error: Error) => void }
  >();
  const stop = port.listen((value) => {
    const message = asMessage(value);
    if (message?.type === 'event') onEvent(message.event as Event);
    if (message?.type !== 'reply') return;
    const waiting = pending.get(message.id);
    pending.delete(message.id);
    if (waiting === undefined) return;
    // As JSON, the `ok` of a method that gives nothing is not there any more.
    const { result } = message;
    if (!('err' in result)) waiting.resolve(result.ok);
    else waiting.reject(new Error(typeof result.err === 'string' ? result.err : 'it failed'));
  });
  let isOpen = true;
  const call = (method: string, args: unknown[]) =>
    new Promise<unknown>((resolve, reject) => {
      if (!isOpen) throw new Error('the connection is closed');
      const id = nextId++;
      pending.set(id, { resolve, reject });
      port.post({ type: 'call', id, method, args } satisfies Call);
    });
  const api = new Proxy({} as T, {
    // `then` must be absent, or awaiting the api object would send a call of that name.
    get: (_target, method) =>
      typeof method === 'string' && method !== 'then'
        ? (...args: unknown[]) => call(method, args)
        : undefined,
  });
  const dispose = () => {
    isOpen = false;
    stop();
    for (const { reject } of pending.values()) reject(new Error('the connection is closed'));
    pending.clear();
  };
  return { api, dispose };
}
