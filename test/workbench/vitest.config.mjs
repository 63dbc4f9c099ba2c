import { defineConfig } from 'vitest/config';

// Run by scripts/test.mjs, one file a process. Time limits are far above what a slow machine needs.
export default defineConfig({
  test: {
    include: ['test/workbench/**/*.test.ts'],
    testTimeout: 180_000,
    hookTimeout: 240_000,
    teardownTimeout: 30_000,
    pool: 'forks',
    maxWorkers: 1,
    fileParallelism: false,
  },
});
