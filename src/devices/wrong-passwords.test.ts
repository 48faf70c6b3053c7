import { expect, test } from 'vitest';
import { FakeClock } from '#testing/harness/fake-clock.ts';
import { WrongPasswords } from './wrong-passwords.ts';

function wrong(capacity = 100) {
  const clock = new FakeClock();
  return { clock, tries: new WrongPasswords({ clock, capacity }) };
}

let calls = 0;

function fail(tries: WrongPasswords, times: number, source = '192.0.2.1', username = '201'): void {
  for (let time = 0; time < times; time += 1) tries.add({ source, username, callId: `call-${(calls += 1)}` });
}

test('the fifth within a minute closes this pair for a minute, and no other', () => {
  const { clock, tries } = wrong();
  fail(tries, 4);
  expect(tries.waitSeconds('192.0.2.1', '201')).toBe(0);
  fail(tries, 1);
  expect(tries.waitSeconds('192.0.2.1', '201')).toBe(60);
  expect([tries.waitSeconds('192.0.2.2', '201'), tries.waitSeconds('192.0.2.1', '202')]).toEqual([0, 0]);
  clock.advance(59_500);
  expect(tries.waitSeconds('192.0.2.1', '201')).toBe(1);
  clock.advance(500);
  expect(tries.waitSeconds('192.0.2.1', '201')).toBe(0);
});

test('four a minute go on for ever; the right password wipes the slate', () => {
  const { clock, tries } = wrong();
  for (let minute = 0; minute < 10; minute += 1) {
    fail(tries, 4);
    expect(tries.waitSeconds('192.0.2.1', '201')).toBe(0);
    clock.advance(60_000);
  }
  fail(tries, 4);
  tries.forget('192.0.2.1', '201');
  fail(tries, 4);
  expect(tries.waitSeconds('192.0.2.1', '201')).toBe(0);
});

test('what a phone answers by itself under one Call-ID is one try of its user', () => {
  const { clock, tries } = wrong();
  const answer = (callId: string, times: number) =>
    Array.from({ length: times }, () => tries.add({ source: '192.0.2.1', username: '201', callId }));
  // baresip answers each challenge anew, pjsua three times.
  expect(answer('a', 6)).toEqual([true, false, false, false, false, false]);
  expect(answer('b', 3)).toEqual([true, false, false]);
  expect([answer('c', 1), answer('d', 1)]).toEqual([[true], [true]]);
  expect(tries.waitSeconds('192.0.2.1', '201')).toBe(0);
  clock.advance(10_000);
  expect(answer('d', 1)).toEqual([true]);
  expect(tries.waitSeconds('192.0.2.1', '201')).toBe(60);
});

test('who guesses under one Call-ID gets no further than forty a minute', () => {
  const { clock, tries } = wrong();
  let guesses = 0;
  for (let second = 0; second < 60; second += 0.1) {
    if (tries.waitSeconds('192.0.2.1', '201') === 0) {
      guesses += 1;
      tries.add({ source: '192.0.2.1', username: '201', callId: 'the same' });
    }
    clock.advance(100);
  }
  expect(guesses).toBeLessThanOrEqual(40);
});

test('all addresses of one line at home are one source', () => {
  const { tries } = wrong();
  for (let host = 1; host <= 5; host += 1) fail(tries, 1, `2001:db8:1:2::${host}`);
  expect(tries.waitSeconds('2001:db8:1:2::99', '201')).toBe(60);
  expect(tries.waitSeconds('2001:db8:2::99', '201')).toBe(0);
  fail(tries, 5, '::ffff:192.0.2.1');
  expect(tries.waitSeconds('192.0.2.1', '201')).toBe(60);
});

test('ten thousand names cannot fill more than the table, however long they are', () => {
  const { tries } = wrong(100);
  for (let index = 0; index < 10_000; index += 1) fail(tries, 1, '192.0.2.1', `${'x'.repeat(1000)}${index}`);
  for (let index = 0; index < 10_000; index += 1) fail(tries, 1, '192.0.2.1', `name${index}`);
  expect(tries.size).toBeLessThanOrEqual(100);
});

test('pairs whose minute is over are forgotten', () => {
  const { clock, tries } = wrong();
  for (let index = 0; index < 50; index += 1) fail(tries, 1, '192.0.2.1', `name${index}`);
  clock.advance(60_000);
  fail(tries, 1, '192.0.2.1', 'new');
  expect(tries.size).toBe(1);
});

test.each([-3 * 86_400_000, 8 * 3_600_000])('a clock set by %i ms closes a pair for no longer and no shorter', (byMs) => {
  const { clock, tries } = wrong();
  fail(tries, 5);
  clock.jump(byMs);
  expect(tries.waitSeconds('192.0.2.1', '201')).toBe(60);
  clock.advance(60_000);
  expect(tries.waitSeconds('192.0.2.1', '201')).toBe(0);
});
