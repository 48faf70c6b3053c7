import { expect, it } from 'vitest';
import { listCallRecords } from './calls.ts';
import { listConversations, listMessages, sendMessage } from './messages.ts';
import { createNumber } from './numbers.ts';

const numberIn = (text: string) => listCallRecords.query?.parse({ number: text })['number'];

it.each([
  // As a browser sends ?number=+14155550123.
  [' 14155550123', '+14155550123'],
  ['+14155550123', '+14155550123'],
  [' 1 415 555-0123', '+14155550123'],
  ['\u202a+1 (415) 555-0123\u202c', '+14155550123'],
  ['14155550123', '14155550123'],
  [' 20', '20'],
  ['20', '20'],
  ['*97', '*97'],
  ['alice', 'alice'],
])('looks for calls of %j as %j', (text, number) => {
  expect(numberIn(text)).toBe(number);
});

it('looks for messages and conversations the same way', () => {
  const query = { number: ' 14155550123', farNumber: ' 493012345678' };
  expect(listMessages.query?.parse(query)).toMatchObject({ number: '+14155550123', farNumber: '+493012345678' });
  expect(listConversations.query?.parse({ number: ' 14155550123', text: ' 1415' })).toMatchObject({
    number: '+14155550123',
    text: '+1415',
  });
  expect(listConversations.query?.safeParse({ text: '\u200b' }).success).toBe(false);
  expect(listConversations.query?.parse({ text: ' Anna Maria ' })).toMatchObject({ text: 'Anna Maria' });
});

it('takes a number of ours as it is pasted, and refuses one turned around', () => {
  const read = (number: string) => createNumber.body?.safeParse({ number });
  expect(read('\u202a+1\u00a0(415)\u2011555 0123\u202c')?.data).toMatchObject({ number: '+14155550123' });
  expect(read('\u2066+14155550123\u2069\n')?.data).toMatchObject({ number: '+14155550123' });
  expect(read('+1415\u202e5550123')?.error?.issues[0]?.message).toMatch(/hidden character/);
  expect(read('4155550123')?.success).toBe(false);
  expect(read('+1415555CALL')?.success).toBe(false);
});

it('takes the receiver of a message as it is pasted', () => {
  const to = 'tel:+1-415-555-0123;phone-context=example.org';
  expect(sendMessage.body?.safeParse({ to, body: 'x' }).success).toBe(true);
});
