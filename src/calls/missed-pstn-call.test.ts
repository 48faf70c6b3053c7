import { afterEach, beforeEach, expect, test } from 'vitest';
import { Events } from '#base/events.ts';
import { newId } from '#base/ids.ts';
import { createLog } from '#base/log.ts';
import type { Facts } from '#contract/facts.ts';
import { PstnHarness, ourNumber, ownerPhone } from '#testing/harness/pstn-harness.ts';
import { recordMissedCall } from './missed-pstn-call.ts';
import type { MissedCall } from './missed-pstn-call.ts';
import { PstnCallStore } from './pstn-call-store.ts';

const caller = { number: '+15555550100', isWithheld: false, name: 'Zoé', attestation: 'none', spamScore: undefined } as const;
const log = createLog({ level: 'silent' });

let harness: PstnHarness;
beforeEach(() => {
  harness = new PstnHarness();
});
afterEach(() => harness[Symbol.dispose]());

/** What the network lists of a call that was in the voicemail for 20 s: under its own id, begun that much off our record. */
function listed(offMs: number, change: Partial<MissedCall> = {}): boolean {
  const { clock, cdrs } = harness;
  const recoveredAt = clock.now();
  const notice = { callSid: `CA${'1'.repeat(32)}`, dialled: ourNumber.number, caller, trunk: 'twilio' };
  harness.pstnCalls.recover(notice);
  const startedAt = recoveredAt + offMs;
  const missed = {
    callSid: `CA${'2'.repeat(32)}`,
    dialled: ourNumber.number,
    caller,
    startedAt,
    trunk: 'twilio',
    isByTrunk: true,
    ...change,
  };
  return recordMissedCall(
    { endedAt: startedAt + 1_000, ...missed },
    {
      clock,
      cdrs,
      log,
      newId,
      newToken: () => 'token',
      events: new Events<Facts>(log),
      store: new PstnCallStore(harness.db),
      byNumber: (number) => (number === ourNumber.number ? ourNumber : undefined),
      devices: { ofPerson: () => [ownerPhone('20')] },
    },
  );
}

test.each([
  ['a clock that is half a minute ahead of ours', 30_000, false],
  ['a clock that is half a minute behind ours', -31_000, false],
  ['a time that is farther ahead', 30_001, true],
  ['a time that is farther behind', -31_001, true],
])('a call that left its caller in the voicemail is no second, missed one by %s', (_by, offMs, isMissed) => {
  expect(listed(offMs)).toBe(isMissed);
  expect(harness.records()).toHaveLength(isMissed ? 2 : 1);
});

test('a call that did not come over a trunk has one call SID: another one is another call', () => {
  expect(listed(0, { isByTrunk: false })).toBe(true);
  expect(harness.records().at(-1)).toBe('inbound missed/unreachable +15555550100 → +14165550100');
});
