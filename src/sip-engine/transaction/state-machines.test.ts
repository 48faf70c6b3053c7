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
    ['proceeding', 'success', 'accepted', 'send start-retransmit start-timeout'],
    ['proceeding', 'failure', 'completed', 'send start-retransmit start-timeout'],
    ['completed', 'request', 'completed', 'resend'],
    ['completed', 'retransmit', 'completed', 'resend start-retransmit'],
    ['completed', 'ack', 'confirmed', 'absorb-for-t4 remove'],
    ['completed', 'expire', 'terminated', 'absorb-for-t4 remove'],
    ['accepted', 'retransmit', 'accepted', 'resend start-retransmit'],
    ['accepted', 'ack-2xx', 'confirmed', 'absorb-for-64t1 remove'],
    ['accepted', 'expire', 'terminated', 'notify-ack-timeout absorb-for-t4 remove'],
  ];
  it('has exactly these steps', () => expect(sorted(rowsOf(inviteServer))).toEqual(sorted(expected)));
});

describe('non-INVITE server transaction (RFC 3261 figure 8)', () => {
  const expected: Row[] = [
    ['trying', 'provisional', 'proceeding', 'send'],
    ['trying', 'final', 'completed', 'send absorb-and-resend remove'],
    ['trying', 'expire', 'terminated', 'absorb-for-t4 remove'],
    ['proceeding', 'request', 'proceeding', 'resend'],
    ['proceeding', 'provisional', 'proceeding', 'send'],
    ['proceeding', 'final', 'completed', 'send absorb-and-resend remove'],
    ['proceeding', 'expire', 'terminated', 'absorb-for-t4 remove'],
  ];
  it('has exactly these steps', () => expect(sorted(rowsOf(nonInviteServer))).toEqual(sorted(expected)));
});

describe('INVITE client transaction (RFC 3261 figure 5, RFC 6026 figure 3)', () => {
  const expected: Row[] = [
    ['calling', 'retransmit', 'calling', 'resend start-retransmit'],
    ['calling', 'provisional', 'proceeding', 'stop-retransmitting start-timer-c deliver'],
    ['calling', 'success', 'accepted', 'stop-retransmitting start-timeout deliver'],
    ['calling', 'failure', 'completed', 'ack-failure remove deliver'],
    ['calling', 'expire', 'terminated', 'remove give-up'],
    ['calling', 'transport-error', 'terminated', 'remove give-up'],
    ['proceeding', 'provisional', 'proceeding', 'start-timer-c deliver'],
    ['proceeding', 'success', 'accepted', 'start-timeout deliver'],
    ['proceeding', 'failure', 'completed', 'ack-failure remove deliver'],
    ['proceeding', 'cancel-sent', 'cancelling', 'start-timeout'],
    ['proceeding', 'expire', 'proceeding', 'notify-timer-c'],
    ['cancelling', 'provisional', 'cancelling', 'deliver'],
    ['cancelling', 'success', 'accepted', 'start-timeout deliver'],
    ['cancelling', 'failure', 'completed', 'ack-failure remove deliver'],
    ['cancelling', 'expire', 'terminated', 'remove give-up'],
    ['accepted', 'success', 'accepted', 'deliver'],
    ['accepted', 'expire', 'terminated', 'remove'],
  ];
  it('has exactly these steps', () => expect(sorted(rowsOf(inviteClient))).toEqual(sorted(expected)));
});

describe('non-INVITE client transaction (RFC 3261 figure 6)', () => {
  const expected: Row[] = [
    ['trying', 'retransmit', 'trying', 'resend start-retransmit'],
    ['trying', 'provisional', 'proceeding', 'deliver'],
    ['trying', 'final', 'completed', 'absorb-for-t4 remove deliver'],
    ['trying', 'expire', 'terminated', 'remove give-up'],
    ['trying', 'transport-error', 'terminated', 'remove give-up'],
    ['proceeding', 'retransmit', 'proceeding', 'resend start-retransmit'],
    ['proceeding', 'provisional', 'proceeding', 'deliver'],
    ['proceeding', 'final', 'completed', 'absorb-for-t4 remove deliver'],
    ['proceeding', 'expire', 'terminated', 'remove give-up'],
  ];
  it('has exactly these steps', () => expect(sorted(rowsOf(nonInviteClient))).toEqual(sorted(expected)));
});
