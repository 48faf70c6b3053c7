import { afterEach, expect, it } from 'vitest';
import { CoreHouse } from '#testing/harness/core-house.ts';

// Country, time zone and language as Home Assistant has them, where the options leave them open.
type Settings = { readonly timeZone: string };
type Config = {
  readonly options: { readonly house: { readonly country: string; readonly timeZone: string; readonly language: string } };
};

let house: CoreHouse;
afterEach(() => house[Symbol.asyncDispose]());

const zone = async () => (await house.api<Settings>('GET', '/routing/settings')).timeZone;
const inEffect = async () => (await house.api<Config>('GET', '/system/config')).options.house;
const restarts = () => house.restarts;

function says(zoneName: string, language: string, country: string | null = 'CH'): void {
  house.core.commands.set('get_config', () => ({ time_zone: zoneName, language, country }));
}

it('are taken over by beginning anew in a quiet moment, once, and stand when Home Assistant is away', async () => {
  house = await CoreHouse.start();
  says('Europe/Zurich', 'de-CH');
  await house.core.end();
  await house.core.begin();
  await house.until(() => expect(restarts()).toBe(1));
  await house.close();
  await house.open();
  const { country, language } = await inEffect();
  expect([await zone(), language, country]).toEqual(['Europe/Zurich', 'de', 'CH']);
  expect((await house.api<{ readonly home: readonly string[] }>('GET', '/outgoing')).home).toContain('CH');
  await house.until(() => expect(house.core.commandsOf('get_config').length).toBeGreaterThan(1));
  await house.clock.advanceAsync(120_000);
  expect(restarts()).toBe(1);
  await house.core.end();
  await house.close();
  await house.open();
  expect(await zone()).toBe('Europe/Zurich');
});

it('stay as the options have them, whatever Home Assistant says', async () => {
  house = await CoreHouse.start({ country: 'CA', time_zone: 'America/Toronto', language: 'fr' });
  says('Europe/Zurich', 'de-CH');
  await house.core.end();
  await house.core.begin();
  await house.until(() => expect(house.core.commandsOf('get_config').length).toBeGreaterThan(0));
  await house.clock.advanceAsync(120_000);
  const { country, language } = await inEffect();
  expect([restarts(), await zone(), language, country]).toEqual([0, 'America/Toronto', 'fr', 'CA']);
});

it('stay as they are where Home Assistant says what nobody can use', async () => {
  house = await CoreHouse.start();
  says('Mars/Olympus', 'tlh', null);
  const before = await inEffect();
  await house.core.end();
  await house.core.begin();
  await house.until(() => expect(house.core.commandsOf('get_config').length).toBeGreaterThan(0));
  await house.clock.advanceAsync(120_000);
  expect([restarts(), await inEffect()]).toEqual([0, before]);
});
