import { describe, expect, it } from 'vitest';
import { explainErrorCode, knownErrorCodes, helpFor } from './error-messages.ts';

describe('the words for the codes of Twilio', () => {
  it('say what it means, what to do, and the code', () => {
    expect(explainErrorCode(21610)).toBe(
      'The other side has asked for no more messages (STOP). Only they can change that, by writing START. (Twilio 21610)',
    );
  });

  it.each([
    [99999, 'Strange thing', 'Strange thing (Twilio 99999)'],
    [99999, '', 'Twilio error 99999'],
    [undefined, 'Twilio answered 404', 'Twilio answered 404'],
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
    [13251, /too many SIP headers/, /fault of GoSIP/],
    [13253, /header is too long/, /fault of GoSIP/],
    [13256, /address to report a recording to is not valid/, /fault of GoSIP/],
    [13257, /address to report a transcript to is not valid/, /fault of GoSIP/],
    [21244, /as many trunks as it may/, /Delete one/],
    [21629, /spells it otherwise/, /spelling that Twilio suggests/],
    [30010, /costs more than the limit/, /raise the limit/],
    [30450, /for a while/, /half an hour/],
    [32100, /calls verified numbers only/, /Verify the number/],
    [32102, /could not read .* \(SDP\)/, /fault of GoSIP/],
    [32221, /not registered at the edge/, /health page/],
  ])('tell the owner the cause that Twilio means by %i, and what helps against it', (code, meaning, advice) => {
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
