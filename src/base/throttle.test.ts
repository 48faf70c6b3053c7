import { describe, expect, it, test } from 'vitest';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { LogThrottle, LoginThrottle } from './throttle.ts';
import type { LoginSource } from './throttle.ts';

const phone = { source: '192.0.2.1', account: '201' };
const browser = { source: '192.0.2.1' };

function open({ lockMs = 60_000, capacity = 100 } = {}) {
  const clock = new FakeClock();
  return { clock, throttle: new LoginThrottle({ clock, lockMs, capacity }) };
}

let attempts = 0;

function fail(throttle: LoginThrottle, times: number, login: LoginSource): void {
  for (let time = 0; time < times; time += 1) throttle.failed({ ...login, attemptId: `attempt-${(attempts += 1)}` });
}

describe('failed logins', () => {
  it.each([
    [phone, 60_000],
    [browser, 900_000],
  ])('of %j lock at the fifth within a minute, for %i ms', (login, lockMs) => {
    const { clock, throttle } = open({ lockMs });
    fail(throttle, 4, login);
    expect(throttle.lockedSeconds(login)).toBe(0);
    fail(throttle, 1, login);
    expect(throttle.lockedSeconds(login)).toBe(lockMs / 1000);
    clock.advance(lockMs - 500);
    expect(throttle.lockedSeconds(login)).toBe(1);
    clock.advance(500);
    expect(throttle.lockedSeconds(login)).toBe(0);
  });

  it('lock this account at this source and no other', () => {
    const { throttle } = open();
    fail(throttle, 5, phone);
    const others = [{ ...phone, source: '192.0.2.2' }, { ...phone, account: '202' }, browser];
    expect(others.map((login) => throttle.lockedSeconds(login))).toEqual([0, 0, 0]);
  });

  it('without an attempt of theirs are a try each', () => {
    const { throttle } = open();
    expect(Array.from({ length: 5 }, () => throttle.failed(browser))).toEqual([true, true, true, true, true]);
    expect(throttle.lockedSeconds(browser)).toBe(60);
  });

  it('go on for ever at four a minute; a login that succeeds wipes the slate', () => {
    const { clock, throttle } = open();
    for (let minute = 0; minute < 10; minute += 1) {
      fail(throttle, 4, phone);
      expect(throttle.lockedSeconds(phone)).toBe(0);
      clock.advance(60_000);
    }
    fail(throttle, 4, phone);
    throttle.succeeded(phone);
    fail(throttle, 4, phone);
    expect(throttle.lockedSeconds(phone)).toBe(0);
    fail(throttle, 1, phone);
    throttle.succeeded(phone);
    expect(throttle.lockedSeconds(phone)).toBe(0);
  });

  it('count within any minute, not within minutes that begin somewhere', () => {
    const { clock, throttle } = open();
    fail(throttle, 1, phone);
    clock.advance(59_000);
    fail(throttle, 3, phone);
    clock.advance(2_000);
    fail(throttle, 1, phone);
    expect(throttle.lockedSeconds(phone)).toBe(0);
    fail(throttle, 1, phone);
    expect(throttle.lockedSeconds(phone)).toBe(60);
  });

  it('forget what is older than a minute', () => {
    const { clock, throttle } = open();
    for (let time = 0; time < 20; time += 1) {
      throttle.failed(browser);
      clock.advance(15_001);
    }
    expect(throttle.lockedSeconds(browser)).toBe(0);
  });

  it.each([-3 * 86_400_000, 8 * 3_600_000])('lock for no longer and no shorter where the clock is set by %i ms', (byMs) => {
    const { clock, throttle } = open();
    fail(throttle, 5, phone);
    clock.jump(byMs);
    expect(throttle.lockedSeconds(phone)).toBe(60);
    clock.advance(60_000);
    expect(throttle.lockedSeconds(phone)).toBe(0);
  });
});

describe('failures that are known from before a restart', () => {
  it('lock for the rest of the time, and count with new ones', () => {
    const { clock, throttle } = open({ lockMs: 900_000 });
    throttle.restore(browser, { failures: 5, agoMs: 60_000, lockedMs: 840_000 });
    throttle.restore(phone, { failures: 4, agoMs: 30_000, lockedMs: 0 });
    expect([throttle.lockedSeconds(browser), throttle.lockedSeconds(phone)]).toEqual([840, 0]);
    fail(throttle, 1, phone);
    expect(throttle.lockedSeconds(phone)).toBe(900);
    clock.advance(840_000);
    expect(throttle.lockedSeconds(browser)).toBe(0);
    expect(throttle.stateOf(phone)).toEqual({ failures: 5, lockedMs: 60_000 });
  });

  it('count no more where a minute went by', () => {
    const { clock, throttle } = open();
    throttle.restore(phone, { failures: 4, agoMs: 30_000, lockedMs: 0 });
    clock.advance(30_000);
    fail(throttle, 1, phone);
    expect(throttle.lockedSeconds(phone)).toBe(0);
  });
});

test('a try of which nobody knows whether it failed is taken back, and no earlier one', () => {
  const { throttle } = open();
  fail(throttle, 5, browser);
  throttle.withdraw(browser);
  expect([throttle.lockedSeconds(browser), throttle.stateOf(browser).failures]).toEqual([0, 4]);
  fail(throttle, 1, browser);
  expect(throttle.lockedSeconds(browser)).toBe(60);
  throttle.withdraw(phone);
  expect(throttle.stateOf(phone).failures).toBe(0);
});

describe('answers of one attempt', () => {
  it('are one try of its user', () => {
    const { clock, throttle } = open();
    const answer = (attemptId: string, times: number) =>
      Array.from({ length: times }, () => throttle.failed({ ...phone, attemptId }));
    // baresip answers each challenge anew, pjsua three times.
    expect(answer('a', 6)).toEqual([true, false, false, false, false, false]);
    expect(answer('b', 3)).toEqual([true, false, false]);
    expect([answer('c', 1), answer('d', 1)]).toEqual([[true], [true]]);
    expect(throttle.lockedSeconds(phone)).toBe(0);
    clock.advance(10_000);
    expect(answer('d', 1)).toEqual([true]);
    expect(throttle.lockedSeconds(phone)).toBe(60);
  });

  it('are no way around the limit: forty guesses a minute at most', () => {
    const { clock, throttle } = open();
    let guesses = 0;
    for (let second = 0; second < 60; second += 0.1) {
      if (throttle.lockedSeconds(phone) === 0) {
        guesses += 1;
        throttle.failed({ ...phone, attemptId: 'the same' });
      }
      clock.advance(100);
    }
    expect(guesses).toBeLessThanOrEqual(40);
  });
});

describe('one household is one source', () => {
  it.each([
    ['2001:db8:1:2::1', '2001:db8:1:2:ffff::9', true],
    ['2001:db8::1', '2001:db8:0:0:1::', true],
    ['2001:db8:1:2::1', '2001:db8:1:102::1', false],
    ['::ffff:192.0.2.1', '192.0.2.1', true],
    ['fe80::1%eth0', 'fe80::2', true],
  ])('%s and %s: %s', (first, second, isSame) => {
    const { throttle } = open();
    fail(throttle, 5, { ...phone, source: first });
    expect(throttle.lockedSeconds({ ...phone, source: second }) > 0).toBe(isSame);
  });

  it('wherever in its network each try comes from', () => {
    const { throttle } = open();
    for (let host = 1; host <= 5; host += 1) fail(throttle, 1, { ...phone, source: `2001:db8:1:2::${host}` });
    expect(throttle.lockedSeconds({ ...phone, source: '2001:db8:1:2::99' })).toBe(60);
    expect(throttle.lockedSeconds({ ...phone, source: '2001:db8:2::99' })).toBe(0);
  });
});

describe('memory', () => {
  it('does not grow with ten thousand names, however long they are', () => {
    const { throttle } = open();
    for (let index = 0; index < 10_000; index += 1) fail(throttle, 1, { ...phone, account: `${'x'.repeat(1000)}${index}` });
    expect(throttle.size).toBe(1);
    for (let index = 0; index < 10_000; index += 1) fail(throttle, 1, { ...phone, account: `name${index}` });
    expect(throttle.size).toBe(100);
  });

  it('holds locks through a flood of addresses, and nothing that has run out', () => {
    const { clock, throttle } = open({ lockMs: 900_000 });
    for (let host = 1; host <= 80; host += 1) fail(throttle, 5, { source: `192.0.2.${host}` });
    for (let index = 0; index < 1_000; index += 1) fail(throttle, 1, { source: `10.0.${index >> 8}.${index & 255}` });
    const locks = Array.from({ length: 80 }, (_, host) => throttle.lockedSeconds({ source: `192.0.2.${host + 1}` }));
    expect([throttle.size, new Set(locks)]).toEqual([100, new Set([900])]);
    clock.advance(60_000);
    fail(throttle, 1, browser);
    expect(throttle.size).toBe(80);
    clock.advance(900_000);
    fail(throttle, 1, phone);
    expect(throttle.size).toBe(1);
  });

  it('full of locks makes room by the one that ends first', () => {
    const { clock, throttle } = open({ capacity: 3 });
    const login = (host: number) => ({ source: `192.0.2.${host}` });
    for (let host = 1; host <= 4; host += 1) {
      fail(throttle, 5, login(host));
      clock.advance(1_000);
    }
    expect([1, 2, 3, 4].map((host) => throttle.lockedSeconds(login(host)))).toEqual([0, 57, 58, 59]);
    expect(throttle.size).toBe(3);
  });
});

test('each line is logged once a minute, and only so many', () => {
  const clock = new FakeClock();
  const throttle = new LogThrottle({ clock, maxPerMinute: 2 });
  expect(['a', 'a', 'b', 'c', 'b'].map((line) => throttle.shouldLog(line))).toEqual([true, false, true, false, false]);
  clock.advance(60_000);
  expect(['c', 'a', 'c'].map((line) => throttle.shouldLog(line))).toEqual([true, true, false]);
});
