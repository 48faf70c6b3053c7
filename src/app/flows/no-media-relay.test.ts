import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Baresip } from '#testing/peers/baresip.ts';
import { House } from '#testing/harness/house.ts';

// A machine without rtpengine.
test('without rtpengine the phones of the house talk, and calls outside say why they cannot', async () => {
  const trunk = { name: 'provider', host: '127.0.0.5', port: 5999 };
  await using stack = new AsyncDisposableStack();
  const dataDirectory = await mkdtemp(join(tmpdir(), 'gosip-no-relay-'));
  stack.defer(() => rm(dataDirectory, { recursive: true, force: true }));
  const options = { dataDirectory, environment: { PATH: '/nonexistent', GOSIP_COUNTRY: 'CA' } };
  const first = await House.start({ ...options, trunks: [trunk] });
  const { token } = first;
  await first[Symbol.asyncDispose]();
  await using house = await House.start({ ...options, token });
  await house.program.printed(
    /ATTENTION +Trunk calls have no audio until rtpengine is installed: sudo apt-get install rtpengine-daemon/,
  );
  const registrar = `${house.address}:${house.sipPort}`;
  const phone = async (extension: string, toneHz: number, answer: 'auto' | 'manual') => {
    const { username, password } = await house.addDevice(extension);
    const started = await Baresip.start({ address: '127.0.0.1', username, password, registrar, toneHz, answer });
    await started.waitForEvent('REGISTER_OK');
    return started;
  };
  await using one = await phone('21', 440, 'manual');
  await using other = await phone('22', 700, 'auto');

  one.dial(`sip:6135550188@${registrar}`);
  expect((await one.waitForEvent('CALL_CLOSED')).param).toContain('503');
  const { items } = await house.api<{ items: { disposition: string; reason: string }[] }>('GET', '/cdrs');
  expect(items[0]).toMatchObject({ disposition: 'failed', reason: 'no-media' });

  one.dial(`sip:22@${registrar}`);
  await one.waitForEvent('CALL_ESTABLISHED');
  await expect.poll(() => other.heard(440), { timeout: 20_000, interval: 250 }).toBeGreaterThan(0.9);
  await expect.poll(() => one.heard(700), { timeout: 20_000, interval: 250 }).toBeGreaterThan(0.9);

  const { status, parts } = await house.api<{ status: string; parts: { name: string; status: string }[] }>(
    'GET',
    '/system/health',
  );
  expect(status).toBe('degraded');
  expect(parts.find(({ name }) => name === 'media relay')?.status).toBe('degraded');
});

test('without rtpengine a house without a trunk misses nothing, and says so', async () => {
  await using house = await House.start({ environment: { PATH: '/nonexistent', GOSIP_COUNTRY: 'CA' } });
  const { parts } = await house.api<{ parts: { name: string; status: string; message: string }[] }>('GET', '/system/health');
  expect(parts.find(({ name }) => name === 'media relay')).toMatchObject({
    status: 'ok',
    message: expect.stringContaining('Nothing to relay'),
  });
});

test('a house that is killed leaves no rtpengine behind', async () => {
  const house = await House.start({ environment: { GOSIP_LOG_LEVEL: 'info' } });
  const pid = Number((await house.program.printed(/"pid":(\d+)[^\n]*"msg":"rtpengine is ready"/))[1]);
  process.kill(pid, 0);
  await house.program.stop('SIGKILL');
  await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false);
  await house[Symbol.asyncDispose]();
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
