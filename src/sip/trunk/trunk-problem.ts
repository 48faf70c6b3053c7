import type { TrunkState } from './peers.ts';
import type { TrunkStatus } from './status.ts';

const what: Readonly<Record<TrunkStatus['kind'], string>> = {
  ready: 'is ready',
  registering: 'is not registered yet',
  registered: 'is registered',
  'wrong-password': 'does not accept the user name or the password',
  refused: 'refuses the registration',
  'name-not-found': 'has a server whose name leads nowhere',
  certificate: 'has a certificate that cannot be verified',
  unreachable: 'does not answer',
};

/** What is wrong with a trunk, in one sentence without a full stop. */
export function trunkProblem({ name, status: { kind, sipStatus, reason = '' } }: TrunkState): string {
  const said = sipStatus === undefined ? '' : ` (${`${sipStatus} ${reason}`.trim()})`;
  return `${name} ${what[kind]}${said}`;
}
