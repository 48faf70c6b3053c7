// Owns the answer to "is everything all right?", gathered from every part in plain words.
// Called by http through system-routes.ts and by app.ts, which mounts the probes of every room.
// Must stay true: a probe only looks, is cheap, and one that fails reports its own part as down, never the whole answer.
import { isoTime } from '#base/clock.ts';
import type { Clock } from '#base/clock.ts';
import { healthParts } from '#contract/system.ts';
import type { HealthPart, HealthPartName, HealthStatus, Probe } from '#contract/system.ts';

export type HealthReport = {
  readonly status: HealthStatus;
  readonly startedAt: string;
  readonly uptimeSeconds: number;
  readonly parts: HealthPart[];
};

const worstFirst = ['down', 'degraded', 'ok'] as const satisfies readonly HealthStatus[];

export class Health {
  readonly #clock: Clock;
  readonly #startedAtMs: number;
  readonly #begin: number;
  readonly #probes = new Map<HealthPartName, Probe>();

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
    const watched = healthParts.map((name) => ({ name, probe: this.#probes.get(name) }));
    const parts = await Promise.all(watched.flatMap(({ name, probe }) => (probe === undefined ? [] : [runProbe(name, probe)])));
    return {
      status: worstFirst.find((status) => parts.some((part) => part.status === status)) ?? 'ok',
      startedAt: isoTime(this.#startedAtMs),
      uptimeSeconds: Math.floor((this.#clock.monotonic() - this.#begin) / 1000),
      parts,
    };
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
