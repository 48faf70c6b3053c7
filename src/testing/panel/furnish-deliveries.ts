// What a furnished house told its people, and how that went.
// Called by furnish-notifications.ts, and by the flow of the list of deliveries.
import { join } from 'node:path';
import { systemClock } from '#base/clock.ts';
import { createLog } from '#base/log.ts';
import { openDatabase } from '#storage/database.ts';
import type { PanelHouse } from './panel-house.ts';

type Id = { readonly id: string };
type Ids = { readonly anna: string; readonly ben: string };

const alert = { alertId: 'trunk-down', about: 'Provider in town', values: { state: 'unreachable' }, since: 0 };
const call = { callId: 'call_furnished' };

/** `minutes`: how long ago. */
const told = [
  ['anna', 'missed-call', call, 'delivered', null, null, 1, 3],
  ['anna', 'message', { messageId: 'msg_p0' }, 'failed', 'refused-login', '535 5.7.8 Authentication credentials invalid', 1, 12],
  ['ben', 'voicemail', { voicemailId: 'vm_school' }, 'waiting', 'unreachable', 'No connection to smtp.example.org', 2, 25],
  ['ben', 'missed-call', call, 'held', 'quiet', null, 0, 60],
  ['anna', 'alert', alert, 'unknown', 'lost-in-restart', null, 1, 200],
  ['anna', 'alert', alert, 'failed', 'timed-out', 'The server said nothing for 60 seconds', 4, 1_500],
  ['ben', 'message', { messageId: 'msg_p1' }, 'cancelled', 'obsolete', null, 0, 3_000],
  ['anna', 'transcript', { voicemailId: 'vm_school' }, 'dropped', 'server-error', '500 Internal Server Error', 3, 4_600],
] as const;

/** `channel`: how mail is set up. */
export async function furnishDeliveries(house: PanelHouse, ids: Ids, channel: object): Promise<void> {
  await house.ask('PUT', '/notifications/channels/mail', channel);
  const names = { anna: 'anna@example.org', ben: 'ben.who.has.a.very.long.address.for.his.notifications@example.org' };
  const targets = {
    anna: (await house.ask<Id>('POST', '/notifications/targets', { channel: 'mail', address: names.anna, personId: ids.anna }))
      .id,
    ben: (await house.ask<Id>('POST', '/notifications/targets', { channel: 'mail', address: names.ben, personId: ids.ben })).id,
  };
  const { db } = openDatabase({ path: join(house.folder, 'gosip.db'), log: createLog({ level: 'silent' }), clock: systemClock });
  const insert =
    db.prepare(`INSERT INTO deliveries (id, dedupe_key, person_id, target_id, channel, kind, item, item_id, state, reason,
    detail, attempts, next_at, request, reply, created_at, ended_at) VALUES (?, ?, ?, ?, 'mail', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const now = systemClock.now();
  db.exec('BEGIN IMMEDIATE');
  for (const [index, [who, kind, item, state, reason, detail, attempts, minutes]] of [...told.entries()].toReversed()) {
    const at = now - minutes * 60_000;
    const isOpen = state === 'held' || state === 'waiting';
    const request = attempts === 0 ? null : `MAIL FROM:<house@example.org>\nRCPT TO:<${names[who]}>\nDATA`;
    const itemId = Object.values(item)[0];
    insert.run(
      ...[
        `dlv_furnished${index}`,
        `furnished:${index}`,
        ids[who],
        targets[who],
        kind,
        JSON.stringify(item),
        itemId,
        state,
        reason,
      ],
      ...[detail, attempts, isOpen ? now + 3_600_000 : null, request, detail, at, isOpen ? null : at + 2_000],
    );
  }
  db.exec('COMMIT');
  db.close();
}
