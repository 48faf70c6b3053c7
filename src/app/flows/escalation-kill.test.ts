import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { House } from '#testing/harness/house.ts';
import type { Alarm } from '#testing/harness/alarm-house.ts';
import { VoicePhone } from '#testing/peers/voice-phone.ts';

// The real process is killed while an alarm rings, and once more as soon as somebody has it.
test('an alarm outlives kill -9 of the house: whoever was rung is rung again, and it has one taker', async () => {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'gosip-alarm-kill-'));
  await using stack = new AsyncDisposableStack();
  stack.defer(() => rmSync(dataDirectory, { recursive: true, force: true }));
  const environment = { GOSIP_MEDIA: 'direct' };
  let house = stack.use(await House.start({ dataDirectory, environment }));
  const { sipPort, token, address, registrar } = house;
  const restart = async (): Promise<void> => {
    process.kill(house.program.pid, 'SIGKILL');
    await house.program.ended;
    house = stack.use(await House.start({ dataDirectory, sipPort, token, environment }));
  };
  const person = await house.api<{ id: string }>('POST', '/users', { username: 'anna', name: 'Anna' });
  const { username, password } = await house.addDevice('21', { personId: person.id });
  const login = { address, username, password, registrar, incomingCallAction: 'ring' } as const;
  const anna = stack.use(await VoicePhone.start(login));
  await anna.phone.register();
  const steps = [{ targets: [{ kind: 'person', id: person.id }], seconds: 120 }];
  const chain = await house.api<{ id: string }>('POST', '/escalation-chains', { name: 'Smoke', steps, rounds: 1 });
  const request = { chainId: chain.id, message: { kind: 'prompt', name: 'call-for-help' }, idempotencyKey: 'smoke' };
  const first = anna.phone.incomingCall(60);
  const { id } = await house.api<Alarm>('POST', '/escalations', request);
  await first;
  const again = anna.phone.incomingCall(60);
  await restart();
  const call = await again;
  // Whoever sent the request did not hear of the kill and repeats it.
  expect((await house.api<Alarm>('POST', '/escalations', request)).id).toBe(id);
  anna.phone.answer(call);
  await call.reached('answered', 60);
  await vi.waitFor(() => expect(anna.hasHeard('press-to-take')).toBe(true), { timeout: 60_000, interval: 100 });
  anna.press(call, '1');
  const alarm = () => house.api<Alarm>('GET', `/escalations/${id}`);
  await vi.waitFor(async () => expect((await alarm()).state).toBe('taken'), { timeout: 30_000, interval: 20 });
  const callsBefore = anna.phone.calls.length;
  await restart();
  expect(await alarm()).toMatchObject({
    state: 'taken',
    takenBy: { name: 'Anna', by: 'key' },
    legs: [{ outcome: 'interrupted' }, { outcome: 'took' }],
  });
  expect(anna.phone.calls).toHaveLength(callsBefore);
  await house.program.stop();
}, 240_000);
