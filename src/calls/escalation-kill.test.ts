import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { compileCacheEnvironment } from '#testing/kill/compile-cache.ts';
import { runAlarm } from '#testing/kill/escalation-alarm.ts';
import type { Escalation } from './escalation.ts';

const program = join(import.meta.dirname, '../testing/kill/escalation-caller.ts');
const folder = mkdtempSync(join(tmpdir(), 'gosip-escalation-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What was done until the process was killed at that point. */
async function runAndKill(path: string, killAt: number): Promise<readonly string[]> {
  const child = spawn(process.execPath, [program, path, `${path}.journal`, String(killAt)], {
    env: compileCacheEnvironment,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [, signal] = (await once(child, 'close')) as [number | null, string | null];
  expect({ killAt, signal }).toEqual({ killAt, signal: 'SIGKILL' });
  const journal = existsSync(`${path}.journal`) ? readFileSync(`${path}.journal`, 'utf8') : '';
  return journal.split('\n').filter((line) => line !== '');
}

type Run = { readonly done: readonly string[]; readonly points: number; readonly alarm: Escalation | undefined };

/** Begins the alarm, or goes on with it, to its end. */
function runToEnd(path: string): Run {
  const done: string[] = [];
  let points = 0;
  const alarm = runAlarm({ path, note: (what) => void done.push(what), point: () => void (points += 1) });
  return { done, points, alarm };
}

const { points } = runToEnd(join(folder, 'whole.db'));

test('an alarm has enough steps to be killed at', () => {
  expect(points).toBeGreaterThan(30);
});

// Before and behind each write, each call, each answer and each word of what is told.
test('an alarm that is killed at any of its steps goes on with whoever was to be asked, and has one taker', async () => {
  for (let killAt = 1; killAt <= points; killAt += 1) {
    const path = join(folder, `killed-${killAt}.db`);
    const before = await runAndKill(path, killAt);
    const { done: after, alarm } = runToEnd(path);
    const seen = { killAt, before, after };
    const all = [...before, ...after];
    const named = (lines: readonly string[], what: string) => [
      ...new Set(lines.flatMap((line) => (line.startsWith(what) ? [line.slice(what.length)] : []))),
    ];
    const taker = alarm?.state.taker?.name;
    expect({ ...seen, taker }).toEqual({ ...seen, taker: expect.toBeOneOf(['Ben', 'Carla']) });
    // Whoever heard that they have it is the one who has it, before the kill and after it, and that is told.
    const heard = named(all, 'confirmed ');
    expect({ ...seen, heard, told: named(all, 'told taken ') }).toEqual({
      ...seen,
      heard: expect.toBeOneOf([[taker], []]),
      told: [taker],
    });
    // Nobody is called once somebody has it.
    const isTaken = before.some((line) => line.startsWith('told taken') || line.startsWith('confirmed'));
    if (isTaken) expect({ ...seen, called: named(after, 'called ') }).toEqual({ ...seen, called: [] });
    // Nobody is called again but those who were ringing or listening.
    const calls = after.filter((line) => line.startsWith('called'));
    expect({ ...seen, twice: calls.length - new Set(calls).size }).toEqual({ ...seen, twice: 0 });
  }
}, 300_000);
