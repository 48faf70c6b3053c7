import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import BetterSqlite3 from 'better-sqlite3';
import { newId } from '../src/base/ids.ts';
import type { House } from '../src/testing/harness/house.ts';
import { startCallHouse } from './calls.ts';
import type { CallHouse } from './calls.ts';
import { percentile, runLoad } from './load.ts';
import type { Row } from './row.ts';
import { callerScenario, registerScenario } from './scenarios.ts';

const records = 100_000;
const voicemails = 10_000;
const messages = 50_000;
const listeners = 20;
const lists: Record<string, string> = {
  'newest calls': '/cdrs',
  'calls of one number': '/cdrs?number=%2B16135551234',
  'calls by text in names': '/cdrs?text=Name%20999',
  'calls by text, direction, disposition and time':
    '/cdrs?text=Name%20999&direction=inbound&disposition=answered&from=2020-01-01T00:00:00Z',
  'page 500 of 100 calls': '/cdrs?page=500&per_page=100',
  'messages by text and direction': '/messages?text=order%2077&direction=inbound',
  'conversations by text': '/messages/conversations?text=55512&unread=true',
  'voicemails by text in transcripts': '/voicemails?text=gate%2077&heard=false',
  'calls in progress': '/calls',
};

/** The API with a long history, while phones register and call and others listen: reading every list, and adding a device. */
export async function benchApi(): Promise<Row[]> {
  await using calls = await startCallHouse();
  const { house } = calls;
  writeHistory(join(house.dataDirectory, 'gosip.db'));
  // Meanwhile the house closed idle connections, and fetch has not been told.
  await setTimeout(200);
  const stop = new AbortController();
  const delays = await Promise.all(Array.from({ length: listeners }, () => listen(house, stop.signal)));
  const load = Promise.all([
    runLoad({ ...loadOf(calls), scenario: registerScenario, address: '127.0.0.4', calls: 3000, callsPerSecond: 50 }),
    runLoad({ ...loadOf(calls), scenario: callerScenario(1000), address: '127.0.0.2', calls: 300, callsPerSecond: 5 }),
  ]);
  const rows: Row[] = [];
  for (const [name, path] of Object.entries(lists)) {
    const times = await timed(200, () => house.api('GET', path));
    rows.push(rowOf(`API GET under load: ${name}`, times, '< 10 ms (must: 200)'));
  }
  let extension = 3000;
  const posts = await timed(100, () => house.addDevice(String(extension++)));
  rows.push(rowOf('API POST under load: a new device, stored', posts, '< 20 ms (must: 500)'));
  const [registrations, placed] = await load;
  stop.abort();
  const heard = delays.map((one) => one());
  rows.push({
    what: `events to ${listeners} listeners, 50 registrations/s and 5 calls/s meanwhile`,
    measured: `${Math.min(...heard)} to ${Math.max(...heard)} each; ${registrations.failed + placed.failed} requests failed`,
    aim: 'the same to each',
  });
  return rows;
}

function loadOf({ target, injection }: CallHouse) {
  return { target, injection };
}

/** Listens until stopped; returns how many events came. */
async function listen(house: House, signal: AbortSignal): Promise<() => number> {
  const response = await fetch(`http://${house.address}:${house.httpPort}/api/events`, {
    headers: { authorization: `Bearer ${house.token}` },
    signal,
  });
  let events = 0;
  const read = async () => {
    for await (const part of response.body ?? [])
      events += (
        Buffer.from(part)
          .toString()
          .match(/^event: /gm) ?? []
      ).length;
  };
  // It ends by being stopped.
  void read().catch(() => {});
  return () => events;
}

function rowOf(what: string, times: readonly number[], aim: string): Row {
  return {
    what,
    measured: `${[50, 95, 99].map((share) => `p${share} ${percentile(times, share / 100).toFixed(1)} ms`).join(', ')}`,
    aim,
  };
}

async function timed(count: number, run: () => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const started = performance.now();
    await run();
    times.push(performance.now() - started);
  }
  return times.sort((a, b) => a - b);
}

function writeHistory(file: string): void {
  const db = new BetterSqlite3(file);
  const insert = db.prepare(
    `INSERT INTO cdrs (id, direction, started_at, answered_at, ended_at, disposition, reason, dialled,
       caller_number, caller_name, callee_number, callee_name)
     VALUES (?, 'inbound', ?, ?, ?, 'answered', 'caller-hung-up', ?, ?, ?, '21', 'Kitchen')`,
  );
  const first = Date.now() - records * 60_000;
  db.transaction(() => {
    for (let index = 0; index < records; index += 1) {
      const start = first + index * 60_000;
      const caller = `+1613555${String(index % 5000).padStart(4, '0')}`;
      insert.run(newId('call'), start, start + 5000, start + 40_000, '+14165550123', caller, `Name ${index}`);
    }
    writeMessages(db, first);
    writeVoicemails(db, first);
  })();
  db.close();
}

function writeMessages(db: BetterSqlite3.Database, first: number): void {
  const conversation = db.prepare(
    'INSERT INTO conversations (id, our_number, far_number, last_at, unread) VALUES (?, ?, ?, ?, 1)',
  );
  const message = db.prepare(
    `INSERT INTO messages (id, conversation_id, direction, body, state, segments, created_at, changed_at)
     VALUES (?, ?, 'inbound', ?, 'received', 1, ?, ?)`,
  );
  const pairs = Array.from({ length: 500 }, () => newId('conv'));
  for (const [index, id] of pairs.entries()) conversation.run(id, '+14165550123', `+1613555${1000 + index}`, first + index);
  for (let index = 0; index < messages; index += 1) {
    const at = first + index * 90_000;
    message.run(newId('msg'), pairs[index % pairs.length], `Your order ${index} is at the door`, at, at);
  }
}

function writeVoicemails(db: BetterSqlite3.Database, first: number): void {
  const recording = db.prepare(
    `INSERT INTO recordings (id, kind, source, state, started_at, seconds, bytes, changed_at, kept_from)
     VALUES (?, 'voicemail', 'house', 'stored', ?, 12, 1000, ?, ?)`,
  );
  const voicemail = db.prepare(
    `INSERT INTO voicemails (id, recording_id, caller_number, caller_name, left_at, is_resolved, is_shown) VALUES (?, ?, ?, ?, ?, 1, 1)`,
  );
  const transcript = db.prepare(
    `INSERT INTO recording_transcripts (recording_id, source, status, text, at) VALUES (?, 'house', 'completed', ?, ?)`,
  );
  for (let index = 0; index < voicemails; index += 1) {
    const [id, at] = [newId('rec'), first + index * 300_000];
    recording.run(id, at, at, at);
    voicemail.run(newId('vm'), id, `+1613555${index % 5000}`, `Name ${index}`, at);
    transcript.run(id, `I stand at the gate ${index} and nobody opens`, at);
  }
}
