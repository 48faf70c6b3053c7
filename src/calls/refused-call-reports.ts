import type { Clock } from '#base/clock.ts';
import type { Events } from '#base/events.ts';
import { maskNumber } from '#base/log.ts';
import type { Log } from '#base/log.ts';
import type { Facts } from '#contract/facts.ts';
import type { Device } from '#devices/device.ts';
import type { Verdict } from './verdict.ts';

export type RefusedCallReportsDeps = {
  readonly clock: Clock;
  readonly log: Log;
  readonly events: Pick<Events<Facts>, 'emit'>;
};

/** A child who tries all keys is one report a minute; one who tries again the next evening is another. */
const quietMs = 60_000;

/** Says that a phone tried a call which its permissions or its child's line do not allow. */
export class RefusedCallReports {
  readonly #deps: RefusedCallReportsDeps;
  /** By phone and reason: when it was reported, monotonic. */
  readonly #reportedAt = new Map<string, number>();

  constructor(deps: RefusedCallReportsDeps) {
    this.#deps = deps;
  }

  /** Refusals for other reasons are not reported here. */
  add({ id: deviceId, name }: Pick<Device, 'id' | 'name'>, number: string, { reason }: Verdict): void {
    if (reason !== 'call-not-permitted' && reason !== 'call-not-permitted-now') return;
    const { clock, log, events } = this.#deps;
    const key = `${deviceId} ${reason}`;
    const [now, last] = [clock.monotonic(), this.#reportedAt.get(key)];
    if (last !== undefined && now - last < quietMs) return;
    this.#reportedAt.set(key, now);
    log.info({ device: deviceId, name, to: maskNumber(number), reason }, 'Outbound call not permitted');
    events.emit('outgoing.refused', { deviceId, reason, destination: null });
  }
}
