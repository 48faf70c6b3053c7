import { describe, expect, it } from 'vitest';
import { newId } from '#base/ids.ts';
import type { CallLeg, CallRecord } from '#calls/call.ts';
import { toldSources } from './told-sources.ts';

const nobody = { deviceId: undefined, personId: undefined, number: '', name: '' };
const outside = { ...nobody, number: '+14165550123' };
const ofAnna = { ...nobody, personId: 'person_anna', number: '+14165550100' } as const;
const leg = (deviceId: `dev_${string}`, personId?: `person_${string}`): CallLeg => ({
  id: `leg_${deviceId}` as const,
  role: 'callee',
  deviceId,
  personId,
  name: '',
  trunk: undefined,
  address: '',
  sipCallId: '',
  startedAt: 0,
  ringingAt: 1,
  answeredAt: undefined,
  endedAt: undefined,
  sipStatus: undefined,
  outcome: undefined,
});
const hall = leg('dev_hall');
const annas = leg('dev_anna', 'person_anna');
const bens = leg('dev_ben', 'person_ben');

function sourcesOf(
  call: Partial<CallRecord>,
  legs: readonly CallLeg[],
  latest: readonly { id: string; endedAt?: number }[] = [],
) {
  const record = { direction: 'inbound', caller: outside, callee: { ...nobody, number: '+14165550100' }, ...call } as CallRecord;
  const rooms = {
    calls: { calls: { find: () => ({ record, legs }) }, cdrs: { latest: () => latest } },
    voicemail: { room: { latest: () => latest.map(({ id, endedAt = 0 }) => ({ id, changedAt: endedAt })) } },
    messages: {
      stores: { messages: { latestInbound: () => latest.map(({ id, endedAt = 0 }) => ({ id, createdAt: endedAt })) } },
    },
    numbers: {},
  };
  return toldSources(rooms as never);
}

const missed = { disposition: 'missed', reason: 'no-answer' } as const;
const voicemail = { disposition: 'voicemail', reason: 'no-answer' } as const;
const all = { direction: 'inbound', isHouse: false, mailbox: undefined } as const;

describe('whom a call concerns', () => {
  it.each<[string, Partial<CallRecord>, readonly CallLeg[], object | undefined]>([
    ['everybody whose phone it rang', { verdict: missed }, [annas, bens], { ...all, persons: ['person_anna', 'person_ben'] }],
    ['whom it was for, where no phone rang', { verdict: missed, callee: ofAnna }, [], { ...all, persons: ['person_anna'] }],
    ['the house, where it rang phones of nobody', { verdict: missed }, [hall], { ...all, persons: [], isHouse: true }],
    ['a person, where it rang theirs and one of nobody', { verdict: missed }, [hall, bens], { ...all, persons: ['person_ben'] }],
    [
      'whose mailbox has the message',
      { verdict: voicemail, callee: ofAnna },
      [annas],
      { ...all, persons: ['person_anna'], mailbox: 'person_anna' },
    ],
    ['the mailbox of the house', { verdict: voicemail }, [hall], { ...all, persons: [], isHouse: true, mailbox: null }],
    [
      'nobody, where it was answered',
      { verdict: { disposition: 'answered', reason: 'caller-hung-up' } },
      [{ ...annas, answeredAt: 2 }],
      { ...all, persons: [] },
    ],
    [
      'nobody, where it was blocked',
      { verdict: { disposition: 'blocked', reason: 'blocklist' }, callee: ofAnna },
      [],
      { ...all, persons: [] },
    ],
    ['nobody, where somebody clicked to call', { verdict: missed, requestedBy: 'person_anna' }, [annas], { ...all, persons: [] }],
    ['nobody, where it went out', { verdict: missed, direction: 'outbound' }, [annas], undefined],
    ['nobody yet, while it goes on', { verdict: undefined }, [annas], undefined],
  ])('is %s', (_, call, legs, expected) => {
    expect(sourcesOf(call, legs).missed('call_1')).toEqual(expected);
  });

  it.each<[string, Partial<CallRecord>, readonly CallLeg[], object | undefined]>([
    ['its owner', {}, [annas], { direction: 'inbound', persons: ['person_anna'], isHouse: false }],
    ['the house, where the phone is nobody’s', {}, [hall], { direction: 'inbound', persons: [], isHouse: true }],
    [
      'not the house, where a person’s phone will ring too',
      {},
      [hall, { ...bens, ringingAt: undefined }],
      { direction: 'inbound', persons: [], isHouse: false },
    ],
    ['nobody, where it goes out', { direction: 'outbound' }, [annas], undefined],
  ])('is, when a phone begins to ring, %s', (_, call, legs, expected) => {
    expect(sourcesOf(call, legs).ringing('call_1', legs[0]?.deviceId ?? 'dev_')).toEqual(expected);
  });

  it('is read again after a kill of what ended since, or was written down since, the oldest first', () => {
    const now = Date.now();
    const late = newId('call');
    const latest = [
      { id: 'call_open' },
      { id: late, endedAt: 5 },
      { id: 'call_new', endedAt: now },
      { id: 'call_old', endedAt: 9 },
    ];
    const sources = sourcesOf({}, [], latest);
    expect(sources.callsSince(now - 60_000)).toEqual(['call_new', late]);
    expect(sources.voicemailsSince(now - 60_000)).toEqual(['call_new', late]);
    expect(sources.messagesSince(now - 60_000)).toEqual(['call_new', late]);
  });
});
