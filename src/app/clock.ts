// Lets everything that is due on the disk follow the clock when it is set, and notices at the start that it is behind.
// Called by app.ts, right after the database is open and before any room reads from it.
// Must stay true: what is due moves with the clock in one transaction, so that as much time is left as before.
import { isoTime } from '#base/clock.ts';
import type { HouseClock } from '#base/house-clock.ts';
import { RegistrationStore } from '#devices/registration-store.ts';
import { MediaStore } from '#messages/media-store.ts';
import { HouseTimes } from '#storage/house-times.ts';
import { OutboxStore } from '#storage/outbox-store.ts';
import { RecordingStore } from '#voicemail/recording-store.ts';
import type { Storage, AppContext } from './context.ts';

/** How far a clock may have been set back while we were not running without our noticing. */
const noteEveryMs = 5 * 60_000;
const minBehindMs = 2_000;

type ClockDeps = Pick<AppContext, 'log' | 'health' | 'warnings' | 'stack'> & {
  readonly clock: HouseClock;
  readonly storage: Pick<Storage, 'db' | 'writes'>;
};

export function composeClock({ clock, storage, log, health, warnings, stack }: ClockDeps): void {
  const { db, writes } = storage;
  const times = new HouseTimes(db);
  const move = createTimeShifter(db);
  const seen = times.get('seen');
  const now = clock.now();
  const behindMs = seen === undefined ? 0 : seen - now;
  const isBehind = behindMs > minBehindMs;
  if (isBehind) {
    // How long we were away nobody knows: nothing of it is counted.
    const facts = { shows: isoTime(now), lastRan: isoTime(now + behindMs) };
    log.warn(facts, 'The clock of this machine is behind: what is due was moved back with it');
    warnings.push(behindText(now, now + behindMs));
    safely(log, () => move(-behindMs));
  }
  const note = () => times.set('seen', clock.now());
  safely(log, note);
  const noting = clock.every(noteEveryMs, () => void writes.write(note).catch(() => {}));
  health.watch('clock', () => {
    if (!isBehind || clock.now() >= now + behindMs) return { status: 'ok', message: `It is ${isoTime(clock.now())}` };
    return { status: 'degraded', message: behindText(clock.now(), now + behindMs) };
  });
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
}

/** Moves everything that is due in one transaction. */
function createTimeShifter(db: Storage['db']): (byMs: number) => void {
  const stores = [new OutboxStore(db), new RegistrationStore(db), new MediaStore(db), new RecordingStore(db)];
  return db.transaction((byMs: number) => {
    for (const store of stores) store.shiftDueTimes(byMs);
  });
}

/** A full disk must not keep the house from starting. */
function safely(log: ClockDeps['log'], run: () => void): void {
  try {
    run();
  } catch (error) {
    log.warn({ err: error }, 'The time could not be written down');
  }
}

function behindText(now: number, seen: number): string {
  return (
    `The clock of this machine is behind: it shows ${isoTime(now)}, and GoSIP ran until ${isoTime(seen)}. ` +
    'Phones and calls go on; set the clock, or let the machine fetch the time from the network (timedatectl set-ntp true).'
  );
}
