import { describe, expect, it } from 'vitest';
import { exchangeOf, outcomeOf, outcomeOfStatus } from './status-outcome.ts';
import type { FencedResult } from './fenced-request.ts';

const now = Date.UTC(2026, 10, 30, 12, 0, 0);
const replied = (body: string): FencedResult => ({
  kind: 'replied',
  status: 200,
  headers: {},
  body: Buffer.from(body),
  isCut: false,
});

describe('what a status makes of an attempt', () => {
  it.each([
    [200, 'delivered'],
    [202, 'delivered'],
    [204, 'delivered'],
    [301, 'permanent redirect-refused'],
    [304, 'permanent redirect-refused'],
    [400, 'permanent refused-content'],
    [401, 'permanent refused-login'],
    [403, 'permanent refused-login'],
    [404, 'permanent target-gone'],
    [408, 'temporary server-error'],
    [410, 'permanent target-gone'],
    [413, 'permanent too-large'],
    [418, 'permanent refused-content'],
    [425, 'temporary busy'],
    [429, 'temporary busy'],
    [500, 'temporary server-error'],
    [502, 'temporary server-error'],
    [503, 'temporary busy'],
    [507, 'temporary busy'],
    [599, 'temporary server-error'],
  ])('%i: %s', (status, expected) => {
    const outcome = outcomeOfStatus(status, {}, now);
    expect(outcome.kind === 'delivered' ? outcome.kind : `${outcome.kind} ${outcome.reason}`).toBe(expected);
  });

  it.each([
    ['7', 7],
    [' 0 ', 0],
    ['Mon, 30 Nov 2026 12:02:00 GMT', 120],
    ['Mon, 30 Nov 2026 11:00:00 GMT', 0],
    ['99999999999', 86_400],
    ['Fri, 01 Jan 2100 00:00:00 GMT', 86_400],
    ['soon', undefined],
    ['', undefined],
    ['-5', undefined],
  ])('and Retry-After "%s" is %s s from now', (value, expected) => {
    const outcome = outcomeOfStatus(503, { 'retry-after': value }, now);
    expect(outcome.kind === 'temporary' && outcome.retryAfterSeconds).toBe(expected);
  });

  it('names of where a redirect leads no more than the server', () => {
    const location = 'https://other.example.org/secret?token=1';
    expect(outcomeOfStatus(302, { location }, now)).toMatchObject({
      detail: 'The server answered with status 302 and sends on to https://other.example.org',
    });
  });
});

describe('what no reply makes of an attempt', () => {
  it.each([
    ['blocked', 'address-forbidden', { kind: 'permanent', reason: 'address-forbidden' }],
    ['unreachable', 'certificate', { kind: 'temporary', reason: 'certificate' }],
    ['cut-off', 'timed-out', { kind: 'temporary', reason: 'timed-out', inDoubt: true }],
  ] as const)('%s', (kind, reason, expected) => {
    const outcome = outcomeOf({ kind, reason, detail: 'why', hasCommitted: kind === 'cut-off' }, 'POST x', now);
    expect(outcome).toEqual({ ...expected, detail: 'why', reply: { request: 'POST x', status: undefined, reply: '' } });
  });
});

it('keeps two kilobytes of a reply, and no half of a character', () => {
  const { reply, request, status } = exchangeOf(replied('ü'.repeat(5000)), 'GET x');
  expect([request, status]).toEqual(['GET x', 200]);
  expect(Buffer.byteLength(reply)).toBeLessThanOrEqual(2048);
  expect(reply).toMatch(/^ü+…$/);
});
