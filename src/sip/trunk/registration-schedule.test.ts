import { describe, expect, it } from 'vitest';
import { initialRegistration, nextRegistration } from './registration-schedule.ts';
import type { RegistrationOutcome } from './registration-schedule.ts';

function run(outcomes: readonly RegistrationOutcome[]) {
  let state = initialRegistration;
  return outcomes.map((outcome) => {
    const next = nextRegistration(state, outcome);
    state = next.state;
    return next.afterSeconds;
  });
}

const ok = (expiresSeconds: number): RegistrationOutcome => ({ kind: 'registered', expiresSeconds });
const failed = (status: number, retryAfterSeconds?: number): RegistrationOutcome => ({
  kind: 'failed',
  status,
  retryAfterSeconds,
});

describe('the next registration at a trunk', () => {
  it.each<[string, RegistrationOutcome[], number[]]>([
    ['refreshes before it ends', [ok(3600), ok(60), ok(16), ok(10), ok(0)], [1800, 30, 15, 10, 1]],
    ['asks longer at once', [{ kind: 'too-brief', minExpires: 7200 }, ok(7200)], [0, 3600]],
    ['doubles where the trunk does not say how long', [{ kind: 'too-brief', minExpires: undefined }], [0]],
    ['does not turn in circles', [{ kind: 'too-brief', minExpires: 60 }], [60]],
    [
      'asks a trunk that says no ever more rarely',
      [failed(403), failed(403), failed(403), failed(403), failed(403)],
      [60, 180, 540, 1620, 1800],
    ],
    [
      'asks a trunk that is away soon, then every minute',
      [failed(503), failed(408), failed(500), failed(503), failed(503), failed(408)],
      [5, 10, 20, 40, 60, 60],
    ],
    ['honours Retry-After, but not for hours', [failed(503, 120), failed(503, 86_400), failed(403, 10)], [120, 600, 540]],
    ['forgets failures', [failed(403), ok(3600), failed(403)], [60, 1800, 60]],
  ])('%s', (_name, outcomes, expected) => {
    expect(run(outcomes)).toEqual(expected);
  });

  it('waits at most half an hour after a refusal, and a minute while the trunk is unreachable', () => {
    expect(Math.max(...run(Array.from({ length: 2_000 }, () => failed(403))))).toBe(1800);
    expect(Math.max(...run(Array.from({ length: 2_000 }, () => failed(503))))).toBe(60);
  });
});
