import { execFile, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

export interface CliResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface BuiltCli {
  run(...args: string[]): CliResult;
  /** The same while this process goes on, so that a server in it can answer; with more environment. */
  runBeside(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<CliResult>;
  /** Where it keeps counts and indexes. */
  readonly cacheFolder: string;
  dispose(): void;
}

/** The command line as it is shipped, built into a folder of its own, with a cache of its own. */
export async function buildCli(): Promise<BuiltCli> {
  mkdirSync(path.join(root, 'out'), { recursive: true });
  const dist = mkdtempSync(path.join(root, 'out', 'test-cli-'));
  await build({
    entryPoints: {
      cli: 'src/cli/cli.ts',
      countWorker: 'src/node/countWorker.ts',
      plansWorker: 'src/node/plansWorker.ts',
    },
    absWorkingDir: root,
    outdir: dist,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    logLevel: 'error',
    alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
    banner: {
      js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
    },
  });
  cpSync(path.join(root, 'vocabularies'), path.join(dist, 'vocabularies'), { recursive: true });
  const cacheFolder = path.join(dist, 'cache');
  return {
    cacheFolder,
    run(...args) {
      const { status, stdout, stderr } = spawnSync(
        process.execPath,
        [path.join(dist, 'cli.js'), ...args],
        { encoding: 'utf8', env: { ...process.env, XDG_CACHE_HOME: cacheFolder } },
      );
      return { status, stdout, stderr };
    },
    runBeside(args, env = {}) {
      const options = {
        env: { ...process.env, XDG_CACHE_HOME: cacheFolder, ...env },
        maxBuffer: 64 << 20,
      };
      return new Promise((resolve) => {
        const child = execFile(
          process.execPath,
          [path.join(dist, 'cli.js'), ...args],
          options,
          (_, stdout, stderr) => {
            resolve({ status: child.exitCode, stdout, stderr });
          },
        );
      });
    },
    dispose() {
      rmSync(dist, { recursive: true, force: true });
    },
  };
}
