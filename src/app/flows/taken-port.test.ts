import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLog } from '#base/log.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { freePort } from '#testing/base/free-port.ts';
import { apiCall } from '#testing/harness/api-call.ts';
import { SipPeer } from '#testing/peers/sip-peer.ts';
import { TextPhone } from '#testing/peers/text-phone.ts';
import { createApp } from '#app/app.ts';
import { parseOptions } from '#options/options.ts';

const host = '127.0.0.1';

// As where Home Assistant's Voice over IP was there first.
describe('a house whose UDP port for phones another program holds', () => {
  let stack: AsyncDisposableStack;
  let folder: string;
  let port: number;
  let holder: Socket;
  const clock = new FakeClock();
  const restart = vi.fn();
  beforeEach(async () => {
    stack = new AsyncDisposableStack();
    folder = mkdtempSync(join(tmpdir(), 'gosip-taken-'));
    stack.defer(() => rmSync(folder, { recursive: true, force: true }));
    port = await freePort(host);
    holder = createSocket('udp4');
    await new Promise<void>((resolve) => holder.bind(port, host, resolve));
    restart.mockClear();
  });
  afterEach(() => stack.disposeAsync());
  const release = () => new Promise<void>((resolve) => holder.close(resolve));

  const start = async (listen: readonly string[]) => {
    const read = parseOptions({ data_directory: folder, http_host: host, http_port: 0, media: 'direct', sip_listen: listen });
    if (read.kind === 'problems') throw new Error(read.problems.join('; '));
    return createApp(read.options, { log: createLog({ level: 'silent' }), clock, isReplyStrict: true, restart });
  };
  const both = () => [`udp:${host}:${port}`, `tcp:${host}:${port}`];

  it('takes phones by TCP, says what to do, and begins anew when the port is free', async () => {
    const app = stack.use(await start(both()));
    expect(app.sip).toEqual([`tcp:${host}:${port}`]);
    expect(app.warnings).toEqual([expect.stringMatching(`^Cannot listen on UDP ${host}:${port}: the port is in use by `)]);
    const ask = apiCall(`http://${host}:${app.http.port}`, app.adminToken ?? '');
    const { username, secret } = await ask<Record<string, string>>('POST', '/devices', { name: 'Kitchen', type: 'softphone' });
    const peer = stack.use(await SipPeer.tcp({ address: host, port }));
    const phone = new TextPhone(peer, { via: 'TCP', login: { username: username ?? '', password: secret ?? '' } });
    expect((await phone.register()).status).toBe(200);
    const { open } = await ask<{ open: { alertId: string; about: string; message: string }[] }>('GET', '/system/alerts');
    expect(open).toContainEqual(expect.objectContaining({ alertId: 'sip-port-taken', about: `udp:${host}:${port}` }));
    const { parts } = await ask<{ parts: { name: string; status: string }[] }>('GET', '/system/health');
    expect(parts.find(({ name }) => name === 'engine')?.status).toBe('degraded');

    await clock.advanceAsync(60_000);
    expect(restart).not.toHaveBeenCalled();
    await release();
    await clock.advanceAsync(30_000);
    await vi.waitFor(() => expect(restart).toHaveBeenCalledTimes(1));
  });

  it('does not start without any port for phones, and says in one sentence what to do', async () => {
    await expect(start([`udp:${host}:${port}`])).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(/^Cannot listen on UDP .* the port is in use by .* give GoSIP another port/),
    });
    await release();
  });
});
