// Fills a house with names and texts that read from right to left, turn around what stands beside them, or have no place to break.
// Called by the flow that looks at where the words of a page are drawn.
import { join } from 'node:path';
import { systemClock } from '#base/clock.ts';
import { createLog } from '#base/log.ts';
import { openDatabase } from '#storage/database.ts';
import { plantCall, plantCalls } from './furnish-calls.ts';
import { plantVoicemail } from './furnish-voicemail.ts';
import type { PanelHouse } from './panel-house.ts';

/** Ends with digits: beside other digits they would change places with them. */
export const arabic = 'مريم الأحمد 24';
/** As a text message may hold it: closes what it did not open, and turns around what comes after. */
export const turning = 'PAY \u2069\u202Egnp.exe 7';
export const unbroken = 'Rindfleischetikettierungsueberwachungsaufgabenuebertragungsgesetzkommissionsrat';

type Made = { readonly id: string; readonly username: string; readonly secret: string };

/** The ids of what has a page or a dialog of its own, by the page. */
export async function furnishDirections(house: PanelHouse, annaId: string): Promise<Readonly<Record<string, readonly string[]>>> {
  const ids: Record<string, string[]> = {};
  for (const [index, name] of [arabic, unbroken].entries()) {
    const made = await furnishNamed(house, { name, index });
    for (const [page, id] of Object.entries(made)) (ids[page] ??= []).push(id);
  }
  plantCalls(house, { count: 12, nameOf: (index) => [arabic, unbroken][index % 2] ?? '' });
  for (const [index, name] of [arabic, unbroken].entries()) {
    const id = `call_turned_${index}`;
    const legs = [{ name, outcome: 'no-answer', seconds: 20 }];
    plantCall(house, { id, verdict: ['missed', 'no-answer'], caller: ['+41446681801', name], callee: ['11', name], legs });
    (ids['calls'] ??= []).push(id);
    (ids['why'] ??= []).push(id);
  }
  const { db } = openDatabase({ path: join(house.folder, 'gosip.db'), log: createLog({ level: 'silent' }), clock: systemClock });
  const where = { db, folder: house.folder, personId: annaId, now: systemClock.now() };
  for (const [name, caller] of [
    ['turned', arabic],
    ['long', unbroken],
  ] as const) {
    const transcript = `${caller} ${turning} ${unbroken}`;
    plantVoicemail(where, { name, number: '+41446681801', caller, hoursAgo: 0.1, seconds: 5, transcript });
  }
  ids['voicemail'] = ['vm_turned', 'vm_long'];
  ids['messages'] = ['+4930901890', '+4930901891'].map((far, index) => plantConversation(where, { far, index }));
  db.close();
  return ids;
}

async function furnishNamed({ ask }: PanelHouse, { name, index }: { name: string; index: number }) {
  const far = `+493090189${index}`;
  const number = `+1416555016${index}`;
  const person = await ask<Made>('POST', '/users', { username: `far${index}`, name, password: 'kranich87zaun' });
  const device = await ask<Made>('POST', '/devices', { name, extension: `3${index}`, type: 'softphone', personId: person.id });
  const target = { kind: 'person', id: person.id };
  const did = await ask<Made>('POST', '/dids', { number, name, ownerPersonId: person.id });
  const group = await ask<Made>('POST', '/ring-groups', { name, members: [target] });
  const chain = await ask<Made>('POST', '/escalation-chains', { name, steps: [{ targets: [target] }] });
  const rule = await ask<Made>('POST', '/routes', {
    numberId: did.id,
    name,
    conditions: { callers: [{ kind: 'group', group: name.slice(0, 40) }] },
    action: { kind: 'voicemail', personId: person.id, greeting: `${turning} ${name}` },
  });
  const numbers = [{ number: far, label: name.slice(0, 40) }];
  const contact = await ask<Made>('POST', '/contacts', { name, numbers, groups: [name.slice(0, 40)] });
  const entry = await ask<Made>('POST', '/blocklist', { kind: 'exact', pattern: `+1416555019${index}`, reason: name });
  const trunk = await ask<Made>('POST', '/trunks', { name, host: '127.0.0.1', port: 5998, enabled: false, numbers: [number] });
  return {
    people: person.id,
    phones: device.id,
    numbers: did.id,
    'ring-groups': group.id,
    escalations: chain.id,
    routing: rule.id,
    contacts: contact.id,
    blocklist: entry.id,
    trunks: trunk.id,
  };
}

type Where = { readonly db: ReturnType<typeof openDatabase>['db']; readonly now: number };

function plantConversation({ db, now }: Where, { far, index }: { readonly far: string; readonly index: number }): string {
  const id = `conv_turned_${index}`;
  const bodies = [arabic, `${arabic} https://example.org/${arabic.slice(0, 4)} ${turning}`, unbroken.repeat(2), turning];
  db.prepare(
    'INSERT INTO conversations (id, our_number, far_number, last_message_id, last_at, unread, opted_out_at) VALUES (?, ?, ?, ?, ?, 1, NULL)',
  ).run(id, '+14165550100', far, `msg_turned_${index}_${bodies.length - 1}`, now - index);
  for (const [n, body] of bodies.entries())
    db.prepare(
      `INSERT INTO messages (id, conversation_id, direction, body, state, segments, media_count, message_sid, created_at, changed_at)
       VALUES (?, ?, ?, ?, ?, 1, 0, ?, ?, ?)`,
    ).run(
      `msg_turned_${index}_${n}`,
      id,
      n % 2 === 0 ? 'inbound' : 'outbound',
      body,
      n % 2 === 0 ? 'received' : 'delivered',
      `SMturned${index}${n}`,
      now - (bodies.length - n) * 60_000,
      now,
    );
  return id;
}
