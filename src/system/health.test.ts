import { describe, expect, it } from 'vitest';
import { healthParts } from '#contract/system.ts';
import type { Probe } from '#contract/system.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { Health } from './health.ts';

const ok: Probe = () => ({ status: 'ok', message: 'Fine' });
const degraded: Probe = async () => ({ status: 'degraded', message: 'Slow' });
const down: Probe = () => ({ status: 'down', message: 'Gone' });

describe('health', () => {
  it.each([
    ['ok', [ok, ok]],
    ['degraded', [ok, degraded]],
    ['down', [degraded, down, ok]],
    ['ok', []],
  ] as const)('is %s where that is the worst part', async (status, probes) => {
    const health = new Health(new FakeClock());
    for (const [index, probe] of probes.entries()) health.watch(healthParts[index]!, probe);
    expect((await health.report()).status).toBe(status);
  });

  it('reports the parts in the order of the contract, the start and the uptime', async () => {
    const clock = new FakeClock();
    const health = new Health(clock);
    health.watch('trunks', degraded);
    health.watch('storage', ok);
    clock.advance(90_500);
    expect(await health.report()).toEqual({
      status: 'degraded',
      startedAt: '2026-01-01T12:00:00.000Z',
      uptimeSeconds: 90,
      parts: [
        { name: 'storage', status: 'ok', message: 'Fine' },
        { name: 'trunks', status: 'degraded', message: 'Slow' },
      ],
    });
  });

  it.each([
    ['ok', 'where only what is outside has a fault', { storage: ok, engine: ok, Twilio: down, key: down }],
    ['degraded', 'where nothing is saved, however bad that is: a restart would cost calls', { storage: down, engine: ok }],
    ['degraded', 'where one transport is silent', { storage: ok, transports: degraded }],
  ] as const)('tells strangers %s %s', async (status, _where, probes) => {
    const health = new Health(new FakeClock());
    for (const [name, probe] of Object.entries(probes)) health.watch(name as keyof typeof probes, probe);
    expect(await health.status()).toBe(status);
  });

  it('tells strangers that no phone can call by the status on which a watchdog restarts', async () => {
    const health = new Health(new FakeClock());
    health.watch('transports', down);
    await expect(health.status()).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('looks once in five seconds, however many strangers ask', async () => {
    const clock = new FakeClock();
    const health = new Health(clock);
    let looks = 0;
    health.watch('engine', () => {
      looks += 1;
      return { status: 'ok', message: '' };
    });
    await Promise.all(Array.from({ length: 100 }, () => health.status()));
    clock.advance(4_999);
    await health.status();
    expect(looks).toBe(1);
    clock.advance(1);
    await health.status();
    expect(looks).toBe(2);
  });

  it('takes a probe that fails as its own part being down', async () => {
    const health = new Health(new FakeClock());
    health.watch('storage', ok);
    health.watch('engine', () => {
      throw new Error('No answer');
    });
    expect(await health.report()).toMatchObject({
      status: 'down',
      parts: [{ status: 'ok' }, { name: 'engine', status: 'down', message: 'No answer' }],
    });
  });
});
