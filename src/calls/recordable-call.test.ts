import { describe, expect, it } from 'vitest';
import type { CallLeg, CallRecord, Party } from './call.ts';
import { recordableCall } from './recordable-call.ts';

const record: CallRecord = {
  id: 'call_1',
  direction: 'inbound',
  startedAt: 1000,
  answeredAt: 5000,
  ringingAt: undefined,
  endedAt: undefined,
  verdict: undefined,
  dialled: '+14165550100',
  transferredFrom: undefined,
  reasons: [],
  number: '+14165550100',
  trunk: 'twilio',
  caller: party('+15555550100'),
  callee: party('20'),
};

function party(number: string): Party {
  return { deviceId: undefined, personId: undefined, number, name: '' };
}

function leg(change: Partial<CallLeg>): CallLeg {
  return { id: 'leg_1', role: 'callee', deviceId: undefined, personId: undefined, answeredAt: undefined, ...change } as CallLeg;
}

describe('who may cause a recording', () => {
  const trunk = leg({ role: 'caller', answeredAt: 5000 });
  const answered = leg({ deviceId: 'dev_kitchen', personId: 'person_eva', answeredAt: 5000 });
  const rang = leg({ deviceId: 'dev_office', personId: 'person_tom' });

  it('the phone that answered, and none that only rang: its setting must not record what it does not hear', () => {
    const { answeredDeviceIds } = recordableCall({ record, legs: [trunk, rang, answered] }, 'CA1');
    expect(answeredDeviceIds).toEqual(['dev_kitchen']);
  });

  it('nothing while it rings', () => {
    const ringing = { ...record, answeredAt: undefined };
    const call = recordableCall({ record: ringing, legs: [leg({ role: 'caller' }), rang] }, 'CA1');
    expect([call.isAnswered, call.answeredDeviceIds]).toEqual([false, []]);
  });

  it('the phone that called out, once the other side answers', () => {
    const caller = leg({ role: 'caller', deviceId: 'dev_office', answeredAt: 5000 });
    const out = { ...record, direction: 'outbound' } as const;
    expect(recordableCall({ record: out, legs: [caller, trunk] }, undefined).answeredDeviceIds).toEqual(['dev_office']);
  });
});

describe('a call that may be recorded', () => {
  it('belongs to everybody whose phone rang, and is named as the network knows it', () => {
    const legs = [leg({ personId: 'person_tom' }), leg({ personId: 'person_eva', answeredAt: 5000 })];
    expect(recordableCall({ record, legs }, 'CA1')).toMatchObject({
      callId: 'call_1',
      externalCallId: 'CA1',
      trunk: 'twilio',
      dialled: '+14165550100',
      personIds: ['person_tom', 'person_eva'],
    });
    const out = { ...record, direction: 'outbound', callee: { ...record.callee, number: '+15555550177' } } as const;
    expect(recordableCall({ record: out, legs }, undefined).dialled).toBe('+15555550177');
  });
});
