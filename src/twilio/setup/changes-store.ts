import type { Clock } from '#base/clock.ts';
import type { OpenedDatabase } from '#storage/database.ts';
import type { AccountChange, AccountChangeLog } from './setup-records.ts';

type TwilioChangesStoreDeps = { readonly db: OpenedDatabase['db']; readonly clock: Clock };

/** The SQL of the table `twilio_changes`: the values that setup changed in the account, before and after. */
export class TwilioChangesStore implements AccountChangeLog {
  readonly #clock: Clock;
  readonly #all;
  readonly #upsert;
  readonly #delete;

  constructor({ db, clock }: TwilioChangesStoreDeps) {
    this.#clock = clock;
    this.#all = db.prepare<[string], AccountChange>(
      `SELECT account_sid AS accountSid, resource, resource_sid AS resourceSid, field, before, after
       FROM twilio_changes WHERE account_sid = ? ORDER BY sequence`,
    );
    this.#upsert = db.prepare<[AccountChange & { changedAt: number }]>(
      `INSERT INTO twilio_changes (account_sid, resource, resource_sid, field, before, after, changed_at)
       VALUES (:accountSid, :resource, :resourceSid, :field, :before, :after, :changedAt)
       ON CONFLICT (account_sid, resource, resource_sid, field)
       DO UPDATE SET before = :before, after = :after, changed_at = :changedAt`,
    );
    this.#delete = db.prepare<[AccountChange]>(
      `DELETE FROM twilio_changes
       WHERE account_sid = :accountSid AND resource = :resource AND resource_sid = :resourceSid AND field = :field`,
    );
  }

  of(accountSid: string): readonly AccountChange[] {
    return this.#all.all(accountSid);
  }

  put(value: AccountChange): void {
    this.#upsert.run({ ...value, changedAt: this.#clock.now() });
  }

  remove(value: AccountChange): void {
    this.#delete.run(value);
  }
}
