import { spawnSync } from 'node:child_process';
import { chownSync, cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join, matchesGlob } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { AppImage, missingForImage } from '#testing/home-assistant/app-image.ts';
import type { AppContainer } from '#testing/home-assistant/app-image.ts';
import { IngressProxy } from '#testing/home-assistant/ingress-proxy.ts';
import { SupervisorStandIn } from '#testing/home-assistant/supervisor-stand-in.ts';
import { apiCall } from '#testing/harness/api-call.ts';
import type { ApiCall } from '#testing/harness/api-call.ts';
import { PhoneNetwork } from '#testing/peers/phone-network.ts';
import type { PhoneNetns } from '#testing/peers/phone-network.ts';
import { SimulatedPhone } from '#testing/peers/simulated-phone.ts';
import { requireProgram } from '#testing/peers/program.ts';

const root = join(import.meta.dirname, '../../..');
const manifest = parse(readFileSync(join(root, 'config.yaml'), 'utf8')) as {
  readonly version: string;
  readonly timeout: number;
  readonly options: object;
  readonly backup_pre: string;
  readonly backup_post: string;
  readonly backup_exclude: readonly string[];
};
const health = ['node', '/usr/local/bin/gosip-health.mjs'];

/** Of Supervisor, and of the apps on the host's network. */
const supervisorAddress = '172.30.32.2';
const appAddress = '172.30.32.1';
const anna = { id: 'a1b2c3d4e5f60718293a4b5c6d7e8f90', username: 'anna', name: 'Anna' };

type Device = { readonly extension: string; readonly username: string; readonly secret: string };
type Health = { readonly parts: readonly { readonly name: string; readonly status: string }[] };

// The app as Home Assistant OS runs it: the image itself, with the options of config.yaml that nobody has touched, in a network of its own.
describe.skipIf(missingForImage() !== undefined)('the image of the app', () => {
  const stack = new AsyncDisposableStack();
  let image: AppImage;
  let network: PhoneNetwork;
  let dataDirectory: string;
  let container: AppContainer;
  let address: string;
  let netns: PhoneNetns;
  let api: ApiCall;
  let kitchen: Device;
  let supervisor: SupervisorStandIn;
  let restored: string;

  beforeAll(async () => {
    image = await AppImage.build();
    network = stack.use(PhoneNetwork.make());
    dataDirectory = mkdtempSync(join(tmpdir(), 'gosip-image-'));
    stack.defer(() => rmSync(dataDirectory, { recursive: true, force: true }));
    // As Supervisor writes it.
    writeFileSync(join(dataDirectory, 'options.json'), JSON.stringify(manifest.options), { mode: 0o600 });
    netns = network.addNetns();
    address = netns.address;
    supervisor = stack.use(await SupervisorStandIn.start());
    supervisor.app = { ...supervisor.app, address: appAddress, ingressPort: 62_123 };
    ip('address', 'add', `${supervisorAddress}/24`, 'dev', network.bridge);
    ip('-n', netns.name, 'address', 'add', `${appAddress}/24`, 'dev', 'eth0');
    stack.use(await forward({ host: supervisorAddress, port: 80 }, supervisor.url));
    container = containerOf(dataDirectory);
  }, 900_000);
  afterAll(() => stack.disposeAsync(), 120_000);

  function containerOf(folder: string): AppContainer {
    const variables = { SUPERVISOR_TOKEN: supervisor.token, TZ: 'Europe/Berlin' };
    const hosts = { supervisor: supervisorAddress };
    return stack.use(image.createContainer({ netns, dataDirectory: folder, hosts, variables }));
  }

  /** As Supervisor copies /data into a backup and brings it back: without what config.yaml excludes, and all of it root's. */
  function restoredCopy(): string {
    const restored = mkdtempSync(join(tmpdir(), 'gosip-image-restored-'));
    stack.defer(() => rmSync(restored, { recursive: true, force: true }));
    const isKept = (path: string) => !manifest.backup_exclude.some((one) => matchesGlob(basename(path), basename(one)));
    cpSync(dataDirectory, restored, { recursive: true, filter: isKept });
    for (const path of readdirSync(restored, { recursive: true, encoding: 'utf8' })) chownSync(join(restored, path), 0, 0);
    return restored;
  }

  async function register({ username, secret }: Device): Promise<SimulatedPhone> {
    const at = { address: network.address, registrar: { host: address, port: 5060 } };
    const phone = await SimulatedPhone.start({ ...at, username, password: secret });
    expect(await phone.register()).toBe(200);
    return phone;
  }

  const addDevice = (extension: string) =>
    api<Device>('POST', '/devices', { name: `Phone ${extension}`, extension, type: 'softphone' });

  it('takes less than 450 MB unpacked', () => {
    expect(image.size).toBeLessThan(450);
  });

  it('says what Supervisor and Docker want to know', () => {
    expect(image.config.Labels).toMatchObject({
      'io.hass.type': 'app',
      'io.hass.arch': expect.stringMatching(/^(amd64|aarch64)$/),
      'io.hass.version': manifest.version,
    });
    expect(image.config.Healthcheck.Test).toEqual(['CMD', ...health]);
    expect(image.config.Cmd).toEqual(['gosip']);
  });

  it('is not healthy before phones can register', async () => {
    expect(await container.result(health)).toMatchObject({ code: 1, output: expect.stringContaining('does not answer') });
  });

  it('starts with options that root alone may read, and answers its health check', async () => {
    await container.start();
    expect(await container.result(health)).toEqual({ code: 0, output: '200 {"status":"ok"}\n' });
    const token = readFileSync(join(dataDirectory, 'first-admin-token'), 'utf8').trim();
    api = apiCall(`http://${address}:8080`, token);
  });

  it('lets a phone register and ring', async () => {
    kitchen = await addDevice('11');
    await using callee = await register(kitchen);
    await using caller = await register(await addDevice('12'));
    const incoming = callee.incomingCall();
    const call = caller.call('11');
    await incoming;
    await call.reached('answered');
    await caller.hangup(call);
  });

  it('opens its panel in Home Assistant, with all that the page needs', async () => {
    await using proxy = await IngressProxy.start({
      target: () => ({ host: appAddress, port: supervisor.app.ingressPort }),
      address: supervisorAddress,
    });
    const headers = { Cookie: proxy.openSession(anna) };
    const page = await fetch(`${proxy.url}/`, { headers });
    expect(page.status).toBe(200);
    const html = await page.text();
    const files = [...html.matchAll(/(?:src|href)="\.\/([^"]+)"/g)].map(([, path]) => path);
    expect(files.length).toBeGreaterThan(1);
    for (const path of files) expect((await fetch(`${proxy.url}/${path}`, { headers })).status, path).toBe(200);
    expect(supervisor.asked).toContain('GET /addons/self/info');
  });

  it('offers its blueprints', async () => {
    expect((await api<{ readonly blueprints: readonly unknown[] }>('GET', '/blueprints')).blueprints.length).toBeGreaterThan(3);
  });

  it('has the media relay and the voice of announcements', async () => {
    const { parts } = await api<Health>('GET', '/system/health');
    expect(parts.find(({ name }) => name === 'media relay')).toMatchObject({ status: 'ok' });
    const speech = await container.result(['espeak-ng', '--stdin', '--stdout', '-v', 'de'], 'Guten Tag');
    expect(speech.output).toMatch(/^RIFF/);
  });

  it('runs without root and without any capability, with all programs it starts', () => {
    const pids = [...container.pidsOf('start.mjs'), ...container.pidsOf('rtpengine')];
    expect(pids).toHaveLength(2);
    for (const pid of pids) {
      const status = readFileSync(`/proc/${pid}/status`, 'utf8');
      expect(status).toMatch(/^Uid:\t5060\t5060\t5060\t5060$/m);
      expect(status).toMatch(/^Groups:\t\s*$/m);
      expect(status).toMatch(/^CapEff:\t0+$/m);
      expect(status).toMatch(/^CapBnd:\t0+$/m);
      expect(status).toMatch(/^NoNewPrivs:\t1$/m);
    }
    expect(statSync(join(dataDirectory, 'gosip.db')).uid).toBe(5060);
  });

  it('is backed up while it runs, as the user whom the data belongs to', async () => {
    const { code, output } = await container.result([manifest.backup_pre]);
    expect(code, output).toBe(0);
    restored = restoredCopy();
    const copies = () => readdirSync(dataDirectory).filter((name) => name.includes('for-backup'));
    expect(copies().map((name) => statSync(join(dataDirectory, name)).uid)).toEqual([5060]);
    expect(await container.result([manifest.backup_post])).toMatchObject({ code: 0 });
    expect(copies()).toEqual([]);
    expect(readdirSync(restored)).not.toContain('compile-cache');
  });

  it('stops with exit code 0 within the time that Supervisor gives it', async () => {
    const begin = performance.now();
    expect(await container.stop(), container.output).toBe(0);
    expect(performance.now() - begin).toBeLessThan(manifest.timeout * 1000);
    expect(container.pidsOf('rtpengine')).toEqual([]);
  });

  it('knows its phones again after a restart', async () => {
    await container.start();
    await using phone = await register(kitchen);
    const { calls } = await callsOf(api);
    expect(phone.contact).toContain(kitchen.username);
    expect(calls).toBe(1);
    expect(await container.stop(), container.output).toBe(0);
  });

  it('starts from a backup that was brought back, and knows its phones', async () => {
    const other = containerOf(restored);
    await other.start();
    await using phone = await register(kitchen);
    expect(phone.contact).toContain(kitchen.username);
    expect(await other.stop(), other.output).toBe(0);
  });

  it('has an AppArmor profile that can be loaded', () => {
    requireProgram('apparmor_parser');
    const { status, stderr } = spawnSync('apparmor_parser', ['--skip-kernel-load', '--skip-cache', join(root, 'apparmor.txt')], {
      encoding: 'utf8',
    });
    expect(status, stderr).toBe(0);
  });
});

async function callsOf(api: ApiCall): Promise<{ calls: number }> {
  const { items } = await api<{ readonly items: readonly unknown[] }>('GET', '/cdrs');
  return { calls: items.length };
}

function ip(...args: readonly string[]): void {
  const { status, stderr } = spawnSync('ip', [...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`ip ${args.join(' ')}: ${stderr}`);
}

/** Carries what comes to an address of this machine to another. */
async function forward(from: { readonly host: string; readonly port: number }, to: string): Promise<AsyncDisposable> {
  const { hostname, port } = new URL(to);
  const server = createServer((near) => {
    const far = createConnection({ host: hostname, port: Number(port) });
    for (const socket of [near, far]) socket.on('error', () => [near, far].forEach((one) => one.destroy()));
    near.pipe(far).pipe(near);
  });
  server.listen(from);
  await once(server, 'listening');
  return { [Symbol.asyncDispose]: () => new Promise((resolve) => void server.close(() => resolve())) };
}
