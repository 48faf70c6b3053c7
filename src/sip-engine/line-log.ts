import type { EngineClock } from './runtime/clock.ts';
import type { EngineLog } from './runtime/engine-log.ts';

export type EngineLogLevel = 'error' | 'warn' | 'info' | 'debug' | 'silent';

const ranks: Readonly<Record<EngineLogLevel, number>> = { silent: 0, error: 1, warn: 2, info: 3, debug: 4 };

/** One JSON object per line, for a standalone engine. */
export function createLineLog(level: EngineLogLevel, clock: EngineClock, write: (line: string) => void): EngineLog {
  const writer = (of: Exclude<EngineLogLevel, 'silent'>) =>
    ranks[of] > ranks[level]
      ? () => {}
      : (facts: object, sentence: string) => {
          const line = { level: of, time: new Date(clock.now()).toISOString(), ...plainFacts(facts), msg: sentence };
          write(`${JSON.stringify(line)}\n`);
        };
  return { debug: writer('debug'), info: writer('info'), warn: writer('warn'), error: writer('error') };
}

/** Facts that survive JSON and messages between threads: errors as their message and stack. */
export function plainFacts(facts: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(facts).map(([name, value]) => [name, plain(value)]));
}

function plain(value: unknown): unknown {
  if (value instanceof Error) return { message: value.message, stack: value.stack };
  if (typeof value === 'function' || typeof value === 'symbol' || typeof value === 'bigint') return String(value);
  return value;
}
