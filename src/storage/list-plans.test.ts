import SqliteDatabase from 'better-sqlite3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CallSearch } from '#calls/call-search.ts';
import type { CallFilter } from '#calls/call-scope.ts';
import { EscalationStore } from '#calls/escalation-store.ts';
import type { EscalationFilter } from '#calls/escalation-store.ts';
import { ConversationStore } from '#messages/conversation-store.ts';
import type { ConversationFilter } from '#messages/conversation-store.ts';
import { MessageStore } from '#messages/message-store.ts';
import type { MessageFilter } from '#messages/message-store.ts';
import { VoicemailStore } from '#voicemail/voicemail-store.ts';
import type { VoicemailFilter } from '#voicemail/voicemail-store.ts';
import { migrate } from './migrate.ts';

// Every statement that a list sends is asked for its plan: none may read a table that grows with the years from one end to the other.
const statements: string[] = [];
let db: SqliteDatabase.Database;
let calls: CallSearch;
let messages: MessageStore;
let conversations: ConversationStore;
let voicemails: VoicemailStore;
let escalations: EscalationStore;

beforeAll(() => {
  db = new SqliteDatabase(':memory:', { verbose: (sql) => void statements.push(String(sql)) });
  migrate(db);
  calls = new CallSearch(db);
  messages = new MessageStore(db);
  conversations = new ConversationStore(db);
  voicemails = new VoicemailStore(db);
  escalations = new EscalationStore(db);
});
afterAll(() => void db.close());

/** Tables that grow, by their names and by what the statements call them. */
const growing = [
  'cdrs',
  'cdr_parties',
  'p',
  'o',
  'call_legs',
  'messages',
  'm',
  'conversations',
  'c',
  'voicemails',
  'v',
  'recordings',
  'r',
  'recording_transcripts',
  't',
  'escalations',
  'e',
  'escalation_persons',
  'p',
  'escalation_legs',
];

function wholeReads(run: () => unknown): readonly string[] {
  statements.length = 0;
  run();
  const sent = statements.splice(0);
  expect(sent.length).toBeGreaterThan(0);
  return sent.flatMap((sql) => {
    const plan = db.prepare<[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`).all();
    return plan.filter(({ detail }) => isWholeRead(detail)).map(({ detail }) => `${detail}: ${sql}`);
  });
}

/** Along an index a page is full after a few rows, and a count is a fraction of the table. An index made for one request reads it all. */
function isWholeRead(detail: string): boolean {
  if (detail.includes('AUTOMATIC')) return true;
  const table = /^SCAN (\w+)/.exec(detail)?.[1];
  return table !== undefined && growing.includes(table) && !/USING (?:COVERING )?INDEX/.test(detail);
}

const page = { limit: 20, offset: 0 };
const span = { from: 1, to: 2 };

const callFilters: readonly CallFilter[] = [
  {},
  { number: '+16135551234' },
  { deviceId: 'dev_1' },
  { personId: 'person_1' },
  { visibleTo: 'person_1' },
  { direction: 'inbound' },
  { disposition: 'missed' },
  span,
  { text: 'Kitchen' },
  { visibleTo: 'person_1', direction: 'inbound', disposition: 'missed', text: 'Kitchen', number: '21', ...span },
];
const orders = ['asc', 'desc'] as const;

test.each(callFilters)('call records by %o', (filter) => {
  for (const sort of ['startedAt', 'endedAt', 'answeredAt'] as const)
    for (const order of orders) expect(wholeReads(() => calls.find(filter, { ...page, sort, order }))).toEqual([]);
});

const messageFilters: readonly MessageFilter[] = [
  {},
  { ourNumbers: ['+1'] },
  { conversationId: 'conv_1' },
  { farNumber: '+2' },
  { direction: 'inbound' },
  { state: 'failed' },
  { isUnread: true },
  { text: 'plumber' },
  span,
  { ourNumbers: ['+1'], direction: 'inbound', state: 'received', text: 'plumber', isUnread: false, ...span },
];

test.each(messageFilters)('messages by %o', (filter) => {
  for (const order of orders) expect(wholeReads(() => messages.find(filter, { ...page, order }))).toEqual([]);
});

const conversationFilters: readonly ConversationFilter[] = [
  { isUnread: true },
  {},
  { ourNumbers: ['+1'] },
  { text: '5551' },
  { ourNumbers: ['+1'], isUnread: true, text: '5551' },
];

test.each(conversationFilters)('conversations by %o', (filter) => {
  for (const order of orders) expect(wholeReads(() => conversations.find(filter, { ...page, order }))).toEqual([]);
});

const voicemailFilters: readonly VoicemailFilter[] = [
  {},
  { isHeard: false },
  { visibleTo: 'person_1' },
  { personId: 'person_1' },
  { text: 'call me' },
  span,
  { visibleTo: 'person_1', isHeard: false, isArchived: false, text: 'call me', ...span },
];

test.each(voicemailFilters)('voicemails by %o', (filter) => {
  for (const order of orders) expect(wholeReads(() => voicemails.find(filter, { ...page, sort: 'leftAt', order }))).toEqual([]);
});

const escalationFilters: readonly EscalationFilter[] = [
  {},
  { phase: 'taken' },
  { visibleTo: 'person_1' },
  { visibleTo: 'person_1', phase: 'taken' },
];

test.each(escalationFilters)('escalations by %o', (filter) => {
  for (const order of orders) expect(wholeReads(() => escalations.find(filter, { ...page, order }))).toEqual([]);
});

test('a list without an index for its filter would be noticed', () => {
  expect(wholeReads(() => db.prepare('SELECT * FROM cdrs WHERE caller_name = ?').all('x'))).toHaveLength(1);
});
