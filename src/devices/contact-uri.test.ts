import { expect, test } from 'vitest';
import { isSameContact, readContactUri, uriUser } from './contact-uri.ts';

/** The examples of RFC 3261 section 19.1.4, and what phones do. */
const equal: [string, string][] = [
  ['sip:%61lice@atlanta.com;transport=TCP', 'sip:alice@AtLanTa.CoM;Transport=tcp'],
  ['sip:carol@chicago.com', 'sip:carol@chicago.com;newparam=5'],
  ['sip:carol@chicago.com;newparam=5', 'sip:carol@chicago.com;security=on'],
  ['sip:192.0.2.1', 'SIP:192.0.2.1'],
  ['sip:a@[2001:DB8::1]:5060', 'sip:a@[2001:db8::1]:5060'],
];
const different: [string, string][] = [
  ['SIP:ALICE@AtLanTa.CoM;Transport=udp', 'sip:alice@AtLanTa.CoM;Transport=UDP'],
  ['sip:bob@biloxi.com', 'sip:bob@biloxi.com:5060'],
  ['sip:bob@biloxi.com', 'sip:bob@biloxi.com;transport=udp'],
  ['sip:bob@biloxi.com', 'sip:bob@biloxi.com:6000;transport=tcp'],
  ['sip:carol@chicago.com', 'sip:carol@chicago.com?Subject=next%20meeting'],
  ['sip:bob@phone21.boxesbybob.com', 'sip:bob@192.0.2.4'],
  ['sip:carol@chicago.com;security=on', 'sip:carol@chicago.com;security=off'],
  ['sip:a@b.c', 'sips:a@b.c'],
  ['sip:a@b.c', 'sip:b.c'],
];

test.each(equal)('%s is %s', (left, right) => {
  expect([isSameContact(left, right), isSameContact(right, left)]).toEqual([true, true]);
});

test.each(different)('%s is not %s', (left, right) => {
  expect([isSameContact(left, right), isSameContact(right, left)]).toEqual([false, false]);
});

test.each([
  '',
  'sip:',
  'sip:a@',
  'tel:+43',
  'mailto:a@b',
  'a@b',
  'sip:a@b:port',
  'sip:a@b:123456',
  'sip:a@b c',
  'sip:<a@b>',
  `sip:${'a'.repeat(2000)}@b`,
])('%j is no contact', (text) => {
  expect(readContactUri(text)).toBeUndefined();
  expect(isSameContact(text, 'sip:a@b')).toBe(false);
});

test.each([
  ['sip:201@house', '201'],
  ['sip:201:secret@house:5060;transport=udp', '201'],
  ['sip:a;b?c@house', 'a;b?c'],
  ['sip:%32%30%31@house', '201'],
  ['sip:%zz@house', '%zz'],
  ['sip:house', ''],
  ['<sip:201@house>', ''],
])('the user of %s', (uri, user) => {
  expect(uriUser(uri)).toBe(user);
});
