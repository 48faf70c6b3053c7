import { describe, expect, it } from 'vitest';
import { toMissedCall } from './unreported-call.ts';
import type { TwilioCall } from '#twilio/api/records.ts';

const at = 1_760_000_000_000;
const call = (more: Partial<TwilioCall>): TwilioCall => ({
  sid: 'CA1',
  parentCallSid: undefined,
  direction: 'inbound',
  from: '+14155550123',
  to: '+14165550100',
  status: 'no-answer',
  createdAt: at,
  startedAt: at,
  endedAt: at + 9000,
  durationSeconds: 0,
  callerName: undefined,
  ...more,
});

describe('a call of Twilio’s list that no webhook reported', () => {
  it.each<[string, Partial<TwilioCall>, string]>([
    ['to a number', {}, '+14165550100'],
    [
      'that a trunk was to bring, in its one record',
      { direction: 'trunking-originating', to: 'sip:+34911111111@a.b' },
      '+34911111111',
    ],
    ['over a trunk, with a port', { direction: 'trunking-originating', to: 'sip:+34911111111@203.0.113.9:5061' }, '+34911111111'],
  ])('is missed: one %s', (_what, more, dialled) => {
    expect(toMissedCall(call(more))).toMatchObject({ dialled, callSid: 'CA1', startedAt: at, endedAt: at + 9000 });
  });

  it.each<[string, Partial<TwilioCall>]>([
    ['goes on', { status: 'in-progress' }],
    ['is a leg of another', { parentCallSid: 'CA0' }],
    ['leaves the house by the trunk', { direction: 'trunking-terminating' }],
    ['leaves the house by a document', { direction: 'outbound-dial' }],
    ['was made by REST', { direction: 'outbound-api' }],
  ])('is none of ours where it %s', (_what, more) => {
    expect(toMissedCall(call(more))).toBeUndefined();
  });
});
