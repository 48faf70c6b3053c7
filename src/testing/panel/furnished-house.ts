// Fills a house with what a family has after some weeks.
// Called by script/panel-screenshots and by flows that look at full pages.
import { openDatabase } from '#storage/database.ts';
import { createLog } from '#base/log.ts';
import { systemClock } from '#base/clock.ts';
import { join } from 'node:path';
import { furnishCalls } from './furnish-calls.ts';
import { furnishSetup } from './furnish-setup.ts';
import { furnishRouting } from './furnish-routing.ts';
import { plantMessages } from './furnish-messages.ts';
import { furnishTrunks } from './furnish-trunks.ts';
import { plantVoicemails } from './furnish-voicemail.ts';
import { furnishContacts } from './furnish-contacts.ts';
import { furnishNotifications } from './furnish-notifications.ts';
import type { PanelHouse } from './panel-house.ts';

const password = 'kranich87zaun';
const people = [
  { username: 'ben', name: 'Ben', password },
  { username: 'clara', name: 'Clara Maria Hohenstein-Oberhausen' },
];
const phones = [
  { name: 'Kitchen', extension: '11', type: 'grandstream' },
  { name: 'Anna’s mobile', extension: '12', type: 'softphone', owner: 'anna' },
  { name: 'Front door', extension: '13', type: 'grandstream' },
  { name: 'Grandmother’s cordless telephone in the upstairs guest room', extension: '14', type: 'grandstream' },
  { name: 'Office computer', extension: '15', type: 'webrtc', owner: 'ben' },
];
const online = new Set(['11', '12', '13']);

type Made = { readonly id: string; readonly username: string; readonly secret: string };

/** The administrator's name and password. One call goes on, two voicemails are new. */
export async function furnish(house: PanelHouse): Promise<{ readonly username: string; readonly password: string }> {
  const anna = await house.ask<{ id: string }>('POST', '/users', { username: 'anna', name: 'Anna', role: 'admin', password });
  const ids = new Map([['anna', anna.id]]);
  for (const one of people) ids.set(one.username, (await house.ask<{ id: string }>('POST', '/users', one)).id);
  for (const { owner, ...phone } of phones) {
    const personId = owner === undefined ? {} : { personId: ids.get(owner) };
    const made = await house.ask<Made>('POST', '/devices', { ...phone, ...personId });
    if (!online.has(phone.extension)) continue;
    const simulated = await house.phone(made, { incomingCallAction: phone.extension === '12' ? 'answer' : 'ring' });
    await simulated.register();
    if (phone.extension === '13') simulated.call('12');
  }
  await house.ask('POST', '/dids', { number: '+14165550100', name: 'House', ownerPersonId: anna.id });
  await furnishRouting(house);
  await furnishTrunks(house);
  await furnishSetup(house);
  plantPast(house, anna.id);
  await furnishCalls(house);
  await furnishContacts(house, anna.id);
  // Not on the days around today: whoever looks at the house at night finds it as by day.
  const today = new Date(systemClock.now()).getUTCDay();
  const days = [2, 3, 4, 5].map((later) => (today + later) % 7 || 7);
  const nights = { days, from: '22:00', to: '07:00' };
  const naps = { days: [6, 7], from: '13:00', to: '14:30', isOn: false };
  await house.ask('PUT', `/dnd/persons/${anna.id}/schedule`, { entries: [nights, naps] });
  await house.ask('PUT', '/dnd/house', { isOn: true, until: new Date(systemClock.now() + 3_600_000).toISOString() });
  await furnishNotifications(house, { anna: anna.id, ben: ids.get('ben') ?? '' }, days);
  return { username: 'anna', password };
}

const past = [
  ['inbound', 'answered', 'caller-hung-up', '+442079460123', 'Mum', '11', 'Kitchen', 254],
  ['inbound', 'missed', 'no-answer', '+14165550177', '', '11', 'Kitchen', 0],
  ['outbound', 'answered', 'callee-hung-up', '12', 'Anna’s mobile', '+4930901820', 'Dentist Dr. Weber', 95],
  ['internal', 'answered', 'caller-hung-up', '13', 'Front door', '11', 'Kitchen', 12],
  ['inbound', 'blocked', 'spam-list', '+14165550199', '', '+14165550100', 'House', 0],
  ['inbound', 'voicemail', 'dnd', '+442079460123', 'Mum', '11', 'Kitchen', 31],
  ['outbound', 'failed', 'destination-not-allowed', '15', 'Office computer', '+882', '', 0],
  ['inbound', 'missed', 'caller-cancelled', '', '', '11', 'Kitchen', 0],
  ['internal', 'busy', 'busy', '11', 'Kitchen', '12', 'Anna’s mobile', 0],
] as const;

/** In one write: what stands still for seconds has its next request cut off. */
function plantPast(house: PanelHouse, annaId: string): void {
  const { db } = openDatabase({ path: join(house.folder, 'gosip.db'), log: createLog({ level: 'silent' }), clock: systemClock });
  const now = systemClock.now();
  db.exec('BEGIN IMMEDIATE');
  const call = db.prepare(`INSERT INTO cdrs (id, direction, started_at, answered_at, ended_at, disposition, reason, dialled,
    caller_number, caller_name, callee_number, callee_name, number) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  for (let round = 0; round < 14; round += 1) {
    for (const [index, [direction, disposition, reason, from, fromName, to, toName, seconds]] of past.entries()) {
      const at = now - (round * past.length + index + 1) * 5_400_000;
      const answered = seconds === 0 ? null : at + 4_000;
      const number = direction === 'internal' ? null : '+14165550100';
      const ended = at + 4_000 + seconds * 1_000;
      call.run(
        `call_p${round}_${index}`,
        direction,
        at,
        answered,
        ended,
        disposition,
        reason,
        to,
        from,
        fromName,
        to,
        toName,
        number,
      );
    }
  }
  plantVoicemails({ db, folder: house.folder, personId: annaId, now });
  plantMessages({ db, folder: house.folder, annaId, now });
  db.exec('COMMIT');
  db.close();
}
