import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '#testing/base/free-port.ts';
import { makeCertificate } from '#testing/base/tls-certificate.ts';
import { House } from '#testing/harness/house.ts';
import { SimulatedPhone } from '#testing/peers/simulated-phone.ts';

// Faults on purpose at the real process: health says which part has one, and calls go on.
const address = '127.0.0.1';
const slow = { timeout: 40_000, interval: 500 };
const protocols = ['udp', 'tcp', 'tls', 'ws', 'wss'] as const;
type Protocol = (typeof protocols)[number];
type Part = { readonly name: string; readonly status: string; readonly message: string };

let stack: AsyncDisposableStack;
let house: House;
let ports: Record<Protocol, number>;
let deafPorts = '';
let caller: SimulatedPhone;
let callee: SimulatedPhone;

beforeAll(async () => {
  stack = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), 'gosip-health-'));
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  const certificate = makeCertificate();
  stack.defer(certificate.remove);
  deafPorts = join(folder, 'deaf-ports');
  makeDeaf();
  const free: number[] = [];
  for (const _protocol of protocols) free.push(await freePort(address));
  ports = Object.fromEntries(protocols.map((protocol, index) => [protocol, free[index] ?? 0])) as Record<Protocol, number>;
  house = stack.use(
    await House.start({
      sipPort: ports.udp,
      nodeFlags: ['--import', join(import.meta.dirname, '../../testing/harness/deaf-listeners.mjs')],
      environment: {
        DEAF_PORTS: deafPorts,
        GOSIP_SIP_LISTEN: protocols.map((protocol) => `${protocol}:${address}:${ports[protocol]}`).join(','),
        GOSIP_SIP_TLS_KEY: certificate.keyFile,
        GOSIP_SIP_TLS_CERT: certificate.certFile,
      },
    }),
  );
  [caller, callee] = [await addPhone('21'), await addPhone('22')];
});
afterAll(() => stack.disposeAsync());

async function addPhone(extension: string): Promise<SimulatedPhone> {
  const { username, password } = await house.addDevice(extension);
  const phone = stack.use(await SimulatedPhone.start({ address, username, password, registrar: house.registrar }));
  expect(await phone.register()).toBe(200);
  return phone;
}

function makeDeaf(...deaf: readonly Protocol[]): void {
  // Read at any moment: never half written.
  writeFileSync(`${deafPorts}.new`, JSON.stringify(deaf.map((protocol) => ports[protocol])));
  renameSync(`${deafPorts}.new`, deafPorts);
}

async function part(name: string): Promise<Part | undefined> {
  const { parts } = await house.api<{ parts: Part[] }>('GET', '/system/health');
  return parts.find((one) => one.name === name);
}

/** What anybody learns, without a token. */
async function status(): Promise<unknown> {
  const response = await fetch(`http://${address}:${house.httpPort}/api/health`);
  return [response.status, await response.json()];
}

async function callGoesThrough(): Promise<void> {
  const rang = callee.incomingCall();
  const call = caller.call('22');
  callee.answer(await rang);
  await call.reached('answered');
  await caller.hangup(call);
}

const unavailable = [
  503,
  { error: { code: 'UNAVAILABLE', message: expect.stringContaining('Phones cannot register') as string } },
];

test('a listener that hears nothing any more is named, calls by the others go on, and a watchdog does not restart the house', async () => {
  await expect.poll(() => part('transports'), slow).toMatchObject({ message: 'Answers OPTIONS by UDP, TCP, TLS, WS, WSS' });
  expect(await status()).toEqual([200, { status: 'ok' }]);
  makeDeaf('tls', 'ws');
  const silent = `TLS ${address}:${ports.tls} (no answer within 3 seconds), WS ${address}:${ports.ws} (no answer within 3 seconds)`;
  await expect
    .poll(() => part('transports'), slow)
    .toEqual({
      name: 'transports',
      status: 'degraded',
      message: `OPTIONS is not answered by ${silent}: phones that use it cannot register or call`,
    });
  await callGoesThrough();
  await expect.poll(status, slow).toEqual([200, { status: 'degraded' }]);

  makeDeaf('udp', 'tcp', 'wss');
  const message = new RegExp(`UDP ${address}:${ports.udp}.*TCP ${address}:${ports.tcp}.*WSS ${address}:${ports.wss} `);
  await expect.poll(() => part('transports'), slow).toMatchObject({ message: expect.stringMatching(message) as string });
  expect((await part('transports'))?.message).not.toMatch(/TLS|WS 1/);
});

test('where no listener hears anything the status is one on which a watchdog restarts, and says no more', async () => {
  makeDeaf(...protocols);
  await expect.poll(status, slow).toMatchObject(unavailable);
  expect(await part('transports')).toMatchObject({ status: 'down' });
  expect(await part('control connection')).toMatchObject({ status: 'ok' });
  makeDeaf();
  await expect.poll(() => part('transports'), slow).toMatchObject({ status: 'ok' });
  await expect.poll(status, slow).toEqual([200, { status: 'ok' }]);
});

test('a database that another program holds is said, calls go on, and it is over with the lock', async () => {
  const other = new SqliteDatabase(join(house.dataDirectory, 'gosip.db'));
  other.exec('BEGIN IMMEDIATE');
  try {
    await expect
      .poll(() => part('storage'), slow)
      .toMatchObject({ status: 'degraded', message: expect.stringContaining('is in use by another program') as string });
    await callGoesThrough();
    await expect.poll(status, slow).toEqual([200, { status: 'degraded' }]);
  } finally {
    other.close();
  }
  await expect.poll(() => part('storage'), slow).toMatchObject({ status: 'ok' });
});

test('a stranger learns one word of it, and an admin alone which part it is', async () => {
  await expect.poll(status, slow).toEqual([200, { status: 'ok' }]);
  const answers = await Promise.all(Array.from({ length: 200 }, () => status()));
  expect(new Set(answers.map((one) => JSON.stringify(one)))).toEqual(new Set(['[200,{"status":"ok"}]']));
  expect((await fetch(`http://${address}:${house.httpPort}/api/system/health`)).status).toBe(401);
});
