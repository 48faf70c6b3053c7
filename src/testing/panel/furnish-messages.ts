// What a family has written and received after some weeks: with pictures, a code of the bank, one that failed, one who wants no more.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OpenedDatabase } from '#storage/database.ts';
import { picturePng } from './picture-png.ts';

const minuteMs = 60_000;
export const ours = '+14165550100';

type Line = {
  readonly body: string;
  readonly minutesAgo: number;
  readonly isOwn?: true;
  readonly state?: string;
  readonly errorCode?: number;
  readonly isUnread?: true;
  readonly isByReply?: true;
  readonly media?: readonly (readonly [contentType: string, state: string, bytes?: Buffer])[];
};

type Planted = { readonly far: string; readonly isOptedOut?: true; readonly lines: readonly Line[] };

const day = 1_440;

const conversations: readonly Planted[] = [
  {
    far: '+442079460123',
    lines: [
      { body: 'Did you get the tickets?', minutesAgo: 3 * day + 40 },
      {
        body: 'Yes! Platform 4, 17:52. See https://trains.example/t/8812?seat=12A for the seats.',
        minutesAgo: 3 * day + 31,
        isOwn: true,
        state: 'delivered',
      },
      {
        body: 'Lovely 😀 Grandpa says he will wait at the station with the dog, because it is the only one who knows how to find you in a crowd.',
        minutesAgo: day + 200,
      },
      { body: '', minutesAgo: day + 198, media: [['image/png', 'stored', picturePng()]] },
      { body: 'He has grown so much!', minutesAgo: day + 150, isOwn: true, state: 'delivered' },
      {
        body: 'The plan for the weekend, and what he sang',
        minutesAgo: 300,
        media: [
          ['application/pdf', 'stored', Buffer.from('%PDF-1.4\n')],
          ['audio/amr', 'lost'],
        ],
      },
      { body: 'Thank you!', minutesAgo: 65, isOwn: true, state: 'sent' },
      { body: 'The train is late again. Do not wait with dinner.', minutesAgo: 12, isUnread: true },
      { body: 'Half past eight now.', minutesAgo: 3, isUnread: true },
    ],
  },
  {
    far: '72345',
    lines: [
      {
        body: 'Your bank: 482913 is the code to confirm 25.00 EUR to Music School Lindenau. Never tell it to anybody.',
        minutesAgo: 46,
        isUnread: true,
      },
    ],
  },
  {
    far: '+14165550177',
    lines: [
      { body: 'Is the bicycle still for sale?', minutesAgo: 2 * day },
      {
        body: 'We cannot answer now and will do so in the morning.',
        minutesAgo: 2 * day,
        isOwn: true,
        state: 'delivered',
        isByReply: true,
      },
      {
        body: 'It is. Come on Saturday after ten, to the blue door on the left.',
        minutesAgo: 2 * day - 600,
        isOwn: true,
        state: 'undelivered',
        errorCode: 30_003,
      },
      { body: 'It is! Saturday after ten?', minutesAgo: 2 * day - 700, isOwn: true, state: 'unknown' },
    ],
  },
  {
    far: '+4930901820',
    isOptedOut: true,
    lines: [
      { body: 'Choir practice is at seven tonight, not at six.', minutesAgo: 6 * day, isOwn: true, state: 'delivered' },
      { body: 'STOP', minutesAgo: 6 * day - 10 },
    ],
  },
  ...Array.from({ length: 12 }, (_, index): Planted => ({
    far: `+1416555${String(200 + index).padStart(4, '0')}`,
    lines: [
      {
        body: index % 2 === 0 ? 'Thanks, see you then.' : 'Your parcel is at the counter until Friday.',
        minutesAgo: (8 + index) * day,
      },
    ],
  })),
];

type Into = { readonly db: OpenedDatabase['db']; readonly folder: string; readonly annaId: string; readonly now: number };

export function plantMessages({ db, folder, annaId, now }: Into): void {
  plantAutoReplies(db, now);
  const conversation = db.prepare(
    'INSERT INTO conversations (id, our_number, far_number, last_message_id, last_at, unread, opted_out_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  for (const [index, { far, lines, isOptedOut }] of conversations.entries()) {
    const id = `conv_p${index}`;
    const last = lines.length - 1;
    const at = now - (lines[last]?.minutesAgo ?? 0) * minuteMs;
    const unread = lines.filter(({ isUnread }) => isUnread).length;
    conversation.run(id, ours, far, `msg_p${index}_${last}`, at, unread, isOptedOut === true ? at : null);
    for (const [n, line] of lines.entries())
      plantLine({ db, folder, annaId, now }, { id: `msg_p${index}_${n}`, conversationId: id, line });
  }
}

function plantAutoReplies(db: OpenedDatabase['db'], now: number): void {
  const insert = db.prepare(
    `INSERT INTO auto_replies (id, name, number, trigger_kind, keywords, hours, body, quiet_minutes, is_enabled, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, 60, ?, ?)`,
  );
  const nights = JSON.stringify([{ days: [1, 2, 3, 4, 5], from: '08:00', to: '18:00' }]);
  const night = 'We cannot answer now and will do so in the morning.';
  insert.run('auto_p', 'Night', ours, 'after_hours', '[]', nights, night, 1, now);
  insert.run(
    'auto_p2',
    'Parking',
    ours,
    'keyword',
    '["parking","park"]',
    '[]',
    'Behind the house, the second gate on the left.',
    1,
    now,
  );
  insert.run('auto_p3', 'Do not disturb', null, 'dnd', '[]', '[]', 'Please call again later.', 0, now);
}

type Place = { readonly id: string; readonly conversationId: string; readonly line: Line };

function plantLine({ db, folder, annaId, now }: Into, { id, conversationId, line }: Place): void {
  const { body, minutesAgo, isOwn, state = 'received', errorCode, isUnread, isByReply, media = [] } = line;
  const at = now - minutesAgo * minuteMs;
  const direction = isOwn === true ? 'outbound' : 'inbound';
  const sid = `SM${id}`;
  db.prepare(
    `INSERT INTO messages (id, conversation_id, direction, body, state, segments, media_count, message_sid, sent_by, auto_reply_id, error_code,
       error, created_at, changed_at, read_at)
     VALUES (?, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  ).run(
    id,
    conversationId,
    direction,
    body,
    state,
    media.length,
    sid,
    isOwn === true && isByReply !== true ? annaId : null,
    isByReply === true ? 'auto_p' : null,
    errorCode ?? null,
    errorCode === undefined ? null : `Twilio ${errorCode}`,
    at,
    at,
    isOwn === true || isUnread === true ? null : at,
  );
  for (const [position, [contentType, has, bytes = Buffer.alloc(0)]] of media.entries()) {
    const name = `med_${id}_${position}`;
    db.prepare(
      'INSERT INTO message_media (id, message_id, position, state, content_type, bytes, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
    ).run(name, id, position, has, has === 'stored' ? contentType : null, has === 'stored' ? bytes.length : null, at);
    if (has !== 'stored') continue;
    mkdirSync(join(folder, 'messages'), { recursive: true });
    writeFileSync(join(folder, 'messages', name), bytes);
  }
}
