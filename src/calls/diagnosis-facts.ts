// Owns what a diagnosis is made from and what it is made of.
// Called by diagnosis.ts, its cases, and diagnose-phone.ts.
// Must stay true: pure.
import type { DeviceId, NumberId, PersonId } from '#base/ids.ts';
import type { DeviceFaultKind } from '#contract/device-faults.ts';
import type { causeCodes, mendingCodes } from '#contract/diagnosis.ts';
import type { DeviceState } from '#devices/device-state.ts';
import type { RoutingReason } from '#routing/decision.ts';
import type { CallLeg, CallRecord, LegOutcome } from './call.ts';

export type CauseCode = (typeof causeCodes)[number];
export type MendingCode = (typeof mendingCodes)[number];
export type DiagnosisValues = Readonly<Record<string, string | number | null>>;
export type Mending = { readonly code: MendingCode; readonly values: DiagnosisValues };

export type DndSubject =
  | { readonly of: 'house' }
  | { readonly of: 'person'; readonly id: PersonId }
  | { readonly of: 'device'; readonly id: DeviceId };

/** What a phone last did wrong when it wanted to register. */
export type Fault = DeviceFaultKind | undefined;

/** The house as it is now, for what is mended already and what can be. */
export type HouseNow = {
  readonly device: (id: DeviceId) => { readonly name: string; readonly state: DeviceState; readonly fault: Fault } | undefined;
  readonly isDndOn: (subject: DndSubject) => boolean;
  readonly hasBlocklistEntry: (id: string) => boolean;
  /** One of ours, in E.164. */
  readonly number: (number: string) => { readonly id: NumberId; readonly isOn: boolean; readonly hasOwner: boolean } | undefined;
  /** The number that a rule is for. */
  readonly numberOfRule: (routeId: string) => NumberId | undefined;
  /** What would have to be allowed to call a number (E.164); undefined: nothing. */
  readonly destinationToAllow: (number: string) => string | undefined;
};

export type CallFacts = { readonly record: CallRecord; readonly legs: readonly CallLeg[]; readonly house: HouseNow };

export type Found = {
  readonly code: CauseCode;
  readonly names?: readonly string[];
  readonly values?: DiagnosisValues;
  readonly mendings?: readonly Mending[];
  readonly isMended?: boolean;
};

export type PhoneShown = {
  readonly deviceId: DeviceId | undefined;
  readonly name: string;
  readonly outcome: LegOutcome | 'dnd' | undefined;
  readonly rangSeconds: number | undefined;
};

export type Diagnosis = {
  readonly cause: { readonly code: CauseCode; readonly names: readonly string[]; readonly values: DiagnosisValues };
  readonly isMended: boolean;
  readonly mendings: readonly Mending[];
  readonly phones: readonly PhoneShown[];
};

export function toDiagnosis({ code, names = [], values = {}, mendings = [], isMended = false }: Found): Diagnosis {
  return { cause: { code, names, values }, isMended, mendings, phones: [] };
}

/** Of the phones and numbers that were called with this outcome, each once. */
export function namesWith(legs: readonly CallLeg[], ...outcomes: readonly LegOutcome[]): readonly string[] {
  const found = calledLegs(legs).filter(({ outcome }) => outcome !== undefined && outcomes.includes(outcome));
  return [...new Set(found.map(nameOf))];
}

export function calledLegs(legs: readonly CallLeg[]): readonly CallLeg[] {
  return legs.filter(({ role }) => role === 'callee');
}

/** A trunk’s leg may have no name of whoever is called. */
export function nameOf({ name, trunk, address }: CallLeg): string {
  return name !== '' ? name : (trunk ?? address);
}

type ParamsOf = { readonly [Reason in RoutingReason as Reason['code']]: Reason['params'] };

export function reasonsWith<Code extends keyof ParamsOf>(
  reasons: readonly RoutingReason[],
  code: Code,
): readonly ParamsOf[Code][] {
  return reasons.filter((one) => one.code === code).map(({ params }) => params as ParamsOf[Code]);
}

/** Nobody can look up a password; too many wrong ones are wrong ones too. */
const passwordFaults: ReadonlySet<Fault> = new Set<Fault>(['wrong-password', 'slowed-down']);

/** What brings a phone back that is not there. */
export function phoneBack(deviceId: DeviceId, name: string, fault: Fault): readonly Mending[] {
  const values = { deviceId, name };
  const open: Mending = { code: 'open-phone', values };
  return passwordFaults.has(fault) ? [{ code: 'new-password', values }, open] : [open];
}

export function dndOff(subject: DndSubject, name: string): Mending {
  return { code: 'dnd-off', values: { of: subject.of, id: subject.of === 'house' ? null : subject.id, name } };
}
