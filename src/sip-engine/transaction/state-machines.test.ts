import { describe, expect, it } from 'vitest';
import { inviteClient, inviteServer, nonInviteClient, nonInviteServer } from './state-machines.ts';
import type { Machine } from './state-machines.ts';

/** state, event → next state: actions. Events that are not listed must change nothing. */
type Row = readonly [state: string, event: string, next: string, actions: string];

function rowsOf(machine: Machine<string, string, string>): Row[] {
  return Object.entries(machine).flatMap(([state, steps]) =>
    Object.entries(steps).map(([event, step]): Row => [state, event, step?.state ?? '', step?.actions.join(' ') ?? '']),
  );
}

function sorted(rows: readonly Row[]): Row[] {
  return rows.toSorted((one, other) => one.join().localeCompare(other.join()));
}

describe('INVITE server transaction (RFC 3261 figure 7, RFC 6026 figure 2)', () => {
  const expected: Row[] = [
    ['proceeding', 'request', 'proceeding', 'resend'],
    ['proceeding', 'provisional', 'proceeding', 'send'],
    ['proceeding', 'success', 'accepted', 'send retransmit-later expire-later'],
    ['proceeding', 'failure', 'completed', 'send retransmit-later expire-later'],
    ['completed', 'request', 'completed', 'resend'],
    ['completed', 'retransmit', 'completed', 'resend retransmit-later'],
    ['completed', 'ack', 'confirmed', 'absorb-short leave'],
    ['completed', 'expire', 'terminated', 'absorb-short leave'],
    ['accepted', 'retransmit', 'accepted', 'resend retransmit-later'],
    ['accepted', 'acknowledged', 'confirmed', 'absorb-long leave'],
    ['accepted', 'expire', 'terminated', 'tell-ack-timeout absorb-short leave'],
  ];
  it('has exactly these steps', () => expect(sorted(rowsOf(inviteServer))).toEqual(sorted(expected)));
});

describe('other server transaction (RFC 3261 figure 8)', () => {
  const expected: Row[] = [
    ['trying', 'provisional', 'proceeding', 'send'],
    ['trying', 'final', 'completed', 'send absorb-with-answer leave'],
    ['trying', 'expire', 'terminated', 'absorb-short leave'],
    ['proceeding', 'request', 'proceeding', 'resend'],
    ['proceeding', 'provisional', 'proceeding', 'send'],
    ['proceeding', 'final', 'completed', 'send absorb-with-answer leave'],
    ['proceeding', 'expire', 'terminated', 'absorb-short leave'],
  ];
  it('has exactly these steps', () => expect(sorted(rowsOf(nonInviteServer))).toEqual(sorted(expected)));
});

describe('INVITE client transaction (RFC 3261 figure 5, RFC 6026 figure 3)', () => {
  const expected: Row[] = [
    ['calling', 'retransmit', 'calling', 'resend retransmit-later'],
    ['calling', 'provisional', 'proceeding', 'stop-retransmitting ring-limit-later deliver'],
    ['calling', 'success', 'accepted', 'stop-retransmitting expire-later deliver'],
    ['calling', 'failure', 'completed', 'acknowledge leave deliver'],
    ['calling', 'expire', 'terminated', 'leave give-up'],
    ['calling', 'broken', 'terminated', 'leave give-up'],
    ['proceeding', 'provisional', 'proceeding', 'ring-limit-later deliver'],
    ['proceeding', 'success', 'accepted', 'expire-later deliver'],
    ['proceeding', 'failure', 'completed', 'acknowledge leave deliver'],
    ['proceeding', 'cancelled', 'cancelling', 'expire-later'],
    ['proceeding', 'expire', 'proceeding', 'tell-ring-limit'],
    ['cancelling', 'provisional', 'cancelling', 'deliver'],
    ['cancelling', 'success', 'accepted', 'expire-later deliver'],
    ['cancelling', 'failure', 'completed', 'acknowledge leave deliver'],
    ['cancelling', 'expire', 'terminated', 'leave give-up'],
    ['accepted', 'success', 'accepted', 'deliver'],
    ['accepted', 'expire', 'terminated', 'leave'],
  ];
  it('has exactly these steps', () => expect(sorted(rowsOf(inviteClient))).toEqual(sorted(expected)));
});

describe('other client transaction (RFC 3261 figure 6)', () => {
  const expected: Row[] = [
    ['trying', 'retransmit', 'trying', 'resend retransmit-later'],
    ['trying', 'provisional', 'proceeding', 'deliver'],
    ['trying', 'final', 'completed', 'absorb-short leave deliver'],
    ['trying', 'expire', 'terminated', 'leave give-up'],
    ['trying', 'broken', 'terminated', 'leave give-up'],
    ['proceeding', 'retransmit', 'proceeding', 'resend retransmit-later'],
    ['proceeding', 'provisional', 'proceeding', 'deliver'],
    ['proceeding', 'final', 'completed', 'absorb-short leave deliver'],
    ['proceeding', 'expire', 'terminated', 'leave give-up'],
  ];
  it('has exactly these steps', () => expect(sorted(rowsOf(nonInviteClient))).toEqual(sorted(expected)));
});
