import { expect, test } from 'vitest';
import type { CallLeg, CallPhase, CallRecord } from './call.ts';
import { phoneCall } from './phone-state.ts';

type Part = {
  readonly phase: CallPhase;
  readonly role?: CallLeg['role'];
  readonly rang?: boolean;
  readonly answered?: boolean;
  readonly over?: boolean;
};

function call({ phase, role = 'callee', rang = true, answered = false, over = false }: Part) {
  const leg = {
    deviceId: 'dev_1',
    role,
    ringingAt: rang ? 1 : undefined,
    answeredAt: answered ? 2 : undefined,
    endedAt: over ? 3 : undefined,
  } as unknown as CallLeg;
  return { record: { id: `call_${phase}` } as CallRecord, phase, legs: [leg] };
}

const ringing = call({ phase: 'ringing' });
const talking = call({ phase: 'in_call', answered: true });
const held = call({ phase: 'held', role: 'caller', answered: true });

test.each([
  ['idle without a call', [], 'idle'],
  ['idle while its INVITE is under way', [call({ phase: 'ringing', rang: false })], 'idle'],
  ['ringing', [ringing], 'ringing'],
  ['idle once it does not ring any more, though the call rings others', [call({ phase: 'ringing', over: true })], 'idle'],
  ['dialing', [call({ phase: 'ringing', role: 'caller', rang: false })], 'dialing'],
  ['in a call', [talking], 'in_call'],
  ['idle where another phone answered', [call({ phase: 'in_call', over: true })], 'idle'],
  ['idle where another phone answered and its own end is not known yet', [call({ phase: 'in_call' })], 'idle'],
  ['holding', [held], 'held'],
  ['in a call while another one waits', [ringing, talking], 'in_call'],
  ['ringing while it holds a call', [held, ringing], 'ringing'],
  ['idle where it is in no part of the call', [{ ...talking, legs: [] }], 'idle'],
])('a phone is %s', (_title, calls, state) => {
  expect(phoneCall('dev_1', calls).state).toBe(state);
});

test('the call that a phone is in and its side of it are told with the state', () => {
  expect(phoneCall('dev_1', [held, ringing]).of).toEqual({ call: ringing, side: 'callee' });
  expect(phoneCall('dev_1', []).of).toBeUndefined();
});
