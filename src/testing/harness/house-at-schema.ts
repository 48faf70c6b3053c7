import SqliteDatabase from 'better-sqlite3';
import type { Database } from 'better-sqlite3';
import { migrate, readMigrations } from '#storage/migrate.ts';

// A house as it was when its schema was older: what it held in the tables of each migration, put in before the next one runs.
// Used by the tests of restore. A table without a row here is missed by the test that looks at each.

const at = Date.UTC(2026, 0, 1, 11);
const far = Date.UTC(2099, 0, 1);

/** By the number of the migration that made the tables; each must be valid in the schema of that number. */
const rows: Readonly<Record<number, readonly string[]>> = {
  1: [
    `INSERT INTO config (key, value) VALUES ('kept', 'as it was')`,
    `INSERT INTO devices (id, name, extension, username, type, transports, realm, ha1_md5, ha1_sha256, sealed_secret, created_at)
     VALUES ('dev_hall', 'Hall', '21', 'hall', 'softphone', 'udp', 'gosip', 'aa', 'bb', x'00', ${at})`,
    `INSERT INTO registrations (id, device_id, contact_uri, q, params, path, source_protocol, source_address, source_port, call_id, cseq,
       registered_at, expires_at)
     VALUES ('reg_hall', 'dev_hall', 'sip:hall@192.0.2.7', 1.0, '{}', '[]', 'udp', '192.0.2.7', 5060, 'abc', 1, ${at}, ${far})`,
  ],
  2: [
    `INSERT INTO users (id, username, name, role, created_at, changed_at) VALUES ('person_sara', 'sara', 'Sara', 'admin', ${at}, ${at})`,
    `INSERT INTO api_tokens (id, name, token_hash, person_id, created_at) VALUES ('token_sara', 'Script', x'01', 'person_sara', ${at})`,
  ],
  3: [
    `INSERT INTO dids (id, number, name, owner_person_id, created_at) VALUES ('num_a', '+14165550100', 'House', 'person_sara', ${at})`,
    `INSERT INTO cdrs (id, direction, started_at, ended_at, disposition, reason, dialled, caller_number, caller_name, callee_number,
       callee_name, number)
     VALUES ('call_old', 'inbound', ${at}, ${at + 1000}, 'missed', 'no-answer', '+14165550100', '+14165550123', 'Grandmother', '21', 'Hall',
       '+14165550100')`,
    `INSERT INTO call_legs (id, cdr_id, role, name, address, sip_call_id, started_at, ended_at)
     VALUES ('leg_old', 'call_old', 'callee', 'Hall', 'sip:21', 'x', ${at}, ${at + 1000})`,
  ],
  4: [
    `INSERT INTO outbox (id, kind, order_key, payload, state, created_at, due_at, give_up_at, ended_at)
     VALUES ('out_done', 'sms', 'a', '{}', 'done', ${at}, ${at}, ${far}, ${at})`,
    `INSERT INTO twilio_settings (id, settings, changed_at) VALUES (1, '{}', ${at})`,
    `INSERT INTO twilio_changes (account_sid, resource, resource_sid, field, before, after, changed_at)
     VALUES ('AC0', 'number', 'PN0', 'VoiceUrl', 'https://before.example', NULL, ${at})`,
    `INSERT INTO twilio_steps (run_id, step, outcome, message, at) VALUES ('run', 'number', 'done', 'Done', ${at})`,
  ],
  5: [
    `INSERT INTO recordings (id, kind, source, external_id, call_id, state, started_at, seconds, bytes, changed_at)
     VALUES ('rec_old', 'voicemail', 'twilio', 'RE0', 'call_old', 'stored', ${at}, 4.5, 1000, ${at})`,
    `INSERT INTO voicemails (id, recording_id, person_id, call_id, caller_number, caller_name, number, left_at, is_resolved, is_shown)
     VALUES ('vm_old', 'rec_old', 'person_sara', 'call_old', '+14165550123', 'Grandmother', '+14165550100', ${at}, 1, 1)`,
    `INSERT INTO recording_transcripts (recording_id, source, status, text, at)
     VALUES ('rec_old', 'twilio', 'completed', 'The plums are ripe', ${at})`,
    `INSERT INTO mailboxes (person_id, greeting, text, language, changed_at) VALUES ('person_sara', 'text', 'Hello', 'en-US', ${at})`,
    `INSERT INTO voicemail_settings (id, settings, changed_at) VALUES (1, '{}', ${at})`,
    `INSERT INTO watermarks (name, at) VALUES ('recordings', ${at})`,
  ],
  6: [
    `INSERT INTO pstn_calls (call_sid, cdr_id, token, phase, plan, after_dials, caller, created_at)
     VALUES ('CA0', 'call_old', 'token', 'over', '{}', '[]', '{}', ${at})`,
  ],
  7: [
    `INSERT INTO conversations (id, our_number, far_number, last_message_id, last_at, unread)
     VALUES ('conv_old', '+14165550100', '+14165550123', 'msg_old', ${at}, 1)`,
    `INSERT INTO messages (id, conversation_id, direction, body, state, segments, media_count, message_sid, created_at, changed_at)
     VALUES ('msg_old', 'conv_old', 'inbound', 'Jam is cooked', 'received', 1, 1, 'SM0', ${at}, ${at})`,
    `INSERT INTO message_early_states (message_sid, state, at) VALUES ('SM1', 'sent', ${at})`,
    `INSERT INTO message_media (id, message_id, state, content_type, bytes, created_at)
     VALUES ('med_old', 'msg_old', 'stored', 'image/png', 10, ${at})`,
    `INSERT INTO auto_replies (id, name, trigger_kind, keywords, hours, body, quiet_minutes, is_enabled, created_at)
     VALUES ('ar_old', 'Away', 'dnd', '[]', '[]', 'Later', 60, 1, ${at})`,
  ],
  8: [
    `INSERT INTO outgoing_destinations (destination, because, allowed_at) VALUES ('DE', 'allowed', ${at})`,
    `INSERT INTO outgoing_seed (id, seeded_at) VALUES (1, ${at})`,
  ],
  9: [`INSERT INTO house_times (name, at) VALUES ('kept', ${at})`],
  10: [
    `INSERT INTO sessions (id, secret_hash, person_id, address, user_agent, created_at, last_used_at, expires_at)
     VALUES ('ses_old', x'02', 'person_sara', '192.0.2.9', 'Firefox', ${at}, ${at}, ${far})`,
    `INSERT INTO login_attempts (id, source, kind, failures, failed_at, locked_until)
     VALUES ('att_old', '198.51.100.7', 'password', 5, ${at + 3_500_000}, ${far})`,
    `INSERT INTO first_setup (id, closed_at) VALUES (1, ${at})`,
  ],
  11: [
    `INSERT INTO routes (id, number_id, priority, name, is_enabled, conditions, action, created_at)
     VALUES ('route_old', 'num_a', 1, 'Night', 1, '{"times":[],"callers":[],"states":[]}', '{"kind":"reject","tone":"busy"}', ${at})`,
    `INSERT INTO ring_groups (id, name, extension, members, ring_order, seconds, created_at)
     VALUES ('group_old', 'All', '60', '[{"kind":"device","id":"dev_hall"}]', 'all', 30, ${at})`,
    `INSERT INTO dnd (person_id, until) VALUES ('person_sara', ${far})`,
    `INSERT INTO routing_settings (name, value) VALUES ('trustedDays', '30')`,
  ],
  12: [
    `INSERT INTO blocklist (id, kind, pattern, reason, is_enabled, created_at)
     VALUES ('block_old', 'exact', '+14165550166', 'Sells windows', 1, ${at})`,
    `INSERT INTO spam_lists (id, name, country, refresh_hours, is_enabled, generation, numbers, created_at)
     VALUES ('spam_old', 'Reported', 'CA', 24, 1, 1, 1, ${at})`,
    `INSERT INTO spam_list_numbers (number, list_id, generation) VALUES ('+14165550177', 'spam_old', 1)`,
  ],
  13: [
    `INSERT INTO address_books (id, name, url, username, secret, is_enabled, refresh_hours, created_at)
     VALUES ('book_old', 'Cloud', 'https://dav.example', 'sara', x'03', 0, 24, ${at})`,
    `INSERT INTO contacts (id, name, groups, card_groups, created_at, changed_at)
     VALUES ('contact_old', 'Grandmother', '["VIP"]', '[]', ${at}, ${at})`,
    `INSERT INTO contact_numbers (contact_id, position, number, label) VALUES ('contact_old', 0, '+14165550123', 'home')`,
  ],
  15: [
    `INSERT INTO webhook_destinations (id, name, url, allows_private, events, enabled, includes_content, secret, created_at, changed_at)
     VALUES ('hook_old', 'Lights', 'https://hook.example', 0, '["call.started"]', 0, 0, x'04', ${at}, ${at})`,
  ],
  16: [
    `INSERT INTO call_permissions (device_id, allow, numbers, countries, hours, changed_at)
     VALUES ('dev_hall', 'national', '[]', '[]', '[]', ${at})`,
  ],
  17: [
    `INSERT INTO escalation_chains (id, name, steps, rounds, pause_seconds, ignores_dnd, if_nobody, created_at)
     VALUES ('chain_old', 'Fall', '[]', 1, 60, 0, 'alert', ${at})`,
    `INSERT INTO escalations (id, chain_id, plan, message, phase, round, step, is_reported, started_at, ended_at)
     VALUES ('esc_old', 'chain_old', '{}', '{}', 'taken', 1, 0, 1, ${at}, ${at})`,
    `INSERT INTO escalation_persons (escalation_id, person_id) VALUES ('esc_old', 'person_sara')`,
    `INSERT INTO escalation_legs (id, escalation_id, round, step, name, person_id, started_at, ended_at)
     VALUES ('eleg_old', 'esc_old', 1, 0, 'Sara', 'person_sara', ${at}, ${at})`,
  ],
  18: [
    `INSERT INTO child_lines (device_id, allowed, contact_groups, is_house_allowed, parents, quiet, is_quiet_for_parents, changed_at)
     VALUES ('dev_hall', '[]', '[]', 1, '[]', '[]', 0, ${at})`,
    `INSERT INTO hotlines (device_id, target, applies, changed_at) VALUES ('dev_hall', '{"extension":"22"}', 'nothing-dialled', ${at})`,
    `INSERT INTO call_approvals (id, call_id, number, caller_name, lines, asked_at, answer, answered_at)
     VALUES ('appr_old', 'call_old', '+14165550144', '', '[]', ${at}, 'once', ${at})`,
  ],
  19: [
    `INSERT INTO calendar_holidays (entity_id, day, name) VALUES ('calendar.holidays', '2026-01-06', 'Epiphany')`,
    `INSERT INTO house_facts (name, value) VALUES ('time_zone', 'Europe/Berlin')`,
  ],
  20: [`UPDATE recording_peaks SET peaks = x'0080ff' WHERE recording_id = 'rec_old'`],
  21: [
    `INSERT INTO trunks (id, name, preset, is_enabled, direction, host, transport, registers, allow, numbers, called_form, caller_form,
       caller_in, is_secure, created_at)
     VALUES ('trunk_old', 'Provider', 'other', 0, 'both', 'sip.example.org', 'udp', 0, '[]', '[]', 'plus', 'plus', 'from', 0, ${at})`,
    `INSERT INTO trunk_order (trunk_id, position) VALUES ('trunk_old', 0)`,
  ],
  22: [
    `INSERT INTO dnd_schedules (person_id, entries, off_until, changed_at)
     VALUES ('person_sara', '[{"days":[1],"from":"22:00","to":"07:00","isOn":true}]', NULL, ${at})`,
  ],
  23: [
    `INSERT INTO notification_channels (id, name, is_enabled, settings, secret, created_at, changed_at)
     VALUES ('mail', 'Mail', 1, '{}', x'05', ${at}, ${at})`,
    `INSERT INTO notification_preferences (person_id, preferences, changed_at) VALUES ('person_sara', '{"gatherMails":true}', ${at})`,
    `INSERT INTO notification_targets (id, person_id, channel, name, address, settings, is_enabled, created_at, changed_at)
     VALUES ('tgt_old', 'person_sara', 'mail', 'Sara', 'sara@example.org', '{}', 1, ${at}, ${at})`,
    `INSERT INTO deliveries (id, dedupe_key, person_id, target_id, channel, kind, item, item_id, state, created_at, ended_at)
     VALUES ('dlv_old', 'voicemail:vm_old:tgt_old', 'person_sara', 'tgt_old', 'mail', 'voicemail', '{"voicemailId":"vm_old"}', 'vm_old',
       'delivered', ${at}, ${at})`,
    `INSERT INTO told_alerts (alert_id, about, alert_values, raised_at, told_at) VALUES ('trunk-down', 'Provider', '{}', ${at}, ${at})`,
  ],
  24: [
    `INSERT INTO webhook_deliveries (id, destination_id, event, body, state, created_at, ended_at)
     VALUES ('evt_old', 'hook_old', 'call.started', '{}', 'delivered', ${at}, ${at})`,
  ],
  25: [`INSERT INTO done_once (key, asked, reply, person_id, until) VALUES ('request old', 'a', '{}', 'person_sara', ${far})`],
};

/** Makes the database of a house that was brought to each schema one after the other, up to this one. */
export function makeHouseAtSchema(path: string, schema: number): void {
  const db = new SqliteDatabase(path);
  for (const { number } of readMigrations().filter((one) => one.number <= schema)) {
    migrate(
      db,
      readMigrations().filter((one) => one.number <= number),
    );
    // The first phones refer to people whose table came later.
    db.pragma('foreign_keys = OFF');
    for (const row of rows[number] ?? []) db.exec(row);
  }
  db.close();
}

/** The tables that hold what people see, by name; not those of the search, which hold where it occurs. */
export function tablesOf(db: Database): readonly string[] {
  const search = db.prepare<[], string>(`SELECT name FROM sqlite_schema WHERE sql LIKE 'CREATE VIRTUAL TABLE%'`).pluck().all();
  const names = db
    .prepare<[], string>(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'`)
    .pluck()
    .all();
  return names.filter((name) => !search.some((one) => name === one || name.startsWith(`${one}_`)));
}
