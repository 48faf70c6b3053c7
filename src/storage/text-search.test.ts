import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { createLog } from '#base/log.ts';
import { CallSearch } from '#calls/call-search.ts';
import { ConversationStore } from '#messages/conversation-store.ts';
import { MessageStore } from '#messages/message-store.ts';
import { seededRandom } from '#testing/base/seeded-random.ts';
import { TranscriptStore } from '#voicemail/transcript-store.ts';
import { VoicemailStore } from '#voicemail/voicemail-store.ts';
import { migrate } from './migrate.ts';
import { salvage } from './salvage.ts';

type Database = SqliteDatabase.Database;
const page = { limit: 100, offset: 0, order: 'desc' } as const;

function open(path = ':memory:'): Database {
  const db = new SqliteDatabase(path);
  migrate(db);
  onTestFinished(() => void db.close());
  return db;
}

function addCall(db: Database, at: number, { name = '', number = '+16135551234', isOver = true } = {}): void {
  db.prepare(
    `INSERT INTO cdrs (id, direction, started_at, ended_at, disposition, reason, dialled, caller_number, caller_name, callee_number,
       callee_name) VALUES (?, 'inbound', ?, ?, ?, ?, '21', ?, ?, '21', 'Kitchen')`,
  ).run(`call_${at}`, at, ...(isOver ? [at + 1, 'answered', 'caller-hung-up'] : [null, null, null]), number, name);
}

function callers(db: Database, text: string): readonly string[] {
  const found = new CallSearch(db).find({ text }, { ...page, sort: 'startedAt' });
  expect(found.total).toBe(found.items.length);
  return found.items.map(({ caller }) => caller.name);
}

test.each([
  ['the middle of a number', '5551234', ['Zoë Müller', 'Ann "Nan" O\'Neil', '100% off_er']],
  ['capitals beyond ASCII', 'ZOË MÜLLER', ['Zoë Müller']],
  ['the middle of a word', 'ülle', ['Zoë Müller']],
  ['a name without its accents', 'zoe muller', ['Zoë Müller']],
  ['an accent too many', 'àñn', ['Ann "Nan" O\'Neil']],
  ['two letters without their accents', 'oe', ['Zoë Müller']],
  ['two letters in capitals beyond ASCII', 'OË', ['Zoë Müller']],
  ['quotes', '"Nan"', ['Ann "Nan" O\'Neil']],
  ['one quote', "O'N", ['Ann "Nan" O\'Neil']],
  ['what means something to LIKE', '0% o', ['100% off_er']],
  ['a percent sign and two characters', '0%', ['100% off_er']],
  ['an underscore that stands for itself', 'Zo_', []],
  ['what means something to the index', 'Ann OR Zoë', []],
  ['a prefix of the index', 'Zoë*', []],
  ['a column of the index', 'caller_name:Zoë', []],
  ['an open quote', 'Ann "Nan', ['Ann "Nan" O\'Neil']],
  ['one letter', 'Z', ['Zoë Müller']],
  ['a NUL', 'Zo\0', []],
])('a search for %s finds what contains it', (_what, text, expected) => {
  const db = open();
  ['100% off_er', 'Ann "Nan" O\'Neil', 'Zoë Müller'].forEach((name, at) => addCall(db, at, { name }));
  expect(callers(db, text)).toEqual(expected);
});

test('a text that is in thousands of calls is found in each of them, in the order of the list', () => {
  const db = open();
  for (let at = 0; at < 2500; at += 1) addCall(db, at, { name: `Jürgen ${at}` });
  for (const text of ['gen', 'jürgen', 'JÜRGEN', 'jurgen', '613555']) {
    const { items, total } = new CallSearch(db).find({ text }, { ...page, sort: 'startedAt' });
    expect([text, total, items.length, items[0]?.caller.name]).toEqual([text, 2500, 100, 'Jürgen 2499']);
  }
});

test('a text that no index knows lets calls come in between, and finds the same', async () => {
  const db = open();
  db.transaction(() => {
    for (let at = 0; at < 9000; at += 1) addCall(db, at, { name: at % 900 === 7 ? `Zq ${at}` : `Ann ${at}` });
    db.exec(`INSERT INTO conversations (id, our_number, far_number, last_at) VALUES ('conv_1', '+1', '+2', 0)`);
    const message = db.prepare(
      `INSERT INTO messages (id, conversation_id, direction, body, state, segments, created_at, changed_at)
       VALUES (?, 'conv_1', 'inbound', ?, 'received', 1, ?, 0)`,
    );
    for (let at = 0; at < 5000; at += 1) message.run(`msg_${at}`, at % 500 === 7 ? 'zq' : 'order', Math.floor(at / 3));
  })();
  const [calls, messages] = [new CallSearch(db), new MessageStore(db)];
  for (const text of ['zq', 'an', 'Ann', 'order', 'xx', 'z'])
    for (const order of ['asc', 'desc'] as const)
      for (const offset of [0, 5, 4321]) {
        const asked = { limit: 7, offset, order, sort: 'startedAt' } as const;
        expect(await calls.findInTurns({ text, number: '21' }, asked)).toEqual(calls.find({ text, number: '21' }, asked));
        expect(await messages.findInTurns({ text }, asked)).toEqual(messages.find({ text }, asked));
      }
  let turns = 0;
  const count = () => {
    turns += 1;
    turning = setImmediate(count);
  };
  let turning = setImmediate(count);
  const { total } = await new CallSearch(db).findInTurns({ text: 'zq' }, { ...page, sort: 'startedAt' });
  clearImmediate(turning);
  expect([total, turns >= 8]).toEqual([10, true]);
});

test('a call in progress is found by its caller', () => {
  const db = open();
  addCall(db, 1, { name: 'Over there' });
  addCall(db, 2, { name: 'There now', isOver: false });
  expect(callers(db, 'there')).toEqual(['There now', 'Over there']);
  db.exec("UPDATE cdrs SET ended_at = 3, disposition = 'missed', reason = 'no-answer' WHERE id = 'call_2'");
  expect(callers(db, 'there')).toEqual(['There now', 'Over there']);
});

test('whatever is written, changed and deleted, a search finds exactly what contains the text', () => {
  const db = open();
  const random = seededRandom(20_261_130);
  const word = () => Array.from({ length: 1 + random(12) }, () => 'abÄ1+ '[random(6)]).join('');
  for (let at = 0; at < 600; at += 1) {
    const id = random(200);
    const [change, ...values] = [
      () => addCall(db, at, { name: word(), number: word(), isOver: random(4) > 0 }),
      () =>
        db
          .prepare("UPDATE cdrs SET caller_name = ?, ended_at = 5, disposition = 'missed', reason = 'x' WHERE id = ?")
          .run(word(), `call_${id}`),
      () => db.prepare('DELETE FROM cdrs WHERE id = ?').run(`call_${id}`),
    ];
    (random(5) < 3 ? change : values[random(2)])?.();
  }
  for (let tried = 0; tried < 200; tried += 1) {
    const text = word().trim();
    if (text === '') continue;
    const expected = db
      .prepare<[], { name: string; number: string }>(
        'SELECT caller_name AS name, caller_number AS number FROM cdrs ORDER BY started_at DESC',
      )
      .all()
      .filter((one) => [one.name, one.number, 'Kitchen', '21'].some((field) => fold(field).includes(fold(text))));
    const { items, total } = new CallSearch(db).find({ text }, { ...page, limit: 1000, sort: 'startedAt' });
    expect([text, total, items.map(({ caller }) => caller.name)]).toEqual([
      text,
      expected.length,
      expected.map(({ name }) => name),
    ]);
  }
});

function fold(text: string): string {
  return text
    .normalize('NFD')
    .replaceAll(/[\u0300-\u036f]/g, '')
    .toLowerCase();
}

test('messages, conversations and voicemails are found by what was written and said', () => {
  const db = open();
  db.exec(`INSERT INTO conversations (id, our_number, far_number, last_at) VALUES ('conv_1', '+1', '+16135551234', 1);
    INSERT INTO messages (id, conversation_id, direction, body, state, segments, created_at, changed_at)
      VALUES ('msg_1', 'conv_1', 'inbound', 'The plumber comes', 'received', 1, 1, 1);
    INSERT INTO recordings (id, kind, source, state, started_at, bytes, changed_at) VALUES ('rec_1', 'voicemail', 'house', 'stored', 1, 5, 1);
    INSERT INTO voicemails (id, recording_id, caller_number, caller_name, left_at, is_resolved, is_shown)
      VALUES ('vm_1', 'rec_1', '+1', 'Ann', 1, 1, 1);`);
  const voicemails = (text: string) => new VoicemailStore(db).find({ text }, { ...page, sort: 'leftAt' }).total;
  const messages = (text: string) => new MessageStore(db).find({ text }, page).total;
  const conversations = (text: string) => new ConversationStore(db).find({ text }, page).total;
  const say = (text: string, status: 'completed' | 'failed' = 'completed') =>
    new TranscriptStore(db).save({ recordingId: 'rec_1', source: 'house', status, text }, 1);
  expect([messages('plumb'), messages('plumber goes'), conversations('5551'), conversations('999')]).toEqual([1, 0, 1, 0]);
  say('Call me back');
  expect([voicemails('me back'), voicemails('Ann')]).toEqual([1, 1]);
  say('Never mind');
  expect([voicemails('me back'), voicemails('never'), voicemails('Ann')]).toEqual([0, 1, 1]);
  db.exec("UPDATE voicemails SET caller_name = 'Joan' WHERE id = 'vm_1'");
  expect([voicemails('Ann'), voicemails('Joan'), voicemails('never')]).toEqual([0, 1, 1]);
  say('', 'failed');
  expect([voicemails('never'), voicemails('Joan')]).toEqual([0, 1]);
  db.exec('PRAGMA foreign_keys = ON; DELETE FROM recordings; DELETE FROM conversations;');
  const left = ['message_search', 'conversation_search', 'voicemail_search'].map((index) => rowsOf(db, index));
  expect(left).toEqual([0, 0, 0]);
});

function rowsOf(db: Database, index: string): number {
  return db.prepare<[], { n: number }>(`SELECT count(*) AS n FROM ${index}_docsize`).get()?.n ?? -1;
}

test('a copy of the database, and what is saved from a damaged one, is searched as well', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gosip-search-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const db = open(join(folder, 'a.db'));
  for (let at = 0; at < 20; at += 1) addCall(db, at, { name: `Caller ${at}` });
  db.exec('DELETE FROM cdrs WHERE started_at < 10');
  db.prepare('VACUUM INTO ?').run(join(folder, 'copy.db'));
  expect(callers(open(join(folder, 'copy.db')), 'caller 1').length).toBe(10);
  const saved = open();
  salvage({ from: join(folder, 'a.db'), into: saved, maxRows: 100, log: createLog({ level: 'silent' }) });
  expect(callers(saved, 'caller 1')).toEqual(callers(db, 'caller 1'));
});
