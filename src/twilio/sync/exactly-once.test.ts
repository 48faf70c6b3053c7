import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { expect, it } from 'vitest';
import { compileCacheEnvironment } from '#testing/kill/compile-cache.ts';
import { plannedMessage } from '#testing/kill/message-plan.ts';
import { seededRandom } from '#testing/base/seeded-random.ts';
import { TwilioEmulator } from '#testing/twilio/emulator.ts';
import type { Fault } from '#testing/twilio/base/faults.ts';

const program = join(import.meta.dirname, '../../testing/kill/message-sender.ts');
const count = 1000;

// Of a hundred requests, how many end like this. The slow ones are done after the house has given up on them.
const faults: readonly Omit<Fault, 'endpoint'>[] = [
  { name: 'rest.429', probability: 0.03 },
  { name: 'rest.5xx', probability: 0.03 },
  { name: 'rest.5xx', probability: 0.03, isProcessed: true },
  { name: 'rest.5xx', probability: 0.01, isProcessed: true, status: 502, html: true },
  { name: 'rest.timeout', probability: 0.02 },
  { name: 'rest.timeout', probability: 0.02, isProcessed: true },
  { name: 'rest.reset', probability: 0.02 },
  { name: 'rest.reset', probability: 0.03, isProcessed: true },
  { name: 'rest.slow', probability: 0.03, delayMs: 400 },
];

it('a thousand messages arrive once each, or are shown as failed or unknown', { timeout: 180_000 }, async () => {
  const directory = mkdtempSync(join(tmpdir(), 'gosip-once-'));
  try {
    await using twilio = await TwilioEmulator.start({
      seed: 7,
      numbers: [0, 1].map((n) => ({ phoneNumber: plannedMessage(n).from })),
    });
    for (const fault of faults) twilio.faults.add({ ...fault, endpoint: 'messages.create' });
    for (const name of ['rest.5xx', 'rest.reset', 'rest.429'] as const) {
      twilio.faults.add({ name, endpoint: 'messages.list', probability: 0.05 });
    }
    const kills = await runToTheEnd(twilio, directory);
    expect(kills).toBeGreaterThan(8);
    compare(readStates(directory), twilio);
    expect(new Set(twilio.faults.taken.map(({ name }) => name)).size).toBe(5);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});

/** Kills the process after so many of its lines, again and again; returns how often. */
async function runToTheEnd({ apiBase, accountSid, authToken }: TwilioEmulator, directory: string): Promise<number> {
  const random = seededRandom(11);
  for (let kills = 0; ; kills += 1) {
    const child = spawn(process.execPath, [program, directory, apiBase, accountSid, authToken, String(count)], {
      env: compileCacheEnvironment,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    // The first ones die while messages are still being asked for, later ones while requests are on their way.
    let left = kills < 12 ? 40 + random(400) : Infinity;
    child.stdout.on('data', (chunk: Buffer) => {
      left -= chunk.toString().split('\n').length - 1;
      if (left <= 0) child.kill('SIGKILL');
    });
    const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
    if (signal === null && code !== 0) throw new Error(`The program ended with ${code}`);
    if (signal === null) return kills;
  }
}

type State = { readonly pair: string; readonly body: string; readonly state: string; readonly sid: string | null };

function readStates(directory: string): readonly State[] {
  const db = new SqliteDatabase(join(directory, 'gosip.db'), { readonly: true });
  try {
    return db
      .prepare<[], State>(
        `SELECT c.our_number || ' ' || c.far_number AS pair, m.body, m.state, m.message_sid AS sid
         FROM messages m JOIN conversations c ON c.id = m.conversation_id ORDER BY m.rowid`,
      )
      .all();
  } finally {
    db.close();
  }
}

function compare(states: readonly State[], twilio: TwilioEmulator): void {
  const sent = twilio.messages.map(({ sid, from, to, body }) => ({ sid, key: `${from} ${to} ${body}` }));
  const asked = Array.from({ length: count }, (_, n) => plannedMessage(n)).map(({ from, to, body }) => `${from} ${to} ${body}`);
  expect(states.map(({ pair, body }) => `${pair} ${body}`).toSorted()).toEqual(asked.toSorted());

  const ended = new Map<string, number>();
  for (const { state } of states) ended.set(state, (ended.get(state) ?? 0) + 1);
  for (const open of ['waiting', 'accepted', 'scheduled']) expect([open, ended.get(open) ?? 0]).toEqual([open, 0]);
  const notSent = (ended.get('failed') ?? 0) + (ended.get('unknown') ?? 0);
  expect(notSent).toBeLessThan(count / 20);

  // Every one that is shown as sent is at Twilio, and what is at Twilio beyond those is at most what is shown as unknown.
  const there = new Map(sent.map(({ sid, key }) => [sid, key]));
  const claimed = states.filter(({ sid }) => sid !== null);
  expect(claimed.every(({ sid, pair, body }) => there.get(sid ?? '') === `${pair} ${body}`)).toBe(true);
  expect(new Set(claimed.map(({ sid }) => sid)).size).toBe(claimed.length);
  expect(claimed.length).toBe(count - notSent);
  const unclaimed = sent.length - claimed.length;
  expect(unclaimed).toBeLessThanOrEqual(ended.get('unknown') ?? 0);

  const wanted = countOf(asked);
  for (const [key, times] of countOf(sent.map(({ key }) => key)))
    expect([key, times <= (wanted.get(key) ?? 0)]).toEqual([key, true]);
  for (const pair of new Set(states.map((one) => one.pair))) {
    const order = sent.filter(({ key }) => key.startsWith(`${pair} Message `)).map(({ key }) => Number(key.split(' ').at(-1)));
    expect(order).toEqual(order.toSorted((one, other) => one - other));
  }
}

function countOf(keys: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}
