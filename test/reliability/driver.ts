import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll } from 'vitest';
import { recordedEnv } from './attack.ts';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
mkdirSync(path.join(root, 'out'), { recursive: true });
const folder = mkdtempSync(path.join(root, 'out', 'test-driver-'));
const running = new Set<ChildProcess>();

afterAll(() => {
  for (const child of running) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** A program that uses the sources (by paths from the project's folder), built to run as a process of its own. */
export async function builtDriver(contents: string, name: string): Promise<string> {
  const outfile = path.join(folder, `${name}.mjs`);
  await build({
    stdin: { contents, resolveDir: root, loader: 'ts' },
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    logLevel: 'error',
  });
  return outfile;
}

export interface Driver {
  readonly process: ChildProcess;
  /** The next line that it prints; undefined when it has ended. */
  nextLine(): Promise<string | undefined>;
  tell(line: string): void;
  /** Ends it at once, as a crash does. */
  kill(): Promise<void>;
}

/** Starts a built driver; its connections are recorded. */
export function startDriver(
  file: string,
  args: readonly string[],
  flags: readonly string[] = [],
): Driver {
  const child = spawn(process.execPath, [...flags, file, ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: recordedEnv(),
  });
  running.add(child);
  const ended = once(child, 'exit').then(() => running.delete(child));
  const lines: Interface = createInterface({ input: child.stdout });
  const read = lines[Symbol.asyncIterator]();
  child.stdin.on('error', () => {
    // It has ended: the next line says so.
  });
  return {
    process: child,
    nextLine: async () => {
      const next = await read.next();
      return next.done === true ? undefined : next.value;
    },
    tell: (line) => child.stdin.write(`${line}\n`),
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
