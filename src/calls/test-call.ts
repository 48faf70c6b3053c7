import type { CallId, DeviceId } from '#base/ids.ts';
import type { testCallResults } from '#contract/test-calls.ts';
import type { CallLeg } from './call.ts';
import type { Verdict } from './verdict.ts';

export type TestCallResult = (typeof testCallResults)[number];

/** A call of the house to one phone, and what it found until now; times in milliseconds since the Unix epoch. */
export type TestCall = {
  readonly deviceId: DeviceId;
  readonly callId: CallId | undefined;
  readonly startedAt: number;
  readonly ringingAt: number | undefined;
  readonly answeredAt: number | undefined;
  readonly endedAt: number | undefined;
  readonly isHeard: boolean;
  readonly hearsUs: 'not-known' | 'reported' | 'confirmed';
  readonly result: TestCallResult | undefined;
  readonly sipStatus: number | undefined;
  readonly address: string | undefined;
};

export type TestCallLeg = Pick<CallLeg, 'role' | 'address' | 'sipStatus' | 'ringingAt' | 'answeredAt'>;

/** Sound needs a moment: whoever hangs up before shows nothing of it. */
const momentMs = 1_500;

export function beginTestCall(deviceId: DeviceId, startedAt: number): TestCall {
  const nothing = { callId: undefined, ringingAt: undefined, answeredAt: undefined, endedAt: undefined };
  const found = { isHeard: false, hearsUs: 'not-known', result: undefined, sipStatus: undefined, address: undefined } as const;
  return { deviceId, startedAt, ...nothing, ...found };
}

/** A phone may have several contacts: the one that got furthest counts. */
export function furthestLeg(legs: Iterable<TestCallLeg>): TestCallLeg | undefined {
  const rung = [...legs].filter(({ role }) => role === 'callee');
  return rung.toSorted((one, other) => distance(other) - distance(one))[0];
}

function distance({ answeredAt, ringingAt, sipStatus }: TestCallLeg): number {
  if (answeredAt !== undefined) return 3;
  if (ringingAt !== undefined) return 2;
  return sipStatus === undefined ? 0 : 1;
}

/** What an ended call says of the phone. */
export function resultOf(test: TestCall, { reason }: Verdict): TestCallResult {
  if (reason === 'media-refused') return 'no-codec';
  if (reason === 'no-media' || reason === 'made-room') return 'no-voice';
  return test.answeredAt === undefined ? resultUnanswered(test, reason) : resultAnswered(test, test.answeredAt);
}

function resultAnswered({ isHeard, hearsUs, endedAt = 0 }: TestCall, answeredAt: number): TestCallResult {
  if (hearsUs === 'confirmed') return 'works';
  if (!isHeard) return endedAt - answeredAt < momentMs ? 'hung-up-at-once' : 'no-sound-from-phone';
  return hearsUs === 'reported' ? 'works' : 'unconfirmed';
}

const unanswered: Partial<Record<Verdict['reason'], TestCallResult>> = {
  'no-answer': 'no-answer',
  busy: 'busy',
  declined: 'declined',
  offline: 'not-registered',
  'no-devices': 'not-registered',
  unreachable: 'unreachable',
  redirected: 'forwarded',
  'too-many-calls': 'house-busy',
  revoked: 'switched-off',
  'caller-cancelled': 'stopped',
  'hung-up-by-house': 'stopped',
  interrupted: 'stopped',
};

function resultUnanswered({ sipStatus }: TestCall, reason: Verdict['reason']): TestCallResult {
  // Without any final response it took the call and did nothing; where nothing came at all, the engine says 408.
  if (reason === 'unreachable' && sipStatus === undefined) return 'not-ringing';
  return unanswered[reason] ?? 'refused';
}
