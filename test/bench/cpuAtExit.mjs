// Loaded into each process that a benchmark measures: notes the processor time of all its threads when it ends.
import { appendFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

const file = process.env.BENCH_CPU_FILE;
if (isMainThread && file !== undefined) {
  process.on('exit', () => {
    const { user, system } = process.cpuUsage();
    appendFileSync(file, `${(user + system) / 1e6}\n`);
  });
  // A pool ends its processes by a signal, which is no exit.
  process.once('SIGTERM', () => process.exit());
}
