import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { AlarmHouse } from '#testing/harness/alarm-house.ts';
import type { Alarm } from '#testing/harness/alarm-house.ts';
import type { PhoneCall } from '#testing/peers/simulated-phone.ts';
import type { VoicePhone } from '#testing/peers/voice-phone.ts';

// An alarm that goes along a chain of people, through the real house, with phones that hear and press keys.
let house: AlarmHouse;
beforeAll(async () => {
  house = await AlarmHouse.start('Anna', 'Ben', 'Carla');
});
beforeEach(() => {
  for (const { phone } of house.persons.values()) phone.forget();
});
afterAll(() => house[Symbol.asyncDispose]());

const patient = { timeout: 30_000, interval: 50 };
const heard = (phone: VoicePhone, name: Parameters<VoicePhone['hasHeard']>[0]) =>
  vi.waitFor(() => expect({ name, isHeard: phone.hasHeard(name) }).toEqual({ name, isHeard: true }), patient);
const phoneOf = (name: string) => house.of(name).phone;
const outcomes = ({ legs }: Alarm) => legs.map(({ name, outcome }) => `${name} ${outcome ?? 'open'}`);

/** Waits until the alarm rings at somebody. */
function rung(name: string): Promise<PhoneCall> {
  return phoneOf(name).phone.incomingCall(30);
}

async function answered(name: string, call: PhoneCall): Promise<void> {
  phoneOf(name).phone.answer(call);
  await call.reached('answered');
}

describe('an alarm along a chain of people', () => {
  test('does not count an answering machine, and is taken by the next person, who presses 1', async () => {
    const callsOfAlarms = async () => {
      const records = await house.api<{ items: { caller: { name: string } }[] }>('GET', '/cdrs');
      return records.items.filter(({ caller }) => caller.name === 'Smoke').length;
    };
    const before = await callsOfAlarms();
    const ringing = rung('Anna');
    const id = await house.alarm(await house.chain(['Anna', 'Ben Carla']));
    const machine = await ringing;
    // Phones that refuse anonymous callers ring too.
    expect(machine.invite.get('from')).toContain('"Smoke" <sip:house@');
    const others = [rung('Ben'), rung('Carla')];
    await answered('Anna', machine);
    phoneOf('Anna').talk(machine);
    await heard(phoneOf('Anna'), 'call-for-help');
    const [ben, carla] = (await Promise.all(others)) as [PhoneCall, PhoneCall];
    await answered('Ben', ben);
    await heard(phoneOf('Ben'), 'call-for-help');
    phoneOf('Ben').press(ben, '5');
    phoneOf('Ben').press(ben, '1');
    await Promise.all([ben, carla, machine].map((call) => call.reached('ended', 30)));
    expect(phoneOf('Ben').hasHeard('taken')).toBe(true);
    expect(phoneOf('Anna').hasHeard('taken-by-another')).toBe(true);
    expect(phoneOf('Carla').hasHeard('taken-by-another')).toBe(false);
    const alarm = await house.get(id);
    expect(alarm).toMatchObject({ state: 'taken', takenBy: { name: 'Ben', by: 'key' } });
    expect(outcomes(alarm).toSorted()).toEqual(['Anna taken-by-another', 'Ben took', 'Carla taken-by-another']);
    const at = (name: string) => alarm.legs.find((leg) => leg.name === name);
    expect(at('Ben')).toMatchObject({
      ringingAt: expect.any(String),
      answeredAt: expect.any(String),
      pressedAt: expect.any(String),
    });
    expect(at('Carla')).toMatchObject({ ringingAt: expect.any(String), answeredAt: null, pressedAt: null });
    expect((await callsOfAlarms()) - before).toBe(3);
  });

  test('has one taker where two press 1 at once: the other hears that somebody has it', async () => {
    const ringing = [rung('Anna'), rung('Ben')];
    const id = await house.alarm(await house.chain(['Anna Ben']));
    const [anna, ben] = (await Promise.all(ringing)) as [PhoneCall, PhoneCall];
    await Promise.all([answered('Anna', anna), answered('Ben', ben)]);
    await Promise.all([heard(phoneOf('Anna'), 'press-to-take'), heard(phoneOf('Ben'), 'press-to-take')]);
    phoneOf('Anna').press(anna, '1');
    phoneOf('Ben').press(ben, '1');
    await Promise.all([anna.reached('ended', 30), ben.reached('ended', 30)]);
    const ends = outcomes(await house.get(id)).map((text) => text.split(' ')[1] ?? '');
    expect(new Set(ends)).toEqual(new Set(['taken-by-another', 'took']));
  });

  test('that nobody takes is shown to administrators until somebody does', async () => {
    const ringing = rung('Carla');
    const id = await house.alarm(await house.chain(['Carla']));
    const call = await ringing;
    phoneOf('Carla').phone.decline(call);
    await vi.waitFor(async () => expect((await house.get(id)).state).toBe('exhausted'), patient);
    expect(outcomes(await house.get(id))).toEqual(['Carla declined']);
    const alerts = () => house.api<{ open: { alertId: string; about: string }[] }>('GET', '/system/alerts');
    const isShown = async () =>
      (await alerts()).open.some(({ alertId, about }) => alertId === 'escalation-exhausted' && about === id);
    await vi.waitFor(async () => expect(await isShown()).toBe(true), patient);
    const headers = { Authorization: `Bearer ${house.of('Carla').token}`, 'Content-Type': 'application/json' };
    const send = (path: string, body: object) =>
      fetch(`${house.url}/api${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    expect((await send(`/escalations/${id}/cancel`, {})).status).toBe(403);
    expect((await send(`/escalations/${id}/take`, { personId: house.of('Ben').id })).status).toBe(403);
    expect(await (await send(`/escalations/${id}/take`, {})).json()).toMatchObject({
      state: 'taken',
      takenBy: { name: 'Carla', by: 'api' },
    });
    expect((await send(`/escalations/${id}/take`, {})).status).toBe(409);
    await vi.waitFor(async () => expect(await isShown()).toBe(false), patient);
  });

  test('for a caller: exactly one of the people who press 1 is connected, and no mailbox is', async () => {
    const number = '+14165550100';
    const { id: numberId } = await house.api<{ id: string }>('POST', '/dids', { number, name: 'Care' });
    const chainId = await house.chain(['Anna Ben']);
    const action = { kind: 'escalate', chainId, then: { kind: 'reject' } };
    await house.api('POST', '/routes', { numberId, name: 'Care', action });
    const ringing = [rung('Anna'), rung('Ben')];
    const caller = phoneOf('Carla').phone.call(number);
    const [anna, ben] = (await Promise.all(ringing)) as [PhoneCall, PhoneCall];
    await Promise.all([answered('Anna', anna), answered('Ben', ben)]);
    await Promise.all([heard(phoneOf('Anna'), 'press-to-accept'), heard(phoneOf('Ben'), 'press-to-accept')]);
    expect(caller.state).toBe('ringing');
    phoneOf('Ben').press(ben, '1');
    phoneOf('Anna').press(anna, '1');
    await Promise.all([caller.reached('answered', 30), anna.reached('ended', 30)]);
    expect(ben.state).toBe('answered');
    await phoneOf('Carla').phone.hangup(caller);
    await ben.reached('ended');
    const { items } = await house.api<{ items: { id: string; callee: { name: string } }[] }>('GET', '/cdrs');
    const record = await house.api<{ reasons: { code: string }[] }>('GET', `/cdrs/${items[0]?.id ?? ''}`);
    expect(record.reasons.map(({ code }) => code)).toEqual(['route-matched', 'escalation-chain']);
  });

  test('calls contacts outside, where calls to their country are allowed: what is not is refused when the chain is saved', async () => {
    const contactOf = async (number: string) =>
      (await house.api<{ id: string }>('POST', '/contacts', { name: 'Neighbour', numbers: [{ number }] })).id;
    const save = (contactId: string) =>
      fetch(`${house.url}/api/escalation-chains`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${house.app.adminToken ?? ''}`, 'Content-Type': 'application/json' },
        body: JSON.stringify({ name: 'Out', steps: [{ targets: [{ kind: 'contact', id: contactId }] }] }),
      });
    const near = await save(await contactOf('+14165550155'));
    expect(await near.json()).toMatchObject({ steps: [{ targets: [{ kind: 'contact', number: '+14165550155' }], seconds: 30 }] });
    const far = await save(await contactOf('+442071838750'));
    expect(far.status).toBe(400);
    expect(await far.json()).toMatchObject({
      error: { details: [{ field: 'steps.0.targets.0', message: expect.stringContaining('+442071838750 cannot be called') }] },
    });
  });

  test('is taken in the panel while phones ring, which are silent at once and show no missed call', async () => {
    const ringing = rung('Anna');
    const chain = await house.chain(['Anna', 'Ben']);
    const id = await house.alarm(chain, { idempotencyKey: 'panel' });
    const call = await ringing;
    expect(await house.alarm(chain, { idempotencyKey: 'panel' })).toBe(id);
    await house.api('POST', `/escalations/${id}/take`, { personId: house.of('Ben').id });
    await call.reached('ended');
    expect(await house.get(id)).toMatchObject({ state: 'taken', takenBy: { name: 'Ben', by: 'api' } });
    const list = await house.api<{ total: number }>('GET', '/escalations?state=taken');
    expect(list.total).toBeGreaterThan(0);
  });
});
