import type { LegState } from './call-transition.ts';
import type { LegOutcome } from './call.ts';
import type { StopReason } from './ports.ts';
import type { Verdict } from './verdict.ts';

/** Of several legs, the outcome that says most about why nobody answered comes first. */
const byPrecedence: readonly LegOutcome[] = [
  'declined',
  'no-answer',
  'busy',
  'media-refused',
  'no-media',
  'unknown-number',
  'refused',
  'redirected',
  'error',
  'unreachable',
  'offline',
];

/** How a call ended that no leg answered. */
export function verdictOfLegs(all: readonly LegState[]): Verdict {
  const legs = all.filter(({ isFollowed, isVoice }) => isFollowed !== true && isVoice !== true);
  const decisive = byPrecedence.find((outcome) => legs.some((leg) => leg.outcome === outcome));
  const isTrunk = legs.some((leg) => leg.outcome === decisive && leg.isTrunk);
  switch (decisive) {
    case 'declined':
    case 'no-answer':
    case 'offline':
      return { disposition: 'missed', reason: decisive };
    case 'busy':
      return { disposition: 'busy', reason: 'busy' };
    case 'media-refused':
    case 'no-media':
    case 'unknown-number':
      return { disposition: 'failed', reason: decisive };
    case 'refused':
      return { disposition: 'failed', reason: isTrunk ? 'trunk-refused' : 'phone-error' };
    case 'unreachable':
      return isTrunk ? { disposition: 'failed', reason: 'unreachable' } : { disposition: 'missed', reason: 'unreachable' };
    case 'redirected':
      return { disposition: 'failed', reason: 'redirected' };
    case 'error':
      return { disposition: 'failed', reason: isTrunk ? 'trunk-refused' : 'phone-error' };
    default:
      return { disposition: 'missed', reason: 'no-devices' };
  }
}

const stopReasons = {
  requested: 'hung-up-by-house',
  'engine-lost': 'engine-lost',
  preempted: 'made-room',
  revoked: 'revoked',
  'too-long': 'too-long',
  blocked: 'blocklist',
  fault: 'internal',
} as const;

/** How a call ended that we stopped. */
export function verdictOfStop(why: StopReason, isConnected: boolean): Verdict {
  const reason = stopReasons[why];
  if (reason === 'internal') return { disposition: 'failed', reason };
  if (reason === 'blocklist')
    return isConnected ? { disposition: 'answered', reason: 'hung-up-by-house' } : { disposition: 'blocked', reason };
  if (isConnected) return { disposition: 'answered', reason };
  return reason === 'engine-lost' ? { disposition: 'failed', reason } : { disposition: 'cancelled', reason };
}
