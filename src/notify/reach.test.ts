import { describe, expect, it } from 'vitest';
import type { ChannelId } from '#contract/notification-kinds.ts';
import type { Notification } from './kinds/notification.ts';
import { changedPreferences, defaultPreferences } from './preference.ts';
import type { PreferencesChange } from './preference.ts';
import type { Quiet } from './quiet.ts';
import { Reach } from './reach.ts';
import type { ReachedTarget } from './reach.ts';

const personId = 'person_anna';
const missed: Notification = { kind: 'missed-call', item: { callId: 'call_1' } };
const ringing: Notification = { kind: 'incoming-call', item: { callId: 'call_1' } };
const over: Notification = { kind: 'call-over', item: { callId: 'call_1' } };
const alert = (alertId: string, about: string) =>
  ({ kind: 'alert', item: { alertId, about, values: {}, since: 0 } }) as Notification;
const target = (channel: ChannelId, isEnabled = true): ReachedTarget => ({
  id: `tgt_${channel}` as const,
  personId,
  channel,
  name: channel,
  address: channel,
  settings: {},
  isEnabled,
});
const night = [{ days: [1, 2, 3, 4, 5, 6, 7], from: '22:00', to: '07:00' }];
const atNight = Date.parse('2026-12-01T22:00:00Z');
const morning = Date.parse('2026-12-02T06:00:00Z');
const byDay = Date.parse('2026-12-01T12:00:00Z');

function reach(change: PreferencesChange, targets: readonly ReachedTarget[], dndUntil?: Quiet['dndUntil']): Reach {
  const chosen = changedPreferences(defaultPreferences, change);
  const preferences = { of: () => chosen };
  return new Reach({ preferences, targetsOf: () => targets, dndUntil: () => dndUntil, timeZone: 'Europe/Berlin' });
}

function told(notification: Notification, by: Reach, now: number, isUrgent = false): Record<string, unknown> {
  const reached = by.channelsFor({ notification, personId, isUrgent }, now);
  return Object.fromEntries(reached.map(({ target: { channel }, when }) => [channel, when]));
}

describe('where a person is reached', () => {
  const mine = [target('mail'), target('ntfy'), target('gotify', false)];

  it('is at every target of the channels that were chosen and are on', () => {
    expect(told(missed, reach({}, mine), byDay)).toEqual({ mail: 'now', ntfy: 'now' });
    expect(told(missed, reach({ kinds: { 'missed-call': { channels: ['mail'] } } }, mine), byDay)).toEqual({ mail: 'now' });
    expect(told(missed, reach({ kinds: { 'missed-call': { channels: [] } } }, mine), byDay)).toEqual({});
    expect(told(ringing, reach({}, mine), byDay)).toEqual({ ntfy: 'now' });
  });

  it('is by mail at once, and by push in the morning', () => {
    expect(told(missed, reach({ quietHours: night }, mine), atNight)).toEqual({ mail: 'now', ntfy: morning });
    expect(told(ringing, reach({ quietHours: night }, mine), atNight)).toEqual({ ntfy: 'drop' });
  });

  it('is by push when do not disturb is off again, but for a call that rings all the same', () => {
    expect(told(missed, reach({}, mine, byDay + 1000), byDay)).toEqual({ mail: 'now', ntfy: byDay + 1000 });
    expect(told(ringing, reach({}, mine, 'open-ended'), byDay)).toEqual({ ntfy: 'now' });
  });

  it('is also at night where what rang there is over: it makes no noise', () => {
    expect(told(over, reach({ quietHours: night }, mine, 'open-ended'), atNight)).toEqual({ ntfy: 'now' });
  });

  it('is never by the channel whose failure is told', () => {
    expect(told(alert('notifications-failing', 'mail'), reach({}, mine), byDay)).toEqual({ ntfy: 'now' });
    expect(told(alert('notifications-failing', 'ntfy'), reach({}, mine), byDay)).toEqual({ mail: 'now' });
    expect(told(alert('trunk-down', 'mail'), reach({}, mine), byDay)).toEqual({ mail: 'now', ntfy: 'now' });
  });

  it('is at night too for what is urgent', () => {
    expect(told(alert('trunk-down', 'x'), reach({ quietHours: night }, mine), atNight, true)).toEqual({
      mail: 'now',
      ntfy: 'now',
    });
    expect(told(alert('mqtt-broken', ''), reach({ quietHours: night }, mine), atNight)).toEqual({ mail: 'now', ntfy: morning });
  });
});
