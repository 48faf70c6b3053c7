import { afterEach, expect, it } from 'vitest';
import { CoreHouse, ours, theirs } from '#testing/harness/core-house.ts';

// A rule that asks for a state of Home Assistant, over a Core that comes and goes.
const bedtime = 'input_boolean.bedtime';

type Preview = { readonly plan: { readonly kind: string }; readonly reasons: readonly { readonly code: string }[] };
type Health = { readonly status: string; readonly parts: readonly { name: string; status: string; message: string }[] };

let house: CoreHouse;

afterEach(() => house[Symbol.asyncDispose]());

const preview = () => house.api<Preview>('POST', '/routes/preview', { caller: { number: theirs }, called: ours });
const partOf = async () => (await house.api<Health>('GET', '/system/health')).parts.find(({ name }) => name === 'Home Assistant');

async function addRule(state: object = {}): Promise<void> {
  const states = [{ entityId: bedtime, value: 'on', fallback: 'no-match', ...state }];
  const rule = { numberId: house.numberId, name: 'Bedtime', conditions: { states }, action: { kind: 'reject', tone: 'busy' } };
  await house.api('POST', '/routes', rule);
}

const expectPlan = (kind: string, reasons: readonly string[] = []) =>
  house.until(async () => {
    const found = await preview();
    expect(found.plan.kind).toBe(kind);
    expect(found.reasons.map(({ code }) => code)).toEqual(expect.arrayContaining([...reasons]));
  });

it('decides by a live state, by its last one while Core restarts, and by the fallback when that is too old', async () => {
  house = await CoreHouse.start();
  house.core.setState(bedtime, 'off');
  house.core.setState('light.hall', 'on');
  await addRule();
  await expectPlan('voicemail');
  house.core.setState(bedtime, 'on');
  await expectPlan('reject');
  // Nothing is asked of Core but what the rule needs.
  expect(house.core.commandsOf('subscribe_entities').map((message) => message['entity_ids'])).toEqual([[bedtime]]);

  await house.core.end();
  await house.clock.advanceAsync(300_000);
  expect((await preview()).plan.kind).toBe('reject');
  expect(await partOf()).toMatchObject({ status: 'degraded', message: expect.stringContaining(house.core.url) });
  await house.clock.advanceAsync(310_000);
  const { plan, reasons } = await preview();
  expect([plan.kind, reasons.map(({ code }) => code)]).toEqual(['voicemail', expect.arrayContaining(['state-unknown'])]);

  await house.core.begin();
  await expectPlan('reject');
  expect(await partOf()).toMatchObject({ status: 'ok' });
  house.core.setState(bedtime, 'unavailable');
  await expectPlan('voicemail', ['state-unknown']);
});

it('asks for other entities when the rules change', async () => {
  house = await CoreHouse.start();
  house.core.setState('sensor.wind', '60');
  await addRule();
  await addRule({ entityId: 'sensor.wind', operator: 'above', value: '50' });
  await expectPlan('reject');
  const { items } = await house.api<{ items: { id: string }[] }>('GET', '/routes');
  for (const { id } of items) await house.api('DELETE', `/routes/${id}`);
  await house.until(() => expect(house.core.sessions[0]?.subscriptions).toBe(0));
});

it('follows the fallback without Home Assistant, and has no health part for it', async () => {
  house = await CoreHouse.start();
  await house.close();
  await house.core.end();
  house = await CoreHouse.start({ home_assistant_url: '', home_assistant_token: '' });
  await addRule({ fallback: 'match' });
  expect((await preview()).plan.kind).toBe('reject');
  expect(await partOf()).toBeUndefined();
});

it('starts and is ready where Core refuses the token, and says what to do', async () => {
  house = await CoreHouse.start({ home_assistant_token: 'eyJ0.revoked' });
  await house.until(async () => expect((await partOf())?.status).toBe('degraded'));
  expect((await partOf())?.message).toContain('home_assistant_token');
  expect(house.logged.join('')).not.toContain('eyJ0.revoked');
  expect((await preview()).plan.kind).toBe('voicemail');
  type Alerts = { readonly open: readonly { alertId: string }[] };
  const alerts = async () => (await house.api<Alerts>('GET', '/system/alerts')).open.map(({ alertId }) => alertId);
  await house.until(async () => expect(await alerts()).toContain('home-assistant-refuses'), 30_000);
});
