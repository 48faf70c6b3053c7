// Owns the answer to "is everything all right?", gathered from every part in plain words.
// Called by http through system-routes.ts and by app.ts, which registers one probe per part.
// Must stay true: a probe only looks, is cheap, and one that fails reports its own part as down, never the whole answer.
import { isoTime } from '#base/clock.ts';
import type { Clock } from '#base/clock.ts';
import type { HealthPart, HealthStatus } from '#contract/system.ts';

export type PartHealth = { readonly status: HealthStatus; readonly message: string };

/** Looks at one part of the exchange. */
export type Probe = () => PartHealth | Promise<PartHealth>;

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
  readonly #probes = new Map<string, Probe>();

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#startedAtMs = clock.now();
    this.#begin = clock.monotonic();
  }

  /** Adds the part `name`; the order of the report is the order of the calls. */
  watch(name: string, probe: Probe): void {
    this.#probes.set(name, probe);
  }

  async report(): Promise<HealthReport> {
    const parts = await Promise.all([...this.#probes].map(([name, probe]) => runProbe(name, probe)));
    return {
      status: worstFirst.find((status) => parts.some((part) => part.status === status)) ?? 'ok',
      startedAt: isoTime(this.#startedAtMs),
      uptimeSeconds: Math.floor((this.#clock.monotonic() - this.#begin) / 1000),
      parts,
    };
  }
}

async function runProbe(name: string, probe: Probe): Promise<HealthPart> {
  try {
    const { status, message } = await probe();
    return { name, status, message };
  } catch (error) {
    return { name, status: 'down', message: error instanceof Error ? error.message : 'does not answer' };
  }
}
