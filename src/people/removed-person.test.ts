import { describe, expect, it } from 'vitest';
import { newId } from '#base/ids.ts';
import { Events } from '#base/events.ts';
import { createLog } from '#base/log.ts';
import type { Facts } from '#contract/facts.ts';
import { openDatabase } from '#storage/database.ts';
import { WriteBatch } from '#storage/write-batch.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { FirstSetupStore } from './first-setup-store.ts';
import { PasswordHasher } from './password-hasher.ts';
import { People } from './people.ts';
import { PersonStore } from './person-store.ts';
import { SessionStore } from './session-store.ts';
import { TokenStore } from './token-store.ts';
import { Tokens } from './tokens.ts';

type Column = {
  /** `gone`: the row goes with the person. `house`: it stays, and is the house's. `kept`: a record of the past keeps its name. */
  readonly after: 'gone' | 'house' | 'kept';
  /** Makes a row of the person @person. */
  readonly plant: string;
};

/** Every column of the schema that names a person. */
const columns: Readonly<Record<string, Column>> = {
  'api_tokens.person_id': {
    after: 'gone',
    plant: "INSERT INTO api_tokens (id, name, token_hash, person_id, created_at) VALUES ('t', 'T', x'01', @person, 1)",
  },
  'sessions.person_id': {
    after: 'gone',
    plant: `INSERT INTO sessions (id, secret_hash, person_id, address, user_agent, created_at, last_used_at, expires_at)
      VALUES ('s', x'01', @person, '', '', 1, 1, 2)`,
  },
  'mailboxes.person_id': {
    after: 'gone',
    plant: "INSERT INTO mailboxes (person_id, greeting, changed_at) VALUES (@person, 'text', 1)",
  },
  'blocklist.person_id': {
    after: 'gone',
    plant: `INSERT INTO blocklist (id, kind, pattern, reason, person_id, is_enabled, created_at)
      VALUES ('b', 'exact', '+1', '', @person, 1, 1)`,
  },
  'address_books.person_id': {
    after: 'gone',
    plant: `INSERT INTO address_books (id, name, person_id, url, username, secret, is_enabled, refresh_hours, created_at)
      VALUES ('a', '', @person, '', '', x'01', 1, 1, 1)`,
  },
  'contacts.person_id': {
    after: 'gone',
    plant: `INSERT INTO contacts (id, person_id, name, groups, card_groups, created_at, changed_at)
      VALUES ('c', @person, '', '[]', '[]', 1, 1)`,
  },
  'call_permissions.person_id': {
    after: 'gone',
    plant: `INSERT INTO call_permissions (person_id, allow, numbers, countries, hours, changed_at)
      VALUES (@person, 'house', '[]', '[]', '[]', 1)`,
  },
  'child_lines.person_id': {
    after: 'gone',
    plant: `INSERT INTO child_lines (person_id, allowed, contact_groups, is_house_allowed, parents, quiet, is_quiet_for_parents, changed_at)
      VALUES (@person, '[]', '[]', 1, '[]', '[]', 1, 1)`,
  },
  'notification_preferences.person_id': {
    after: 'gone',
    plant: "INSERT INTO notification_preferences (person_id, preferences, changed_at) VALUES (@person, '{}', 1)",
  },
  'notification_targets.person_id': {
    after: 'gone',
    plant: `INSERT INTO notification_targets (id, person_id, channel, name, address, settings, is_enabled, created_at, changed_at)
      VALUES ('nt', @person, 'mail', '', 'a@b', '{}', 1, 1, 1)`,
  },
  'deliveries.person_id': {
    after: 'gone',
    plant: `INSERT INTO deliveries (id, dedupe_key, person_id, channel, kind, item, item_id, state, created_at)
      VALUES ('dl', 'k', @person, 'mail', 'message', '{}', 'm', 'waiting', 1)`,
  },
  'done_once.person_id': {
    after: 'gone',
    plant: "INSERT INTO done_once (key, asked, person_id, until) VALUES ('k', '', @person, 1)",
  },
  'dnd.person_id': { after: 'gone', plant: 'INSERT INTO dnd (person_id) VALUES (@person)' },
  'dnd_schedules.person_id': {
    after: 'gone',
    plant: "INSERT INTO dnd_schedules (person_id, entries, changed_at) VALUES (@person, '[]', 1)",
  },
  'escalation_persons.person_id': {
    after: 'gone',
    plant: "INSERT INTO escalation_persons (escalation_id, person_id) VALUES ('e', @person)",
  },
  'escalation_legs.person_id': {
    after: 'kept',
    plant: `INSERT INTO escalation_legs (id, escalation_id, round, step, name, person_id, started_at)
      VALUES ('el', 'e', 1, 0, '', @person, 1)`,
  },
  'call_approvals.answered_person_id': {
    after: 'house',
    plant: `INSERT INTO call_approvals (id, call_id, number, caller_name, lines, asked_at, answer, answered_at, answered_person_id)
      VALUES ('ca', 'call_1', '', '', '[]', 1, 'once', 2, @person)`,
  },
  'devices.person_id': {
    after: 'house',
    plant: `INSERT INTO devices (id, name, extension, username, type, transports, person_id, realm, ha1_md5, ha1_sha256, sealed_secret,
      created_at) VALUES ('d', '', '11', 'd', 'softphone', '[]', @person, '', '', '', x'01', 1)`,
  },
  'dids.owner_person_id': {
    after: 'house',
    plant: "INSERT INTO dids (id, number, owner_person_id, created_at) VALUES ('n', '+1', @person, 1)",
  },
  'voicemails.person_id': {
    after: 'house',
    plant: `INSERT INTO voicemails (id, recording_id, person_id, caller_number, caller_name, left_at, is_resolved)
      VALUES ('v', 'r', @person, '', '', 1, 1)`,
  },
  'cdrs.caller_person_id': { after: 'kept', plant: cdr('one', 'caller_person_id') },
  'cdrs.callee_person_id': { after: 'kept', plant: cdr('two', 'callee_person_id') },
  'cdrs.requested_by': { after: 'kept', plant: cdr('three', 'requested_by') },
  'call_legs.person_id': {
    after: 'kept',
    plant: `INSERT INTO call_legs (id, cdr_id, role, person_id, name, address, sip_call_id, started_at)
      VALUES ('l', 'one', 'caller', @person, '', '', '', 1)`,
  },
  'messages.sent_by': {
    after: 'kept',
    plant: `INSERT INTO messages (id, conversation_id, direction, body, state, segments, sent_by, created_at, changed_at)
      VALUES ('m', 'k', 'outbound', '', 'sent', 1, @person, 1, 1)`,
  },
  'message_media.uploaded_by': {
    after: 'kept',
    plant: `INSERT INTO message_media (id, state, content_type, bytes, uploaded_by, created_at)
      VALUES ('p', 'stored', 'image/png', 1, @person, 1)`,
  },
};

/** What those rows hang from. */
const others = `
  INSERT INTO recordings (id, kind, source, state, started_at, changed_at) VALUES ('r', 'voicemail', 'house', 'running', 1, 1);
  INSERT INTO escalations (id, plan, message, phase, round, step, is_reported, started_at) VALUES ('e', '{}', '{}', 'taken', 1, 0, 1, 1);
  INSERT INTO conversations (id, our_number, far_number, last_at) VALUES ('k', '+1', '+2', 1);`;

function cdr(id: string, column: string): string {
  return `INSERT INTO cdrs (id, direction, started_at, dialled, caller_number, caller_name, callee_number, callee_name, ${column})
    VALUES ('${id}', 'internal', 1, '', '', '', '', '', @person)`;
}

function open() {
  const clock = new FakeClock();
  const log = createLog({ level: 'silent' });
  const { db } = openDatabase({ path: ':memory:', log, clock });
  const stores = {
    persons: new PersonStore(db),
    tokens: new TokenStore(db),
    sessions: new SessionStore(db),
    firstSetup: new FirstSetupStore(db),
  };
  const deps = {
    ...stores,
    hasher: new PasswordHasher(),
    writes: new WriteBatch({ db, log }),
    clock,
    newId,
    log,
    events: new Events<Facts>(log),
  };
  return { db, people: new People(deps), tokens: new Tokens(deps) };
}

type Db = ReturnType<typeof open>['db'];

/** Columns that refer to a person, by a foreign key or by their name. */
function personColumnsOf(db: Db): readonly string[] {
  const tables = db
    .prepare<[], { name: string }>("SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE '%VIRTUAL%'")
    .all();
  return tables.flatMap(({ name }) => {
    const foreign = db
      .prepare<[string], { from: string }>(`SELECT "from" FROM pragma_foreign_key_list(?) WHERE "table" = 'users'`)
      .all(name);
    const named = db
      .prepare<[string], { from: string }>(
        `SELECT name AS "from" FROM pragma_table_info(?) WHERE name LIKE '%person%' OR name LIKE '%user_id' OR name LIKE '%\\_by' ESCAPE '\\'`,
      )
      .all(name);
    const own = name === 'users' ? [] : [...foreign, ...named];
    return own.map(({ from }) => `${name}.${from}`);
  });
}

describe('what becomes of everything that names a person who is removed', () => {
  it('is in the table for every column of the schema', () => {
    expect([...new Set(personColumnsOf(open().db))].sort(), 'say in `columns` of this test what becomes of it').toEqual(
      Object.keys(columns).sort(),
    );
  });

  it('is as the table says, and nothing of anybody else changes', async () => {
    const { db, people, tokens } = open();
    await tokens.ensureFirst();
    const anna = await people.create({ username: 'anna', name: 'Anna', role: 'user' });
    db.exec(others);
    for (const { plant } of Object.values(columns)) db.prepare(plant).run({ person: anna.id });
    await people.delete(anna.id);
    const seen = Object.keys(columns).map((place) => {
      const [table = '', column = ''] = place.split('.');
      const rows = db
        .prepare<[], { person: string | null }>(`SELECT ${column} AS person FROM ${table} WHERE ${planted(place)}`)
        .all();
      return [place, rows.length === 0 ? 'gone' : rows[0]?.person === anna.id ? 'kept' : 'house'];
    });
    expect(seen).toEqual(Object.entries(columns).map(([place, { after }]) => [place, after]));
    expect(tokens.list({ limit: 9, offset: 0, sort: 'name', order: 'asc' }).total).toBe(1);
  });
});

/** The row that was planted for this column. */
function planted(place: string): string {
  const id = /\(id, .*VALUES\s+\('(\w+)'/s.exec(columns[place]?.plant ?? '')?.[1];
  return id === undefined ? 'true' : `id = '${id}'`;
}
