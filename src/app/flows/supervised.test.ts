import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { writeSupervisorOptions } from '#options/supervisor-options.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { freePort } from '#testing/base/free-port.ts';
import { anna, ben, SupervisedHouse } from '#testing/home-assistant/supervised-house.ts';

// A house that runs as an app of Home Assistant: what comes late, goes away, or changes there.
describe('a house under the Supervisor', () => {
  const clock = new FakeClock();
  const restart = vi.fn();
  let stack: AsyncDisposableStack;
  let house: SupervisedHouse;
  beforeEach(async () => {
    stack = new AsyncDisposableStack();
    restart.mockClear();
    house = await SupervisedHouse.prepare({ clock, restart });
  });
  afterEach(async () => {
    await stack.disposeAsync();
    await house[Symbol.asyncDispose]();
  });

  /** Moves time, so slowly that what is asked over sockets is answered. */
  const until = async (holds: () => Promise<boolean> | boolean) => {
    for (let round = 0; !(await holds()); round += 1) {
      if (round > 2000) throw new Error('It never came to that');
      await clock.advanceAsync(200);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  const roleOf = async (user: typeof anna) => {
    const response = await house.ask(house.proxy.openSession(user), '/api/auth/me');
    return response.status === 200 ? ((await response.json()) as { role: string }).role : response.status;
  };
  const isServed = async () => (await roleOf(anna)) === 'user';

  it.each([
    ['does not answer', (): unknown => (house.supervisor.isSilent = true), (): unknown => (house.supervisor.isSilent = false)],
    ['is not ready', (): unknown => (house.supervisor.state = 'setup'), (): unknown => (house.supervisor.state = 'running')],
    [
      'has not chosen a port',
      (): unknown => (house.supervisor.app.hasChosen = false),
      (): unknown => (house.supervisor.app.hasChosen = true),
    ],
  ])('starts while it %s, and lets people in as soon as it does', async (_how, break_, mend) => {
    break_();
    await house.open();
    expect(house.app.sip).toHaveLength(1);
    const response = await fetch(`http://127.0.0.1:${house.app.http.port}/api/health`);
    expect(response.status).toBe(200);
    await clock.advanceAsync(20_000);
    mend();
    await until(isServed);
  });

  it('stops at once while the Supervisor does not answer', async () => {
    house.supervisor.isSilent = true;
    await house.open();
    await house.close();
    house.supervisor.isSilent = false;
    await house.open();
    await until(isServed);
  });

  it('lets people in where this machine has not the address that the Supervisor looks for', async () => {
    house.supervisor.app.address = '198.51.100.1';
    await house.open();
    await until(isServed);
  });

  it('makes nobody an administrator for longer than a minute while Core is away, and does again by itself', async () => {
    await house.open();
    await until(async () => (await roleOf(ben)) === 'admin');
    await house.core.end();
    const wentAt = clock.monotonic();
    await until(async () => (await roleOf(ben)) === 'user');
    expect(clock.monotonic() - wentAt).toBeLessThan(62_000);
    expect((await house.ask(house.proxy.openSession(ben), '/api/users')).status).toBe(403);
    await house.core.begin();
    await until(async () => (await roleOf(ben)) === 'admin');
  });

  it('closes an administrator’s live stream when they are none any more, and opens it for what is theirs', async () => {
    await house.open();
    await until(async () => (await roleOf(ben)) === 'admin');
    const stream = await fetch(`${house.proxy.url}/api/events`, {
      headers: { Cookie: house.proxy.openSession(ben), Accept: 'text/event-stream' },
    });
    let hasEnded = false;
    const ended = stream.text().then(() => (hasEnded = true));
    await until(() => clock.monotonic() > 0);
    for (let n = 0; n < 8; n += 1) {
      await clock.advanceAsync(25_000);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(hasEnded).toBe(false);
    house.users = house.users.map((user) => (user['id'] === ben.id ? { ...user, group_ids: ['system-users'] } : user));
    await until(() => hasEnded);
    await ended;
    expect(await roleOf(ben)).toBe('user');
  });

  it('follows the port of the app’s page by beginning anew, once, and stays with what a person set by option', async () => {
    const [before, after] = [await freePort('127.0.0.1'), await freePort('127.0.0.1')];
    writeSupervisorOptions(house.folder, { sip_listen: [`udp:0.0.0.0:${before}`] });
    house.supervisor.app.network = { '5060/udp': after, '5060/tcp': null };
    await house.open();
    await until(isServed);
    await clock.advanceAsync(120_000);
    // The harness sets sip_listen.
    expect(restart).not.toHaveBeenCalled();
    await house.close();
    await house.open({ sip_listen: null });
    expect(house.app.sip).toContain(`udp:127.0.0.1:${before}`);
    await until(() => restart.mock.calls.length > 0);
    await house.close();
    restart.mockClear();
    await house.open({ sip_listen: null });
    expect(house.app.sip).toContain(`udp:127.0.0.1:${after}`);
    await until(isServed);
    await clock.advanceAsync(120_000);
    expect(restart).not.toHaveBeenCalled();
  });

  it('starts where another app has the port of the API, says so, and tells the health check where it is', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    await house.open({ http_port: port });
    expect(house.app.http.port).not.toBe(port);
    expect(house.app.warnings).toEqual([
      expect.stringMatching(`^The web port TCP ${port} .* the API is at port ${house.app.http.port};`),
    ]);
    const file = join(house.folder, 'http-port');
    expect(readFileSync(file, 'utf8')).toBe(`${house.app.http.port}\n`);
    await until(isServed);
    await house.close();
    await new Promise<void>((resolve) => other.close(() => resolve()));
    await house.open({ http_port: port });
    expect([house.app.http.port, house.app.warnings, existsSync(file)]).toEqual([port, [], false]);
  });

  it('starts where another app has the port of Twilio’s webhooks, and takes it when it is free', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    await house.open({ public_url: 'https://house.example', public_http_host: '127.0.0.1', public_http_port: port });
    expect(house.app.publicHttp).toBeUndefined();
    await until(isServed);
    await new Promise<void>((resolve) => other.close(() => resolve()));
    const isHealthy = () =>
      fetch(`http://127.0.0.1:${port}/healthz`).then(
        ({ ok }) => ok,
        () => false,
      );
    await until(isHealthy);
  });

  it('takes the broker that another app provides, when it does', async () => {
    const heard: string[] = [];
    const broker: Server = createServer((socket) => socket.on('data', (bytes) => heard.push(bytes.toString('latin1'))));
    await new Promise<void>((resolve) => broker.listen(0, '127.0.0.1', resolve));
    stack.defer(() => new Promise<void>((resolve) => broker.close(() => resolve())));
    await house.open();
    await clock.advanceAsync(60_000);
    expect(house.supervisor.asked).toContain('GET /services/mqtt');
    expect(heard).toEqual([]);
    const { port } = broker.address() as AddressInfo;
    house.supervisor.mqtt = { host: '127.0.0.1', port, username: 'addons', password: 'secret-of-the-broker' };
    await until(() =>
      heard.some((text) => text.includes('MQTT') && text.includes('addons') && text.includes('secret-of-the-broker')),
    );
  });
});
