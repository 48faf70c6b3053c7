// By which ways a furnished house tells its people and other programs, and what it has told them.
// Called by furnished-house.ts.
// Must stay true: every server is one of this machine, so that nothing leaves it.
import { join } from 'node:path';
import { systemClock } from '#base/clock.ts';
import { createLog } from '#base/log.ts';
import { openDatabase } from '#storage/database.ts';
import { smtpSaved } from '#testing/harness/mail-harness.ts';
import { startHttpPeer } from '#testing/peers/http-peer.ts';
import { SmtpPeer } from '#testing/peers/smtp-peer.ts';
import { furnishDeliveries } from './furnish-deliveries.ts';
import type { PanelHouse } from './panel-house.ts';

type Id = { readonly id: string };
type Ids = { readonly anna: string; readonly ben: string };

/** `days`: on which nobody is to be disturbed at night. */
export async function furnishNotifications(house: PanelHouse, ids: Ids, days: readonly number[]): Promise<void> {
  const smtp = house.keep(await SmtpPeer.start({ security: 'none' }));
  const servers = house.keep(await startHttpPeer());
  servers.otherwise = { status: 200, body: '{"id":1}', headers: { 'content-type': 'application/json' } };
  const settings = { url: servers.url, allowsOwnNetwork: true };
  for (const channel of ['gotify', 'ntfy']) await house.ask('PUT', `/notifications/channels/${channel}`, { channel, settings });
  const topic = { channel: 'ntfy', topic: 'orchard-7Fh2kQ', name: 'Anna’s phone', personId: ids.anna };
  await house.ask('POST', '/notifications/targets', topic);
  const app = { channel: 'gotify', token: 'AnEntirelyMadeUp', name: 'The tablet that hangs in the hall by the garden door' };
  const tablet = await house.ask<Id>('POST', '/notifications/targets', { ...app, personId: ids.ben });
  await house.ask('PATCH', `/notifications/targets/${tablet.id}`, { isEnabled: false });
  const quietHours = [{ days, from: '22:00', to: '07:00' }];
  await house.ask('PATCH', `/notifications/preferences/${ids.anna}`, { quietHours });
  // The last: what is held is looked at again whenever something changes that holds it.
  await furnishDeliveries(house, ids, { channel: 'mail', ...smtpSaved(smtp.port, { security: 'none' }) });
  await furnishWebhooks(house, servers.url);
}

async function furnishWebhooks(house: PanelHouse, server: string): Promise<void> {
  const made = { events: ['call.ended', 'voicemail.left', 'message.received'], allowsPrivate: true };
  const flows = await house.ask<Id>('POST', '/external', {
    ...made,
    name: 'Node-RED',
    url: `${server}/node-red/house`,
    events: [made.events[1]],
  });
  const long = { name: 'The lamp in the hall that blinks when somebody has left a message', enabled: false };
  await house.ask('POST', '/external', {
    ...made,
    ...long,
    url: `${server}/a/very/long/path/of/a/program/of/the/house?of=lamps`,
  });
  const { db } = openDatabase({ path: join(house.folder, 'gosip.db'), log: createLog({ level: 'silent' }), clock: systemClock });
  const insert =
    db.prepare(`INSERT INTO webhook_deliveries (id, destination_id, event, body, state, reason, detail, attempts, next_at,
    milliseconds, status, url, request_headers, reply_headers, reply_body, created_at, ended_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const now = systemClock.now();
  db.exec('BEGIN IMMEDIATE');
  for (const [index, [event, state, reason, detail, status, attempts, minutes]] of [...sent.entries()].toReversed()) {
    const at = now - minutes * 60_000;
    const body = JSON.stringify({
      version: 1,
      type: event,
      timestamp: new Date(at).toISOString(),
      data: { id: `item_${index}` },
    });
    const isOpen = state === 'waiting';
    const wasAnswered = status !== null;
    insert.run(
      ...[`whd_furnished${index}`, flows.id, event, body, state, reason, detail, attempts, isOpen ? now + 3_600_000 : null],
      ...[wasAnswered ? 38 : null, status, attempts === 0 ? null : `${server}/node-red/house`],
      ...[attempts === 0 ? null : JSON.stringify({ 'content-type': 'application/json', 'webhook-id': `whd_furnished${index}` })],
      ...[wasAnswered ? JSON.stringify({ 'content-type': 'text/plain' }) : null, wasAnswered ? (detail ?? 'ok') : null],
      ...[at, isOpen ? null : at + 400],
    );
  }
  db.exec('COMMIT');
  db.close();
}

/** `minutes`: how long ago. */
const sent = [
  ['voicemail.left', 'delivered', null, null, 200, 1, 4],
  ['call.ended', 'waiting', 'unreachable', 'No connection', null, 3, 30],
  ['message.received', 'failed', 'server-error', 'Internal Server Error', 500, 14, 1_600],
  ['call.ended', 'unknown', 'lost-in-restart', null, null, 1, 2_000],
  ['voicemail.left', 'delivered', null, null, 200, 2, 2_900],
  ['call.ended', 'cancelled', 'switched-off', null, null, 0, 4_000],
] as const;
