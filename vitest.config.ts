import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { heavyTests, homeAssistantTests, liveTests } from './script/test-projects.ts';
import { LongestFirst } from './script/test-sequencer.ts';

const live = liveTests(import.meta.dirname);
const homeAssistant = homeAssistantTests(import.meta.dirname);
const limits = { testTimeout: 30_000, hookTimeout: 60_000 };
// Several start programs at the same time: a start alone may take many seconds.
const liveLimits = { testTimeout: 90_000, hookTimeout: 120_000 };
// Real programs and real time: CI tries a second time, and the report names each test that needed it as an open fault.
// oxlint-disable-next-line node/no-process-env -- CI says so by this alone
const retry = process.env['CI'] === undefined ? 0 : 1;

export default defineConfig({
  test: {
    pool: 'forks',
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          ...limits,
          name: 'unit',
          include: ['src/**/*.test.ts', 'panel/src/**/*.test.ts'],
          exclude: [...live, ...heavyTests],
          isolate: false,
          maxWorkers: availableParallelism(),
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...liveLimits,
          name: 'live',
          include: live,
          exclude: [...heavyTests, ...homeAssistant],
          // What they run is in objects of their own: loading the whole of src anew for each file took more than a second of CPU.
          isolate: false,
          // They wait for most of their time.
          maxWorkers: availableParallelism() + 3,
          retry,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          ...liveLimits,
          name: 'heavy',
          include: heavyTests,
          maxWorkers: 2,
          retry,
          sequence: { groupOrder: 3 },
        },
      },
      {
        test: {
          ...liveLimits,
          name: 'home-assistant',
          include: homeAssistant,
          // One process, which keeps the one Home Assistant that all of them use.
          isolate: false,
          maxWorkers: 1,
          retry,
          sequence: { groupOrder: 4 },
        },
      },
    ],
  },
});
