// Owns what phones last did wrong when they registered, and which names were tried that no phone has.
// Written by the registrar; read by the routes of devices.
// Must stay true: memory is bounded by the phones of the house; only what an administrator or the owner asks for ever leaves, never the answer to a REGISTER.
import type { Clock } from '#base/clock.ts';
import type { Events } from '#base/events.ts';
import type { DeviceId } from '#base/ids.ts';
import { LogThrottle } from '#base/throttle.ts';
import type { Facts } from '#contract/facts.ts';
import type { DeviceFault } from './device-fault.ts';
import type { RegisterRequest } from './register-request.ts';
import { isSameSource } from './registration.ts';
import type { SourceAddress } from './registration.ts';

export type DeviceFaultsDeps = {
  readonly clock: Clock;
  readonly events: Pick<Events<Facts>, 'emit'>;
  /** Whether an address is in the house, which may have public ones. */
  readonly isLocalAddress: (address: string) => boolean;
};

type Seen = {
  readonly source: SourceAddress;
  readonly userAgent: string | undefined;
  readonly at: number;
  /** In a row. */
  readonly times: number;
};

export type SeenFault = DeviceFault & Seen;
export type UnknownPhone = Seen & { readonly name: string };

type From = Pick<RegisterRequest, 'source' | 'userAgent'>;

/** Older ones say nothing of how things are. */
const keptMs = 86_400_000;
const maxUnknown = 20;
const maxName = 64;

export class DeviceFaults {
  readonly #deps: DeviceFaultsDeps;
  readonly #faults = new Map<DeviceId, SeenFault>();
  readonly #unknown = new Map<string, UnknownPhone>();
  readonly #throttle: LogThrottle;

  constructor(deps: DeviceFaultsDeps) {
    this.#deps = deps;
    this.#throttle = new LogThrottle({ clock: deps.clock, maxPerMinute: 120 });
  }

  /** The last one, unless the same address has registered since. */
  of(deviceId: DeviceId): SeenFault | undefined {
    const fault = this.#faults.get(deviceId);
    return fault !== undefined && this.#isRecent(fault) ? fault : undefined;
  }

  /** Names that something in the house tried and no phone has, the newest first. */
  unknown(): readonly UnknownPhone[] {
    return [...this.#unknown.values()].filter((one) => this.#isRecent(one)).toReversed();
  }

  failed(deviceId: DeviceId, fault: DeviceFault, from: From): void {
    const before = this.#faults.get(deviceId);
    const isSame = before?.kind === fault.kind && before.source.address === from.source.address;
    const kept = { ...fault, given: short(fault.given), ...this.#seen(from, isSame ? before.times : 0) };
    this.#faults.set(deviceId, kept);
    if (this.#throttle.shouldLog(`${deviceId} ${fault.kind}`))
      this.#deps.events.emit('device.refused', { deviceId, why: fault.kind });
  }

  /** Of the house alone: on the internet somebody always tries names. */
  failedUnknown(name: string, from: From): void {
    const { address } = from.source;
    if (name === '' || !this.#deps.isLocalAddress(address)) return;
    const cut = short(name) ?? '';
    const key = `${address} ${cut}`;
    const before = this.#unknown.get(key);
    this.#unknown.delete(key);
    this.#unknown.set(key, { name: cut, ...this.#seen(from, before?.times ?? 0) });
    const [oldest] = this.#unknown.keys();
    if (this.#unknown.size > maxUnknown && oldest !== undefined) this.#unknown.delete(oldest);
    if (this.#throttle.shouldLog(key)) this.#deps.events.emit('device.unknown', { source: address });
  }

  /** It has registered from here: what was wrong from here is mended, and a name that was wrong is no longer typed in. */
  registered(deviceId: DeviceId, source: SourceAddress): void {
    const fault = this.#faults.get(deviceId);
    if (fault?.source.address === source.address) {
      this.#faults.delete(deviceId);
      this.#deps.events.emit('device.responding', { deviceId, isResponding: true });
    }
    for (const [key, one] of this.#unknown) if (isSameSource(one.source, source)) this.#unknown.delete(key);
  }

  forget(deviceId: DeviceId): void {
    this.#faults.delete(deviceId);
  }

  /** The clock was set: what was seen a minute ago still was. */
  shiftTimes(byMs: number): void {
    for (const [id, fault] of this.#faults) this.#faults.set(id, { ...fault, at: fault.at + byMs });
    for (const [key, one] of this.#unknown) this.#unknown.set(key, { ...one, at: one.at + byMs });
  }

  #seen({ source, userAgent }: From, times: number): Seen {
    return { source: { ...source }, userAgent: short(userAgent), at: this.#deps.clock.now(), times: times + 1 };
  }

  #isRecent({ at }: Seen): boolean {
    return this.#deps.clock.now() - at < keptMs;
  }
}

/** Cut, and copied out of its message, which would stay in memory otherwise. */
function short(text: string | undefined): string | undefined {
  return text === undefined ? undefined : Buffer.from(text.slice(0, maxName)).toString();
}
