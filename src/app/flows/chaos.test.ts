import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startProgram } from '#testing/peers/program.ts';

// For longer: script/chaos. The figures are in docs/security.md.
const seconds = 60;

test('while everything goes wrong at once no emergency call is lost, and nothing that was acknowledged', async () => {
  const args = ['src/testing/chaos/main.ts', '--seconds', String(seconds)];
  await using chaos = startProgram(process.execPath, args, { cwd: join(import.meta.dirname, '../../..') });
  expect(await chaos.ended, chaos.output()).toBe(0);
  const figures = chaos
    .output()
    .split('\n')
    .filter((line) => /^[A-Z]/.test(line));
  process.stdout.write(`${figures.join('\n')}\n`);
  // A quiet minute proves nothing.
  for (const done of [
    /out at once/,
    /power cuts/,
    /kills of the engine/,
    /kills of the relay/,
    /clock jumps/,
    /full disks/,
    /dead trunks/,
  ]) {
    expect(chaos.output()).toMatch(done);
  }
}, 240_000);
