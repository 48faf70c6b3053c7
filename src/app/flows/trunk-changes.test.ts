import { afterAll, beforeAll, expect, test } from 'vitest';
import { createServer } from 'node:tls';
import { readFileSync } from 'node:fs';
import { once } from 'node:events';
import { freePort } from '#testing/base/free-port.ts';
import { makeCertificate } from '#testing/base/tls-certificate.ts';
import { House } from '#testing/harness/house.ts';
import { SimulatedPhone } from '#testing/peers/simulated-phone.ts';
import { TrunkRegistrar } from '#testing/peers/trunk-registrar.ts';

// Trunks that are added, changed and taken away while the house runs, at registrars that check what they are sent.
type State = { kind: string; sipStatus: number | null; reason: string | null; retryAt: string | null };
type Trunk = { id: string; name: string; host: string; hasPassword: boolean; state: State };
type Step = { step: string; outcome: string; sipStatus: number | null; detail: string | null };

const account = { username: 'house-42', password: 'trunk-secret' };
let stack: AsyncDisposableStack;
let house: House;
let provider: TrunkRegistrar;

beforeAll(async () => {
  stack = new AsyncDisposableStack();
  provider = stack.use(await TrunkRegistrar.start({ address: '127.0.0.61', ...account }));
  house = stack.use(
    await House.start({
      environment: {
        GOSIP_COUNTRY: 'DE',
        GOSIP_MEDIA: 'direct',
        GOSIP_LOG_LEVEL: 'debug',
        GOSIP_SIP_HOSTS: 'sip.moved.example=127.0.0.61',
      },
    }),
  );
});
afterAll(() => stack.disposeAsync());

const wanted = (more: object = {}) => ({
  name: 'Provider',
  host: provider.address,
  port: provider.port,
  register: true,
  ...account,
  ...more,
});
const stateOf = async (id: string) => (await house.api<Trunk>('GET', `/trunks/${id}`)).state;
const becomes = (id: string, kind: string) => expect.poll(async () => (await stateOf(id)).kind, { timeout: 30_000 }).toBe(kind);
const remove = (id: string) => house.api('DELETE', `/trunks/${id}`);

test('a trunk is registered as soon as it is added, gives its registration back when it is switched off, and takes it again', async () => {
  const { id } = await house.api<Trunk>('POST', '/trunks', wanted());
  await becomes(id, 'registered');
  expect(provider.contacts.size).toBe(1);
  await house.api('PATCH', `/trunks/${id}`, { enabled: false });
  await expect.poll(() => provider.contacts.size).toBe(0);
  expect(await stateOf(id)).toMatchObject({ kind: 'off' });
  await house.api('PATCH', `/trunks/${id}`, { enabled: true });
  await becomes(id, 'registered');
  await remove(id);
  await expect.poll(() => provider.contacts.size).toBe(0);
});

test('a change that does not concern the registration leaves it alone, and so does another name', async () => {
  const { id } = await house.api<Trunk>('POST', '/trunks', wanted());
  await becomes(id, 'registered');
  const before = provider.ofMethod('REGISTER').length;
  await house.api('PATCH', `/trunks/${id}`, { numbers: ['+4930123456'], callerIn: 'preferred' });
  expect((await house.api<{ items: { number: string }[] }>('GET', '/dids')).items.map(({ number }) => number)).toContain(
    '+4930123456',
  );
  expect(provider.ofMethod('REGISTER').length).toBe(before);
  await house.api('PATCH', `/trunks/${id}`, { name: 'Renamed' });
  await becomes(id, 'registered');
  expect(provider.contacts.size).toBe(1);
  await remove(id);
});

test('a wrong password is told from a blocked account, and mended without a restart', async () => {
  const { id } = await house.api<Trunk>('POST', '/trunks', wanted({ password: 'guess' }));
  await becomes(id, 'wrong-password');
  expect(await stateOf(id)).toMatchObject({ sipStatus: 401, reason: 'Unauthorized', retryAt: expect.any(String) });
  await house.api('PATCH', `/trunks/${id}`, { password: account.password });
  await becomes(id, 'registered');
  await remove(id);
  provider.refusal = '403 Account <b>blocked</b>';
  const blocked = await house.api<Trunk>('POST', '/trunks', wanted());
  await becomes(blocked.id, 'refused');
  expect(await stateOf(blocked.id)).toMatchObject({ sipStatus: 403, reason: 'Account <b>blocked</b>' });
  provider.refusal = undefined;
  await remove(blocked.id);
});

test('a provider that asks for a longer interval gets it', async () => {
  provider.minExpires = 7200;
  const { id } = await house.api<Trunk>('POST', '/trunks', wanted());
  await becomes(id, 'registered');
  expect(provider.ofMethod('REGISTER').at(-1)?.header('Expires')).toBe('7200');
  provider.minExpires = 0;
  await remove(id);
});

test('a name that leads nowhere is told from a server that does not answer', async () => {
  const lost = await house.api<Trunk>('POST', '/trunks', wanted({ name: 'Lost', host: 'nowhere.invalid' }));
  await becomes(lost.id, 'name-not-found');
  await remove(lost.id);
  const silent = await TrunkRegistrar.start({ address: '127.0.0.62', ...account });
  silent.isSilent = true;
  const { id } = await house.api<Trunk>('POST', '/trunks', wanted({ name: 'Silent', host: silent.address, port: silent.port }));
  await expect.poll(async () => (await stateOf(id)).kind, { timeout: 45_000 }).toBe('unreachable');
  silent.isSilent = false;
  await becomes(id, 'registered');
  await remove(id);
  await silent[Symbol.asyncDispose]();
}, 120_000);

test('a server whose certificate cannot be verified gets no password, and the state says why', async () => {
  const { keyFile, certFile, remove: removeCertificate } = makeCertificate(['DNS:sip.moved.example']);
  const server = createServer({ key: readFileSync(keyFile), cert: readFileSync(certFile) });
  const heard: string[] = [];
  server.on('secureConnection', (socket) => void socket.on('data', (bytes) => void heard.push(bytes.toString())));
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.61');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const { id } = await house.api<Trunk>('POST', '/trunks', wanted({ host: 'sip.moved.example', port, transport: 'tls' }));
  await becomes(id, 'certificate');
  expect(heard).toEqual([]);
  await remove(id);
  server.close();
  removeCertificate();
});

test('the order of trunks is the order of calls out; a call goes on while its trunk is changed and deleted', async () => {
  const registrar = { host: '127.0.0.1', port: house.sipPort };
  const far = (address: string) =>
    SimulatedPhone.start({ address, username: 'far', password: '', registrar, incomingCallAction: 'answer' });
  await using first = await far('127.0.0.63');
  await using second = await far('127.0.0.64');
  const portOf = (phone: SimulatedPhone) => Number(phone.contact.split(':').at(-1));
  const a = await house.api<Trunk>('POST', '/trunks', { name: 'A', host: '127.0.0.63', port: portOf(first) });
  const b = await house.api<Trunk>('POST', '/trunks', { name: 'B', host: '127.0.0.64', port: portOf(second) });
  const { username, password } = await house.addDevice('21');
  await using phone = await SimulatedPhone.start({ address: '127.0.0.65', registrar, username, password });
  await phone.register();
  const order = await house.api<{ items: { id: string }[] }>('PUT', '/trunk-order', { ids: [b.id, a.id] });
  expect(order.items.map(({ id }) => id)).toEqual([b.id, a.id]);
  const call = phone.call('030901820');
  await call.reached('answered', 30);
  expect([first.calls.length, second.calls.length]).toEqual([0, 1]);
  await house.api('PATCH', `/trunks/${b.id}`, { name: 'B2', calledForm: 'national' });
  await house.api('DELETE', `/trunks/${b.id}`);
  expect((await house.api<{ items: unknown[] }>('GET', '/calls')).items).toHaveLength(1);
  expect(call.state).toBe('answered');
  await phone.hangup(call);
  const next = phone.call('030901820');
  await next.reached('answered', 30);
  expect(first.calls.length).toBe(1);
  await phone.hangup(next);
  await remove(a.id);
});

test('the check names the step that fails, and changes no registration', async () => {
  const { id } = await house.api<Trunk>('POST', '/trunks', wanted());
  await becomes(id, 'registered');
  const check = async (more: object) => (await house.api<{ steps: Step[] }>('POST', '/trunk-check', more)).steps;
  const { name: _name, password: _password, ...plain } = wanted();
  const outcomes = async (more: object) => (await check(more)).map(({ step, outcome }) => `${step} ${outcome}`);
  const fine = ['resolve ok', 'connect skipped', 'answer ok', 'register ok'];
  // With the password that is kept, as long as it goes to the same server.
  expect(await outcomes({ ...plain, id })).toEqual(fine);
  expect(await outcomes({ ...plain, password: account.password })).toEqual(fine);
  expect((await outcomes({ ...plain, id, host: 'sip.moved.example' })).at(-1)).toBe('register wrong-password');
  expect((await outcomes({ ...plain, password: 'guess' })).at(-1)).toBe('register wrong-password');
  expect(await outcomes({ ...plain, host: 'nowhere.invalid' })).toEqual(['resolve name-not-found']);
  const nobody = await freePort('127.0.0.61');
  expect(await outcomes({ ...plain, transport: 'tcp', port: nobody })).toEqual(['resolve ok', 'connect connection-refused']);
  expect(provider.contacts.size).toBe(1);
  await remove(id);
});

test('a test call reports its steps, and never calls for help', async () => {
  const registrar = { host: '127.0.0.1', port: house.sipPort };
  await using far = await SimulatedPhone.start({
    address: '127.0.0.66',
    username: 'far',
    password: '',
    registrar,
    incomingCallAction: 'busy',
  });
  const port = Number(far.contact.split(':').at(-1));
  const { id } = await house.api<Trunk>('POST', '/trunks', { name: 'Busy', host: '127.0.0.66', port });
  for (const number of ['112', '+49112', '21', '999999'])
    await expect(house.api('POST', `/trunks/${id}/test-call`, { number })).rejects.toThrow(/"field":"number"/);
  await house.api('POST', `/trunks/${id}/test-call`, { number: '030901820' });
  type Report = { isOver: boolean; steps: { step: string; reason: string | null; sipStatus: number | null }[] };
  const report = () => house.api<Report>('GET', `/trunks/${id}/test-call`);
  await expect.poll(async () => (await report()).isOver, { timeout: 30_000 }).toBe(true);
  expect((await report()).steps).toMatchObject([{ step: 'sent' }, { step: 'failed', reason: 'busy', sipStatus: 486 }]);
  // Where no one may be called, the limits of calls out hold.
  await house.api('POST', `/trunks/${id}/test-call`, { number: '+882123456789' });
  await expect.poll(async () => (await report()).steps.at(-1)?.reason, { timeout: 30_000 }).toBe('destination-not-allowed');
  expect(far.calls).toHaveLength(1);
  await remove(id);
});

test('a trunk is there after kill -9, and its password is in no reply and no log', async () => {
  const { id, hasPassword } = await house.api<Trunk>('POST', '/trunks', wanted());
  expect(hasPassword).toBe(true);
  await becomes(id, 'registered');
  const text = JSON.stringify([await house.api('GET', '/trunks'), await house.api('GET', '/trunk-order')]);
  expect(text).not.toContain(account.password);
  expect(house.program.output()).not.toContain(account.password);
  const { dataDirectory, token, sipPort } = house;
  await house.program.stop('SIGKILL');
  await using again = await House.start({
    dataDirectory,
    token,
    sipPort,
    environment: { GOSIP_COUNTRY: 'DE', GOSIP_MEDIA: 'direct' },
  });
  await expect
    .poll(async () => (await again.api<Trunk>('GET', `/trunks/${id}`)).state.kind, { timeout: 30_000 })
    .toBe('registered');
  // The same contact as before: none is left behind.
  expect(provider.contacts.size).toBe(1);
});
