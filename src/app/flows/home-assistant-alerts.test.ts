import { afterEach, expect, it } from 'vitest';
import { CoreHouse } from '#testing/harness/core-house.ts';

// What is wrong in the house, told to the people of Home Assistant.
type Shown = { readonly notification_id: string; readonly title: string; readonly message: string };

let house: CoreHouse;
afterEach(() => house[Symbol.asyncDispose]());

it('a login that somebody guesses is told in Home Assistant, and again after Home Assistant restarts', async () => {
  house = await CoreHouse.start({ http_public_url: 'https://home.example.org/gosip' });
  const shown = new Map<string, Shown>();
  house.core.commands.set('persistent_notification/get', () => [...shown.values()]);
  house.core.commands.set('call_service', ({ service, service_data: data }) => {
    const one = data as Shown;
    if (service === 'create') shown.set(one.notification_id, one);
    else shown.delete(one.notification_id);
    return null;
  });
  const { api } = house;
  for (let guess = 0; guess < 6; guess += 1) {
    await api('POST', '/auth/login', { username: 'anna', password: `guess ${guess}` }).catch(() => {});
  }
  const isTold = () => expect([...shown.values()].some(({ title }) => title.startsWith('GoSIP: '))).toBe(true);
  await house.until(isTold, 5000);
  expect([...shown.values()][0]?.message).toContain('[Open GoSIP](https://home.example.org/gosip/alerts)');
  await house.core.end();
  shown.clear();
  await house.core.begin();
  await house.until(isTold);
  // The lock ends by itself, and so does its notification.
  await house.clock.advanceAsync(3_600_000);
  await house.until(() => expect(shown.size).toBe(0), 30_000);
});
