import { describe, expect, it } from 'vitest';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { Presence } from './presence.ts';

function presence() {
  const clock = new FakeClock();
  const seen = { probes: 0, arrivals: 0 };
  const it = new Presence({ clock, probe: () => void (seen.probes += 1), onThere: () => void (seen.arrivals += 1) });
  return { clock, seen, it };
}

describe('Home Assistant at the broker', () => {
  it('is there once somebody hears a state of ours, and is asked for every two seconds until then', () => {
    const { clock, seen, it: presenceOf } = presence();
    presenceOf.connected(true);
    presenceOf.answered(false);
    clock.advance(6000);
    expect(seen).toEqual({ probes: 3, arrivals: 0 });
    expect(presenceOf.isThere).toBe(false);
    presenceOf.answered(true);
    presenceOf.answered(true);
    expect([presenceOf.isThere, seen.arrivals, clock.pending]).toEqual([true, 1, 0]);
  });

  it('counts as there after five minutes without a sign: other listeners may wait', () => {
    const { clock, it: presenceOf } = presence();
    presenceOf.connected(true);
    clock.advance(299_000);
    expect(presenceOf.isThere).toBe(false);
    clock.advance(1000);
    expect([presenceOf.isThere, clock.pending]).toEqual([true, 0]);
  });

  it('is taken to be there when GoSIP starts at a broker without reasons, and is awaited when that broker restarted', () => {
    const { clock, seen, it: presenceOf } = presence();
    presenceOf.connected(false);
    expect(presenceOf.isThere).toBe(true);
    presenceOf.disconnected();
    presenceOf.connected(false);
    presenceOf.answered(true);
    clock.advance(14_000);
    expect([presenceOf.isThere, seen.probes]).toEqual([false, 0]);
    clock.advance(1000);
    expect(presenceOf.isThere).toBe(true);
  });

  it('is awaited after its goodbye, until it says that it is back', () => {
    const { clock, seen, it: presenceOf } = presence();
    presenceOf.connected(false);
    presenceOf.left();
    clock.advance(60_000);
    expect(presenceOf.isThere).toBe(false);
    presenceOf.arrived();
    expect([presenceOf.isThere, seen.arrivals, clock.pending]).toEqual([true, 2, 0]);
  });
});
