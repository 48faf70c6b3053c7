import { describe, expect, it } from 'vitest';
import type { Verdict } from '#calls/verdict.ts';
import { callVerdicts } from '#contract/call-verdicts.ts';
import { activeOf, inactiveOf, isHold, isSecureAlone, refusalOf } from './sdp.ts';
import { outcomeOfStatus, forwardableStatus, reasonPhrase, statusOf } from './sip-status.ts';

describe('session descriptions', () => {
  const session = (lines: string) => `v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\n${lines}`;
  const audio = (lines = '', port = 4000) => `m=audio ${port} RTP/AVP 0\r\n${lines}`;
  const video = (lines = '', port = 4002) => `m=video ${port} RTP/AVP 96\r\n${lines}`;
  const at = (address: string) => `c=IN IP${address.includes(':') ? 6 : 4} ${address}\r\n`;
  const [here, sendonly, inactive, sendrecv] = [at('192.0.2.1'), 'a=sendonly\r\n', 'a=inactive\r\n', 'a=sendrecv\r\n'];
  const recvonly = 'a=recvonly\r\n';

  it('of silence has no direction but inactive, in each stream, and the next version', () => {
    const held = inactiveOf(session(here + sendrecv + audio(sendonly) + video(recvonly, 0)));
    expect(held).toBe(session(here + audio(inactive) + video(inactive, 0)).replace('o=- 1 1 ', 'o=- 1 2 '));
    expect(isHold(held)).toBe(true);
  });

  it('with media both ways is made of one that holds, but of none without an address or audio', () => {
    const next = (text: string) => text.replace('o=- 1 18446744073709551614 ', 'o=- 1 18446744073709551615 ');
    const big = session(here + inactive + audio(sendonly)).replace('o=- 1 1 ', 'o=- 1 18446744073709551614 ');
    expect(activeOf(big)).toBe(next(big).replace(inactive, '').replace(sendonly, ''));
    expect([activeOf(''), activeOf(session(here)), activeOf(session(at('0.0.0.0') + audio()))]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it.each<[string, string, boolean]>([
    ['one stream by SRTP', 'm=audio 4000 RTP/SAVP 0\r\n', true],
    ['one by SRTP, and the same in the clear', 'm=audio 4000 RTP/SAVP 0\r\nm=audio 4000 RTP/AVP 0\r\n', false],
    ['one by SRTP, and one that was refused', 'm=audio 4000 RTP/SAVPF 0\r\nm=audio 0 RTP/AVP 0\r\n', true],
    ['one in the clear', audio(), false],
    ['a browser', 'm=audio 4000 UDP/TLS/RTP/SAVPF 0\r\n', false],
    ['a picture alone', 'm=video 4000 RTP/SAVP 96\r\n', false],
  ])('insist on SRTP: %s', (_case, lines, expected) => {
    expect(isSecureAlone(session(lines))).toBe(expected);
  });

  it.each<[string, string, boolean]>([
    ['sound both ways', here + audio(sendrecv), false],
    ['no direction: both ways', here + audio(), false],
    ['sound that is only sent', here + audio(sendonly), true],
    ['nothing flows', here + audio(inactive), true],
    ['only heard', here + audio(recvonly), false],
    ['the session says it', here + sendonly + audio(), true],
    ['the stream says otherwise than the session', here + sendonly + audio(sendrecv), false],
    ['the stream holds, the session does not', here + sendrecv + audio(sendonly), true],
    ['no address, as of old', at('0.0.0.0') + audio(sendrecv), true],
    ['no address of IPv6', at('::') + audio(), true],
    ['no address of IPv6, in full', at('0:0:0:0:0:0:0:0') + audio(), true],
    ['the stream has an address of its own', at('0.0.0.0') + audio(here), false],
    ['the stream alone has no address', here + audio(at('0.0.0.0')), true],
    ['another address that ends in zeros', at('10.0.0.0') + audio(), false],
    ['a picture that is only sent', here + audio() + video(sendonly), false],
    ['a picture without an address', here + audio() + video(at('0.0.0.0')), false],
    ['sound held, picture not', here + audio(sendonly) + video(sendrecv), true],
    ['a picture alone, held', here + video(sendonly), true],
    ['refused sound says nothing', here + audio(sendonly, 0) + video(sendrecv), false],
    ['a refused picture says nothing', here + audio() + video(inactive, 0), false],
    ['a refused second sound says nothing', here + audio(sendonly) + audio(sendrecv, 0), true],
    ['one of two sounds is held', here + audio(sendonly) + audio(), false],
    ['a stream that shares a port', here + audio('a=bundle-only\r\na=sendonly\r\n', 0), true],
    ['everything refused', here + audio(sendonly, 0), false],
    ['the word inside another line', here + audio('a=label:a=sendonly\r\ni=a=inactive\r\n'), false],
    ['lines that end with a line feed alone', (here + audio(sendonly)).replaceAll('\r', ''), true],
    ['nothing at all', '', false],
  ])('%s: a hold %s', (_name, lines, expected) => {
    expect(isHold(session(lines))).toBe(expected);
  });

  it('are refused stream by stream', () => {
    const refusal = refusalOf('v=0\r\nm=audio 4000 RTP/AVP 0 101\r\na=x\r\nm=video 4002 RTP/SAVPF 96\r\n');
    expect(refusal).toContain('m=audio 0 RTP/AVP 0 101\r\nm=video 0 RTP/SAVPF 96\r\n');
    expect(refusalOf('')).toMatch(/^v=0\r\n/);
  });
});

describe('statuses', () => {
  it('exist for every verdict, with a phrase', () => {
    for (const [reason, { dispositions }] of Object.entries(callVerdicts)) {
      for (const disposition of dispositions) {
        const status = statusOf({ disposition, reason } as Verdict);
        expect(status).toBeGreaterThanOrEqual(400);
        expect(reasonPhrase(status)).toBeDefined();
      }
    }
  });

  it('that drachtio-srf does not know are passed as the general one of their class', () => {
    expect([183, 199, 204, 499, 555, 699].map(forwardableStatus)).toEqual([183, 183, 200, 400, 500, 600]);
    for (let status = 101; status < 700; status += 1) expect(reasonPhrase(forwardableStatus(status))).toBeDefined();
  });

  it('of a callee always mean something', () => {
    const refusers = [false, true].flatMap((isTrunk) => [false, true].map((hasRung) => ({ isTrunk, hasRung })));
    for (const refuser of refusers) {
      for (let status = 300; status < 700; status += 1) {
        expect(['answered', 'answered-elsewhere', 'cancelled']).not.toContain(outcomeOfStatus(status, refuser));
      }
    }
  });

  it.each([
    [404, 'unknown-number', 'unreachable'],
    [410, 'unknown-number', 'unreachable'],
    [604, 'unknown-number', 'unreachable'],
    [484, 'unknown-number', 'refused'],
    [503, 'unreachable', 'unreachable'],
  ])('%i of a trunk means %s, of a phone %s', (status, ofTrunk, ofPhone) => {
    expect(outcomeOfStatus(status, { isTrunk: true, hasRung: false })).toBe(ofTrunk);
    expect(outcomeOfStatus(status, { isTrunk: false, hasRung: false })).toBe(ofPhone);
  });
});
