import { isDeviceId } from '#base/ids.ts';
import type { DeviceId, PersonId } from '#base/ids.ts';
import type { OpeningHours } from '#base/opening-hours.ts';
import type { OpenedDatabase } from '#storage/database.ts';
import type { CallPermission } from './call-permission.ts';

/** Whose permission it is. */
export type PermissionHolder = DeviceId | PersonId;

export type StoredPermission = CallPermission & { readonly holder: PermissionHolder; readonly changedAt: number };

type Row = {
  readonly deviceId: DeviceId | null;
  readonly personId: PersonId | null;
  readonly allow: CallPermission['allow'];
  readonly numbers: string;
  readonly countries: string;
  readonly hours: string;
  readonly changedAt: number;
};

/** The SQL of the table `call_permissions`. */
export class CallPermissionStore {
  readonly #all;
  readonly #put;
  readonly #remove;

  constructor(db: OpenedDatabase['db']) {
    this.#all = db.prepare<[], Row>(
      `SELECT device_id AS deviceId, person_id AS personId, allow, numbers, countries, hours, changed_at AS changedAt
       FROM call_permissions ORDER BY changed_at, rowid`,
    );
    this.#put = db.prepare<[Row]>(
      `INSERT OR REPLACE INTO call_permissions (device_id, person_id, allow, numbers, countries, hours, changed_at)
       VALUES (:deviceId, :personId, :allow, :numbers, :countries, :hours, :changedAt)`,
    );
    this.#remove = db.prepare<{ holder: string }>(
      'DELETE FROM call_permissions WHERE device_id = :holder OR person_id = :holder',
    );
  }

  all(): readonly StoredPermission[] {
    return this.#all.all().flatMap(({ deviceId, personId, numbers, countries, hours, ...rest }) => {
      const holder = deviceId ?? personId;
      if (holder === null) return [];
      const lists = { numbers: JSON.parse(numbers) as string[], countries: JSON.parse(countries) as string[] };
      return [{ ...rest, ...lists, holder, hours: JSON.parse(hours) as OpeningHours }];
    });
  }

  put({ holder, allow, numbers, countries, hours, changedAt }: StoredPermission): void {
    const isDevice = isDeviceId(holder);
    this.#put.run({
      deviceId: isDevice ? holder : null,
      personId: isDevice ? null : holder,
      allow,
      numbers: JSON.stringify(numbers),
      countries: JSON.stringify(countries),
      hours: JSON.stringify(hours),
      changedAt,
    });
  }

  remove(holder: PermissionHolder): void {
    this.#remove.run({ holder });
  }
}
