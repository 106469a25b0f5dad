import { readdirSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    reporters: ['default', './tools/tally.ts'],
    pool: 'forks',
    maxWorkers: 2,
    // Tests run on Node's own loader and type stripping, as the tools do, and share a process.
    isolate: false,
    experimental: { viteModuleRunner: false, nodeLoader: false },
    testTimeout: 20_000,
    // nx asks for colour in its tasks' environment; what tests render must not depend on it.
    env: { FORCE_COLOR: '0' },
    coverage: { include: ['packages/*/src/**/*.ts'], reporter: ['text-summary', 'html'] },
    projects: readdirSync(new URL('packages', import.meta.url)).map((name) => ({
      extends: true,
      test: { name: `@go-ts/${name}`, root: `packages/${name}`, include: ['test/**/*.test.ts'] },
    })),
  },
});
