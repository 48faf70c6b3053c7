import type { DeviceFaultKind } from '#contract/device-faults.ts';
import type { AuthDecision } from './authenticator.ts';
import type { Device } from './device.ts';
import type { SourceAddress } from './registration.ts';

/** What a phone did wrong when it wanted to register. */
export type DeviceFault = {
  readonly kind: DeviceFaultKind;
  /** What it answered to by name where that is not its own. */
  readonly given: string | undefined;
  readonly sipStatus: number;
};

export type DeviceNames = {
  byUsername(username: string): Device | undefined;
  byExtension(extension: string): Device | undefined;
};

type Refused = Exclude<AuthDecision, { kind: 'accepted' }>;

/** Whose attempt it was, as far as its names tell, and what was wrong with it. Undefined for the first step of every registration. */
export type RefusedAttempt = { readonly device: Device; readonly fault: DeviceFault } | { readonly unknownName: string };

/** `user`: whom it wants to be, the user part of To. */
export function readRefused(decision: Refused, user: string, names: DeviceNames): RefusedAttempt | undefined {
  if (decision.kind === 'challenge' && (decision.reason === 'stale' || decision.reason === 'malformed')) return undefined;
  if (decision.kind === 'challenge' && decision.reason === 'no-credentials') return undefined;
  const { username = user } = decision;
  const own = names.byUsername(username);
  const device = own ?? names.byExtension(username) ?? names.byUsername(user) ?? names.byExtension(user);
  if (device === undefined) return { unknownName: username };
  const kind = faultOf(decision, device, own);
  return { device, fault: { kind, given: own === undefined ? username : undefined, sipStatus: statusOf(decision) } };
}

function faultOf(decision: Refused, device: Device, own: Device | undefined): DeviceFaultKind {
  if (decision.kind === 'slow-down') return 'slowed-down';
  if (decision.reason === 'foreign-realm') return 'wrong-realm';
  if (decision.reason === 'weak-algorithm') return 'weak-algorithm';
  if (!device.enabled) return 'switched-off';
  return own === undefined ? 'wrong-name' : 'wrong-password';
}

function statusOf({ kind }: Refused): number {
  return kind === 'slow-down' ? 503 : 401;
}

/** Of a refusal after the password was right; undefined where the fault is the house's. */
export function faultOfRejection(
  { status }: { readonly status: number },
  transport: SourceAddress['protocol'],
  device: Device,
): DeviceFault | undefined {
  if (status >= 500) return undefined;
  return { kind: kindOfStatus(status, device.transports.includes(transport)), given: undefined, sipStatus: status };
}

function kindOfStatus(status: number, isTransportAllowed: boolean): DeviceFaultKind {
  if (status === 423) return 'interval-too-brief';
  if (status !== 403) return 'refused';
  return isTransportAllowed ? 'wrong-account' : 'wrong-transport';
}
