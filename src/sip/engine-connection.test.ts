import { expect, test } from 'vitest';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { lateEngineWarning, waitForEngine } from './engine-connection.ts';

test('the start goes on at once when the engine answers, and leaves no timer behind', async () => {
  const clock = new FakeClock();
  expect(await waitForEngine(Promise.resolve(), clock)).toBe('connected');
});

test('the start goes on without an engine that does not answer within 5 seconds, and a later refusal is harmless', async () => {
  const clock = new FakeClock();
  const connecting = Promise.withResolvers<void>();
  let result: string | undefined;
  const waiting = waitForEngine(connecting.promise, clock).then((one) => (result = one));
  clock.advance(4_999);
  await Promise.resolve();
  expect(result).toBeUndefined();
  clock.advance(1);
  expect(await waiting).toBe('late');
  connecting.reject(new Error('refused'));
});

test('a refused secret ends the start in the words of the option', async () => {
  const refused = waitForEngine(Promise.reject(new Error('auth')), new FakeClock());
  await expect(refused).rejects.toMatchObject({ code: 'unauthorized', message: expect.stringContaining('sip_engine_secret') });
});

test('the warning names where a native engine should be', () => {
  expect(lateEngineWarning({ host: '192.0.2.1', port: 9022 })).toContain('The SIP engine at 192.0.2.1:9022 does not respond yet');
  expect(lateEngineWarning(undefined)).toContain('The SIP engine does not respond yet');
});
