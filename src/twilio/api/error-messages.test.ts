import { describe, expect, it } from 'vitest';
import { explainErrorCode, knownErrorCodes, helpFor } from './error-messages.ts';

describe('the explanations of Twilio’s error codes', () => {
  it('say what it means, what to do, and the code', () => {
    expect(explainErrorCode(21610)).toBe(
      'The recipient has opted out (STOP). Only they can opt in again, by sending START. (Twilio 21610)',
    );
  });

  it.each([
    [99999, 'Strange thing', 'Strange thing (Twilio 99999)'],
    [99999, '', 'Twilio error 99999'],
    [undefined, 'Twilio answered with status 404', 'Twilio answered with status 404'],
  ])('leave %s to Twilio where there are none', (code, twilioMessage, expected) => {
    expect(explainErrorCode(code, twilioMessage)).toBe(expected);
  });

  it.each([20003, 20005, 20429, 21211, 21408, 21608, 21610, 21614, 30003, 30004, 30006, 30007, 30032, 30034, 32009, 32202])(
    'know %i',
    (code) => {
      expect(helpFor(code)).toBeDefined();
    },
  );

  it.each([
    [13251, /too many SIP headers/, /bug in GoSIP/],
    [13253, /header is too long/, /bug in GoSIP/],
    [13256, /callback URL of a recording is not valid/, /bug in GoSIP/],
    [13257, /callback URL of a transcription is not valid/, /bug in GoSIP/],
    [21244, /limit of trunks/, /Delete one/],
    [21629, /spells it differently/, /spelling that Twilio suggests/],
    [30010, /costs more than the limit/, /Raise the limit/],
    [30450, /for a while/, /half an hour/],
    [32100, /calls verified numbers only/, /Verify the number/],
    [32102, /could not parse the SDP/, /bug in GoSIP/],
    [32221, /not registered at the requested edge/, /health page/],
  ])('explain the cause that Twilio means by %i, and what to do', (code, meaning, advice) => {
    const words = helpFor(code);
    expect(words?.meaning).toMatch(meaning);
    expect(words?.advice).toMatch(advice);
  });

  it('are sentences without an end, so that they can be put together', () => {
    for (const code of knownErrorCodes) {
      const { meaning, advice } = helpFor(code) ?? { meaning: '', advice: '' };
      for (const words of [meaning, advice]) expect(words).toMatch(/^[A-Z][^\n]*[^.!\s]$/);
    }
  });
});
