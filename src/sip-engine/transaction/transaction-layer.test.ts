import { describe, expect, it } from 'vitest';
import { readText } from '#testing/harness/fake-sip-transport.ts';
import { requestText, sendRequest, TransactionHarness } from '#testing/harness/transaction-harness.ts';
import { buildResponse } from '../message/response-builder.ts';
import { serialize } from '../message/serialize.ts';

describe('matching (RFC 3261 section 17.2.3)', () => {
  it('takes the same branch from another sent-by, or for another method, as another request', () => {
    const harness = new TransactionHarness();
    harness.receive({ method: 'OPTIONS' });
    harness.receive({ method: 'MESSAGE' });
    harness.receive({ method: 'OPTIONS', via: 'Via: SIP/2.0/UDP 10.0.0.9:5070;branch=z9hG4bKone;received=10.0.0.9;rport=5060' });
    expect(harness.requests.map(({ request }) => request.method)).toEqual(['OPTIONS', 'MESSAGE', 'OPTIONS']);
  });

  it.each(['', ';branch=z9hG4bK', ';branch=1'])('matches requests of RFC 2543 by their whole identity (%s)', (branch) => {
    const harness = new TransactionHarness();
    const via = `Via: SIP/2.0/UDP 10.0.0.9:5060${branch};received=10.0.0.9;rport=5060`;
    const transaction = harness.receiveRequest({ method: 'INVITE', via });
    harness.receive({ method: 'INVITE', via });
    harness.receive({ method: 'INVITE', via, callId: 'call-2' });
    expect(harness.requests).toHaveLength(2);
    transaction.respond(buildResponse(transaction.request, 486, 'Busy Here'));
    harness.receive({ method: 'ACK', via, toTag: transaction.toTag ?? '' });
    expect([transaction.state, harness.acks]).toEqual(['confirmed', []]);
  });

  it('passes a stray ACK and a stray response to the core', () => {
    const harness = new TransactionHarness();
    harness.receive({ method: 'ACK', toTag: 'x' });
    const { sent } = sendRequest(harness, 'OPTIONS');
    const request = sent[0]?.message.clone();
    request?.set('via', 'SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKunknown');
    harness.receiveResponse(200, { ...(request && { request }) });
    expect([harness.acks.length, harness.strayResponses.length]).toEqual([1, 1]);
  });
});

describe('CANCEL from the network', () => {
  it('gets 200 with the tag that the 487 then has, and reaches the core once', () => {
    const harness = new TransactionHarness();
    const invite = harness.receiveRequest({ method: 'INVITE' });
    harness.receive({ method: 'CANCEL' });
    const ok = harness.transport.last.message;
    expect([ok.status, ok.get('cseq')]).toEqual([200, '1 CANCEL']);
    harness.receive({ method: 'CANCEL' });
    expect(harness.transport.last.message.status).toBe(200);
    expect(harness.cancels).toEqual([{ cancel: expect.anything(), invite }]);
    invite.respond(buildResponse(invite.request, 487, 'Request Terminated', { toTag: invite.toTag }));
    expect(harness.transport.last.message.toTag).toBe(ok.toTag);
  });

  it('has the tag of the provisional before it', () => {
    const harness = new TransactionHarness();
    const invite = harness.receiveRequest({ method: 'INVITE' });
    invite.respond(buildResponse(invite.request, 180, 'Ringing', { toTag: 'mine' }));
    harness.receive({ method: 'CANCEL' });
    expect(harness.transport.last.message.toTag).toBe('mine');
  });

  it.each([
    ['unknown', 'z9hG4bKother', undefined, 481],
    ['answered', 'z9hG4bKone', 200, 481],
    ['refused', 'z9hG4bKone', 486, 200],
  ] as const)('of an INVITE that is %s gets its status and never reaches the core', (_name, branch, final, expected) => {
    const harness = new TransactionHarness();
    const invite = harness.receiveRequest({ method: 'INVITE' });
    if (final !== undefined) invite.respond(buildResponse(invite.request, final, 'Final'));
    harness.receive({ method: 'CANCEL', branch });
    expect([harness.transport.last.message.status, harness.cancels]).toEqual([expected, []]);
  });
});

describe('unsound requests', () => {
  const broken = (change: string) => {
    const harness = new TransactionHarness();
    const message = readText(requestText({ method: 'INVITE' }));
    const [key, value] = change.split('|');
    if (key !== undefined && value === undefined) message.remove(key);
    else if (key !== undefined && value !== undefined) message.set(key, value);
    harness.layer.receive(message, harness.transport.peer('udp'));
    return { harness, startLine: harness.transport.takeStartLines()[0] };
  };

  it.each([
    ['from', 'SIP/2.0 400 Missing From Header'],
    ['to', 'SIP/2.0 400 Missing To Header'],
    ['call-id', 'SIP/2.0 400 Missing Call-ID Header'],
    ['cseq', 'SIP/2.0 400 Missing CSeq Header'],
    ['cseq|1 BYE', 'SIP/2.0 400 Bad CSeq Header'],
    ['cseq|x INVITE', 'SIP/2.0 400 Bad CSeq Header'],
    ['from|<sip:alice@10.0.0.9>', 'SIP/2.0 400 Missing From Tag'],
  ])('%s is answered by %s', (change, expected) => {
    const { harness, startLine } = broken(change);
    expect([startLine, harness.requests, harness.leftovers()]).toEqual([expected, [], []]);
  });

  it('never answers an ACK, nor anything from a source that is no peer', () => {
    const harness = new TransactionHarness();
    const ack = readText(requestText({ method: 'ACK' }));
    ack.remove('call-id');
    harness.layer.receive(ack, harness.transport.peer('udp'));
    harness.receive({ method: 'INVITE' }, harness.transport.peer('udp', '239.0.0.1'));
    harness.receive({ method: 'INVITE' }, harness.transport.peer('udp', '10.0.0.9', 0));
    expect([harness.transport.sent, harness.requests]).toEqual([[], []]);
  });
});

describe('a full engine', () => {
  it('is silent over UDP, says 503 with Retry-After over TCP, and still serves the requests it has', () => {
    const harness = new TransactionHarness({ limits: { serverTransactions: 1 } });
    const first = harness.receiveRequest({ method: 'OPTIONS' });
    harness.receive({ method: 'OPTIONS', branch: 'z9hG4bKtwo' });
    expect(harness.transport.sent).toEqual([]);
    harness.receive({ method: 'OPTIONS', branch: 'z9hG4bKthree' }, harness.transport.peer('tcp'));
    expect(harness.transport.last.message.status).toBe(503);
    expect(Number(harness.transport.last.message.get('retry-after'))).toBeGreaterThan(0);
    first.respond(buildResponse(first.request, 200, 'OK'));
    harness.receive({ method: 'OPTIONS', branch: 'z9hG4bKtwo' });
    expect(harness.requests).toHaveLength(2);
  });
});

describe('stateless sending', () => {
  const ack = () => readText(requestText({ method: 'ACK', toTag: 'x' }));

  it('gives an ACK of ours a branch of its own', () => {
    const harness = new TransactionHarness();
    const message = ack();
    message.remove('via');
    for (let times = 0; times < 2; times += 1) harness.layer.sendStateless({ message, nextHop: 'sip:10.0.0.9' });
    const [first, second] = harness.transport.sent;
    expect(first?.text).not.toBe(second?.text);
    expect(harness.leftovers()).toEqual([]);
  });

  it('gives a forwarded retransmission the branch of the first (RFC 3261 section 16.11)', () => {
    const harness = new TransactionHarness();
    for (let times = 0; times < 2; times += 1) harness.layer.sendStateless({ message: ack(), nextHop: 'sip:10.0.0.7' });
    const [first, second] = harness.transport.sent;
    expect(first?.message.getAll('via')).toHaveLength(2);
    expect(first?.text).toBe(second?.text);
  });

  it('says when no transport fits', () => {
    const harness = new TransactionHarness();
    const answer = harness.layer.sendStateless({ message: ack(), nextHop: 'sip:10.0.0.7;transport=tls' });
    expect(answer).toEqual({ problem: 'requested protocol/transport not available' });
  });

  it('sends a response by its top Via: on the given flow, on a connection from there, or to that address', () => {
    const harness = new TransactionHarness();
    const answerBy = (via: string, flow = harness.transport.peer('udp', '10.9.9.9')) => {
      const message = readText(requestText({ method: 'OPTIONS' }));
      message.set('via', via);
      harness.layer.sendResponse(buildResponse(message, 200, 'OK'), flow);
      const sent = harness.transport.sent.pop();
      return sent && `${sent.flow.protocol} ${sent.flow.remoteAddress}:${sent.flow.remotePort} ${sent.flow.id}`;
    };
    const phone = harness.transport.peer('tcp', '10.0.0.9', 40_000);
    const udp = harness.transport.peer('udp', '10.0.0.9', 6000);
    expect(answerBy('SIP/2.0/UDP host;received=10.0.0.9;rport=6000', udp)).toBe(`udp 10.0.0.9:6000 ${udp.id}`);
    expect(answerBy('SIP/2.0/TCP host;received=10.0.0.9;rport=40000')).toBe(`tcp 10.0.0.9:40000 ${phone.id}`);
    expect(answerBy('SIP/2.0/UDP 10.0.0.6')).toMatch(/^udp 10\.0\.0\.6:5060 /);
    expect(answerBy('SIP/2.0/UDP 10.0.0.6:7000;branch=x')).toMatch(/^udp 10\.0\.0\.6:7000 /);
    expect(answerBy('SIP/2.0/UDP 255.255.255.255')).toBeUndefined();
    expect(answerBy('SIP/2.0/UDP 239.1.1.1')).toBeUndefined();
    expect(answerBy('SIP/2.0/SCTP 10.0.0.6')).toBeUndefined();
  });

  it('resends a message as it is', () => {
    const harness = new TransactionHarness();
    harness.layer.resend(ack(), harness.transport.peer('udp'));
    expect(harness.transport.last.text).toBe(serialize(ack()).toString('latin1'));
  });
});

describe('the end', () => {
  it('leaves nothing behind after 10,000 mixed transactions with failures', () => {
    const harness = new TransactionHarness();
    const finals = [200, 302, 404, 486, 503, 603];
    for (let index = 0; index < 10_000; index += 1) {
      mixedTransaction(harness, index, finals[index % finals.length] ?? 200);
      harness.transport.sent.length = 0;
      if (index % 100 === 99) harness.clock.advance(500);
    }
    harness.clock.advance(185_000 + 64_000);
    expect([harness.leftovers(), harness.clock.pending]).toEqual([[], 0]);
  });

  it('leaves no timer when it is stopped in the middle of things', () => {
    const harness = new TransactionHarness();
    const finals = [200, 486];
    for (let index = 0; index < 200; index += 1) mixedTransaction(harness, index, finals[index % 2] ?? 200);
    harness.layer.stop();
    expect([harness.leftovers(), harness.clock.pending]).toEqual([[], 0]);
  });
});

/** One of eight lives of a transaction, over UDP and TCP by turns. */
function mixedTransaction(harness: TransactionHarness, index: number, status: number): void {
  const flow = harness.transport.peer(index % 3 === 0 ? 'tcp' : 'udp');
  const parts = { branch: `z9hG4bK${index}`, callId: `call-${index}` };
  const method = index % 2 === 0 ? 'INVITE' : 'OPTIONS';
  const fits = index % 8;
  if (fits < 4) {
    const transaction = harness.receiveRequest({ method, ...parts }, flow);
    if (fits === 2) harness.receive({ method: 'CANCEL', ...parts }, flow);
    if (fits !== 1) transaction.respond(buildResponse(transaction.request, status, 'Final'));
    if (fits === 0) harness.receive({ method: 'ACK', ...parts, toTag: transaction.toTag ?? '' }, flow);
    if (fits === 0) transaction.ackReceived();
    return;
  }
  const nextHop = `sip:10.0.0.9;transport=${flow.protocol}`;
  const { transaction } = sendRequest(harness, method, { nextHop });
  if (fits === 4) transaction.cancel([]);
  if (fits !== 7) harness.receiveResponse(fits === 6 ? 180 : status);
  else harness.transport.last.fail({ kind: 'refused', text: 'refused' });
  if (fits === 6) transaction.cancel([]);
}
