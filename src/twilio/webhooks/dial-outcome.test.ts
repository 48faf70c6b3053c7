import { expect, test } from 'vitest';
import type { DialOutcome } from '#calls/pstn-call-decision.ts';
import { readDialOutcome } from './dial-outcome.ts';
import { WebhookForm } from './webhook-form.ts';

test.each<[status: string | undefined, sipStatus: string | undefined, DialOutcome]>([
  ['completed', '200', 'answered'],
  ['answered', undefined, 'answered'],
  ['busy', '486', 'busy'],
  ['busy', '600', 'busy'],
  ['busy', '603', 'declined'],
  ['busy', undefined, 'busy'],
  ['no-answer', '480', 'no-answer'],
  ['no-answer', '603', 'no-answer'],
  ['canceled', '487', 'no-answer'],
  ['failed', '500', 'unreachable'],
  ['failed', undefined, 'unreachable'],
  ['something-new', undefined, 'no-answer'],
  ['', undefined, 'no-answer'],
  [undefined, undefined, 'no-answer'],
])('DialCallStatus %s with SIP status %s is %s', (status, sipStatus, expected) => {
  const given = { DialCallStatus: status, DialSipResponseCode: sipStatus };
  const pairs = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
  expect(readDialOutcome(new WebhookForm(pairs))).toBe(expected);
});
