import { expect, test } from 'vitest';
import { isOneTimeCode, oneTimeCode } from './one-time-code.ts';

test.each([
  'Your verification code is 482913.',
  '482 913 is your Amazon OTP. Do not share it.',
  'G-482913 is your Google verification code.',
  'Ihre TAN für die Überweisung von 25,00 EUR lautet 482913',
  'Ihr Bestätigungscode: 4829',
  'Votre code de sécurité est 482913',
  'Su código de verificación es 4829',
  'Uw beveiligingscode is 482913.',
  'Your PIN: 4829',
  'Use 48291346 to reset your password',
])('"%s" is kept back', (text) => {
  expect(isOneTimeCode(text)).toBe(true);
});

test.each([
  'See you at eight',
  'Call me at +14165550123',
  'The appointment is on 2026-11-30 at 10:30',
  'I will bring 4000 things',
  'The code of the door is with Anna',
  'Rent: 1250.50 dollars',
  '',
])('"%s" is an ordinary message', (text) => {
  expect(isOneTimeCode(text)).toBe(false);
});

test.each([
  ['Your verification code is 482913.', '482913'],
  ['482 913 is your Amazon OTP. Do not share it.', '482913'],
  ['G-482913 is your Google verification code.', 'G-482913'],
  ['2026: Ihre TAN für die Überweisung vom Konto 4711 lautet 482913', '482913'],
  ['Your order 20261130 needs a code: 4829. It ends in 2027', '4829'],
  ['123-456 ist dein Bestätigungscode', '123456'],
  ['The code of the door is with Anna', undefined],
])('the code in "%s" is %s', (text, expected) => {
  expect(oneTimeCode(text)).toBe(expected);
});

test('a code is found in time in proportion to a long text', () => {
  expect(oneTimeCode(`${'x '.repeat(4_900)}code 4829`)).toBe('4829');
});
