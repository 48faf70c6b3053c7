import { expect, test } from 'vitest';
import { isOneTimeCode } from './one-time-code.ts';

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
