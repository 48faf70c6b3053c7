import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '#testing/base/free-port.ts';
import { MqttObserver } from '#testing/home-assistant/mqtt-observer.ts';
import type { DeviceLogin } from '#testing/harness/house.ts';
import { TwilioHarness, waitFor } from '#testing/harness/twilio-harness.ts';
import { SimulatedPhone } from '#testing/peers/simulated-phone.ts';

// Phones that speak SIP and callers at an emulated Twilio, as the entities of the house show them to Home Assistant.
let stack: AsyncDisposableStack;
let at: TwilioHarness;
let observer: MqttObserver;
let hall: DeviceLogin;
let desk: DeviceLogin;
let door: DeviceLogin;
let phones: Readonly<Record<'hall' | 'desk' | 'door', SimulatedPhone>>;

type Event = Readonly<Record<string, unknown>> & { readonly event_type: string };

beforeAll(async () => {
  stack = new AsyncDisposableStack();
  const port = await freePort();
  const [host, username, password] = ['127.0.0.1', 'house', 'of the broker'];
  const url = `mqtt://${host}:${port}`;
  const environment = {
    GOSIP_MQTT: 'embedded',
    GOSIP_MQTT_URL: url,
    GOSIP_MQTT_USERNAME: username,
    GOSIP_MQTT_PASSWORD: password,
    GOSIP_RING_SECONDS: '5',
    GOSIP_LANGUAGE: 'de',
  };
  at = stack.use(await TwilioHarness.start({ environment }));
  const broker = { url, login: () => ({ host, port, username, password }) };
  observer = stack.use(
    await waitFor('the broker of the house', 20, () => MqttObserver.connect(broker, 4).catch(() => undefined)),
  );
  const { house } = at;
  await house.api('PATCH', '/system/config/voicemail', { discardBelowSeconds: 1, silenceSeconds: 2, transcription: 'twilio' });
  await house.api('POST', '/contacts', { name: 'Doctor', numbers: [{ number: at.theirs, label: '' }] });
  hall = await house.addDevice('20', { name: 'Hall' });
  desk = await house.addDevice('21', { name: 'Desk', personId: at.personId });
  door = await house.addDevice('22', { name: 'Door', type: 'door-station' });
  phones = { hall: await phone(hall), desk: await phone(desk), door: await phone(door) };
});
afterAll(() => stack.disposeAsync());

async function phone({ username, password }: DeviceLogin): Promise<SimulatedPhone> {
  const { address, registrar } = at.house;
  const started = await SimulatedPhone.start({ address, username, password, registrar, incomingCallAction: 'ring' });
  expect(await started.register()).toBe(200);
  return stack.use(started);
}

/** What is heard from now on. */
function listen() {
  const from = observer.messages.length;
  const on = (ownerId: string, key: string) =>
    observer.messages.slice(from).flatMap(({ topic, text }) => (topic === `gosip/${ownerId}/${key}` ? [text] : []));
  const events = (ownerId: string, key = 'call') => on(ownerId, key).map((text) => JSON.parse(text) as Event);
  const types = (ownerId: string, key = 'call') => events(ownerId, key).map(({ event_type: type }) => type);
  return { on, events, types };
}

const heardIn = { timeout: 30_000, interval: 50 };

test('two phones talk: each has its states in order, and each event once', async () => {
  for (const { id } of [hall, desk, door]) await observer.hears(`gosip/${id}/registered`, 'ON');
  const heard = listen();
  const rang = phones.desk.incomingCall();
  const outgoing = phones.hall.call('21');
  const incoming = await rang;
  await observer.hears(`gosip/${desk.id}/call_state`, 'ringing');
  await observer.hears(`gosip/${hall.id}/call_state`, 'dialing');
  expect(JSON.parse(observer.on(`gosip/${desk.id}/call_state/attributes`).at(-1) ?? '')).toMatchObject({
    number: '20',
    name: 'Hall',
  });
  phones.desk.answer(incoming);
  await Promise.all([outgoing.reached('answered'), incoming.reached('answered')]);
  await observer.hears(`gosip/${desk.id}/call_state`, 'in_call');
  await phones.hall.hangup(outgoing);
  await expect.poll(() => heard.types('exchange'), heardIn).toEqual(['incoming', 'answered', 'ended']);
  for (const { id } of [hall, desk]) await observer.hears(`gosip/${id}/call_state`, 'idle');
  expect(heard.on(desk.id, 'call_state')).toEqual(['ringing', 'in_call', 'idle']);
  expect(heard.on(hall.id, 'call_state')).toEqual(['dialing', 'in_call', 'idle']);
  const seen = () => [heard.types(desk.id), heard.types(hall.id), heard.types(at.personId)];
  await expect.poll(seen, heardIn).toEqual([['incoming', 'answered', 'ended'], ['ended'], ['incoming', 'answered', 'ended']]);
  expect(heard.events(hall.id)).toMatchObject([{ number: '21', name: 'Desk', device: 'Hall', verdict: 'answered' }]);
  expect(heard.events('exchange')[0]).toMatchObject({
    number: '20',
    name: 'Hall',
    direction: 'internal',
    device: 'Desk',
    person: 'Anna',
  });
  await expect
    .poll(() => JSON.parse(observer.on(`gosip/${desk.id}/last_call/attributes`).at(-1) ?? '{}'), heardIn)
    .toMatchObject({
      caller: 'Hall',
      verdict: 'answered',
    });
});

test('a caller whom nobody answers is missed once by phone, person and house, and their voicemail can be read', async () => {
  const heard = listen();
  at.twilio.setTranscript('Please call me back');
  await at.leaveVoicemail(440);
  await expect.poll(() => heard.types('exchange'), heardIn).toEqual(['incoming', 'missed', 'voicemail']);
  for (const ownerId of [desk.id, at.personId]) {
    await expect.poll(() => heard.types(ownerId), heardIn).toEqual(['incoming', 'missed', 'voicemail']);
  }
  expect(heard.types(hall.id)).toEqual([]);
  expect(heard.events('exchange')[0]).toMatchObject({ number: at.theirs, name: 'Doctor', direction: 'inbound', called: at.ours });
  expect(heard.events(at.personId)[1]).toMatchObject({ verdict: 'voicemail', seconds: 0 });
  await expect.poll(() => heard.types(at.personId, 'voicemail'), heardIn).toEqual(['received', 'transcribed']);
  await observer.hears(`gosip/${at.personId}/new_voicemails`, '1');
  const shown = () => JSON.parse(observer.on(`gosip/${at.personId}/new_voicemails/attributes`).at(-1) ?? '{}');
  await expect.poll(shown, heardIn).toMatchObject({ voicemails: [{ name: 'Doctor', transcript: 'Please call me back' }] });
  expect(await ask('voicemails', { person: 'anna' })).toMatchObject({
    ok: true,
    voicemails: [{ transcript: 'Please call me back' }],
  });
  expect(await ask('mark_heard', { person: 'anna' })).toMatchObject({ ok: true, heard: 1 });
  await observer.hears(`gosip/${at.personId}/new_voicemails`, '0');
  await expect.poll(() => heard.types(at.personId, 'voicemail'), heardIn).toEqual(['received', 'transcribed', 'heard']);
});

test('a door station that calls rings the doorbell once', async () => {
  const heard = listen();
  const rang = phones.hall.incomingCall();
  phones.door.call('20');
  phones.hall.decline(await rang);
  await expect.poll(() => heard.types(door.id, 'doorbell'), heardIn).toEqual(['ring']);
  await expect.poll(() => heard.types(hall.id), heardIn).toEqual(['incoming', 'missed']);
  expect(heard.types(door.id, 'doorbell')).toEqual(['ring']);
});

test('a call that is asked for rings the phone, then whom it is for, and is an incoming call to them alone', async () => {
  const heard = listen();
  const [rung, called] = [phones.hall.incomingCall(), phones.desk.incomingCall()];
  expect(await ask('call', { device: 'hall', to: 'anna' })).toMatchObject({ ok: true, device: 'Hall' });
  phones.hall.answer(await rung);
  phones.desk.answer(await called);
  await expect.poll(() => heard.types(desk.id), heardIn).toEqual(['incoming', 'answered']);
  expect(heard.types(hall.id)).toEqual([]);
  expect(heard.events(desk.id)[0]).toMatchObject({ name: 'Hall', number: '20' });
  expect(await ask('hang_up', { device: 'desk' })).toMatchObject({ ok: true, ended: 1 });
  await expect.poll(() => heard.types(hall.id), heardIn).toEqual(['ended']);
});

test('what cannot be done is said in the language of the house', async () => {
  expect(await ask('hang_up', { device: 'Hall' })).toEqual({ ok: false, message: 'Hall ist in keinem Gespräch' });
  expect(await ask('call', { device: 'Hall', to: 'carl' })).toEqual({ ok: false, message: 'carl gibt es nicht' });
  expect(await ask('call', { device: 'Keller', to: '21' })).toEqual({
    ok: false,
    message: 'Keller gibt es nicht. Es gibt: Hall, Desk, Door',
  });
  expect(await ask('call', { device: 'Hall', to: '20' })).toEqual({
    ok: false,
    message: 'Ein Telefon kann sich nicht selbst anrufen',
  });
});

test('one press registers with Twilio again, which is connected', async () => {
  await observer.hears('gosip/exchange/twilio', 'ON');
  const expiry = () => at.side.bindings('gosip', at.domain)[0]?.expiresAt ?? 0;
  const before = expiry();
  await observer.publish('gosip/exchange/restart_registration/set', 'PRESS');
  await expect.poll(expiry, heardIn).toBeGreaterThan(before);
});

test('people who come and go are there and gone at once', async () => {
  const { id } = await at.house.api<{ id: string }>('POST', '/users', { username: 'ben', name: 'Ben' });
  await observer.hears(`gosip/${id}/new_voicemails`, '0');
  await at.house.api('DELETE', `/users/${id}`);
  await observer.hears(`homeassistant/device/gosip_${id}/config`, '');
});

let requests = 0;

/** What a command answers. */
async function ask(command: string, input: object): Promise<object> {
  requests += 1;
  const id = `request-${requests}`;
  await observer.publish(`gosip/command/${command}`, { ...input, request_id: id });
  await expect.poll(() => observer.on(`gosip/reply/${id}`).at(-1), heardIn).toBeDefined();
  return JSON.parse(observer.on(`gosip/reply/${id}`).at(-1) ?? '') as object;
}

// The last: afterwards everybody who calls rings every phone.
test('a call for help is told of at once, also where it does not get through', async () => {
  const heard = listen();
  const help = phones.hall.call('911');
  await expect
    .poll(() => heard.events('exchange'), heardIn)
    .toMatchObject([{ event_type: 'emergency', device: 'Hall', called: '911' }]);
  await phones.hall.hangup(help).catch(() => undefined);
  await expect.poll(() => [heard.types(hall.id)[0], heard.types(hall.id).at(-1)], heardIn).toEqual(['emergency', 'ended']);
});
