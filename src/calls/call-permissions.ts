// Owns what each phone and person may call outside the house.
// Called by calls.ts for every call to a trunk, and by the routes by which an admin sets it.
// Must stay true: an emergency call never comes here, and what an admin set is on the disk.
import type { Clock } from '#base/clock.ts';
import { AppError } from '#base/errors.ts';
import type { Log } from '#base/log.ts';
import { localTime } from '#base/opening-hours.ts';
import type { Device } from '#devices/device.ts';
import { isCountry } from '#numbers/destination.ts';
import { toE164 } from '#numbers/e164.ts';
import type { ShortCost } from '#numbers/short-numbers.ts';
import type { WriteBatch } from '#storage/write-batch.ts';
import { permissionRefusal } from './call-permission.ts';
import type { CallPermission } from './call-permission.ts';
import type { CallPermissionStore, PermissionHolder, StoredPermission } from './call-permission-store.ts';
import type { Verdict } from './verdict.ts';

export type CallPermissionsDeps = {
  readonly store: CallPermissionStore;
  readonly writes: WriteBatch;
  readonly clock: Clock;
  readonly log: Log;
  readonly country: string;
  readonly timeZone: string;
};

export type OutsideCall = { readonly device: Device; readonly number: string; readonly shortCost: ShortCost | undefined };

export class CallPermissions {
  readonly #deps: CallPermissionsDeps;
  #byHolder: ReadonlyMap<PermissionHolder, StoredPermission> = new Map();

  constructor(deps: CallPermissionsDeps) {
    this.#deps = deps;
  }

  start(): void {
    try {
      this.#byHolder = new Map(this.#deps.store.all().map((one) => [one.holder, one]));
    } catch (error) {
      // A damaged file must not take away the way to a doctor; the outbound call limits still hold.
      this.#deps.log.error({ err: error }, 'Call permissions cannot be read: no phone is restricted');
    }
  }

  all(): readonly StoredPermission[] {
    return [...this.#byHolder.values()];
  }

  of(holder: PermissionHolder): StoredPermission | undefined {
    return this.#byHolder.get(holder);
  }

  /** Why a phone may not make a call outside; undefined: it may. Not for emergency calls. */
  refusal({ device, number, shortCost }: OutsideCall): Verdict | undefined {
    const { clock, country, timeZone } = this.#deps;
    const holders = [device.id, device.personId].filter((holder) => holder !== undefined);
    const permissions = holders.flatMap((holder) => this.#byHolder.get(holder) ?? []);
    if (permissions.length === 0) return undefined;
    return permissionRefusal({ number, shortCost, country, local: localTime(clock.now(), timeZone) }, permissions);
  }

  /** Throws `invalid` at the field where it names no number or no country; rejects with `unavailable` where it cannot be kept. */
  async set(holder: PermissionHolder, given: CallPermission): Promise<StoredPermission> {
    const { store, writes, clock, log } = this.#deps;
    const permission = { ...this.#checked(given), holder, changedAt: clock.now() };
    await writes.write(() => store.put(permission));
    this.#byHolder = new Map([...this.#byHolder].filter(([one]) => one !== holder)).set(holder, permission);
    log.info({ holder, allow: permission.allow }, 'Call permission changed');
    return permission;
  }

  /** From now on it may call wherever the house may. Returns whether it was restricted. */
  async clear(holder: PermissionHolder): Promise<boolean> {
    const { store, writes, log } = this.#deps;
    if (!this.#byHolder.has(holder)) return false;
    await writes.write(() => store.remove(holder));
    this.forget(holder);
    log.info({ holder }, 'Call permission removed');
    return true;
  }

  /** The phone or person is gone, and its row with it. */
  forget(holder: string): void {
    this.#byHolder = new Map([...this.#byHolder].filter(([one]) => one !== holder));
  }

  #checked({ allow, numbers, countries, hours }: CallPermission): CallPermission {
    const details = [
      ...numbers.flatMap((text, at) =>
        this.#numberOf(text) === undefined ? [problem(`numbers.${at}`, `${text} is no number`)] : [],
      ),
      ...countries.flatMap((text, at) => (isCountry(text) ? [] : [problem(`countries.${at}`, `${text} is no country`)])),
      ...(allow === 'list' && numbers.length === 0 ? [problem('numbers', 'name at least one, or allow house')] : []),
      ...(allow === 'countries' && countries.length === 0 ? [problem('countries', 'name at least one, or allow national')] : []),
    ];
    if (details.length > 0) throw new AppError('invalid', 'The permission is not valid', { details });
    const read = new Set(numbers.flatMap((text) => this.#numberOf(text) ?? []));
    return { allow, numbers: [...read], countries: [...new Set(countries)], hours };
  }

  /** Short numbers stay as they are dialled. */
  #numberOf(text: string): string | undefined {
    return /^\d{3,6}$/.test(text) ? text : toE164(text, this.#deps.country);
  }
}

function problem(field: string, message: string) {
  return { field, message };
}
