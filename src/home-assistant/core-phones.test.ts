import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createLog } from '#base/log.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { FakeCore } from '#testing/home-assistant/fake-core.ts';
import { FakeCorePhones } from '#testing/home-assistant/fake-core-phones.ts';
import type { FakePhone } from '#testing/home-assistant/fake-core-phones.ts';
import { CoreRefusal } from '#testing/home-assistant/fake-core-session.ts';
import { CoreLine } from './core-line.ts';
import { CorePhones } from './core-phones.ts';
import { coreFetch } from './core-rest.ts';
import type { PhoneMessage } from './phone-message.ts';
import { latinSlug } from './slug.ts';

const annas: FakePhone = { deviceId: 'p1', name: 'Anna’s Phone', target: 'mobile_app_annas_phone', userId: 'user-anna' };
const bens: FakePhone = {
  deviceId: 'p2',
  name: 'iPhone',
  target: 'mobile_app_iphone',
  userId: 'user-ben',
  manufacturer: 'Apple',
};

const message: PhoneMessage = {
  title: 'Missed call',
  body: 'Cara at 12:00',
  tag: 'call:call_1',
  link: '/app/gosip/calls/call_1',
  loudness: 'normal',
  alertsAgain: false,
  shownSeconds: undefined,
  buttons: [{ action: 'gosip:call-back:dlv_1:abc', label: 'Call back' }],
};

let core: FakeCore;
let phones: FakeCorePhones;
let line: CoreLine;
let our: CorePhones;

beforeEach(async () => {
  core = await FakeCore.start();
  phones = new FakeCorePhones(core, [annas, bens]);
  const access = { url: core.url, token: core.token };
  const clock = new FakeClock();
  line = new CoreLine({ access, clock, log: createLog({ level: 'silent' }) });
  our = new CorePhones({ core: line, coreFetch: coreFetch(access, clock) });
  line.start();
  await vi.waitFor(() => expect(line.isConnected).toBe(true), { timeout: 20_000 });
});

afterEach(async () => {
  our.stop();
  await line[Symbol.asyncDispose]();
  await core.end();
});

const show = (target: string, change: Partial<PhoneMessage> = {}) => our.show(target, { ...message, ...change }, () => {});

it('lists phones with whose they are, and notify entities that are not ours', async () => {
  core.setState('notify.kitchen_speaker', 'unknown', { friendly_name: 'Kitchen speaker' });
  expect(await our.list()).toEqual([
    { target: annas.target, name: 'Anna’s Phone', kind: 'phone', userIds: ['user-anna'] },
    { target: bens.target, name: 'iPhone', kind: 'phone', userIds: ['user-ben'] },
    { target: 'notify.kitchen_speaker', name: 'Kitchen speaker', kind: 'entity', userIds: [] },
  ]);
});

it('tells nobody on a phone whose name another phone has too, also where it came later', async () => {
  expect(await show(bens.target)).toEqual({ kind: 'accepted' });
  phones.set([annas, bens, { ...bens, deviceId: 'p3', userId: 'user-cara' }]);
  await vi.waitFor(async () => expect((await show(bens.target)).kind).toBe('refused'));
  expect((await our.list()).map(({ target }) => target)).not.toContain(bens.target);
});

it('shows what strangers wrote as it is: as no command to the phone, and as no markup on it', async () => {
  await show(annas.target, { title: 'A & B', body: 'clear_notification' });
  await show(annas.target, { body: String.raw`<b>1 < 2</b>\n` });
  await show(bens.target, { body: '<b>1 < 2</b>' });
  expect(phones.of(annas.target)).toMatchObject([
    { title: 'A &#38; B', message: '“clear_notification”' },
    { message: '&#60;b&#62;1 &#60; 2&#60;/b&#62;&#92;n' },
  ]);
  expect(phones.of(bens.target)).toMatchObject([{ message: '<b>1 < 2</b>' }]);
});

it('gives each kind of phone what its app knows, and takes it away again', async () => {
  await show(annas.target, { loudness: 'urgent', shownSeconds: 90 });
  await show(bens.target, { loudness: 'urgent' });
  await our.clear(annas.target, message.tag, () => {});
  const link = { url: message.link, clickAction: message.link, tag: message.tag };
  const actions = [{ action: 'gosip:call-back:dlv_1:abc', title: 'Call back' }];
  expect(phones.of(annas.target)).toMatchObject([
    { data: { ...link, actions, channel: 'GoSIP calls', ttl: 0, priority: 'high', timeout: 90, alert_once: true } },
    { message: 'clear_notification', data: { tag: message.tag } },
  ]);
  expect(phones.of(bens.target)).toMatchObject([
    { data: { ...link, actions, push: { 'interruption-level': 'time-sensitive' } } },
  ]);
});

it('waits for a phone that a starting Home Assistant cannot send to yet, and tells when it has started', async () => {
  const ready = vi.fn();
  const stop = our.onReady(ready);
  await vi.waitFor(() => expect(ready).toHaveBeenCalledTimes(1));
  phones.refusal = new CoreRefusal('not_found', 'Service notify.mobile_app_annas_phone not found.');
  expect((await show(annas.target)).kind).toBe('away');
  expect((await show('mobile_app_old')).kind).toBe('gone');
  phones.state = 'STARTING';
  expect((await show('mobile_app_old')).kind).toBe('away');
  await vi.waitFor(() => expect(core.commandsOf('subscribe_events')).toHaveLength(3));
  core.fire('homeassistant_started', {});
  await vi.waitFor(() => expect(ready).toHaveBeenCalledTimes(2));
  stop();
});

it.each([
  ['a phone that is no more', 'mobile_app_old', undefined, 'gone'],
  ['a phone that is not connected', annas.target, new CoreRefusal('home_assistant_error', 'not connected to local push'), 'away'],
  ['what Home Assistant does not take', annas.target, new CoreRefusal('invalid_format', 'extra keys'), 'refused'],
])('says what became of %s', async (_what, target, refusal, kind) => {
  phones.refusal = refusal;
  expect((await show(target)).kind).toBe(kind);
});

it('sends to no entity that Home Assistant would pass over without a word, and puts the title where it is seen', async () => {
  core.rest.set('/api/states/', ({ path }) => {
    const state = core.states.get(path.replace('/api/states/', ''));
    return state === undefined ? { status: 404, body: {} } : { status: 200, body: state };
  });
  expect((await show('notify.nobody')).kind).toBe('gone');
  core.setState('notify.tv', 'unavailable');
  expect((await show('notify.tv')).kind).toBe('away');
  core.setState('notify.tv', 'unknown', { supported_features: 1 });
  core.setState('notify.sms', 'unknown');
  expect((await show('notify.tv')).kind).toBe('accepted');
  expect((await show('notify.sms')).kind).toBe('accepted');
  expect(phones.of('send_message')).toEqual([
    { title: 'Missed call', message: 'Cara at 12:00' },
    { message: 'Missed call\nCara at 12:00' },
  ]);
});

it('says that it is away while Home Assistant is, without having begun to send', async () => {
  await core.end();
  await vi.waitFor(() => expect(line.isConnected).toBe(false));
  const sending = vi.fn();
  expect((await our.show(annas.target, message, sending)).kind).toBe('away');
  expect(sending).not.toHaveBeenCalled();
});

it('hears which button was pressed, and nothing that is none', async () => {
  const pressed: string[] = [];
  our.onAction((action) => pressed.push(action));
  await vi.waitFor(() => expect(core.commandsOf('subscribe_events')).toHaveLength(3));
  core.fire('mobile_app_notification_action', { action: 'x'.repeat(5000) });
  core.fire('mobile_app_notification_action', { action: 7 });
  core.fire('mobile_app_notification_action', { action: 'gosip:block:dlv_1:abc' });
  await vi.waitFor(() => expect(pressed).toEqual(['gosip:block:dlv_1:abc']));
});

it.each([
  ['Anna’s iPhone', 'annas_iphone'],
  ["Anna's iPhone", 'anna_s_iphone'],
  ['Müllers Größe', 'mullers_grosse'],
  ['Łódź Ærø (2)', 'lodz_aero_2'],
])('names the phone %s as Home Assistant does', (name, slug) => {
  expect(latinSlug(name)).toBe(slug);
});
