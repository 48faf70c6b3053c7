import { describe, expect, it } from 'vitest';
import { contrast, formatColor, parseColor, readable, textOn } from './contrast.ts';
import type { Rgb } from './contrast.ts';
import { dayDistance, formatDuration, formatWhen } from './format.ts';
import { localeOf, pickLanguage } from './locale.ts';
import { fill, pluralKey } from './phrase.ts';
import { problemOf } from './problem.ts';
import { requestPath } from './request.ts';
import { pathOf, placeOf } from './routes.ts';
import { deviceTypes } from '#contract/devices.ts';
import { phoneKinds } from './phone-kinds.ts';

describe('a request', () => {
  it('fills in its path and leaves out what is not given', () => {
    const address = { method: 'GET', path: '/devices/:id/registrations' } as const;
    expect(requestPath(address, { params: { id: 'dev_1/..?x' } })).toBe('/devices/dev_1%2F..%3Fx/registrations');
    const list = { method: 'GET', path: '/cdrs' } as const;
    expect(requestPath(list, { query: { text: 'Mum & Dad', direction: undefined, page: 2 } })).toBe(
      '/cdrs?text=Mum+%26+Dad&page=2',
    );
    expect(requestPath(list, {})).toBe('/cdrs');
  });

  it('that has no success says why, also where a proxy answers in its own way', () => {
    const details = [{ field: 'name', message: 'Too small' }];
    expect(problemOf(400, { error: { code: 'VALIDATION_ERROR', message: 'no', details } })).toMatchObject({
      code: 'VALIDATION_ERROR',
      fields: details,
    });
    expect([400, 401, 403, 502, 503, 500].map((status) => problemOf(status, '<html>').code)).toEqual([
      'REFUSED',
      'AUTHENTICATION_ERROR',
      'AUTHORIZATION_ERROR',
      'AWAY',
      'AWAY',
      'INTERNAL_ERROR',
    ]);
  });
});

describe('an address of the panel', () => {
  it('is a page and what is open in it', () => {
    expect(placeOf('')).toEqual({ page: 'dashboard', id: undefined, query: {} });
    expect(placeOf('calls/')).toEqual({ page: 'calls', id: undefined, query: {} });
    expect(placeOf('/phones/dev_%20x')).toEqual({ page: 'phones', id: 'dev_ x', query: {} });
    expect(placeOf('phones/%E0%A4%A')).toEqual({ page: 'phones', id: '%E0%A4%A', query: {} });
  });

  it.each(['nothing', 'phones/a/b', 'dashboard', '__proto__', 'constructor'])('that leads nowhere: %s', (path) =>
    expect(placeOf(path)).toEqual({ page: 'missing', id: undefined, query: {} }),
  );

  it('is written as it is read', () => {
    expect(placeOf(pathOf('phones', 'dev/1'))).toEqual({ page: 'phones', id: 'dev/1', query: {} });
    expect(pathOf('dashboard')).toBe('');
    expect(placeOf('calls', new URL(pathOf('calls', undefined, { text: 'Mum & Dad' }), 'http://house/').search).query).toEqual({
      text: 'Mum & Dad',
    });
  });
});

describe('the language', () => {
  it('is the first that the panel speaks, else English', () => {
    expect(pickLanguage(['pt-BR', 'de-AT', 'en'])).toBe('de');
    expect(pickLanguage(['sv', 'no'])).toBe('en');
    expect(pickLanguage([])).toBe('en');
  });

  it('is that of Home Assistant, with the country of the browser where it is the same language', () => {
    const homeAssistant = { language: 'de', time_format: '12', first_weekday: 'sunday' } as const;
    expect(localeOf({ homeAssistant, timeZone: 'Europe/Vienna', browser: ['en-US', 'de-AT'] })).toEqual({
      language: 'de',
      tag: 'de',
      hour12: true,
      timeZone: 'Europe/Vienna',
      firstWeekday: 7,
    });
    expect(localeOf({ homeAssistant: undefined, timeZone: undefined, browser: ['pt', 'fr-CA'] })).toMatchObject({
      language: 'fr',
      tag: 'fr-CA',
      hour12: undefined,
    });
  });

  it('fills in words and chooses the plural', () => {
    expect(fill('{name} of {name}: {other}', { name: '$& {other}' })).toBe('$& {other} of $& {other}: {other}');
    expect([0, 1, 2].map((count) => pluralKey('x', count, 'fr'))).toEqual(['x.one', 'x.one', 'x.other']);
    expect([0, 1, 2].map((count) => pluralKey('x', count, 'de'))).toEqual(['x.other', 'x.one', 'x.other']);
  });
});

describe('a time', () => {
  const style = { tag: 'en-GB', hour12: undefined, timeZone: 'Europe/Berlin' };
  const now = Date.parse('2026-11-30T08:30:00Z');

  it('is as short as the day allows', () => {
    const shown = (at: string) => formatWhen(Date.parse(at), now, style);
    expect(shown('2026-11-30T08:05:00Z')).toBe('09:05');
    expect(shown('2026-11-29T23:30:00Z')).toBe('00:30');
    expect(shown('2026-11-29T22:30:00Z')).toBe('yesterday, 23:30');
    expect(shown('2026-11-26T08:00:00Z')).toBe('Thu, 09:00');
    expect(shown('2026-10-01T08:00:00Z')).toBe('1 Oct');
    expect(shown('2025-10-01T08:00:00Z')).toBe('1 Oct 2025');
  });

  it('has twelve hours where somebody wants it so', () =>
    expect(formatWhen(now, now, { ...style, tag: 'en-US', hour12: true })).toMatch(/^9:30\sAM$/));

  it('counts days by the calendar, also over the night with 25 hours', () => {
    const before = Date.parse('2026-10-24T22:30:00Z');
    expect(dayDistance(before, Date.parse('2026-10-25T22:30:00Z'), style)).toBe(0);
    expect(dayDistance(before, Date.parse('2026-10-25T23:30:00Z'), style)).toBe(-1);
  });

  it('runs as a clock', () =>
    expect([0, 7.9, 61, 3_723, -4].map((seconds) => formatDuration(seconds))).toEqual([
      '0:00',
      '0:07',
      '1:01',
      '1:02:03',
      '0:00',
    ]));
});

describe('a colour', () => {
  const white: Rgb = [255, 255, 255];
  const dark: Rgb = [28, 28, 28];

  it('is read as styles write it', () => {
    expect(parseColor('rgb(0, 154, 199)')).toEqual([0, 154, 199]);
    expect(parseColor('rgba(0 154 199 / 0.5)')).toEqual([0, 154, 199]);
    expect(parseColor('#09c')).toEqual([0, 153, 204]);
    expect(parseColor('var(--x)')).toBeUndefined();
    expect(formatColor([0, 154, 199])).toBe('#009ac7');
  });

  it.each<Rgb>([
    [0, 154, 199],
    [255, 255, 255],
    [0, 0, 0],
    [255, 235, 59],
    [28, 28, 28],
  ])('of any theme can be read on its card: %s %s %s', (...color) => {
    for (const background of [white, dark]) {
      const found = readable(color, [background]);
      expect(contrast(found, background)).toBeGreaterThanOrEqual(4.5);
      expect(contrast(textOn(found), found)).toBeGreaterThanOrEqual(4.5);
    }
  });

  it('that can be read stays as it is', () => expect(readable([0, 103, 135], [white])).toEqual([0, 103, 135]));
});

it('has a name and a picture for every type of phone that there is', () =>
  expect(phoneKinds.map(({ type }) => type).toSorted()).toEqual([...deviceTypes].toSorted()));
