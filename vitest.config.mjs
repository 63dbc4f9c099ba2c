import { defineConfig } from 'vitest/config';

// The suites that need a VS Code or a browser have runners of their own (scripts/test.mjs).
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: [
      'test/host/**',
      'test/workbench/**',
      'test/vscode-host/**',
      'test/bench/**',
      '**/node_modules/**',
    ],
    globalSetup: ['test/buildFolder.ts'],
    setupFiles: ['test/propertySeed.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: 'forks',
    maxWorkers: 2,
  },
});
