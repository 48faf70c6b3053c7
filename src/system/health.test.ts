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
