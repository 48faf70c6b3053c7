import { expect, it } from 'vitest';
import { readOptOut } from './opt-out.ts';
import { isWritable } from './phone-number.ts';

it.each([
  ['STOP', undefined, 'stop'],
  [' stop. ', undefined, 'stop'],
  ['"Stop"', undefined, 'stop'],
  ['StopAll', undefined, 'stop'],
  ['Unsubscribe', undefined, 'stop'],
  ['cancel', undefined, 'stop'],
  ['end', undefined, 'stop'],
  ['quit', undefined, 'stop'],
  ['OPTOUT', undefined, 'stop'],
  ['revoke', undefined, 'stop'],
  ['start', undefined, 'start'],
  ['Yes', undefined, 'start'],
  ['unstop', undefined, 'start'],
  ['help!', undefined, 'help'],
  ['info', undefined, 'help'],
  ['Please stop writing', undefined, undefined],
  ['stop it', undefined, undefined],
  ['', undefined, undefined],
  ['constructor', undefined, undefined],
  ['stop'.padEnd(5000), undefined, undefined],
  ['Arrêt', 'STOP', 'stop'],
  ['whatever', 'START', 'start'],
  ['stop', 'HELP', 'help'],
  ['stop', 'SOMETHING', 'stop'],
])('reads %j, which Twilio takes for %s, as %s', (body, seen, word) => {
  expect(readOptOut(body, seen)).toBe(word);
});

it.each([
  ['+15555550123', true],
  ['+4930123456', true],
  ['72345', false],
  ['+12345', false],
  ['Bank', false],
  ['', false],
  // Withheld, on a keypad.
  ['+266696687', false],
  ['+7378742833', false],
  ['+86282452253', false],
])('%j can be written to: %s', (number, expected) => {
  expect(isWritable(number)).toBe(expected);
});
