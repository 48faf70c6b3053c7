// Lets everything that is due on the disk follow the clock when it is set, and notices at the start that it is behind.
// Called by app.ts, right after the database is open and before any room reads from it.
// Must stay true: what is due moves with the clock in one transaction, so that as much time is left as before.
import { isoTime } from '#base/clock.ts';
import type { HouseClock } from '#base/house-clock.ts';
import { RegistrationStore } from '#devices/registration-store.ts';
import { MediaStore } from '#messages/media-store.ts';
import { DeliveryStore } from '#notify/delivery-store.ts';
import { DestinationStore } from '#notify/webhooks/destination-store.ts';
import { WebhookDeliveryStore } from '#notify/webhooks/webhook-delivery-store.ts';
import { LoginAttemptStore } from '#people/login-attempt-store.ts';
import { SessionStore } from '#people/session-store.ts';
import { DoneOnce } from '#storage/done-once.ts';
import { HouseTimes } from '#storage/house-times.ts';
import { OutboxStore } from '#storage/outbox-store.ts';
import { clockBehindMs, clockHealth, describeBehind } from '#system/clock-health.ts';
import { RecordingStore } from '#voicemail/recording-store.ts';
import type { Storage, AppContext, RoomFace } from './context.ts';
import { faceOf } from './face.ts';

/** How far a clock may have been set back while we were not running without our noticing. */
const noteEveryMs = 5 * 60_000;

type ClockDeps = Pick<AppContext, 'log' | 'warnings' | 'stack'> & {
  readonly clock: HouseClock;
  readonly storage: Pick<Storage, 'db' | 'writes'>;
};

export function composeClock({ clock, storage, log, warnings, stack }: ClockDeps): { readonly face: RoomFace } {
  const { db, writes } = storage;
  const times = new HouseTimes(db);
  const move = createTimeShifter(db);
  const now = clock.now();
  const behindMs = clockBehindMs(now, times.get('seen'));
  const behindUntil = behindMs === 0 ? undefined : now + behindMs;
  if (behindUntil !== undefined) {
    // How long we were away cannot be known: nothing of it is counted.
    const facts = { shows: isoTime(now), lastRan: isoTime(behindUntil) };
    log.warn(facts, 'Clock of this machine is behind: due times moved back with it');
    warnings.push(describeBehind(now, behindUntil));
    safely(log, () => move(-behindMs));
  }
  const note = () => times.set('seen', clock.now());
  safely(log, note);
  const noting = clock.every(noteEveryMs, () => void writes.write(note).catch(() => {}));
  clock.start((byMs) => {
    // What waits to be written was made by the old time.
    writes.flush();
    move(byMs);
    times.set('seen', clock.now() + byMs);
  });
  stack.defer(() => {
    clock.stop();
    noting.cancel();
    safely(log, note);
  });
  return { face: faceOf({ probes: { clock: () => clockHealth(clock.now(), behindUntil) } }) };
}

/** Moves everything that is due in one transaction. */
function createTimeShifter(db: Storage['db']): (byMs: number) => void {
  const stores = [
    new OutboxStore(db),
    new RegistrationStore(db),
    new MediaStore(db),
    new RecordingStore(db),
    new DeliveryStore(db),
    new SessionStore(db),
    new LoginAttemptStore(db),
    new DestinationStore(db),
    new WebhookDeliveryStore(db),
    new DoneOnce(db),
  ];
  return db.transaction((byMs: number) => {
    for (const store of stores) store.shiftDueTimes(byMs);
  });
}

/** A full disk must not keep the house from starting. */
function safely(log: ClockDeps['log'], run: () => void): void {
  try {
    run();
  } catch (error) {
    log.warn({ err: error }, 'Current time not stored');
  }
}
