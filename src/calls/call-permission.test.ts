import { expect, it } from 'vitest';
import type { ShortCost } from '#numbers/short-numbers.ts';
import { permissionRefusal } from './call-permission.ts';
import type { CallPermission } from './call-permission.ts';

const everything: CallPermission = { allow: 'everything', numbers: [], countries: [], hours: [] };
const house: CallPermission = { ...everything, allow: 'house' };
const grandma: CallPermission = { ...everything, allow: 'list', numbers: ['+4930901820', '11833'] };
const national: CallPermission = { ...everything, allow: 'national' };
const holiday: CallPermission = { ...everything, allow: 'countries', countries: ['FR'], numbers: ['+37120000000'] };
const afternoons: CallPermission = { ...everything, hours: [{ days: [1, 2, 3, 4, 5], from: '14:00', to: '22:00' }] };
const monday = (minutes: number) => ({ weekday: 1, minutes });
const noon = monday(12 * 60);

function reasonFor(number: string, permissions: readonly CallPermission[], local = noon, shortCost?: ShortCost) {
  return permissionRefusal({ number, shortCost, local, country: 'DE' }, permissions)?.reason ?? 'may call';
}

it.each<[string, string, CallPermission[], string]>([
  ['a number without any permission', '+37120000000', [], 'may call'],
  ['everything', '+37120000000', [everything], 'may call'],
  ['no call outside', '+4930901820', [house], 'call-not-permitted'],
  ['the list', '+4930901820', [grandma], 'may call'],
  ['the list', '+4930901821', [grandma], 'call-not-permitted'],
  ['the list, where another number only begins alike', '+49309018201', [grandma], 'call-not-permitted'],
  ['national', '+4930901820', [national], 'may call'],
  ['national', '+33142685300', [national], 'call-not-permitted'],
  ['national, free satellites', '+80012345678', [national], 'may call'],
  ['national, satellites', '+88213123456', [national], 'call-not-permitted'],
  ['countries', '+33142685300', [holiday], 'may call'],
  ['countries, which have the own one with them', '+4930901820', [holiday], 'may call'],
  ['countries', '+37129999999', [holiday], 'call-not-permitted'],
  ['countries, a number named beside them', '+37120000000', [holiday], 'may call'],
  ['a phone that may and a person who may not', '+33142685300', [holiday, national], 'call-not-permitted'],
  ['a phone that may not and a person who may', '+4930901820', [house, everything], 'call-not-permitted'],
])('%s: %s', (_, number, permissions, expected) => {
  expect(reasonFor(number, permissions)).toBe(expected);
});

it.each<[string, ShortCost, CallPermission, string]>([
  ['116111', 'free', house, 'may call'],
  ['116111', 'free', grandma, 'may call'],
  ['11833', 'unknown', house, 'call-not-permitted'],
  ['11833', 'unknown', grandma, 'may call'],
  ['11880', 'unknown', grandma, 'call-not-permitted'],
  ['115', 'standard', national, 'may call'],
])('the short number %s (%s)', (number, cost, permission, expected) => {
  expect(reasonFor(number, [permission], noon, cost)).toBe(expected);
});

it.each<[number, string]>([
  [14 * 60 - 1, 'call-not-permitted-now'],
  [14 * 60, 'may call'],
  [22 * 60 - 1, 'may call'],
  [22 * 60, 'call-not-permitted-now'],
])('by hours, at minute %i of a Monday: %s', (minutes, expected) => {
  expect(reasonFor('+4930901820', [afternoons], monday(minutes))).toBe(expected);
  expect(reasonFor('+4930901820', [everything, afternoons], monday(minutes))).toBe(expected);
});

it('says what is never permitted before it says when', () => {
  expect(reasonFor('+4930901820', [house, afternoons])).toBe('call-not-permitted');
  expect(reasonFor('116111', [{ ...afternoons, allow: 'house' }], noon, 'free')).toBe('may call');
});
