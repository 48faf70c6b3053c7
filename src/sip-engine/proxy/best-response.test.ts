import { describe, expect, it } from 'vitest';
import { SipMessage } from '../message/message.ts';
import { bestOf, rankOf, responseActionOf } from './best-response.ts';
import type { ResponseAction } from './best-response.ts';

function response(status: number, ...headers: readonly string[]): SipMessage {
  const message = new SipMessage({ status, reason: 'Whatever' });
  for (const key of headers) message.append(key, 'something');
  return message;
}

describe('verdictOf', () => {
  const cases: readonly { what: string; message: SipMessage; follow?: boolean; verdict: ResponseAction }[] = [
    { what: 'a success', message: response(200), verdict: 'forward' },
    { what: 'another success', message: response(202), verdict: 'forward' },
    { what: 'a redirect that is not followed', message: response(302, 'contact'), verdict: 'hold' },
    { what: 'a redirection to follow', message: response(302, 'contact'), follow: true, verdict: 'follow' },
    { what: 'a redirection to nowhere', message: response(302), follow: true, verdict: 'hold' },
    { what: 'a challenge of the target', message: response(401, 'www-authenticate'), verdict: 'forward' },
    { what: 'a challenge of a proxy', message: response(407, 'proxy-authenticate'), verdict: 'forward' },
    { what: 'a 401 without a challenge', message: response(401), verdict: 'hold' },
    { what: 'a 407 without a challenge', message: response(407, 'www-authenticate'), verdict: 'hold' },
    { what: 'busy', message: response(486), verdict: 'hold' },
    { what: 'broken', message: response(500), verdict: 'hold' },
    { what: 'a global failure', message: response(603), verdict: 'give-up' },
  ];
  for (const { what, message, follow = false, verdict } of cases) {
    it(`${what}: ${verdict}`, () => expect(responseActionOf(message, follow)).toBe(verdict));
  }
});

describe('bestOf', () => {
  const table: readonly { held: readonly number[]; best: number }[] = [
    { held: [486, 603, 401], best: 603 },
    { held: [404, 401], best: 401 },
    { held: [480, 407], best: 407 },
    { held: [486, 415], best: 415 },
    { held: [486, 420], best: 420 },
    { held: [404, 484], best: 484 },
    { held: [503, 404], best: 404 },
    { held: [302, 500], best: 500 },
    { held: [302, 404], best: 404 },
    { held: [302], best: 302 },
    { held: [480, 486, 404], best: 480 },
  ];
  for (const { held, best } of table) {
    it(`${held.join(', ')}: ${best}`, () => {
      expect(bestOf(held.map((status) => ({ message: response(status), isOwn: false })))?.status).toBe(best);
    });
  }

  it('prefers what a target said to our own words of the same class, and nothing is nothing', () => {
    const own = { message: response(408), isOwn: true };
    const theirs = { message: response(486), isOwn: false };
    expect(bestOf([own, theirs])?.status).toBe(486);
    expect(bestOf([theirs, own])?.status).toBe(486);
    expect(bestOf([{ message: response(503), isOwn: false }, own])?.status).toBe(408);
    expect(bestOf([])).toBeUndefined();
  });

  it('ranks as RFC 3261 section 16.7 does', () => {
    expect([600, 407, 404, 500, 302].map(rankOf)).toEqual([0, 1, 2, 3, 4]);
  });
});
