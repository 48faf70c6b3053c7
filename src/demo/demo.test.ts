import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startProgram } from '#testing/peers/program.ts';

test('the demo shows a call between phones and a voicemail from outside, and ends', async () => {
  await using demo = startProgram(process.execPath, [join(import.meta.dirname, 'demo.ts')]);
  await demo.printed(/Now with your own phones/, 80);
  expect(await demo.ended).toBe(0);
  const shown = demo.output();
  expect(shown).toContain('Kitchen (21) called Study (22): answered, 1 s, ended because caller-hung-up');
  expect(shown).toContain('from +14155550123, 3.5 s: “This is the plumber. I will be there at nine.”');
  expect(shown).toMatch(/the 500 Hz that were spoken are (9\d|100) % of it/);
});
