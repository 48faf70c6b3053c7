import type { PartHealth } from '#contract/system.ts';
import type { LineState } from './core-line.ts';

/** Phones work without Home Assistant: it is never more than degraded. */
export function coreHealth(state: LineState, url: string): PartHealth {
  if (state.kind === 'connected') return { status: 'ok', message: `Connected to Home Assistant ${state.version} at ${url}` };
  const { problem } = state;
  if (problem === undefined) return { status: 'ok', message: `Connecting to Home Assistant at ${url}` };
  return { status: 'degraded', message: problem.message };
}
