import BetterSqlite3 from 'better-sqlite3';
import { newId } from '../src/base/ids.ts';

const records = 100_000;
const voicemails = 10_000;
const messages = 50_000;
/** A number of the house, by which all calls came. */
export const ourNumber = '+14165550123';

/** Years of a busy house, written straight into its database. A third of the calls rang `personId`. */
export function writeHistory(file: string, personId: string): void {
  const db = new BetterSqlite3(file);
  const first = Date.now() - records * 60_000;
  db.transaction(() => {
    writeCalls(db, first, personId);
    writeMessages(db, first);
    writeVoicemails(db, first);
  })();
  db.close();
}

function writeCalls(db: BetterSqlite3.Database, first: number, personId: string): void {
  const record = db.prepare(
    `INSERT INTO cdrs (id, direction, started_at, answered_at, ended_at, disposition, reason, dialled,
       caller_number, caller_name, callee_number, callee_name)
     VALUES (?, 'inbound', ?, ?, ?, ?, ?, ?, ?, ?, '21', 'Kitchen')`,
  );
  const leg = db.prepare(
    `INSERT INTO call_legs (id, cdr_id, role, device_id, person_id, name, address, sip_call_id, started_at, answered_at, ended_at, outcome)
     VALUES (?, ?, ?, ?, ?, ?, 'udp 192.0.2.7:5060', ?, ?, ?, ?, ?)`,
  );
  for (let index = 0; index < records; index += 1) {
    const [id, start] = [newId('call'), first + index * 60_000];
    const [answered, ended] = [index % 10 === 0 ? null : start + 5000, start + 40_000];
    const verdict = answered === null ? ['missed', 'no-answer'] : ['answered', 'caller-hung-up'];
    record.run(id, start, answered, ended, ...verdict, ourNumber, callerOf(index), `Name ${index}`);
    const times = [start, answered, ended, answered === null ? 'no-answer' : 'answered'];
    leg.run(newId('leg'), id, 'caller', null, null, 'Provider', `${id}@provider`, ...times);
    leg.run(newId('leg'), id, 'callee', `dev_${index % 20}`, index % 3 === 0 ? personId : null, 'Kitchen', id, ...times);
  }
}

function callerOf(index: number): string {
  return `+1613555${String(index % 5000).padStart(4, '0')}`;
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
  for (const [index, id] of pairs.entries()) conversation.run(id, ourNumber, `+1613555${1000 + index}`, first + index);
  for (let index = 0; index < messages; index += 1) {
    const at = first + index * 90_000;
    message.run(newId('msg'), pairs[index % pairs.length], `Your order ${index} is at the door`, at, at);
  }
}

function writeVoicemails(db: BetterSqlite3.Database, first: number): void {
  const recording = db.prepare(
    `INSERT INTO recordings (id, kind, source, state, started_at, seconds, bytes, changed_at, kept_from)
     VALUES (?, 'voicemail', 'house', 'stored', ?, ?, 1000, ?, ?)`,
  );
  const voicemail = db.prepare(
    `INSERT INTO voicemails (id, recording_id, caller_number, caller_name, left_at, is_resolved, is_shown) VALUES (?, ?, ?, ?, ?, 1, 1)`,
  );
  const transcript = db.prepare(
    `INSERT INTO recording_transcripts (recording_id, source, status, text, at) VALUES (?, 'house', 'completed', ?, ?)`,
  );
  for (let index = 0; index < voicemails; index += 1) {
    const [id, at] = [newId('rec'), first + index * 300_000];
    recording.run(id, at, 3 + (index % 97), at, at);
    voicemail.run(newId('vm'), id, callerOf(index), `Name ${index}`, at);
    transcript.run(id, `I stand at the gate ${index} and nobody opens`, at);
  }
}
