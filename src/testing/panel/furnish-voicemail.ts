// What callers have left in a family's mailbox after some weeks, with audio that can be played.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OpenedDatabase } from '#storage/database.ts';
import { voiceWav } from './voice-wav.ts';

const hourMs = 3_600_000;

export type Message = {
  readonly name: string;
  readonly number: string;
  readonly caller: string;
  readonly hoursAgo: number;
  readonly seconds: number;
  readonly transcript?: string;
  readonly isFailed?: true;
  readonly isHeard?: true;
  readonly isArchived?: true;
  readonly isLost?: true;
};

const messages: readonly Message[] = [
  {
    name: 'mum',
    number: '+442079460123',
    caller: 'Mum',
    hoursAgo: 1,
    seconds: 31,
    transcript: 'Hello, it is me. The train is late again, please do not wait with dinner. I will call from the station.',
  },
  { name: 'stranger', number: '+14165550177', caller: '', hoursAgo: 25, seconds: 4, isFailed: true },
  {
    name: 'school',
    number: '+4930901899',
    caller: 'Albert-Schweitzer-Gesamtschule Sekretariat und Verwaltung',
    hoursAgo: 30,
    seconds: 74,
    isHeard: true,
    transcript:
      'Good morning, this is the school office. Clara has left her sports bag in the gym again, and the swimming badge is in it too. ' +
      'It would be good if somebody could fetch it before Friday, because the gym is closed for the holidays after that. ' +
      'The caretaker is here until four. Thank you, and goodbye.',
  },
  { name: 'hidden', number: '', caller: '', hoursAgo: 50, seconds: 2, isHeard: true },
  { name: 'lost', number: '+14165550188', caller: 'Garage', hoursAgo: 75, seconds: 12, isLost: true },
  {
    name: 'dentist',
    number: '+4930901821',
    caller: 'Dentist Dr. Weber',
    hoursAgo: 400,
    seconds: 22,
    isHeard: true,
    isArchived: true,
    transcript: 'Your appointment is on Tuesday at ten.',
  },
];

type Where = {
  readonly db: OpenedDatabase['db'];
  readonly folder: string;
  readonly personId: string;
  readonly now: number;
};

export function plantVoicemails(where: Where): void {
  mkdirSync(join(where.folder, 'voicemail'), { recursive: true });
  for (const message of messages) plantVoicemail(where, message);
}

/** One message, as if its audio had been fetched. */
export function plantVoicemail({ db, folder, personId, now }: Where, message: Message): void {
  const { name, number, caller, hoursAgo, seconds, transcript, isFailed, isHeard, isArchived, isLost = false } = message;
  const at = now - hoursAgo * hourMs;
  const id = `rec_${name}`;
  const audio = voiceWav(seconds);
  if (!isLost) writeFileSync(join(folder, 'voicemail', `${id}.wav`), audio);
  db.prepare(
    `INSERT INTO recordings (id, kind, source, state, started_at, kept_from, seconds, bytes, problem, changed_at)
     VALUES (?, 'voicemail', 'house', ?, ?, ?, ?, ?, ?, ?)`,
  ).run(
    id,
    isLost ? 'lost' : 'stored',
    at,
    at,
    seconds,
    isLost ? null : audio.length,
    isLost ? 'Twilio has it no more' : null,
    at,
  );
  db.prepare(
    `INSERT INTO voicemails (id, recording_id, person_id, caller_number, caller_name, number, left_at, is_resolved, is_shown, heard_at,
     archived_at) VALUES (?, ?, ?, ?, ?, '+14165550100', ?, 1, 1, ?, ?)`,
  ).run(`vm_${name}`, id, personId, number, caller, at, isHeard === true ? at : null, isArchived === true ? at : null);
  if (transcript === undefined && isFailed !== true) return;
  db.prepare(`INSERT INTO recording_transcripts (recording_id, source, status, text, at) VALUES (?, 'house', ?, ?, ?)`).run(
    id,
    isFailed === true ? 'failed' : 'completed',
    transcript ?? '',
    at,
  );
}
