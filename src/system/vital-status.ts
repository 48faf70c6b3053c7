import type { HealthPart, HealthPartName, HealthStatus } from '#contract/system.ts';

/** The parts without which no phone registers or calls. */
const callingParts: readonly HealthPartName[] = ['engine', 'control connection', 'transports'];

/** What strangers and watchdogs are told of. No account and no service outside is among them: a restart mends none. */
export const vitalParts: readonly HealthPartName[] = [...callingParts, 'storage'];

/** A watchdog restarts a house that is `down`: that may help where no phone can call, and costs calls where they can. */
export function vitalStatus(parts: readonly HealthPart[]): HealthStatus {
  if (parts.some(({ name, status }) => status === 'down' && callingParts.includes(name))) return 'down';
  return parts.some(({ name, status }) => status !== 'ok' && vitalParts.includes(name)) ? 'degraded' : 'ok';
}
