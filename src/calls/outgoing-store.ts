import type { DeviceId } from '#base/ids.ts';
import type { OpenedDatabase } from '#storage/database.ts';

export type AllowedDestination = {
  readonly destination: string;
  readonly because: 'called-before' | 'allowed';
  readonly allowedAt: number;
};

/** An outbound call answered before the start. */
export type PastTalkTime = { readonly deviceId: DeviceId | null; readonly endedAt: number; readonly milliseconds: number };

/** The SQL of the tables `outgoing_destinations` and `outgoing_seed`, and what the outbound call limits need of `cdrs`. */
export class OutgoingStore {
  readonly #all;
  readonly #put;
  readonly #remove;
  readonly #isSeeded;
  readonly #seed;
  readonly #calledBefore;
  readonly #talkTimesSince;

  constructor(db: OpenedDatabase['db']) {
    this.#all = db.prepare<[], AllowedDestination>(
      'SELECT destination, because, allowed_at AS allowedAt FROM outgoing_destinations ORDER BY destination',
    );
    this.#put = db.prepare<[AllowedDestination]>(
      `INSERT INTO outgoing_destinations (destination, because, allowed_at) VALUES (:destination, :because, :allowedAt)
       ON CONFLICT (destination) DO UPDATE SET because = :because, allowed_at = :allowedAt`,
    );
    this.#remove = db.prepare<[string]>('DELETE FROM outgoing_destinations WHERE destination = ?');
    this.#isSeeded = db.prepare<[], { readonly found: number }>('SELECT 1 AS found FROM outgoing_seed');
    this.#seed = db.prepare<[number]>('INSERT INTO outgoing_seed (id, seeded_at) VALUES (1, ?)');
    this.#calledBefore = db.prepare<[], { readonly number: string }>(
      `SELECT DISTINCT callee_number AS number FROM cdrs
       WHERE direction = 'outbound' AND answered_at IS NOT NULL AND callee_device_id IS NULL`,
    );
    this.#talkTimesSince = db.prepare<[number], PastTalkTime>(
      `SELECT caller_device_id AS deviceId, ended_at AS endedAt, max(0, ended_at - answered_at) AS milliseconds FROM cdrs
       WHERE ended_at > ? AND direction = 'outbound' AND answered_at IS NOT NULL`,
    );
  }

  all(): readonly AllowedDestination[] {
    return this.#all.all();
  }

  put(allowed: AllowedDestination): void {
    this.#put.run(allowed);
  }

  remove(destination: string): void {
    this.#remove.run(destination);
  }

  get isSeeded(): boolean {
    return this.#isSeeded.get() !== undefined;
  }

  seeded(at: number): void {
    this.#seed.run(at);
  }

  /** Every external number that an outbound call ever reached. */
  calledBefore(): readonly string[] {
    return this.#calledBefore.all().map(({ number }) => number);
  }

  talkTimesSince(time: number): readonly PastTalkTime[] {
    return this.#talkTimesSince.all(time);
  }
}
