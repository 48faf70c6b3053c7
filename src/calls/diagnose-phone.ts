import type { DeviceId, PersonId } from '#base/ids.ts';
import type { DeviceState } from '#devices/device-state.ts';
import { dndOff, phoneBack, toDiagnosis } from './diagnosis-facts.ts';
import type { Diagnosis, DndSubject, Fault, Found } from './diagnosis-facts.ts';

/** What is known of a phone now. Times in milliseconds since the Unix epoch. */
export type PhoneFacts = {
  readonly deviceId: DeviceId;
  readonly name: string;
  readonly extension: string;
  readonly state: DeviceState;
  readonly fault: Fault;
  /** That are on and keep it from ringing, its own first. `until`: undefined where somebody has to switch it off. */
  readonly dnd: readonly { readonly subject: DndSubject; readonly name: string; readonly until: number | undefined }[];
  /** The child’s line that it belongs to, where it is quiet now. */
  readonly quietLine: { readonly holder: DeviceId | PersonId; readonly name: string } | undefined;
  readonly isInCall: boolean;
  /** Our numbers that let it ring now when somebody whom nobody knows calls them. */
  readonly rungBy: readonly string[];
};

/** What keeps a phone from ringing now: the first thing that does. Pure. */
export function diagnosePhone(facts: PhoneFacts): Diagnosis {
  return toDiagnosis(causeOf(facts));
}

function causeOf(facts: PhoneFacts): Found {
  const { deviceId, name, extension, state, fault, dnd, quietLine, isInCall, rungBy } = facts;
  const names = [name];
  const phone = { deviceId, name };
  if (state === 'off') return { code: 'phone-off', names, mendings: [{ code: 'phone-on', values: phone }] };
  if (state !== 'online') return { code: `phone-${state}`, names, mendings: phoneBack(deviceId, name, fault) };
  const [first] = dnd;
  if (first !== undefined) {
    return {
      code: `phone-dnd-${first.subject.of}`,
      names: first.name === '' ? [] : [first.name],
      values: { until: first.until ?? null },
      mendings: dnd.map((one) => dndOff(one.subject, one.name)),
    };
  }
  if (quietLine !== undefined)
    return { code: 'phone-quiet', names: [quietLine.name], mendings: [{ code: 'open-child-line', values: quietLine }] };
  if (isInCall) return { code: 'phone-in-call', names };
  if (rungBy.length === 0)
    return { code: 'phone-not-rung', names, values: { extension }, mendings: [{ code: 'open-routing', values: {} }] };
  return { code: 'phone-fine', names, values: { extension, number: rungBy.join(', ') }, mendings: [] };
}
