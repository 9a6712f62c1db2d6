import { defineConfig } from 'vitest/config';

const server = ['domain', 'platform', 'broker', 'gateway', 'dispatch', 'simulators', 'app'];

/** `unit`: pure code and contract suites. `journeys`: the whole product over real sockets. `browser`: the same in Chromium. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            ...server.map((name) => `${name}/src/**/*.test.ts`),
            'dashboard/src/**/*.test.ts',
            'tests/contracts/**/*.test.ts',
          ],
          testTimeout: 30_000,
          // Many of them wait for servers of others: two at a time also where there are two cores only.
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'journeys',
          globalSetup: ['tests/support/build.ts'],
          include: ['tests/journeys/**/*.test.ts', 'tests/faults/**/*.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 120_000,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'browser',
          globalSetup: ['tests/support/build.ts'],
          include: ['tests/browser/**/*.test.ts'],
          testTimeout: 240_000,
          hookTimeout: 180_000,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
