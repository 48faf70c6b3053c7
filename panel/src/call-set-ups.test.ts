import { expect, test } from 'vitest';
import { withoutSetUps } from './call-set-ups.ts';

type One = Parameters<typeof withoutSetUps>[0][number];
const one = (id: string, more: Partial<One> = {}): One => ({
  id: id as One['id'],
  purpose: null,
  transferredFrom: null,
  ...more,
});

test('a call dialled from the panel is one row, not the ringing of the own phone and the call', () => {
  const rang = one('call_1', { purpose: 'dial' });
  const dialled = one('call_2', { transferredFrom: rang.id });
  expect(withoutSetUps([dialled, rang])).toEqual([dialled]);
  // Nobody picked the own phone up, or does so only now.
  expect(withoutSetUps([rang])).toEqual([rang]);
});

test('test calls and calls that were transferred stay', () => {
  const test = one('call_1', { purpose: 'test' });
  const first = one('call_2');
  const next = one('call_3', { transferredFrom: first.id });
  expect(withoutSetUps([test, first, next])).toEqual([test, first, next]);
});
