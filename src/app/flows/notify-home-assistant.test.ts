import { afterEach, expect, it } from 'vitest';
import { apiCall } from '#testing/harness/api-call.ts';
import { CoreHouse } from '#testing/harness/core-house.ts';
import { FakeCorePhones } from '#testing/home-assistant/fake-core-phones.ts';
import type { FakePhone } from '#testing/home-assistant/fake-core-phones.ts';

// What people are told through Home Assistant, on the phones that have its app.
const annas: FakePhone = { deviceId: 'p1', name: 'Anna’s Phone', target: 'mobile_app_annas_phone', userId: 'user-anna' };
const bens: FakePhone = { deviceId: 'p2', name: 'Ben’s Phone', target: 'mobile_app_bens_phone', userId: 'user-ben' };

type Listed = {
  readonly items: readonly { readonly target: string; readonly isOwn: boolean }[];
  readonly problem: string | null;
};

let house: CoreHouse;

afterEach(() => house[Symbol.asyncDispose]());

async function start(): Promise<void> {
  house = await CoreHouse.start();
  new FakeCorePhones(house.core, [annas, bens]);
  await house.api('PATCH', `/users/${house.anna}`, { homeAssistantUserId: 'user-anna' });
  await house.until(async () => expect((await listed()).problem).toBeNull());
}

const listed = (api = house.api) => api<Listed>('GET', '/notifications/home-assistant/targets');

async function asAnna() {
  const { token } = await house.api<{ token: string }>('POST', '/api-tokens', { name: 'Anna', personId: house.anna });
  return apiCall(`http://127.0.0.1:${house.app.http.port}`, token);
}

it('lists to each person the phones of Home Assistant that are theirs, and all to an administrator', async () => {
  await start();
  expect(await listed()).toEqual({
    items: [
      { target: annas.target, name: annas.name, kind: 'phone', isOwn: false },
      { target: bens.target, name: bens.name, kind: 'phone', isOwn: false },
    ],
    problem: null,
  });
  expect((await listed(await asAnna())).items).toEqual([{ target: annas.target, name: annas.name, kind: 'phone', isOwn: true }]);
  await house.core.end();
  await house.until(async () => expect(await listed()).toEqual({ items: [], problem: 'unreachable' }));
});
