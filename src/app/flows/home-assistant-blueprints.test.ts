import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '#testing/harness/twilio-harness.ts';
import { BlueprintHouse } from '#testing/harness/blueprint-house.ts';
import { missingHomeAssistant } from '#testing/home-assistant/home-assistant.ts';
import type { Baresip } from '#testing/peers/baresip.ts';

// Every blueprint: put into a real Home Assistant through our API, made to an automation or script there, and started by what really happens.
const words = 'Please call me back about the boat';
const lamp = {
  device: { identifiers: ['lamp'], name: 'Hall' },
  origin: { name: 'test' },
  components: {
    lamp: {
      platform: 'light',
      schema: 'json',
      name: 'Lamp',
      unique_id: 'lamp',
      default_entity_id: 'light.hall_lamp',
      brightness: true,
      supported_color_modes: ['brightness'],
      optimistic: true,
      command_topic: 'lamp/set',
    },
    smoke: {
      platform: 'binary_sensor',
      name: 'Smoke',
      device_class: 'smoke',
      unique_id: 'smoke',
      default_entity_id: 'binary_sensor.hall_smoke',
      state_topic: 'smoke/state',
    },
    gate: {
      platform: 'event',
      name: 'Gate',
      device_class: 'doorbell',
      event_types: ['ring'],
      unique_id: 'gate',
      default_entity_id: 'event.gate_doorbell',
      state_topic: 'gate/doorbell',
    },
  },
};

describe.skipIf((await missingHomeAssistant()) !== undefined)('blueprints in Home Assistant', () => {
  let house: BlueprintHouse;
  let kitchen: Baresip;
  let kitchenId = '';
  let startsAt = 0;
  const devices = { tablet: '', kitchen: '', anna: '', ben: '', exchange: '' };
  const on = (topic: string) => house.harness.observer.on(topic);
  const showing = (entityId: string, state: string) => house.harness.showing(entityId, state);

  beforeAll(async () => {
    house = await BlueprintHouse.start({ GOSIP_RING_SECONDS: '8' });
    const { at, harness } = house;
    at.twilio.setTranscript(words);
    await at.house.api('PATCH', '/system/config/voicemail', {
      discardBelowSeconds: 1,
      silenceSeconds: 2,
      transcription: 'twilio',
    });
    const login = await at.house.addDevice('21', { name: 'Kitchen', personId: at.personId });
    kitchenId = login.id;
    kitchen = await at.baresip(login, 440);
    const ben = await at.house.api<{ id: string }>('POST', '/users', { username: 'ben', name: 'Ben' });
    await harness.observer.publish('homeassistant/device/lamp/config', lamp, { retain: true });
    await harness.observer.publish('smoke/state', 'OFF', { retain: true });
    devices.tablet = await house.tabletId();
    devices.kitchen = await house.deviceId(`gosip_${kitchenId}`);
    devices.anna = await house.deviceId(`gosip_${at.personId}`);
    devices.ben = await house.deviceId(`gosip_${ben.id}`);
    devices.exchange = await house.deviceId('gosip_exchange');
    const { id } = await harness.entities.client.command<{ id: string }>({ type: 'auth/current_user' });
    await at.house.api('PATCH', `/users/${at.personId}`, { homeAssistantUserId: id });
    await showing('sensor.kitchen_call_state', 'idle');
    await waitFor('the lamp', 20, () => harness.entities.state('light.hall_lamp'));
    await harness.entities.act('light.turn_on', 'light.hall_lamp', { brightness: 77 });
    await showing('light.hall_lamp', 'on');
  }, 300_000);
  afterAll(() => house?.[Symbol.asyncDispose]());

  it('are all installed by one request each', async () => {
    const installed = await house.install();
    expect(installed.length).toBeGreaterThanOrEqual(14);
    expect(installed.filter(({ state, supported }) => supported !== (state === 'current'))).toEqual([]);
  });

  it('can be imported by the link of the house', async () => {
    const { address, httpPort } = house.at.house;
    const url = `http://${address}:${httpPort}/api/blueprints/voice.yaml`;
    const imported = await house.harness.entities.client.command({ type: 'blueprint/import', url });
    expect(imported).toMatchObject({ validation_errors: null, blueprint: { metadata: { domain: 'automation' } } });
  });

  it('become automations and scripts', async () => {
    const { tablet, kitchen: phone, anna, ben, exchange } = devices;
    const start = new Date(Date.now() + 70_000);
    startsAt = start.setSeconds(0, 0);
    const clock = new Date(startsAt).toLocaleTimeString('de-DE', { timeZone: 'Europe/Berlin' });
    await house.make('announce_caller', { calls: ['event.gosip_call'], speakers: ['media_player.speaker'], tts: 'tts.voice' });
    await house.make('flash_lights', { calls: ['event.kitchen_call'], lights: ['light.hall_lamp'] });
    await house.make('missed_call', { calls: ['event.anna_call'], receiver: tablet, phone, language: 'de' });
    await house.make('voicemail_notice', { voicemails: ['event.anna_voicemail'], receiver: tablet });
    await house.make('doorbell', { doorbells: ['event.gate_doorbell'], receiver: tablet, opener: 'input_boolean.gate' });
    await house.make('dnd_schedule', { targets: [exchange], start: clock, end: '00:00:00' });
    await house.make('dnd_helper', { helper: 'input_boolean.bedtime', targets: [phone, anna] });
    await house.make('sms_on_event', {
      happens: [{ trigger: 'event', event_type: 'washed' }],
      to: house.at.theirs,
      text: 'Load {{ trigger.event.data.load }} is done',
    });
    await house.make('alarm_escalation', { sensors: ['binary_sensor.hall_smoke'], chain: 'Family' });
    await house.make('appliance_finished', {
      finished: [{ trigger: 'event', event_type: 'dried' }],
      people: [{ person: 'person.owner', receiver: tablet }],
      night_start: '00:00:00',
      night_end: '00:00:00',
    });
    await house.make('voice', { marks_heard: false, places: [{ satellite: tablet, person: ben, phone }] });
    await house.make('assistant_tool', { phone });
    await house.make('call', { phone });
    await house.make('send_sms', {});
  }, 120_000);

  it('announce who calls within a second, flash the lights, and stop both when somebody answers', async ({ skip }) => {
    skip(!house.has('announce_caller'), 'this Home Assistant is too old');
    const caller = house.at.twilio.callFrom(house.at.theirs, house.at.ours);
    await kitchen.waitForEvent('CALL_INCOMING');
    const rings = performance.now();
    await waitFor('the announcement', 10, () => on('speaker/play')[0]);
    const [said] = house.harness.observer.messages.filter(({ topic }) => topic === 'speaker/play');
    expect(said?.text).toContain('+is+calling');
    expect((said?.atMs ?? 0) - rings).toBeLessThan(1000);
    await waitFor('a flash', 10, () => on('lamp/set').find((text) => text.includes('OFF')));
    kitchen.accept();
    await expect.poll(() => on('speaker/stop'), { timeout: 10_000 }).toEqual(['stop']);
    await expect.poll(() => on('lamp/set').slice(1).at(-1), { timeout: 10_000 }).toContain('"brightness":77');
    caller.hangUp();
    await caller.over;
    await showing('sensor.kitchen_call_state', 'idle');
  });

  it('notify about a missed call, and "call back" rings the phone and then the caller', async ({ skip }) => {
    skip(!house.has('missed_call'), 'this Home Assistant is too old');
    const caller = house.at.twilio.callFrom(house.at.theirs, house.at.ours);
    await showing('sensor.kitchen_call_state', 'ringing');
    caller.hangUp();
    await caller.over;
    const { data } = await house.pushed('the notification', ({ title }) => title === 'Verpasster Anruf');
    expect(data?.actions).toMatchObject([{ title: 'Zurückrufen' }]);
    await showing('sensor.kitchen_call_state', 'idle');
    const before = kitchen.events.length;
    await house.fire('mobile_app_notification_action', { action: data?.actions?.[0]?.action });
    await waitFor('the phone', 20, () => kitchen.events.slice(before).find(({ type }) => type === 'CALL_INCOMING'));
    kitchen.hangup();
    await showing('sensor.kitchen_call_state', 'idle');
  });

  it('notify about a voicemail, and read its words in five languages', async () => {
    await house.at.leaveVoicemail(500);
    if (house.has('voicemail_notice')) await house.pushed('the words', ({ message }) => message === words);
    await showing('sensor.anna_new_voicemails', '1');
    await waitFor(
      'the transcript',
      30,
      async () =>
        JSON.stringify((await house.harness.entities.state('sensor.anna_new_voicemails'))?.attributes).includes(words) ||
        undefined,
    );
    await showing('sensor.anna_new_voicemails', '1');
    const asked = {
      en: 'Read my voicemails.',
      de: 'Lies mir meine Sprachnachrichten vor',
      fr: 'Lis-moi mes messages vocaux',
      es: '¿Tengo algún mensaje de voz?',
      nl: 'Lees mijn voicemails voor',
    };
    for (const [language, sentence] of Object.entries(asked)) {
      expect(await house.harness.entities.say(sentence, language)).toContain(words);
    }
    await showing('sensor.anna_new_voicemails', '1');
  }, 120_000);

  it('read the voicemails of who asks: at a satellite those of its person, else those of the user, of nobody where neither is known', async () => {
    const { entities } = house.harness;
    expect(await entities.sayAt(devices.tablet, 'Read my voicemails')).toBe('There are no new voicemails.');
    const { house: gosip, personId } = house.at;
    const { homeAssistantUserId } = await gosip.api<{ homeAssistantUserId: string }>('GET', `/users/${personId}`);
    await gosip.api('PATCH', `/users/${personId}`, { homeAssistantUserId: null });
    const answer = await entities.say('Read my voicemails');
    expect(answer).not.toContain(words);
    expect(answer).toContain('Open GoSIP in Home Assistant once');
    await gosip.api('PATCH', `/users/${personId}`, { homeAssistantUserId });
    expect(await entities.say('Read my voicemails')).toContain(words);
  });

  it('give an assistant the voicemails with their words, and mark them as heard', async () => {
    const reply = await house.run<{ ok: boolean }>('assistant_tool', { task: 'read_voicemails' });
    expect(reply).toMatchObject({ ok: true, total: 1, voicemails: [{ transcript: words }] });
    await showing('sensor.anna_new_voicemails', '0');
    if (house.has('voicemail_notice'))
      await house.pushed('the end of the notification', ({ message }) => message === 'clear_notification');
    expect(await house.run('assistant_tool', { task: 'who_called' })).toMatchObject({ ok: true, calls: expect.any(Array) });
    expect(await house.run('assistant_tool', { task: 'read_voicemails', person: 'Ben' })).toMatchObject({ ok: false });
    expect(await house.run('assistant_tool', { task: 'dnd_on', minutes: 5 })).toMatchObject({ ok: true });
    await showing('switch.anna_dnd', 'on');
  });

  it('switch do not disturb by voice, say who called and what went wrong', async () => {
    const { entities } = house.harness;
    expect(await entities.say('Do not disturb off')).toBe('Do not disturb is off.');
    await showing('switch.anna_dnd', 'off');
    expect(await entities.say('Nicht stören für eine halbe Stunde', 'de')).toBe('Nicht stören ist für 30 Minuten an.');
    await showing('switch.anna_dnd', 'on');
    await entities.say('Niet storen uit', 'nl');
    await showing('switch.anna_dnd', 'off');
    expect(await entities.say('Who called today?')).toMatch(/Today called: .*voicemail/);
    expect(await entities.say('Llama a la abuela', 'es')).toMatch(/abuela/);
    expect(await entities.say('call Nobody')).toMatch(/Nobody/);
    expect(await entities.say('Do not disturb for as long as I like')).toContain('I did not understand how long');
    await entities.say('Do not disturb for an hour');
    await showing('switch.anna_dnd', 'on');
    // Of somebody else: who calls again within minutes gets through.
    const unheard = house.at.twilio.callFrom('+14155550177', house.at.ours);
    await waitFor(
      'the voicemail',
      30,
      () => house.at.twilio.recordings.some(({ callSid }) => callSid === unheard.callSid) || undefined,
    );
    unheard.hangUp();
    await unheard.over;
    await house.at.closedCall();
    await expect.poll(() => entities.say("Why didn't my phone ring?"), { timeout: 20_000 }).toContain('do not disturb was on');
    await entities.say('Do not disturb off');
  });

  it('call by voice and by a script', async () => {
    const before = kitchen.events.length;
    expect(await house.harness.entities.sayAt(devices.tablet, `call ${house.at.theirs}`)).toContain('I am calling');
    await waitFor('the phone', 20, () => kitchen.events.slice(before).find(({ type }) => type === 'CALL_INCOMING'));
    kitchen.hangup();
    await showing('sensor.kitchen_call_state', 'idle');
    expect(await house.run('call', { to: house.at.theirs })).toMatchObject({ ok: true });
    await showing('sensor.kitchen_call_state', 'ringing');
    kitchen.hangup();
    await showing('sensor.kitchen_call_state', 'idle');
    expect(await house.run('call', { to: 'Nobody' })).toMatchObject({ ok: false, message: expect.stringContaining('Nobody') });
  });

  it('follow a helper with do not disturb', async () => {
    const { entities } = house.harness;
    await entities.act('input_boolean.turn_on', 'input_boolean.bedtime');
    await showing('switch.kitchen_dnd', 'on');
    await showing('switch.anna_dnd', 'on');
    const dnd = await house.at.house.api<{ devices: { until: string | null }[] }>('GET', '/dnd');
    expect(dnd.devices[0]?.until).not.toBeNull();
    await entities.act('input_boolean.turn_off', 'input_boolean.bedtime');
    await showing('switch.kitchen_dnd', 'off');
    await showing('switch.anna_dnd', 'off');
  });

  it('show who is at the door, and open it within five minutes alone', async ({ skip }) => {
    skip(!house.has('doorbell'), 'this Home Assistant is too old');
    await house.harness.observer.publish('gate/doorbell', { event_type: 'ring' });
    const { data } = await house.pushed('the notification', ({ title }) => title === 'Somebody is at the door');
    const [button] = data?.actions ?? [];
    const late = `${button?.action.split('|')[0]}|${Math.floor(Date.now() / 1000) - 301}`;
    await house.fire('mobile_app_notification_action', { action: late });
    await house.pushed('that it was too late', ({ message }) => message.includes('works for five minutes'));
    await showing('input_boolean.gate', 'off');
    await house.fire('mobile_app_notification_action', { action: button?.action });
    await showing('input_boolean.gate', 'on');
  });

  it('send a text message once, however often it happens', async () => {
    const sent = () => house.at.twilio.state.messages;
    await house.fire('washed', { load: 7 });
    await house.fire('washed', { load: 8 });
    expect(await house.run('send_sms', { to: house.at.theirs, text: 'By hand' })).toMatchObject({ ok: true });
    // Of one automation, which has one context for all that it does.
    const text = (words: string) => ({ action: 'script.gosip_send_sms', data: { to: house.at.theirs, text: words } });
    await house.harness.entities.client.command({
      type: 'execute_script',
      sequence: [text('To Anna'), text('To Ben'), text('To Ben')],
    });
    await waitFor('all messages', 20, () => ([...sent().values()].length >= 5 ? true : undefined));
    const bodies = [...sent().values()].map((message) => String(message['body']));
    expect(bodies.toSorted()).toEqual(['By hand', 'Load 7 is done', 'To Anna', 'To Ben', 'To Ben']);
    expect(await house.run('send_sms', { to: 'nobody', text: 'x' })).toMatchObject({ ok: false });
  });

  it('tell that the dryer is done to who is at home', async () => {
    await house.rest('POST', '/api/states/person.owner', { state: 'home' });
    await house.fire('dried');
    await house.pushed('the notification', ({ message }) => message === 'The washing machine has finished.');
  });

  it('call for help on a smoke alarm', async () => {
    const gosip = house.at.house;
    const steps = [{ targets: [{ kind: 'person', id: house.at.personId }] }];
    await gosip.api('POST', '/escalation-chains', { name: 'Family', steps });
    await house.harness.observer.publish('smoke/state', 'ON', { retain: true });
    await showing('sensor.gosip_active_escalations', '1');
    const { items } = await gosip.api<{ items: { id: string; message: { text: string } }[] }>('GET', '/escalations');
    expect(items).toMatchObject([{ name: 'Family', message: { text: 'Smoke alarm. Sensor: Hall Smoke.' } }]);
    await gosip.api('POST', `/escalations/${items[0]?.id}/cancel`);
    await showing('sensor.gosip_active_escalations', '0');
  });

  it('begin do not disturb at its time, and let it end by itself', async () => {
    await waitFor('the time', Math.max(1, (startsAt - Date.now()) / 1000 + 30), async () =>
      (await house.harness.entities.state('switch.gosip_dnd'))?.state === 'on' ? true : undefined,
    );
    const { house: dnd } = await house.at.house.api<{ house: { until: string } }>('GET', '/dnd');
    expect(new Date(dnd.until).getTime()).toBeGreaterThan(Date.now());
  }, 180_000);

  it('say what is wrong while GoSIP is away, instead of "Done"', async () => {
    await house.at.house.program.stop();
    expect(await house.harness.entities.say('Liest du', 'de')).not.toBe('Done');
    expect(await house.harness.entities.say('Hör den Anrufbeantworter ab', 'de')).toContain('GoSIP hat nicht geantwortet');
  });

  it('make Home Assistant log no error and no warning', () => {
    expect(house.harness.complaints()).toEqual([]);
  });
});
