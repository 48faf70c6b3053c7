import { describe, expect, it } from 'vitest';
import { FakeClock } from '#testing/harness/fake-clock.ts';
import { SignInAttempts } from './sign-in-attempts.ts';

function failTimes(attempts: SignInAttempts, address: string, times: number) {
  for (let time = 0; time < times; time += 1) attempts.failed(address);
}

describe('failed sign-ins', () => {
  it('lock at the fifth within a minute, for 15 minutes', () => {
    const clock = new FakeClock();
    const attempts = new SignInAttempts(clock);
    failTimes(attempts, '192.0.2.1', 4);
    expect(attempts.lockedSeconds('192.0.2.1')).toBe(0);
    attempts.failed('192.0.2.1');
    expect(attempts.lockedSeconds('192.0.2.1')).toBe(900);
    expect(attempts.lockedSeconds('192.0.2.2')).toBe(0);
    clock.advance(899_001);
    expect(attempts.lockedSeconds('192.0.2.1')).toBe(1);
    clock.advance(999);
    expect(attempts.lockedSeconds('192.0.2.1')).toBe(0);
  });

  it.each([-3 * 86_400_000, 8 * 3_600_000])('lock for as long though the clock of the machine is set by %i ms', (byMs) => {
    const clock = new FakeClock();
    const attempts = new SignInAttempts(clock);
    failTimes(attempts, '192.0.2.1', 5);
    clock.jump(byMs);
    clock.advance(899_000);
    expect(attempts.lockedSeconds('192.0.2.1')).toBe(1);
    clock.advance(1000);
    expect(attempts.lockedSeconds('192.0.2.1')).toBe(0);
  });

  it('forget what is older than a minute', () => {
    const clock = new FakeClock();
    const attempts = new SignInAttempts(clock);
    for (let time = 0; time < 20; time += 1) {
      attempts.failed('192.0.2.1');
      clock.advance(15_001);
    }
    expect(attempts.lockedSeconds('192.0.2.1')).toBe(0);
  });

  it.each([
    ['2001:db8:1:2::1', '2001:db8:1:2:ffff::9', true],
    ['2001:db8::1', '2001:db8:0:0:1::', true],
    ['2001:db8:1:2::1', '2001:db8:1:102::1', false],
    ['::ffff:192.0.2.1', '192.0.2.1', true],
    ['fe80::1%eth0', 'fe80::2', true],
  ])('take %s and %s as one house: %s', (first, second, isSame) => {
    const attempts = new SignInAttempts(new FakeClock());
    failTimes(attempts, first, 5);
    expect(attempts.lockedSeconds(second) > 0).toBe(isSame);
  });

  it('stay within bounds in a flood of addresses, which lifts no lock', () => {
    const clock = new FakeClock();
    const attempts = new SignInAttempts(clock);
    failTimes(attempts, '192.0.2.1', 5);
    for (let index = 0; index < 12_000; index += 1) attempts.failed(`10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`);
    expect(attempts.size).toBe(10_000);
    expect(attempts.lockedSeconds('192.0.2.1')).toBe(900);
    clock.advance(15 * 60_000);
    attempts.sweep();
    expect(attempts.size).toBe(0);
  });
});
