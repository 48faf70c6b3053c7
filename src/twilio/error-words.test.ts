import { describe, expect, it } from 'vitest';
import { explainCode, knownCodes, wordsFor } from './error-words.ts';

describe('the words for the codes of Twilio', () => {
  it('say what it means, what to do, and the code', () => {
    expect(explainCode(21610)).toBe(
      'The other side has asked for no more messages (STOP). Only they can change that, by writing START. (Twilio 21610)',
    );
  });

  it.each([
    [99999, 'Strange thing', 'Strange thing (Twilio 99999)'],
    [99999, '', 'Twilio error 99999'],
    [undefined, 'Twilio answered 404', 'Twilio answered 404'],
  ])('leave %s to Twilio where there are none', (code, twilioWords, expected) => {
    expect(explainCode(code, twilioWords)).toBe(expected);
  });

  it.each([20003, 20005, 20429, 21211, 21408, 21608, 21610, 21614, 30003, 30004, 30006, 30007, 30032, 30034, 32009, 32202])(
    'know %i',
    (code) => {
      expect(wordsFor(code)).toBeDefined();
    },
  );

  it('are sentences without an end, so that they can be put together', () => {
    for (const code of knownCodes) {
      const { meaning, advice } = wordsFor(code) ?? { meaning: '', advice: '' };
      for (const words of [meaning, advice]) expect(words).toMatch(/^[A-Z][^\n]*[^.!\s]$/);
    }
  });
});
