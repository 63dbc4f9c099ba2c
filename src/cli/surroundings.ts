import { fileURLToPath } from 'node:url';
import envPaths from 'env-paths';

/** Where counts, indexes and vectors are kept between two runs. */
export const cacheFolder = envPaths('context-budget', { suffix: '' }).cache;

/** A worker that is built beside the command line. */
export function workerFile(name: 'countWorker.js' | 'plansWorker.js'): string {
  return fileURLToPath(new URL(`./${name}`, import.meta.url));
}

/** A table in fewer columns is not read. */
const narrowestTerminal = 60;
const columnsWithoutTerminal = 120;

/** How wide what is printed may be. */
export function terminalColumns(): number {
  const { isTTY, columns } = process.stdout;
  return isTTY ? Math.max(narrowestTerminal, columns) : columnsWithoutTerminal;
}
