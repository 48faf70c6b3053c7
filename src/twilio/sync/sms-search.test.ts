import { describe, expect, it } from 'vitest';
import { findSent } from './sms-search.ts';
import type { SmsSearch } from './sms-search.ts';
import { toOutcome } from './sms-sender.ts';
import type { TwilioMessage } from '#twilio/api/records.ts';
import type { TwilioFailure } from '#twilio/api/result.ts';

const at = Date.UTC(2026, 0, 1, 12);
const minute = 60_000;

function listed(sid: string, change: Partial<TwilioMessage> = {}): TwilioMessage {
  return {
    sid,
    direction: 'outbound-api',
    from: '+15555550199',
    to: '+15555550123',
    body: 'Yes',
    status: 'sent',
    errorCode: undefined,
    errorMessage: undefined,
    segments: 1,
    mediaCount: 0,
    createdAt: at,
    sentAt: at,
    ...change,
  };
}

describe('the search for a message in doubt', () => {
  const old = listed('SM-old', { createdAt: at - 11 * minute, sentAt: at - 11 * minute });
  const known = listed('SM-known', { createdAt: at - 30 * minute, sentAt: at - 30 * minute });

  it.each<[string, Partial<SmsSearch>, string]>([
    ['finds it', { listed: [listed('SM1')] }, 'SM1'],
    ['finds it in spite of a clock that is minutes ahead', { listed: [listed('SM1', { createdAt: at - 9 * minute })] }, 'SM1'],
    ['finds it in spite of a clock that is behind', { listed: [listed('SM1', { createdAt: at + 60 * minute })] }, 'SM1'],
    ['finds one that is not sent yet', { listed: [listed('SM1', { sentAt: undefined })] }, 'SM1'],
    ['finds one without any date', { listed: [listed('SM1', { sentAt: undefined, createdAt: undefined })] }, 'SM1'],
    ['finds nothing', { listed: [] }, 'absent'],
    ['finds nothing with other words', { listed: [listed('SM1', { body: 'No' })] }, 'absent'],
    ['does not take what came in', { listed: [listed('SM1', { direction: 'inbound' })] }, 'absent'],
    ['does not take another one of ours', { listed: [listed('SM-known')] }, 'absent'],
    ['takes the oldest of several', { listed: [listed('SM2'), listed('SM1', { createdAt: at - 1000 })] }, 'SM1'],
    ['does not decide about an older unknown one', { listed: [old] }, 'doubtful'],
    ['knows that one after the newest known is ours, whatever the clocks say', { listed: [old, known] }, 'SM-old'],
    ['does not take one before the newest known', { listed: [listed('SM-known'), old] }, 'absent'],
    ['takes one of the same second as the newest known', { listed: [listed('SM-known'), listed('SM1')] }, 'SM1'],
    ['does not take an answer of Twilio’s own', { listed: [listed('SM1', { direction: 'outbound-reply' })] }, 'absent'],
    ['forgets after a day', { listed: [{ ...old, createdAt: at - 25 * 60 * minute }] }, 'absent'],
    ['sees through the words of a trial account', { listed: [listed('SM1', { body: `${trial}Yes` })] }, 'SM1'],
    ['does not care for white space', { listed: [listed('SM1', { body: 'Yes or  no' })], body: ' Yes\nor no ' }, 'SM1'],
    ['finds a picture without words', { listed: [listed('MM1', { body: '' })], body: '', hasMedia: true }, 'MM1'],
  ])('%s', (_, change, expected) => {
    const found = findSent({
      listed: [],
      body: 'Yes',
      hasMedia: false,
      attemptedAt: at,
      isKnown: (sid: string) => sid === 'SM-known',
      ...change,
    });
    expect(found.kind === 'found' ? found.message.sid : found.kind).toBe(expected);
  });
});

const trial = 'Sent from your Twilio trial account - ';

it.each<[Partial<TwilioFailure>, object]>([
  [
    { kind: 'limited', status: 429, retryAfterSeconds: 3 },
    { kind: 'limited', retryAfterSeconds: 3 },
  ],
  [{ kind: 'unreachable' }, { kind: 'unreachable' }],
  [
    { kind: 'ambiguous', status: 503, code: 20503, retryAfterSeconds: 3 },
    { kind: 'ambiguous', code: 20503, retryAfterSeconds: 3 },
  ],
  [
    { kind: 'refused', status: 400, code: 21211 },
    { kind: 'failed', code: 21211 },
  ],
  [
    { kind: 'refused', status: 403, code: 20005 },
    { kind: 'failed', code: 20005 },
  ],
  [{ kind: 'refused', status: 401, code: 20003 }, { kind: 'unreachable' }],
])('takes %o for %o', (failure, expected) => {
  const usual: TwilioFailure = {
    kind: 'refused',
    status: undefined,
    code: undefined,
    message: 'x',
    retryAfterSeconds: undefined,
    ...failure,
  };
  expect(toOutcome(usual)).toMatchObject({ ...expected, message: 'x' });
});
