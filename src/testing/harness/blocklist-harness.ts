import { Events } from '#base/events.ts';
import { newId } from '#base/ids.ts';
import { createLog } from '#base/log.ts';
import { toE164Prefix } from '#numbers/e164-prefix.ts';
import { toE164 } from '#numbers/e164.ts';
import { Blocklist } from '#routing/blocklist.ts';
import { BlocklistStore } from '#routing/blocklist-store.ts';
import { openDatabase } from '#storage/database.ts';
import { WriteBatch } from '#storage/write-batch.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';

const log = createLog({ level: 'silent' });

/** A blocklist of a house in Germany with a database of its own in memory. */
export class BlocklistHarness {
  readonly clock = new FakeClock();
  readonly db = openDatabase({ path: ':memory:', log, clock: this.clock }).db;
  readonly store = new BlocklistStore(this.db);

  /** As after a restart. */
  open(): Blocklist {
    const { store, db, clock } = this;
    const read = { number: (text: string) => toE164(text, 'DE'), prefix: (text: string) => toE164Prefix(text, 'DE') };
    return new Blocklist({ store, writes: new WriteBatch({ db, log }), clock, newId, log, events: new Events(log), read });
  }
}
