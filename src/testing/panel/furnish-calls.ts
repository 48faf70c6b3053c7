// Fills a house with calls of the past, as many as somebody wants to look through.
// Called by the flows of the panel's calls and by the furnished house.
import { join } from 'node:path';
import { systemClock } from '#base/clock.ts';
import { createLog } from '#base/log.ts';
import { openDatabase } from '#storage/database.ts';
import type { PanelHouse } from './panel-house.ts';

const kinds = [
  ['inbound', 'answered', 'caller-hung-up', 180],
  ['inbound', 'missed', 'no-answer', 0],
  ['outbound', 'answered', 'callee-hung-up', 62],
  ['internal', 'answered', 'caller-hung-up', 12],
  ['inbound', 'blocked', 'spam-list', 0],
  ['inbound', 'voicemail', 'dnd', 31],
  ['outbound', 'failed', 'destination-not-allowed', 0],
] as const;

const everyMs = 600_000;

export type PlantedCalls = {
  readonly count: number;
  /** Who is on the other side of the call with this number, counted from the newest. */
  readonly nameOf?: (index: number) => string;
  readonly numberOf?: (index: number) => string;
  /** Of a leg of every call, so that it is theirs as well. */
  readonly personId?: string;
};

/** Calls every ten minutes into the past, the newest a minute ago: `call_planted_0` and on. */
export function plantCalls(house: PanelHouse, { count, personId, ...named }: PlantedCalls): void {
  const { nameOf = (index) => `Caller ${index}`, numberOf = (index) => `+4930${String(1_000_000 + index)}` } = named;
  const { db } = openDatabase({ path: join(house.folder, 'gosip.db'), log: createLog({ level: 'silent' }), clock: systemClock });
  const now = systemClock.now();
  const call = db.prepare(`INSERT INTO cdrs (id, direction, started_at, answered_at, ended_at, disposition, reason, dialled,
    caller_number, caller_name, callee_number, callee_name, number) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const leg =
    db.prepare(`INSERT INTO call_legs (id, cdr_id, role, person_id, name, address, sip_call_id, started_at, ended_at, outcome)
    VALUES (?, ?, 'callee', ?, 'Kitchen', 'udp 192.0.2.7:5060', 'x', ?, ?, 'no-answer')`);
  db.transaction(() => {
    for (let index = 0; index < count; index += 1) {
      const [direction, disposition, reason, seconds] = kinds[index % kinds.length]!;
      const at = now - 60_000 - index * everyMs;
      const other = [numberOf(index), nameOf(index)];
      const ours = ['11', 'Kitchen'];
      const [from, to] = direction === 'outbound' ? [ours, other] : [other, ours];
      const times = [at, seconds === 0 ? null : at + 4_000, at + 4_000 + seconds * 1_000];
      const number = direction === 'internal' ? null : '+14165550100';
      const id = `call_planted_${index}`;
      call.run(id, direction, ...times, disposition, reason, to[0], ...from, ...to, number);
      if (personId !== undefined) leg.run(`leg_planted_${index}`, id, personId, at, at);
    }
  })();
  db.close();
}

export type PlantedCall = {
  readonly id: string;
  readonly direction?: 'inbound' | 'outbound' | 'internal';
  /** How it ended and why, such as `missed` by `no-answer`. */
  readonly verdict: readonly [disposition: string, reason: string];
  readonly caller?: readonly [number: string, name: string];
  readonly callee?: readonly [number: string, name: string];
  readonly reasons?: readonly { readonly code: string; readonly params: object }[];
  /** Who was to ring, and for how many seconds each did. */
  readonly legs?: readonly {
    readonly deviceId?: string;
    readonly personId?: string;
    readonly name: string;
    readonly outcome: string;
    readonly seconds?: number;
  }[];
};

/** A call of two minutes ago. */
export function plantCall(house: PanelHouse, planted: PlantedCall): void {
  const { id, direction = 'inbound', verdict, reasons = [], legs = [] } = planted;
  const { caller = ['+41446681800', ''], callee = ['+14165550100', 'House'] } = planted;
  const { db } = openDatabase({ path: join(house.folder, 'gosip.db'), log: createLog({ level: 'silent' }), clock: systemClock });
  const at = systemClock.now() - 120_000;
  const rang = Math.max(0, ...legs.map(({ seconds = 0 }) => seconds));
  db.prepare(
    `INSERT INTO cdrs (id, direction, started_at, ringing_at, ended_at, disposition, reason, dialled, caller_number, caller_name, callee_number,
      callee_name, number, trunk, reasons) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '+14165550100', 'twilio', ?)`,
  ).run(
    id,
    direction,
    at,
    rang === 0 ? null : at + 1_000,
    at + 1_000 + rang * 1_000,
    ...verdict,
    callee[0],
    ...caller,
    ...callee,
    JSON.stringify(reasons),
  );
  const leg =
    db.prepare(`INSERT INTO call_legs (id, cdr_id, role, device_id, person_id, name, address, sip_call_id, started_at, ringing_at, ended_at, outcome)
    VALUES (?, ?, 'callee', ?, ?, ?, 'udp 192.0.2.7:5060', 'x', ?, ?, ?, ?)`);
  for (const [index, { deviceId = null, personId = null, name, outcome, seconds }] of legs.entries()) {
    const ringing = seconds === undefined ? null : at + 1_000;
    leg.run(`leg_${id}_${index}`, id, deviceId, personId, name, at, ringing, at + 1_000 + (seconds ?? 0) * 1_000, outcome);
  }
  db.close();
}

/** A call as a house has it: some phones rang, some could not, one was left in peace. */
export async function furnishCalls(house: PanelHouse): Promise<void> {
  const { items } = await house.ask<{ items: { id: string; name: string }[] }>('GET', '/devices?per_page=100');
  const [inPeace, ...others] = items;
  plantCall(house, {
    id: 'call_furnished',
    verdict: ['missed', 'no-answer'],
    reasons: [
      { code: 'dnd-device', params: { deviceId: inPeace?.id, name: inPeace?.name, until: null } },
      { code: 'default', params: {} },
    ],
    legs: others.map(({ id: deviceId, name }, index) =>
      index < 2 ? { deviceId, name, outcome: 'no-answer', seconds: 25 - index } : { deviceId, name, outcome: 'offline' },
    ),
  });
}
