// Owns the hotlines: phones that call one target when the handset is lifted.
// Called by their routes, and by calls for every call of a phone.
// Must stay true: memory has what the database has; no hotline is set that could reach its own phone alone.
import type { Clock } from '#base/clock.ts';
import { AppError } from '#base/errors.ts';
import type { DeviceId } from '#base/ids.ts';
import type { Log } from '#base/log.ts';
import type { WriteBatch } from '#storage/write-batch.ts';
import type { Hotline, HotlineCall } from './hotline.ts';
import type { HotlineStore, StoredHotline } from './hotline-store.ts';
import { devicesOf, targetProblem } from './target-problems.ts';
import type { RoutingProblem, TargetContext } from './target-problems.ts';

export type HotlinesDeps = {
  readonly store: HotlineStore;
  readonly writes: WriteBatch;
  readonly clock: Clock;
  readonly log: Log;
  readonly context: () => TargetContext;
};

export class Hotlines {
  readonly #deps: HotlinesDeps;
  #byDevice: ReadonlyMap<DeviceId, StoredHotline>;

  constructor(deps: HotlinesDeps) {
    this.#deps = deps;
    this.#byDevice = new Map(deps.store.all().map((one) => [one.deviceId, one]));
  }

  all(): readonly StoredHotline[] {
    return [...this.#byDevice.values()];
  }

  /** What a phone calls by itself; undefined where it has no hotline, or its target is no longer there. */
  of(deviceId: DeviceId): HotlineCall | undefined {
    const found = this.#byDevice.get(deviceId);
    const called = found === undefined ? undefined : this.#calledBy(found);
    return found === undefined || called === undefined ? undefined : { applies: found.applies, called };
  }

  problemsOf(hotline: Hotline): readonly RoutingProblem[] {
    const message = this.#problem(hotline);
    return message === undefined ? [] : [{ field: 'target', message, severity: 'broken' }];
  }

  /** Throws `invalid` at `target`; rejects with `unavailable` where it cannot be kept. */
  async set(hotline: Hotline): Promise<StoredHotline> {
    const { store, writes, clock, log } = this.#deps;
    const message = this.#problem(hotline);
    if (message !== undefined)
      throw new AppError('invalid', 'The hotline would not work', { details: [{ field: 'target', message }] });
    const stored = { ...hotline, changedAt: clock.now() };
    await writes.write(() => store.put(stored));
    this.#byDevice = new Map(this.#byDevice).set(hotline.deviceId, stored);
    log.info({ device: hotline.deviceId, applies: hotline.applies }, 'Hotline changed');
    return stored;
  }

  /** Returns whether the phone had one. */
  async clear(deviceId: DeviceId): Promise<boolean> {
    const { store, writes, log } = this.#deps;
    if (!this.#byDevice.has(deviceId)) return false;
    await writes.write(() => store.remove(deviceId));
    this.forget(deviceId);
    log.info({ device: deviceId }, 'Hotline removed');
    return true;
  }

  /** The phone is gone, and its row with it. */
  forget(deviceId: DeviceId): void {
    this.#byDevice = new Map([...this.#byDevice].filter(([one]) => one !== deviceId));
  }

  #problem({ deviceId, target }: Hotline): string | undefined {
    const context = this.#deps.context();
    if (target.kind === 'number') return undefined;
    const missing = targetProblem(target, context);
    if (missing !== undefined) return missing;
    const rung = devicesOf([target], context);
    if (target.kind === 'device') return target.id === deviceId ? 'is the phone itself: it cannot call itself' : undefined;
    const isItselfAlone = !rung.hasNumber && rung.devices.length > 0 && rung.devices.every(({ id }) => id === deviceId);
    return isItselfAlone ? 'is a group of this phone alone: it cannot call itself' : undefined;
  }

  #calledBy({ target }: Hotline): HotlineCall['called'] | undefined {
    const { house, groups } = this.#deps.context();
    switch (target.kind) {
      case 'number':
        return target;
      case 'device': {
        const device = house.devices.byId(target.id);
        return device === undefined ? undefined : { kind: 'device', device };
      }
      case 'group': {
        const group = groups.find(({ id }) => id === target.id);
        return group === undefined ? undefined : { kind: 'group', group };
      }
    }
  }
}
