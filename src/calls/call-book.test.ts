import { describe, expect, test } from 'vitest';
import type { Device } from '#devices/device.ts';
import { CallBook } from './call-book.ts';

const phone = (extension: string, name: string, personId?: string) =>
  ({ id: `dev_${extension}`, name, extension, personId, enabled: true }) as Device;
const phones = [phone('10', 'Kitchen'), phone('11', 'Desk', 'person_anna'), phone('12', 'Anna mobile', 'person_anna')];
const people = [
  { id: 'person_anna', name: 'Anna' },
  { id: 'person_ben', name: 'Ben' },
] as const;
const contacts = [
  { id: 'contact_1', name: 'Doctor Weiß', numbers: [{ number: '+14165550123' }, { number: '+14165550124' }] },
  { id: 'contact_2', name: 'Kitchen studio', numbers: [{ number: '+14165550125' }] },
  { id: 'contact_3', name: 'Nobody reachable', numbers: [] },
  { id: 'contact_4', name: 'Doctor Schwarz', numbers: [{ number: '+14165550126' }] },
];

function book(ringing: readonly string[] = ['dev_10', 'dev_11', 'dev_12'], devices = phones) {
  return new CallBook({
    devices: { all: () => devices },
    people: { all: () => people },
    contacts: (personId) => (personId === 'person_anna' ? contacts : contacts.slice(0, 3)),
    canRing: (id) => ringing.includes(id),
  });
}

describe('what a phone dials', () => {
  test.each([
    ['10', '10'],
    ['+1 416 555 0177', '+1 416 555 0177'],
    ['(416) 555-0177', '(416) 555-0177'],
    ['*42', '*42'],
    ['kitchen', '10'],
    ['KITCHEN', '10'],
    ['kitchen studio', '+14165550125'],
    ['anna', '11'],
    ['anna mobile', '12'],
    ['doctor weiss', '+14165550123'],
    ['dev_12', '12'],
  ])('for %s is %s', (to, dialled) => {
    expect(book().dialled(to, undefined)).toBe(dialled);
  });

  test('for a person is a phone of theirs that can ring', () => {
    expect(book(['dev_12']).dialled('anna', undefined)).toBe('12');
    expect(() => book(['dev_10']).dialled('anna', undefined)).toThrow('Anna has no phone that can ring now');
  });

  test('for a name is looked up in the contacts of whose phone it is, and never guessed', () => {
    expect(book().dialled('doctor', undefined)).toBe('+14165550123');
    expect(() => book().dialled('doctor', 'person_anna')).toThrow('doctor may be several: Doctor Weiß, Doctor Schwarz');
    expect(() => book().dialled('nobody', undefined)).toThrow('There is no number of Nobody reachable');
    expect(() => book().dialled('grandma', undefined)).toThrow('There is no grandma');
  });
});

describe('the phone that is to ring', () => {
  test.each([
    [{ device: 'kitchen' }, 'Kitchen'],
    [{ device: '11' }, 'Desk'],
    [{ device: 'dev_12' }, 'Anna mobile'],
    [{ person: 'ANNA' }, 'Desk'],
    [{ device: 'kitchen', person: 'anna' }, 'Kitchen'],
  ])('for %o is %s', (asked, name) => {
    expect(book().ringing(asked).name).toBe(name);
  });

  test('is the only one that can, where none is named', () => {
    expect(book(['dev_12']).ringing({}).name).toBe('Anna mobile');
    expect(() => book().ringing({})).toThrow('Say which phone');
    expect(() => book([]).ringing({})).toThrow('Say which phone');
  });

  test('is no door station, which would answer at the gate with nobody there, unless it is the one that is named', () => {
    const gate = { ...phone('20', 'Gate', 'person_anna'), type: 'door-station' } as Device;
    const withGate = book(['dev_20', 'dev_12'], [gate, ...phones]);
    expect(withGate.ringing({}).name).toBe('Anna mobile');
    expect(withGate.ringing({ person: 'anna' }).name).toBe('Anna mobile');
    expect(withGate.dialled('anna', undefined)).toBe('12');
    expect(withGate.ringing({ device: 'gate' }).name).toBe('Gate');
    expect(() => book(['dev_20'], [gate, ...phones]).ringing({ person: 'anna' })).toThrow('no phone that can ring now');
  });
});
