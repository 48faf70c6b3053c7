import type { DeviceId } from '#base/ids.ts';
import type { Database, Statement } from '#storage/database.ts';
import type { Hotline } from './hotline.ts';

export type StoredHotline = Hotline & { readonly changedAt: number };

type Row = {
  readonly device_id: DeviceId;
  readonly target: string;
  readonly applies: Hotline['applies'];
  readonly changed_at: number;
};

/** The SQL of the table `hotlines`. */
export class HotlineStore {
  readonly #all: Statement<[], Row>;
  readonly #put: Statement<[Row]>;
  readonly #remove: Statement<[string]>;

  constructor(db: Database) {
    this.#all = db.prepare('SELECT * FROM hotlines ORDER BY changed_at, device_id');
    this.#put = db.prepare(
      `INSERT INTO hotlines (device_id, target, applies, changed_at) VALUES (:device_id, :target, :applies, :changed_at)
       ON CONFLICT (device_id) DO UPDATE SET target = excluded.target, applies = excluded.applies, changed_at = excluded.changed_at`,
    );
    this.#remove = db.prepare('DELETE FROM hotlines WHERE device_id = ?');
  }

  all(): readonly StoredHotline[] {
    return this.#all.all().map(({ device_id: deviceId, target, applies, changed_at: changedAt }) => ({
      deviceId,
      target: JSON.parse(target),
      applies,
      changedAt,
    }));
  }

  /** New, or in place of the one there is. */
  put({ deviceId, target, applies, changedAt }: StoredHotline): void {
    this.#put.run({ device_id: deviceId, target: JSON.stringify(target), applies, changed_at: changedAt });
  }

  remove(deviceId: DeviceId): void {
    this.#remove.run(deviceId);
  }
}
