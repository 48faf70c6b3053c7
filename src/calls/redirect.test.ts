import { expect, test } from 'vitest';
import type { DeviceId } from '#base/ids.ts';
import type { CallLeg, CallRecord } from './call.ts';
import type { PlannedRoute } from './planned-route.ts';
import type { RingTarget } from './ports.ts';
import { RungTargets } from './redirect.ts';

const party = { deviceId: undefined, personId: undefined, number: '', name: '' };
const from = { number: '', name: '' };

function rungIn(targets: readonly RingTarget[], rungDevices: readonly DeviceId[] = []): RungTargets {
  const legs = rungDevices.map((deviceId) => ({ deviceId }) as CallLeg);
  return new RungTargets({
    targets,
    legs,
    record: { caller: { ...party, deviceId: 'dev_caller' as const } } as Partial<CallRecord> as CallRecord,
  });
}

const to = (ring: PlannedRoute['ring']): PlannedRoute => ({
  direction: 'internal',
  caller: party,
  callee: party,
  number: undefined,
  reasons: [],
  ring,
});
const toTrunk = (number: string, isEmergency = false) => to({ kind: 'trunks', number, from, isEmergency });
const toPhones = (...ids: string[]) =>
  to({ kind: 'steps', steps: [{ deviceIds: ids as DeviceId[], forwards: [], seconds: 30 }], from });
const rung = (routed: PlannedRoute | undefined) =>
  routed?.ring.kind === 'steps' ? routed.ring.steps.flatMap(({ deviceIds }) => deviceIds) : routed?.ring.kind;

test('a forwarded call never reaches an emergency service', () => {
  expect(rungIn([]).excludeRung(toTrunk('911', true))).toBeUndefined();
});

test('a forwarded call rings each number and each phone once, and never its caller', () => {
  const targets = rungIn([{ kind: 'trunk', trunk: 't', number: '+14165550123', from, isEmergency: false }], ['dev_1']);
  expect(rung(targets.excludeRung(toTrunk('+14165550123')))).toBeUndefined();
  expect([toTrunk('+14165550199'), toTrunk('+14165550199')].map((one) => rung(targets.excludeRung(one)))).toEqual([
    'trunks',
    undefined,
  ]);
  expect(rung(targets.excludeRung(toPhones('dev_1', 'dev_2', 'dev_caller')))).toEqual(['dev_2']);
  expect(rung(targets.excludeRung(toPhones('dev_1', 'dev_2')))).toBeUndefined();
});

test('phones that forward to each other end after five', () => {
  const forwardedBy = (phones: number) =>
    rungIn(
      Array.from({ length: phones }, (_, index) => ({
        kind: 'trunk',
        trunk: 't',
        number: `+1416555010${index}`,
        from,
        isEmergency: false,
        diverted: { number: String(index), name: '', reason: 'unconditional' },
      })),
    );
  expect(rung(forwardedBy(4).excludeRung(toPhones('dev_2')))).toEqual(['dev_2']);
  expect(rung(forwardedBy(5).excludeRung(toPhones('dev_2')))).toBeUndefined();
});
