import { describe, expect, it } from 'vitest';
import { verdicts } from '#calls/verdict.ts';
import type { Verdict } from '#calls/verdict.ts';
import { isHold, refusalOf } from './sdp.ts';
import { outcomeOf, passable, phraseOf, statusOf } from './sip-status.ts';

describe('session descriptions', () => {
  it.each([
    ['a=sendrecv\r\n', false],
    ['m=audio 1 RTP/AVP 0\r\n', false],
    ['a=sendonly\r\n', true],
    ['a=inactive\r\n', true],
    ['c=IN IP4 0.0.0.0\r\na=sendrecv\r\n', true],
    ['a=sendonly\r\nm=video 2 RTP/AVP 31\r\na=sendrecv\r\n', false],
    ['a=recvonly\r\n', false],
  ])('%j is a hold: %s', (sdp, expected) => {
    expect(isHold(sdp)).toBe(expected);
  });

  it('are refused stream by stream', () => {
    const refusal = refusalOf('v=0\r\nm=audio 4000 RTP/AVP 0 101\r\na=x\r\nm=video 4002 RTP/SAVPF 96\r\n');
    expect(refusal).toContain('m=audio 0 RTP/AVP 0 101\r\nm=video 0 RTP/SAVPF 96\r\n');
    expect(refusalOf('')).toMatch(/^v=0\r\n/);
  });
});

describe('statuses', () => {
  it('exist for every verdict, with a phrase', () => {
    for (const [result, reasons] of Object.entries(verdicts)) {
      for (const reason of reasons) {
        const status = statusOf({ result, reason } as Verdict);
        expect(status).toBeGreaterThanOrEqual(400);
        expect(phraseOf(status)).toBeDefined();
      }
    }
  });

  it('that drachtio-srf does not know are passed as the general one of their class', () => {
    expect([183, 199, 204, 433, 555, 699].map(passable)).toEqual([183, 183, 200, 400, 500, 600]);
    for (let status = 101; status < 700; status += 1) expect(phraseOf(passable(status))).toBeDefined();
  });

  it('of a callee always mean something', () => {
    for (let status = 300; status < 700; status += 1) expect(outcomeOf(status)).not.toBe('answered');
  });
});
