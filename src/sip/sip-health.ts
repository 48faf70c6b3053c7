import type { PartHealth } from '#contract/system.ts';
import type { TrunkState } from '#sip/trunk/peers.ts';
import { trunkProblem } from '#sip/trunk/trunk-problem.ts';

export function controlConnectionHealth(isConnected: boolean): PartHealth {
  return isConnected
    ? { status: 'ok', message: 'The SIP engine is connected' }
    : { status: 'down', message: 'The SIP engine is unreachable: phones cannot register or call' };
}

/** `closed`: why a trunk that is set up cannot be used at all. */
export function trunksHealth(trunks: readonly TrunkState[], closed: string | undefined): PartHealth {
  if (closed !== undefined) return { status: 'down', message: closed };
  const missing = trunks.filter(({ isReady }) => !isReady).map(trunkProblem);
  if (missing.length > 0) return { status: 'degraded', message: missing.join('; ') };
  return { status: 'ok', message: trunks.length === 0 ? 'No trunks' : 'All trunks are ready' };
}
