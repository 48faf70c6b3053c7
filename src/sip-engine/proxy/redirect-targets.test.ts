import { expect, test } from 'vitest';
import { SipMessage } from '../message/message.ts';
import { redirectTargets } from './redirect-targets.ts';

test.each([
  ['highest q first, 1 when absent', ['<sip:a@h>;q=0.2', '<sip:b@h>', '<sip:c@h>;q=0.7'], 9, ['sip:b@h', 'sip:c@h', 'sip:a@h']],
  ['several in one line', ['<sip:a@h>;q=0.1, <sip:b@h>;q=0.9'], 9, ['sip:b@h', 'sip:a@h']],
  ['none that was tried already', ['<sip:tried@h>', '<sip:a@h>'], 9, ['sip:a@h']],
  ['none that is no SIP URI', ['<mailto:a@h>', '*', '<sip:a@h>'], 9, ['sip:a@h']],
  ['no more than allowed', ['<sip:a@h>', '<sip:b@h>'], 1, ['sip:a@h']],
  ['none when the limit is used up', ['<sip:a@h>'], -1, []],
])('a redirect leads to %s', (_what, contacts, max, expected) => {
  const redirect = new SipMessage({ status: 302, reason: 'Moved Temporarily' });
  for (const contact of contacts) redirect.append('contact', contact);
  const targets = redirectTargets(redirect, { tried: [{ uri: 'sip:tried@h', isRedirect: false }], max });
  expect(targets).toEqual(expected.map((uri) => ({ uri, isRedirect: true })));
});
