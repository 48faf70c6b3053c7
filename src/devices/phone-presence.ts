// Owns whether registered phones are there: each is asked now and then (OPTIONS; Asterisk calls it “qualify”), and when a call did not reach it.
// Written by its own sweep and by whoever asks; read by the routes of devices and by the diagnosis of a call.
// Must stay true: it decides about no call, a silent phone is rung as any other; memory is bounded by the registrations.
import type { Clock, Timer } from '#base/clock.ts';
import type { Events } from '#base/events.ts';
import type { DeviceId } from '#base/ids.ts';
import type { Facts } from '#contract/facts.ts';
import type { Registration } from './registration.ts';
import type { Registrations } from './registrations.ts';

/** How long a phone took to answer, `silent` where it did not; undefined where it could not be asked, which says nothing of it. */
export type PingResult = { readonly milliseconds: number } | 'silent' | undefined;

export type PhonePresenceDeps = {
  readonly clock: Pick<Clock, 'monotonic' | 'every'>;
  readonly registrations: Pick<Registrations, 'of' | 'deviceIds'>;
  readonly events: Pick<Events<Facts>, 'emit'>;
  /** Never rejects. */
  readonly ping: (registration: Registration) => Promise<PingResult>;
};

const sweepMs = 5_000;
/** Asterisk’s usual `qualify_frequency`. */
const askAgainMs = 60_000;
/** It may be back without a REGISTER. */
const askSilentAgainMs = 20_000;
/** In one sweep: a big house is asked little by little. */
const maxAsked = 100;

type Heard = {
  readonly askedAt: number;
  /** Of the REGISTER before: a newer one is a sign of life. */
  readonly refresh: string;
  readonly isSilent: boolean;
};

export class PhonePresence {
  readonly #deps: PhonePresenceDeps;
  readonly #heard = new Map<string, Heard>();
  /** As it was told last. */
  readonly #silent = new Set<DeviceId>();
  #sweep: Timer | undefined;

  constructor(deps: PhonePresenceDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#sweep = this.#deps.clock.every(sweepMs, () => this.#askDue());
  }

  stop(): void {
    this.#sweep?.cancel();
  }

  /** Whether it is registered, and was asked at every place and answered at none. */
  isSilent(deviceId: DeviceId): boolean {
    const all = this.#deps.registrations.of(deviceId);
    return all.length > 0 && all.every((one) => this.#isSilent(one));
  }

  /** Milliseconds until it answered; undefined where it did not, or could not be asked. */
  async ask(registration: Registration): Promise<number | undefined> {
    const { clock, ping } = this.#deps;
    const { id, deviceId } = registration;
    const refresh = refreshOf(registration);
    const before = this.#heard.get(id);
    const askedAt = clock.monotonic();
    this.#heard.set(id, { askedAt, refresh, isSilent: before?.refresh === refresh && before.isSilent });
    const result = await ping(registration);
    if (result !== undefined) this.#heard.set(id, { askedAt, refresh, isSilent: result === 'silent' });
    this.#tell(deviceId);
    return typeof result === 'object' ? result.milliseconds : undefined;
  }

  /** Asks it everywhere; settles when each has answered or not. */
  async check(deviceId: DeviceId): Promise<void> {
    await Promise.all(this.#deps.registrations.of(deviceId).map((one) => this.ask(one)));
  }

  #isSilent(registration: Registration): boolean {
    const heard = this.#heard.get(registration.id);
    return heard !== undefined && heard.isSilent && heard.refresh === refreshOf(registration);
  }

  #askDue(): void {
    const all = [...this.#deps.registrations.deviceIds()].flatMap((id) => this.#deps.registrations.of(id));
    const ids = new Set(all.map(({ id }) => id as string));
    for (const id of this.#heard.keys()) if (!ids.has(id)) this.#heard.delete(id);
    for (const deviceId of this.#silent) this.#tell(deviceId);
    for (const one of all.filter((registration) => this.#isDue(registration)).slice(0, maxAsked)) void this.ask(one);
  }

  #isDue(registration: Registration): boolean {
    const now = this.#deps.clock.monotonic();
    const heard = this.#heard.get(registration.id);
    const refresh = refreshOf(registration);
    // A REGISTER that came now is as good as an answer.
    if (heard?.refresh !== refresh) this.#heard.set(registration.id, { askedAt: now, refresh, isSilent: false });
    return heard?.refresh === refresh && now - heard.askedAt >= (heard.isSilent ? askSilentAgainMs : askAgainMs);
  }

  #tell(deviceId: DeviceId): void {
    const isSilent = this.isSilent(deviceId);
    if (isSilent === this.#silent.has(deviceId)) return;
    if (isSilent) this.#silent.add(deviceId);
    else this.#silent.delete(deviceId);
    this.#deps.events.emit('device.responding', { deviceId, isResponding: !isSilent });
  }
}

/** Changes with every REGISTER, and not when the clock is set. */
function refreshOf({ callId, cseq, lastNonceSerial }: Registration): string {
  return `${cseq} ${lastNonceSerial} ${callId}`;
}
