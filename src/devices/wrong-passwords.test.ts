import { expect, test } from 'vitest';
import { FakeClock } from '#testing/fake-clock.ts';
import { WrongPasswords } from './wrong-passwords.ts';

function wrong(capacity = 100) {
  const clock = new FakeClock();
  return { clock, tries: new WrongPasswords({ clock, capacity }) };
}

function fail(tries: WrongPasswords, times: number, source = '192.0.2.1', username = '201'): void {
  for (let time = 0; time < times; time += 1) tries.add(source, username);
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
