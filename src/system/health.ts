// Owns the answer to "is everything all right?", gathered from every part in plain words.
// Called by http through system-routes.ts and by app.ts, which mounts the probes of every room.
// Must stay true: a probe is cheap and asks nothing outside this machine; one that fails reports its own part as down, never the whole answer.
import { isoTime } from '#base/clock.ts';
import type { Clock } from '#base/clock.ts';
import { AppError } from '#base/errors.ts';
import { healthParts } from '#contract/system.ts';
import type { HealthPart, HealthPartName, HealthStatus, Probe } from '#contract/system.ts';
import { vitalParts, vitalStatus } from './vital-status.ts';

export type HealthReport = {
  readonly status: HealthStatus;
  readonly startedAt: string;
  readonly uptimeSeconds: number;
  readonly parts: HealthPart[];
};

/** How old the status may be that is told to strangers. */
const keptMs = 5_000;
const worstFirst = ['down', 'degraded', 'ok'] as const satisfies readonly HealthStatus[];

export class Health {
  readonly #clock: Clock;
  readonly #startedAtMs: number;
  readonly #begin: number;
  readonly #probes = new Map<HealthPartName, Probe>();
  #vital: { readonly at: number; readonly status: Promise<HealthStatus> } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#startedAtMs = clock.now();
    this.#begin = clock.monotonic();
  }

  /** Adds the part `name`; the report has the order of the contract. */
  watch(name: HealthPartName, probe: Probe): void {
    this.#probes.set(name, probe);
  }

  async report(): Promise<HealthReport> {
    const parts = await this.#look(healthParts);
    return {
      status: worstFirst.find((status) => parts.some((part) => part.status === status)) ?? 'ok',
      startedAt: isoTime(this.#startedAtMs),
      uptimeSeconds: Math.floor((this.#clock.monotonic() - this.#begin) / 1000),
      parts,
    };
  }

  /** Of the parts that phones need; anybody may ask as often as they like. Throws `unavailable` where no phone can call. */
  async status(): Promise<'ok' | 'degraded'> {
    const now = this.#clock.monotonic();
    if (this.#vital === undefined || now - this.#vital.at >= keptMs)
      this.#vital = { at: now, status: this.#look(vitalParts).then(vitalStatus) };
    const status = await this.#vital.status;
    if (status === 'down') throw new AppError('unavailable', 'Phones cannot register or call; GET /api/system/health says why');
    return status;
  }

  #look(names: readonly HealthPartName[]): Promise<HealthPart[]> {
    const watched = names.map((name) => ({ name, probe: this.#probes.get(name) }));
    return Promise.all(watched.flatMap(({ name, probe }) => (probe === undefined ? [] : [runProbe(name, probe)])));
  }
}

async function runProbe(name: HealthPartName, probe: Probe): Promise<HealthPart> {
  try {
    const { status, message } = await probe();
    return { name, status, message };
  } catch (error) {
    return { name, status: 'down', message: error instanceof Error ? error.message : 'does not answer' };
  }
}
