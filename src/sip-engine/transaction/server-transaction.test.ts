import { describe, expect, it } from 'vitest';
import { TransactionStage } from '#testing/harness/transaction-stage.ts';
import { buildResponse } from '../message/response-builder.ts';

const statusLine = (status: number, reason: string) => `SIP/2.0 ${status} ${reason}`;

describe('an INVITE from the network', () => {
  it('gets 100 at once, before the core sees it, and again when it is retransmitted', () => {
    const stage = new TransactionStage();
    const transaction = stage.arrive({ method: 'INVITE' });
    expect(transaction.state).toBe('proceeding');
    expect(stage.transport.last.message.has('to') && stage.transport.last.message.toTag).toBeUndefined();
    stage.receive({ method: 'INVITE' });
    expect(stage.requests).toHaveLength(1);
    expect(stage.transport.takeStartLines()).toEqual([statusLine(100, 'Trying'), statusLine(100, 'Trying')]);
  });

  it('gets its last provisional when it is retransmitted', () => {
    const stage = new TransactionStage();
    const transaction = stage.arrive({ method: 'INVITE' });
    transaction.respond(buildResponse(transaction.request, 180, 'Ringing'));
    stage.transport.takeStartLines();
    stage.receive({ method: 'INVITE' });
    expect(stage.transport.takeStartLines()).toEqual([statusLine(180, 'Ringing')]);
  });

  it('has a failure resent by Timer G until Timer H ends it', () => {
    const stage = new TransactionStage();
    const transaction = stage.arrive({ method: 'INVITE' });
    let ended = 0;
    transaction.onTerminated = () => (ended += 1);
    expect(transaction.respond(buildResponse(transaction.request, 486, 'Busy Here'))).toBe('sent');
    stage.transport.takeStartLines();
    const busy = statusLine(486, 'Busy Here');
    const times = [0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5];
    expect(stage.schedule(40)).toEqual(times.map((time) => `${time} ${busy}`));
    expect([transaction.state, ended, stage.leftovers()]).toEqual(['terminated', 1, []]);
  });

  it('absorbs every ACK to a failure and stops resending', () => {
    const stage = new TransactionStage();
    const transaction = stage.arrive({ method: 'INVITE' });
    transaction.respond(buildResponse(transaction.request, 486, 'Busy Here'));
    const toTag = transaction.toTag ?? '';
    stage.receive({ method: 'ACK', toTag });
    stage.receive({ method: 'ACK', toTag });
    expect(transaction.state).toBe('confirmed');
    stage.transport.takeStartLines();
    stage.receive({ method: 'INVITE' });
    expect(stage.schedule(10)).toEqual([]);
    expect([stage.acks, stage.requests.length, stage.leftovers()]).toEqual([[], 1, []]);
  });

  it('has a 2xx resent from T1 to T2 over UDP, and tells when no ACK came in 64·T1', () => {
    const stage = new TransactionStage();
    const transaction = stage.arrive({ method: 'INVITE' });
    const told: string[] = [];
    transaction.onAckTimeout = () => told.push('no ACK');
    transaction.onTerminated = () => told.push('over');
    transaction.respond(buildResponse(transaction.request, 200, 'OK'));
    stage.transport.takeStartLines();
    expect(stage.schedule(20)).toEqual([0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5].map((time) => `${time} SIP/2.0 200 OK`));
    expect(told).toEqual([]);
    stage.clock.advance(12_000);
    expect(told).toEqual(['no ACK', 'over']);
    stage.clock.advance(5_000);
    expect(stage.leftovers()).toEqual([]);
  });

  it('absorbs a retransmitted INVITE after a 2xx, before and after the ACK', () => {
    const stage = new TransactionStage();
    const transaction = stage.arrive({ method: 'INVITE' });
    transaction.respond(buildResponse(transaction.request, 200, 'OK'));
    stage.transport.takeStartLines();
    stage.receive({ method: 'INVITE' });
    transaction.acknowledged();
    stage.receive({ method: 'INVITE' });
    expect(stage.schedule(33)).toEqual([]);
    expect([stage.requests.length, stage.leftovers()]).toEqual([1, []]);
  });

  it('hands the ACK to a 2xx to the core', () => {
    const stage = new TransactionStage();
    const transaction = stage.arrive({ method: 'INVITE' });
    transaction.respond(buildResponse(transaction.request, 200, 'OK'));
    stage.receive({ method: 'ACK', branch: 'z9hG4bKother', toTag: transaction.toTag ?? '' });
    expect(stage.acks).toHaveLength(1);
  });

  it('resends nothing over TCP, but still waits 64·T1 for the ACK', () => {
    const stage = new TransactionStage();
    const flow = stage.transport.peer('tcp');
    const transaction = stage.arrive({ method: 'INVITE' }, flow);
    let timedOut = false;
    transaction.onAckTimeout = () => (timedOut = true);
    transaction.respond(buildResponse(transaction.request, 200, 'OK'));
    stage.transport.takeStartLines();
    expect(stage.schedule(31.9)).toEqual([]);
    expect(timedOut).toBe(false);
    stage.clock.advance(100);
    expect([timedOut, stage.leftovers()]).toEqual([true, []]);
  });

  it('takes one final response and no more', () => {
    const stage = new TransactionStage();
    const transaction = stage.arrive({ method: 'INVITE' });
    expect(transaction.respond(buildResponse(transaction.request, 404, 'Not Found'))).toBe('sent');
    expect(transaction.respond(buildResponse(transaction.request, 200, 'OK'))).toBe('answered');
    expect(transaction.respond(buildResponse(transaction.request, 180, 'Ringing'))).toBe('answered');
    expect(transaction.lastResponse?.status).toBe(404);
  });

  it('says that the connection is gone, and is over with a final response', () => {
    const stage = new TransactionStage();
    const flow = stage.transport.peer('tcp');
    const transaction = stage.arrive({ method: 'INVITE' }, flow);
    flow.isOpen = false;
    expect(transaction.respond(buildResponse(transaction.request, 180, 'Ringing'))).toBe('closed');
    expect(transaction.respond(buildResponse(transaction.request, 200, 'OK'))).toBe('closed');
    expect(stage.leftovers()).toEqual([]);
  });
});

describe('another request from the network', () => {
  it('is retransmitted in silence until the core answers, then gets that answer for 64·T1', () => {
    const stage = new TransactionStage();
    const transaction = stage.arrive({ method: 'OPTIONS' });
    stage.receive({ method: 'OPTIONS' });
    expect(stage.transport.takeStartLines()).toEqual([]);
    let ended = false;
    transaction.onTerminated = () => (ended = true);
    transaction.respond(buildResponse(transaction.request, 200, 'OK'));
    expect([transaction.state, ended]).toEqual(['completed', true]);
    const [first] = stage.transport.sent.splice(0);
    stage.clock.advance(31_999);
    stage.receive({ method: 'OPTIONS' });
    expect(stage.transport.last.text).toBe(first?.text);
    stage.clock.advance(1);
    expect(stage.leftovers()).toEqual([]);
    stage.receive({ method: 'OPTIONS' });
    expect(stage.requests).toHaveLength(2);
  });

  it('keeps nothing of an answer over TCP', () => {
    const stage = new TransactionStage();
    const transaction = stage.arrive({ method: 'OPTIONS' }, stage.transport.peer('tcp'));
    transaction.respond(buildResponse(transaction.request, 200, 'OK'));
    expect(stage.leftovers()).toEqual([]);
  });

  it('is dropped in silence when the core never answers', () => {
    const stage = new TransactionStage();
    const transaction = stage.arrive({ method: 'OPTIONS' });
    let ended = false;
    transaction.onTerminated = () => (ended = true);
    stage.clock.advance(32_000);
    expect(ended).toBe(true);
    expect(transaction.respond(buildResponse(transaction.request, 200, 'OK'))).toBe('answered');
    // The last retransmission may have been on its way for T4.
    stage.receive({ method: 'OPTIONS' });
    expect([stage.requests.length, stage.transport.sent]).toEqual([1, []]);
    stage.clock.advance(5_000);
    expect(stage.leftovers()).toEqual([]);
  });

  it('forgets the oldest answers first when there are too many', () => {
    const stage = new TransactionStage({ limits: { completedTransactions: 3 } });
    for (const branch of ['z9hG4bK1', 'z9hG4bK2', 'z9hG4bK3', 'z9hG4bK4']) {
      const transaction = stage.arrive({ method: 'OPTIONS', branch });
      transaction.respond(buildResponse(transaction.request, 200, 'OK'));
    }
    expect(stage.layer.sizes()['finishedServerTransactions']).toBe(3);
    stage.receive({ method: 'OPTIONS', branch: 'z9hG4bK2' });
    expect(stage.requests).toHaveLength(4);
    stage.receive({ method: 'OPTIONS', branch: 'z9hG4bK1' });
    expect(stage.requests).toHaveLength(5);
  });
});
