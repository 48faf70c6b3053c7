import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '#testing/base/free-port.ts';
import { House } from '#testing/harness/house.ts';
import { SimulatedPhone } from '#testing/peers/simulated-phone.ts';

// A child's phone: what it may call, as the parents set it through the API.
let stack: AsyncDisposableStack;
let house: House;
let trunk: SimulatedPhone;
let kids: SimulatedPhone;
let deviceId: string;

beforeAll(async () => {
  stack = new AsyncDisposableStack();
  const sipPort = await freePort('127.0.0.1');
  const registrar = { host: '127.0.0.1', port: sipPort };
  trunk = stack.use(await SimulatedPhone.start({ address: '127.0.0.43', username: 'trunk', password: '', registrar }));
  const [, port] = /:(\d+)$/.exec(trunk.contact) ?? [];
  const provider = { name: 'provider', host: '127.0.0.43', port: Number(port), register: false };
  const environment = { GOSIP_COUNTRY: 'DE', GOSIP_MEDIA: 'direct' };
  house = stack.use(await House.start({ sipPort, environment, trunks: [provider] }));
  const { username, password } = await house.addDevice('21');
  kids = stack.use(await SimulatedPhone.start({ address: '127.0.0.44', registrar, username, password }));
  const { items } = await house.api<{ items: { id: string; extension: string }[] }>('GET', '/devices');
  deviceId = items.find(({ extension }) => extension === '21')?.id ?? '';
});
afterAll(() => stack.disposeAsync());

async function dialled(number: string): Promise<number> {
  const call = kids.call(number);
  await Promise.race([call.reached('answered', 60), call.reached('ended', 60)]);
  if (call.state === 'answered') await kids.hangup(call);
  return call.status;
}

test('a phone with a list calls grandma, help and the crisis line, and no one else', async () => {
  const path = `/devices/${deviceId}/call-permission`;
  const set = await house.api('PUT', path, { allow: 'list', numbers: ['030 901820'] });
  expect(set).toMatchObject({ allow: 'list', numbers: ['+4930901820'], name: expect.any(String), deviceId });
  expect(await dialled('030901820')).toBe(200);
  expect(await dialled('030901821')).toBe(403);
  expect(await dialled('112')).toBe(200);
  expect(await dialled('116111')).toBe(200);
  const { items } = await house.api<{ items: { dialled: string; reason: string }[] }>('GET', '/cdrs?text=901821');
  expect(items).toMatchObject([{ reason: 'call-not-permitted' }]);
  expect(await house.api('GET', '/call-permissions')).toMatchObject({ items: [{ deviceId, allow: 'list' }] });
  await house.api('DELETE', path);
  expect(await dialled('030901821')).toBe(200);
});

test('the list of permissions is there also after a person who had one was removed', async () => {
  const { id } = await house.api<{ id: string }>('POST', '/users', { username: 'ben', name: 'Ben' });
  await house.api('PUT', `/users/${id}/call-permission`, { allow: 'house' });
  await house.api('DELETE', `/users/${id}`);
  expect(await house.api('GET', '/call-permissions')).toEqual({ items: [] });
});
