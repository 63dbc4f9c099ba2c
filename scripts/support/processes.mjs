// Runs child processes the way every script here wants them: output shown or kept, a limit in time, no child left behind.
import { spawn } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's top folder. */
export const projectRoot = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** Seconds since `start` (milliseconds), such as "12.3 s". */
export function secondsSince(start) {
  return `${((performance.now() - start) / 1000).toFixed(1)} s`;
}

/** Waits. For polling loops only: tests wait for a condition, never for a time. */
export function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/**
 * Runs a command to its end, with its output shown.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, limitSeconds?: number, shell?: boolean }} [options]
 * @returns {Promise<{ code: number, timedOut: boolean }>} `code` is 1 when a signal ended it.
 */
export function run(command, args, options = {}) {
  const { cwd = projectRoot, env = process.env, limitSeconds, shell = false } = options;
  return new Promise((resolve, reject) => {
    // A group of its own lets the limit end the children's children too.
    const group = process.platform !== 'win32' && limitSeconds !== undefined;
    const child = spawn(command, args, { cwd, env, shell, stdio: 'inherit', detached: group });
    let timedOut = false;
    const kill = (signal) => {
      try {
        if (group) process.kill(-child.pid, signal);
        else child.kill(signal);
      } catch {
        // It has ended already.
      }
    };
    const forward = () => kill('SIGTERM');
    if (group) for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, forward);
    const limit =
      limitSeconds === undefined
        ? undefined
        : setTimeout(() => {
            timedOut = true;
            kill('SIGTERM');
            setTimeout(() => kill('SIGKILL'), 8000).unref();
          }, limitSeconds * 1000);
    const finish = () => {
      clearTimeout(limit);
      for (const signal of ['SIGINT', 'SIGTERM']) process.removeListener(signal, forward);
    };
    child.once('error', (error) => {
      finish();
      reject(new Error(`${command} could not be started: ${error.message}`));
    });
    child.once('exit', (code) => {
      finish();
      resolve({ code: code ?? 1, timedOut });
    });
  });
}

/** How to start npm: the one that runs this script where there is one, else the one on the PATH. */
export function npmCommand() {
  const npm = process.env.npm_execpath;
  if (npm !== undefined && /npm-cli\.c?js$/.test(npm) && existsSync(npm)) {
    return { command: process.execPath, args: [npm], shell: false };
  }
  // On Windows npm is a .cmd file, which only a shell runs.
  return { command: 'npm', args: [], shell: process.platform === 'win32' };
}

/** The file that a command name stands for on the PATH, or undefined. */
export function findOnPath(name) {
  const endings = process.platform === 'win32' ? ['.cmd', '.exe', '.bat'] : [''];
  for (const folder of (process.env.PATH ?? '').split(path.delimiter).filter(Boolean)) {
    for (const ending of endings) {
      const file = path.join(folder, name + ending);
      if (existsSync(file) && statSync(file).isFile()) return file;
    }
  }
  return undefined;
}
