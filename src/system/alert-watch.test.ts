import { afterEach, beforeEach, expect, test } from 'vitest';
import { isoTime } from '#base/clock.ts';
import { Events } from '#base/events.ts';
import { createLog } from '#base/log.ts';
import { alert, bindAlert } from '#contract/alert.ts';
import type { ActiveAlert } from '#contract/alert.ts';
import type { Facts } from '#contract/facts.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { AlertWatch } from './alert-watch.ts';

const twilioFails = { about: 'Twilio', message: 'No route' };
const mailFails = { about: 'mail', message: 'Refused' };

let clock: FakeClock;
let events: Events<Facts>;
let lines: { level: string; msg: string; alert?: string; about?: string; message?: string }[];
let active: readonly ActiveAlert[] | Error;
let watch: AlertWatch;

beforeEach(() => {
  clock = new FakeClock();
  lines = [];
  active = [];
  const log = createLog({ level: 'info', destination: { write: (line: string) => void lines.push(JSON.parse(line) as never) } });
  events = new Events<Facts>(log);
  const failing = bindAlert(alert({ alertId: 'outbox-failing', title: 'Requests to a service fail' }), {
    changedBy: ['outbox.failing', 'outbox.recovered'],
    active: () => {
      if (active instanceof Error) throw active;
      return active;
    },
  });
  const other = bindAlert(alert({ alertId: 'storage-failed', title: 'Something else' }), {
    changedBy: ['storage.failed'],
    active: () => [{ about: 'disk', message: 'It is full' }],
  });
  watch = new AlertWatch({ clock, log, events, alerts: [failing, other] });
});
afterEach(() => watch.stop());

const fail = () => events.emit('outbox.failing', { service: 'Twilio', failures: 3, reason: 'No route' });
const said = () => lines.splice(0).map(({ level, msg, about }) => `${level} ${msg}: ${about}`);

test('what is wrong at the start is reported at once', () => {
  active = [twilioFails];
  watch.start();
  expect(lines).toMatchObject([
    { level: 'warn', msg: 'Alert: Requests to a service fail', alert: 'outbox-failing', ...twilioFails },
    { level: 'warn', msg: 'Alert: Something else', alert: 'storage-failed', about: 'disk' },
  ]);
});

test('an alert is one warning, however often its fact comes, and one line when it is over', () => {
  watch.start();
  said();
  active = [twilioFails];
  fail();
  fail();
  clock.advance(600_000);
  expect(said()).toEqual(['warn Alert: Requests to a service fail: Twilio']);
  expect(watch.raised).toContainEqual({ alertId: 'outbox-failing', ...twilioFails });
  active = [];
  events.emit('outbox.recovered', { service: 'Twilio' });
  expect(said()).toEqual(['warn Alert over: Requests to a service fail: Twilio']);
  expect(watch.raised.map(({ alertId }) => alertId)).toEqual(['storage-failed']);
  active = [twilioFails];
  fail();
  expect(said()).toEqual(['warn Alert: Requests to a service fail: Twilio']);
});

test('each service has its own alert', () => {
  watch.start();
  active = [twilioFails];
  fail();
  said();
  active = [mailFails];
  fail();
  expect(said()).toEqual(['warn Alert: Requests to a service fail: mail', 'warn Alert over: Requests to a service fail: Twilio']);
});

test('the end of an alert that no fact reports is noticed within a minute', () => {
  active = [twilioFails];
  watch.start();
  said();
  active = [];
  clock.advance(60_000);
  expect(said()).toEqual(['warn Alert over: Requests to a service fail: Twilio']);
});

test('a state that cannot be read neither ends an alert nor disturbs the others', () => {
  active = [twilioFails];
  watch.start();
  said();
  active = new Error('Broken');
  fail();
  expect(said()).toEqual(['error An alert could not be checked: undefined']);
  expect(watch.raised).toHaveLength(2);
});

test('nothing is reported after the stop', () => {
  watch.start();
  said();
  watch.stop();
  active = [twilioFails];
  fail();
  clock.advance(120_000);
  expect(said()).toEqual([]);
});

test('what was wrong can still be read when it is over, with when it began and ended', () => {
  watch.start();
  const began = isoTime(clock.now());
  active = [twilioFails];
  fail();
  clock.advance(120_000);
  expect(watch.open).toContainEqual({
    ...{ alertId: 'outbox-failing', title: 'Requests to a service fail', ...twilioFails, values: {} },
    ...{ since: began, until: null },
  });
  active = [];
  fail();
  expect(watch.open.map(({ alertId }) => alertId)).toEqual(['storage-failed']);
  expect(watch.past).toMatchObject([{ alertId: 'outbox-failing', since: began, until: isoTime(clock.now()) }]);
});
