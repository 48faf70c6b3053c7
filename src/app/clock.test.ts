import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Events } from '#base/events.ts';
import { HouseClock } from '#base/house-clock.ts';
import { newId } from '#base/ids.ts';
import { createLog } from '#base/log.ts';
import type { DeviceId } from '#base/ids.ts';
import type { Facts } from '#contract/facts.ts';
import { RegistrationStore } from '#devices/registration-store.ts';
import type { Registration } from '#devices/registration.ts';
import { Registrations } from '#devices/registrations.ts';
import { MediaStore } from '#messages/media-store.ts';
import { openDatabase } from '#storage/database.ts';
import type { Database } from '#storage/database.ts';
import { HouseTimes } from '#storage/house-times.ts';
import { Outbox } from '#storage/outbox.ts';
import type { AttemptOutcome } from '#storage/outbox-item.ts';
import { WriteBatch } from '#storage/write-batch.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { composeClock } from './clock.ts';

const hour = 3_600_000;
const day = 24 * hour;
const jumps = [8 * hour, -3 * day, 56 * 365 * day];
const log = createLog({ level: 'silent' });
const device = 'dev_1' as DeviceId;

let machine: FakeClock;
let db: Database;
let stack: AsyncDisposableStack;

beforeEach(() => {
  machine = new FakeClock();
  ({ db } = openDatabase({ path: ':memory:', log, clock: machine }));
  db.exec(
    `INSERT INTO devices (id, name, extension, username, type, transports, realm, ha1_md5, ha1_sha256, sealed_secret, created_at)
     VALUES ('dev_1', 'Hall', '11', '11', 'softphone', '["udp"]', 'gosip', '', '', x'', 0)`,
  );
  stack = new AsyncDisposableStack();
});

afterEach(() => stack.disposeAsync());

/** A run of the house's clock on this database, with the machine's clock as it is now. */
async function run() {
  await stack.disposeAsync();
  stack = new AsyncDisposableStack();
  const clock = new HouseClock(machine, log);
  const writes = new WriteBatch({ db, log });
  const warnings: string[] = [];
  const { face } = composeClock({ clock, storage: { db, writes }, log, warnings, stack });
  return { clock, writes, warnings, health: () => face.probes.clock?.() };
}

/** Sets the machine's clock; the house notices a second later. */
function set(byMs: number): void {
  machine.jump(byMs);
  machine.advance(1000);
}

function registration(now: number): Registration {
  return {
    id: 'reg_1',
    deviceId: device,
    contactUri: 'sip:11@192.0.2.7',
    q: 1,
    params: new Map(),
    path: [],
    callId: 'a',
    cseq: 1,
    lastNonceSerial: 0,
    instanceId: undefined,
    regId: undefined,
    userAgent: undefined,
    registeredAt: now,
    expiresAt: now + hour,
    source: { protocol: 'udp', address: '192.0.2.7', port: 5060 },
  };
}

async function registered({ clock, writes }: Awaited<ReturnType<typeof run>>): Promise<Registrations> {
  const registrations = new Registrations({
    store: new RegistrationStore(db),
    writes,
    clock,
    events: new Events<Facts>(log),
    log,
  });
  stack.defer(clock.onStep((byMs) => registrations.shiftDueTimes(byMs)));
  registrations.start();
  stack.defer(() => registrations.stop());
  return registrations;
}

describe.each(jumps)('a clock that is set by %i ms', (byMs) => {
  it('throws no phone out, and keeps none for longer than it was granted', async () => {
    const house = await run();
    const registrations = await registered(house);
    const granted = registration(house.clock.now());
    const stored = registrations.apply({ deviceId: device, bindings: [granted], stored: [granted], removed: [] });
    house.writes.flush();
    await stored;
    machine.advance(hour / 2);
    set(byMs);
    expect(registrations.of(device)).toHaveLength(1);
    expect([...new RegistrationStore(db).live(house.clock.now())]).toHaveLength(1);
    machine.advance(hour / 2 - 2000);
    expect(registrations.of(device)).toHaveLength(1);
    machine.advance(1000);
    expect(registrations.of(device)).toHaveLength(0);
    house.writes.flush();
    expect([...new RegistrationStore(db).live(house.clock.now())]).toHaveLength(0);
  });

  it('neither loses a message that waits to be sent nor lets it wait for longer', async () => {
    const { clock } = await run();
    const attempts: number[] = [];
    let outcome: AttemptOutcome = { kind: 'unreachable', message: 'no way out' };
    const outbox = new Outbox({ db, clock, newId, log, isDurable: true, random: () => 0.5 });
    outbox.register('sms', {
      service: 'Twilio',
      whenInDoubt: 'repeat',
      async attempt() {
        attempts.push(machine.monotonic());
        return outcome;
      },
    });
    outbox.start();
    stack.defer(() => outbox.stop());
    const id = outbox.enqueue({ kind: 'sms', orderKey: 'a', payload: {} });
    await machine.advanceAsync(10_000);
    expect(outbox.get(id)?.state).toBe('waiting');
    set(byMs);
    outcome = { kind: 'done' };
    await machine.advanceAsync(40_000);
    expect(outbox.get(id)?.state).toBe('done');
    expect((attempts.at(-1) ?? 0) - (attempts.at(-2) ?? 0)).toBeLessThanOrEqual(36_000);
  });

  it('keeps a picture public, due and loose for as long as before', async () => {
    const { clock } = await run();
    const media = new MediaStore(db);
    media.insertUpload({ id: 'med_1', contentType: 'image/png', bytes: 1, uploadedBy: undefined, at: clock.now() });
    media.publish('med_1', 'token', clock.now() + 6 * hour);
    set(byMs);
    expect(media.byToken('token', clock.now())).toBeDefined();
    expect(media.orphansBefore(clock.now() - day)).toEqual([]);
    machine.advance(6 * hour);
    expect(media.byToken('token', clock.now())).toBeUndefined();
  });
});

describe('a clock that is behind at the start, as after a power cut', () => {
  it('is said, throws no phone out, and keeps none for ever once it is right', async () => {
    const before = await run();
    const granted = registration(before.clock.now());
    new RegistrationStore(db).put(granted);
    machine.advance(10 * 60_000);
    await stack.disposeAsync();
    machine.jump(-400 * day);
    const house = await run();
    expect(house.warnings).toEqual([
      expect.stringMatching(/clock of this machine is behind: it shows 2024-11-27.*ran until 2026-01-01/),
    ]);
    expect(house.health()).toMatchObject({ status: 'degraded' });
    const registrations = await registered(house);
    expect(registrations.of(device)).toHaveLength(1);
    set(400 * day);
    expect(house.health()).toMatchObject({ status: 'ok' });
    machine.advance(49 * 60_000);
    expect(registrations.of(device)).toHaveLength(1);
    machine.advance(61_000);
    expect(registrations.of(device)).toHaveLength(0);
  });

  it('is not said of a house that was away for a while', async () => {
    await run();
    machine.advance(day);
    expect((await run()).warnings).toEqual([]);
    expect(new HouseTimes(db).get('seen')).toBe(machine.now());
  });
});
