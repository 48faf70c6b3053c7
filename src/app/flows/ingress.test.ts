import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anna, SupervisedHouse } from '#testing/home-assistant/supervised-house.ts';

// The panel in Home Assistant: what comes by Core and the Supervisor, and nothing else.
let house: SupervisedHouse;
beforeAll(async () => {
  house = await SupervisedHouse.start();
  await house.reachable();
});
afterAll(() => house[Symbol.asyncDispose]());

type Me = { kind: string; role: string; scope: string; person: { id: string; name: string; username: string } };
const me = async (cookie: string) => {
  const response = await house.ask(cookie, '/api/auth/me');
  return { status: response.status, me: (await response.json()) as Me };
};

describe('somebody who opens the panel in Home Assistant for the first time', () => {
  it('is a person of the house from then on, with their name from there', async () => {
    const first = await me(house.proxy.openSession(anna));
    expect(first).toMatchObject({
      status: 200,
      me: { kind: 'ingress', role: 'user', person: { name: 'Anna Müller', username: 'anna' } },
    });
    const again = await me(house.proxy.openSession(anna));
    expect(again.me.person.id).toBe(first.me.person.id);
  });
});
