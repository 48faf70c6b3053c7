import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { SupervisorStandIn } from '#testing/home-assistant/supervisor-stand-in.ts';
import { Supervisor } from './supervisor.ts';

describe('the Supervisor', () => {
  let standIn: SupervisorStandIn;
  const clock = new FakeClock();
  const client = (token = standIn.token) => new Supervisor({ url: standIn.url, token, clock });
  beforeEach(async () => {
    standIn = await SupervisorStandIn.start();
    standIn.app.ingressPort = 62_123;
  });
  afterEach(() => standIn[Symbol.asyncDispose]());

  it('says who we are, and the ports as the user edited them', async () => {
    standIn.app.network = { '5060/udp': 5062, '5060/tcp': null };
    expect(await client().self()).toEqual({
      slug: 'a0d7b954_gosip',
      address: '127.0.32.1',
      ingressPort: 62_123,
      network: { '5060/udp': 5062, '5060/tcp': null },
    });
    standIn.app.network = null;
    standIn.app.ingressPort = 0;
    expect(await client().self()).toMatchObject({ ingressPort: undefined, network: {} });
  });

  it('names the broker that another app provides, or none', async () => {
    expect(await client().mqtt()).toBeUndefined();
    standIn.mqtt = { host: 'core-mosquitto', port: 1883, username: 'addons', password: 'secret' };
    const broker = { url: 'mqtt://core-mosquitto:1883', username: 'addons', password: 'secret', source: 'supervisor' };
    expect(await client().mqtt()).toEqual(broker);
    standIn.mqtt = { host: 'fd00::7', port: 8883, ssl: true };
    expect(await client().mqtt()).toEqual({ url: 'mqtts://[fd00::7]:8883', source: 'supervisor' });
  });

  it('says where Core is, the time zone, and the address of the house’s network', async () => {
    expect(await client().coreInfo()).toEqual({ version: '2026.11.0', address: '172.30.32.1', port: 80, isSecure: false });
    expect(await client().info()).toEqual({ timeZone: 'Europe/Berlin', hostname: 'homeassistant' });
    expect(await client().network()).toEqual({ name: 'end0', ipv4: '192.168.1.5', ipv6: '2001:db8::5' });
    standIn.interfaces = standIn.interfaces.map((one) => ({ ...one, connected: false }));
    expect(await client().network()).toBeUndefined();
  });

  it.each(['initialize', 'setup', 'shutdown', 'stopping'])(
    'is not ready in the state %s, which is no "there is no broker"',
    async (state) => {
      standIn.state = state;
      for (const ask of [() => client().self(), () => client().mqtt(), () => client().info()]) {
        await expect(ask()).rejects.toMatchObject({ code: 'unavailable', message: expect.stringContaining('not ready') });
      }
      standIn.state = 'startup';
      expect(await client().mqtt()).toBeUndefined();
    },
  );

  it('is asked only for what our role allows', async () => {
    standIn.app.hasApi = false;
    expect((await client().self()).slug).toBe('a0d7b954_gosip');
    expect((await client().info()).timeZone).toBe('Europe/Berlin');
    await expect(client().network()).rejects.toMatchObject({ code: 'forbidden' });
    standIn.app.services = {};
    await expect(client().mqtt()).rejects.toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('No access to mqtt'),
    });
  });

  it('refuses the token of an earlier start, and one that is none', async () => {
    await expect(client('of-an-earlier-start').self()).rejects.toMatchObject({ code: 'forbidden' });
    await expect(client('').self()).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('is given up after five seconds without an answer', async () => {
    standIn.isSilent = true;
    const asked = client().self();
    const refused = expect(asked).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('does not answer'),
    });
    while (standIn.asked.length === 0) await new Promise((resolve) => setImmediate(resolve));
    clock.advance(5_000);
    await refused;
  });

  it('is given up where it is not there', async () => {
    const { url, token } = standIn;
    await standIn[Symbol.asyncDispose]();
    await expect(new Supervisor({ url, token, clock }).self()).rejects.toMatchObject({ code: 'unavailable' });
    standIn = await SupervisorStandIn.start();
  });

  it.each([
    ['no JSON', '<html>'],
    ['no envelope', '{"slug":"x"}'],
    [
      'data of another shape',
      '{"result":"ok","data":{"slug":"x","ip_address":"here","ingress_port":99999,"network":{},"host_network":true}}',
    ],
  ])('that answers %s is a fault with the fields in it, never a guess', async (_what, text) => {
    const server = createServer((_request, response) => response.end(text));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await expect(new Supervisor({ url, token: 'x', clock }).self()).rejects.toMatchObject({
      code: 'internal',
      message: expect.stringContaining('in another shape'),
    });
    await new Promise((resolve) => server.close(resolve));
  });
});
