import { describe, expect, it } from 'vitest';
import { personNames } from './home-assistant-names.ts';

const id = 'a1b2c3d4e5f60718293a4b5c6d7e8f90';
const of = (loginName: string | undefined, displayName: string | undefined, taken: readonly string[] = []) =>
  personNames({ id, loginName, displayName }, (username) => taken.includes(username));

describe('what somebody is called here who comes from Home Assistant', () => {
  it.each([
    ['anna', 'Anna Müller', { username: 'anna', name: 'Anna Müller' }],
    [undefined, 'Anna Müller', { username: 'anna.muller', name: 'Anna Müller' }],
    ['Anna@Home.org', undefined, { username: 'anna.home.org', name: 'Anna@Home.org' }],
    ['.. ..', ' Ben ', { username: 'ben', name: 'Ben' }],
    [undefined, undefined, { username: 'ha-a1b2c3d4', name: 'ha-a1b2c3d4' }],
    ['Аня', 'Аня', { username: 'ha-a1b2c3d4', name: 'Аня' }],
    ['x'.repeat(50), 'y'.repeat(100), { username: 'x'.repeat(32), name: 'y'.repeat(80) }],
    ['ben', 'evil\u202Ename', { username: 'ben', name: 'ben' }],
    ['ben', '\u0000', { username: 'ben', name: 'ben' }],
  ])('login %s, name %s', (loginName, displayName, expected) => {
    expect(of(loginName, displayName)).toEqual(expected);
  });

  it('gets a username of their own where another person has it', () => {
    expect(of('anna', 'Anna', ['anna']).username).toBe('anna-2');
    expect(of('anna', 'Anna', ['anna', 'anna-2']).username).toBe('anna-3');
    const long = 'x'.repeat(32);
    expect(of(long, undefined, [long]).username).toBe(`${'x'.repeat(30)}-2`);
  });
});
