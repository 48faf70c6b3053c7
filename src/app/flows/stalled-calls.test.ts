import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startProgram } from '#testing/peers/program.ts';

// As many of the 5,000 as a slow machine gets through in this time; all of them, however long it takes: script/stalls.
const seconds = 75;
const fewest = 200;

test('a caller gets one final answer and no call is left over however often the machine stands still', async () => {
  const args = ['src/testing/stalls/main.ts', '--calls', '5000', '--seconds', String(seconds)];
  await using stalls = startProgram(process.execPath, args, { cwd: join(import.meta.dirname, '../../..') });
  expect(await stalls.ended, stalls.output()).toBe(0);
  process.stdout.write(`${/^Calls: .*$/m.exec(stalls.output())?.[0]}\n`);
  // A quiet minute proves nothing.
  const [, calls = '', stops = ''] = /^Calls: (\d+) in \d+ s, with (\d+) stalls/m.exec(stalls.output()) ?? [];
  expect(Number(calls)).toBeGreaterThan(fewest);
  expect(Number(stops)).toBeGreaterThan(10);
  for (const kind of ['busy', 'declined', 'cancelled while it rings', 'emergency', 'unanswered']) {
    expect(stalls.output()).toContain(`Final answers to "${kind}"`);
  }
}, 300_000);
