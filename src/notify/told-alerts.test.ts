import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isoTime } from '#base/clock.ts';
import { createLog } from '#base/log.ts';
import type { AlertId } from '#contract/alert-ids.ts';
import type { AlertEntry } from '#contract/observation.ts';
import { openDatabase } from '#storage/database.ts';
import type { OpenedDatabase } from '#storage/database.ts';
import { WriteBatch } from '#storage/write-batch.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { ToldAlertStore } from './told-alert-store.ts';
import { ToldAlerts } from './told-alerts.ts';
import type { ToldAlertsDeps } from './told-alerts.ts';

const log = createLog({ level: 'silent' });
const minute = 60_000;

describe('administrators are told of alerts', () => {
  const clock = new FakeClock();
  let db: OpenedDatabase['db'];
  let writes: WriteBatch;
  let open: AlertEntry[];
  let listeners: Set<() => void>;
  let told: string[];
  let toldAlerts: ToldAlerts;

  function start(): void {
    const deliveries: ToldAlertsDeps['deliveries'] = {
      tell: (all) =>
        void told.push(
          ...all.map(({ personId, dedupe, isUrgent }) => `${personId} ${dedupe.split(':')[1]} ${isUrgent ? 'urgent' : 'later'}`),
        ),
      tellUnkept: (all) => void told.push(...all.map(({ personId }) => `${personId} unkept`)),
    };
    const recipients = { ofAlerts: () => ['person_a', 'person_b'] as const };
    toldAlerts = new ToldAlerts({ store: new ToldAlertStore(db), writes, clock, log, recipients, deliveries });
    toldAlerts.watch({
      get open() {
        return open;
      },
      onChanged: (listener) => (listeners.add(listener), () => listeners.delete(listener)),
    });
  }

  async function change(next: readonly AlertId[]): Promise<readonly string[]> {
    told = [];
    open = next.map((alertId) => {
      const since = open.find((one) => one.alertId === alertId)?.since ?? isoTime(clock.now());
      return { alertId, title: '', about: 'it', message: '', values: {}, since, until: null };
    });
    for (const listener of listeners) listener();
    return settle();
  }

  /** What was decided is written in a later turn. */
  async function settle(): Promise<readonly string[]> {
    clock.advance(1_000);
    for (let n = 0; n < 5; n += 1) await new Promise((resolve) => setImmediate(resolve));
    return told;
  }

  beforeEach(() => {
    ({ db } = openDatabase({ path: ':memory:', log, clock }));
    writes = new WriteBatch({ db, log });
    [open, told, listeners] = [[], [], new Set()];
    start();
    clock.advance(2 * minute);
  });
  afterEach(() => {
    toldAlerts.stop();
    db.close();
  });

  it('all of them, once, also when the house is started again', async () => {
    expect(await change(['trunk-down'])).toEqual(['person_a trunk-down urgent', 'person_b trunk-down urgent']);
    expect(await change(['trunk-down', 'mqtt-broken'])).toEqual(['person_a mqtt-broken later', 'person_b mqtt-broken later']);
    toldAlerts.stop();
    start();
    clock.advance(2 * minute);
    expect(await change(['trunk-down', 'mqtt-broken'])).toEqual([]);
  });

  it('once in a second, however often they change', async () => {
    for (let n = 0; n < 100; n += 1) for (const listener of listeners) listener();
    expect(await change(['holidays-unread'])).toHaveLength(2);
  });

  it('of a disk that is full without a word kept, once, and of nothing else', async () => {
    const failing = { write: () => Promise.reject(new Error('SQLITE_FULL')) };
    toldAlerts.stop();
    writes = failing as unknown as WriteBatch;
    start();
    clock.advance(2 * minute);
    expect(await change(['storage-failed', 'recording-suspended'])).toEqual(['person_a unkept', 'person_b unkept']);
    expect(await change(['storage-failed', 'recording-suspended', 'mqtt-broken'])).toEqual([]);
    writes = new WriteBatch({ db, log });
  });
});
