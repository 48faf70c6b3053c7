import { describe, expect, it } from 'vitest';
import { TransactionHarness } from '#testing/harness/transaction-harness.ts';
import { buildResponse } from '../message/response-builder.ts';

const statusLine = (status: number, reason: string) => `SIP/2.0 ${status} ${reason}`;

describe('an INVITE from the network', () => {
  it('gets 100 at once, before the core sees it, and again when it is retransmitted', () => {
    const harness = new TransactionHarness();
    const transaction = harness.receiveRequest({ method: 'INVITE' });
    expect(transaction.state).toBe('proceeding');
    expect(harness.transport.last.message.has('to') && harness.transport.last.message.toTag).toBeUndefined();
    harness.receive({ method: 'INVITE' });
    expect(harness.requests).toHaveLength(1);
    expect(harness.transport.takeStartLines()).toEqual([statusLine(100, 'Trying'), statusLine(100, 'Trying')]);
  });

  it('gets its last provisional when it is retransmitted', () => {
    const harness = new TransactionHarness();
    const transaction = harness.receiveRequest({ method: 'INVITE' });
    transaction.respond(buildResponse(transaction.request, 180, 'Ringing'));
    harness.transport.takeStartLines();
    harness.receive({ method: 'INVITE' });
    expect(harness.transport.takeStartLines()).toEqual([statusLine(180, 'Ringing')]);
  });

  it('has a failure resent by Timer G until Timer H ends it', () => {
    const harness = new TransactionHarness();
    const transaction = harness.receiveRequest({ method: 'INVITE' });
    let ended = 0;
    transaction.onTerminated = () => (ended += 1);
    expect(transaction.respond(buildResponse(transaction.request, 486, 'Busy Here'))).toBe('sent');
    harness.transport.takeStartLines();
    const busy = statusLine(486, 'Busy Here');
    const times = [0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5];
    expect(harness.schedule(40)).toEqual(times.map((time) => `${time} ${busy}`));
    expect([transaction.state, ended, harness.leftovers()]).toEqual(['terminated', 1, []]);
  });

  it('absorbs every ACK to a failure and stops resending', () => {
    const harness = new TransactionHarness();
    const transaction = harness.receiveRequest({ method: 'INVITE' });
    transaction.respond(buildResponse(transaction.request, 486, 'Busy Here'));
    const toTag = transaction.toTag ?? '';
    harness.receive({ method: 'ACK', toTag });
    harness.receive({ method: 'ACK', toTag });
    expect(transaction.state).toBe('confirmed');
    harness.transport.takeStartLines();
    harness.receive({ method: 'INVITE' });
    expect(harness.schedule(10)).toEqual([]);
    expect([harness.acks, harness.requests.length, harness.leftovers()]).toEqual([[], 1, []]);
  });

  it('retransmits a 2xx from T1 to T2 over UDP, and reports when no ACK came in 64·T1', () => {
    const harness = new TransactionHarness();
    const transaction = harness.receiveRequest({ method: 'INVITE' });
    const events: string[] = [];
    transaction.onAckTimeout = () => events.push('no ACK');
    transaction.onTerminated = () => events.push('over');
    transaction.respond(buildResponse(transaction.request, 200, 'OK'));
    harness.transport.takeStartLines();
    expect(harness.schedule(20)).toEqual([0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5].map((time) => `${time} SIP/2.0 200 OK`));
    expect(events).toEqual([]);
    harness.clock.advance(12_000);
    expect(events).toEqual(['no ACK', 'over']);
    harness.clock.advance(5_000);
    expect(harness.leftovers()).toEqual([]);
  });

  it('absorbs a retransmitted INVITE after a 2xx, before and after the ACK', () => {
    const harness = new TransactionHarness();
    const transaction = harness.receiveRequest({ method: 'INVITE' });
    transaction.respond(buildResponse(transaction.request, 200, 'OK'));
    harness.transport.takeStartLines();
    harness.receive({ method: 'INVITE' });
    transaction.ackReceived();
    harness.receive({ method: 'INVITE' });
    expect(harness.schedule(33)).toEqual([]);
    expect([harness.requests.length, harness.leftovers()]).toEqual([1, []]);
  });

  it('hands the ACK to a 2xx to the core', () => {
    const harness = new TransactionHarness();
    const transaction = harness.receiveRequest({ method: 'INVITE' });
    transaction.respond(buildResponse(transaction.request, 200, 'OK'));
    harness.receive({ method: 'ACK', branch: 'z9hG4bKother', toTag: transaction.toTag ?? '' });
    expect(harness.acks).toHaveLength(1);
  });

  it('resends nothing over TCP, but still waits 64·T1 for the ACK', () => {
    const harness = new TransactionHarness();
    const flow = harness.transport.peer('tcp');
    const transaction = harness.receiveRequest({ method: 'INVITE' }, flow);
    let timedOut = false;
    transaction.onAckTimeout = () => (timedOut = true);
    transaction.respond(buildResponse(transaction.request, 200, 'OK'));
    harness.transport.takeStartLines();
    expect(harness.schedule(31.9)).toEqual([]);
    expect(timedOut).toBe(false);
    harness.clock.advance(100);
    expect([timedOut, harness.leftovers()]).toEqual([true, []]);
  });

  it('takes one final response and no more', () => {
    const harness = new TransactionHarness();
    const transaction = harness.receiveRequest({ method: 'INVITE' });
    expect(transaction.respond(buildResponse(transaction.request, 404, 'Not Found'))).toBe('sent');
    expect(transaction.respond(buildResponse(transaction.request, 200, 'OK'))).toBe('answered');
    expect(transaction.respond(buildResponse(transaction.request, 180, 'Ringing'))).toBe('answered');
    expect(transaction.lastResponse?.status).toBe(404);
  });

  it('says that the connection is gone, and is over with a final response', () => {
    const harness = new TransactionHarness();
    const flow = harness.transport.peer('tcp');
    const transaction = harness.receiveRequest({ method: 'INVITE' }, flow);
    flow.isOpen = false;
    expect(transaction.respond(buildResponse(transaction.request, 180, 'Ringing'))).toBe('closed');
    expect(transaction.respond(buildResponse(transaction.request, 200, 'OK'))).toBe('closed');
    expect(harness.leftovers()).toEqual([]);
  });
});

describe('another request from the network', () => {
  it('is retransmitted in silence until the core answers, then gets that answer for 64·T1', () => {
    const harness = new TransactionHarness();
    const transaction = harness.receiveRequest({ method: 'OPTIONS' });
    harness.receive({ method: 'OPTIONS' });
    expect(harness.transport.takeStartLines()).toEqual([]);
    let ended = false;
    transaction.onTerminated = () => (ended = true);
    transaction.respond(buildResponse(transaction.request, 200, 'OK'));
    expect([transaction.state, ended]).toEqual(['completed', true]);
    const [first] = harness.transport.sent.splice(0);
    harness.clock.advance(31_999);
    harness.receive({ method: 'OPTIONS' });
    expect(harness.transport.last.text).toBe(first?.text);
    harness.clock.advance(1);
    expect(harness.leftovers()).toEqual([]);
    harness.receive({ method: 'OPTIONS' });
    expect(harness.requests).toHaveLength(2);
  });

  it('keeps nothing of an answer over TCP', () => {
    const harness = new TransactionHarness();
    const transaction = harness.receiveRequest({ method: 'OPTIONS' }, harness.transport.peer('tcp'));
    transaction.respond(buildResponse(transaction.request, 200, 'OK'));
    expect(harness.leftovers()).toEqual([]);
  });

  it('is dropped in silence when the core never answers', () => {
    const harness = new TransactionHarness();
    const transaction = harness.receiveRequest({ method: 'OPTIONS' });
    let ended = false;
    transaction.onTerminated = () => (ended = true);
    harness.clock.advance(32_000);
    expect(ended).toBe(true);
    expect(transaction.respond(buildResponse(transaction.request, 200, 'OK'))).toBe('answered');
    // The last retransmission may have been on its way for T4.
    harness.receive({ method: 'OPTIONS' });
    expect([harness.requests.length, harness.transport.sent]).toEqual([1, []]);
    harness.clock.advance(5_000);
    expect(harness.leftovers()).toEqual([]);
  });

  it('forgets the oldest answers first when there are too many', () => {
    const harness = new TransactionHarness({ limits: { completedTransactions: 3 } });
    for (const branch of ['z9hG4bK1', 'z9hG4bK2', 'z9hG4bK3', 'z9hG4bK4']) {
      const transaction = harness.receiveRequest({ method: 'OPTIONS', branch });
      transaction.respond(buildResponse(transaction.request, 200, 'OK'));
    }
    expect(harness.layer.sizes()['finishedServerTransactions']).toBe(3);
    harness.receive({ method: 'OPTIONS', branch: 'z9hG4bK2' });
    expect(harness.requests).toHaveLength(4);
    harness.receive({ method: 'OPTIONS', branch: 'z9hG4bK1' });
    expect(harness.requests).toHaveLength(5);
  });
});
