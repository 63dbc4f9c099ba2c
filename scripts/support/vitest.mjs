// Runs Vitest as a child process and reads its counts off its JSON report.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { projectRoot, run } from './processes.mjs';

/**
 * @param {{ reportName: string, args?: readonly string[], nameFilter?: string, env?: Record<string, string>, limitSeconds?: number,
 *   within?: (command: string, args: readonly string[]) => { command: string, args: readonly string[] } }} options `within`: the
 *   command that runs it, if another one is to
 * @returns {Promise<{ passed: number, failed: number }>} a run that broke down counts as one failure more
 */
export async function runVitest({
  reportName,
  args = [],
  nameFilter,
  env,
  limitSeconds,
  within = (command, of) => ({ command, args: of }),
}) {
  const report = path.join(projectRoot, 'out/reports', `${reportName}.json`);
  mkdirSync(path.dirname(report), { recursive: true });
  rmSync(report, { force: true });
  const started = within(process.execPath, [
    path.join(projectRoot, 'node_modules/vitest/vitest.mjs'),
    'run',
    ...['--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
    ...(nameFilter === undefined ? [] : ['-t', nameFilter]),
    ...args,
  ]);
  const { code, timedOut } = await run(started.command, started.args, {
    env: { ...process.env, ...env },
    limitSeconds,
  });
  if (timedOut) console.error(`${reportName}: stopped, it took over ${limitSeconds} s`);
  if (!existsSync(report)) return { passed: 0, failed: 1 };
  const counts = JSON.parse(readFileSync(report, 'utf8'));
  const failed = counts.numFailedTests;
  return {
    passed: counts.numPassedTests,
    // A file that could not be loaded has no failed test, and the run failed all the same.
    failed: code !== 0 && failed === 0 ? 1 : failed,
  };
}
