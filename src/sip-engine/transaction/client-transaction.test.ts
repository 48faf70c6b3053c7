import { describe, expect, it } from 'vitest';
import { sendRequest, TransactionHarness } from '#testing/harness/transaction-harness.ts';

const target = (address: string) => ({ protocol: 'udp', address, port: 5060 }) as const;

describe('an INVITE of ours', () => {
  it('is resent by Timer A, doubling, and ends with 408 at 64·T1', () => {
    const harness = new TransactionHarness();
    const { responses } = sendRequest(harness, 'INVITE');
    harness.transport.takeStartLines();
    const times = harness.schedule(31.9).map((line) => Number(line.split(' ')[0]));
    expect(times).toEqual([0.5, 1.5, 3.5, 7.5, 15.5, 31.5]);
    expect(responses).toEqual([]);
    harness.clock.advance(100);
    expect([responses, harness.leftovers()]).toEqual([['408 synthesised'], []]);
  });

  it('is not resent over TCP, and ends with 408 all the same', () => {
    const harness = new TransactionHarness();
    const { responses } = sendRequest(harness, 'INVITE', { nextHop: 'sip:10.0.0.9;transport=tcp' });
    harness.transport.takeStartLines();
    expect(harness.schedule(32)).toEqual([]);
    expect(responses).toEqual(['408 synthesised']);
  });

  it('is not resent after a provisional, and has no end before Timer C', () => {
    const harness = new TransactionHarness();
    const { responses } = sendRequest(harness, 'INVITE');
    harness.receiveResponse(100);
    harness.receiveResponse(180);
    harness.transport.takeStartLines();
    expect(harness.schedule(184)).toEqual([]);
    expect(responses).toEqual(['100 udp', '180 udp']);
  });

  it('is cancelled by Timer C, which every provisional restarts, and gets 408 when that leads to nothing', () => {
    const harness = new TransactionHarness();
    const { responses, sent } = sendRequest(harness, 'INVITE');
    const request = sent[0]?.message;
    harness.receiveResponse(180, { ...(request && { request }) });
    harness.clock.advance(180_000);
    harness.receiveResponse(180, { ...(request && { request }) });
    harness.transport.takeStartLines();
    harness.clock.advance(184_999);
    expect(harness.transport.sent).toEqual([]);
    harness.clock.advance(1);
    expect(harness.transport.takeStartLines()).toEqual(['CANCEL sip:bob@10.0.0.1 SIP/2.0']);
    harness.clock.advance(32_000);
    expect([responses, harness.leftovers()]).toEqual([['180 udp', '180 udp', '408 synthesised'], []]);
  });

  it('may ring for ever when Timer C is off', () => {
    const harness = new TransactionHarness();
    const { responses } = sendRequest(harness, 'INVITE', { timerC: false });
    harness.receiveResponse(180);
    harness.clock.advance(3_600_000);
    expect(responses).toEqual(['180 udp']);
    harness.receiveResponse(200);
    expect(responses).toEqual(['180 udp', '200 udp']);
  });

  it('acknowledges a failure on the same hop, and again when it is repeated', () => {
    const harness = new TransactionHarness();
    const { responses, sent } = sendRequest(harness, 'INVITE', { headers: ['Route: <sip:10.0.0.7;lr>'] });
    const request = sent[0]?.message;
    if (request === undefined) throw new Error('not sent');
    harness.receiveResponse(486, { request });
    const ack = harness.transport.last.message;
    expect([ack.method, ack.requestUri, ack.get('cseq'), ack.toTag]).toEqual(['ACK', 'sip:bob@10.0.0.1', '1 ACK', 'peer']);
    expect([ack.get('via'), ack.get('route')]).toEqual([request.get('via'), '<sip:10.0.0.7;lr>']);
    harness.transport.takeStartLines();
    harness.receiveResponse(486, { request, flow: harness.transport.peer('udp') });
    expect(harness.transport.takeStartLines()).toEqual(['ACK sip:bob@10.0.0.1 SIP/2.0']);
    expect(responses).toEqual(['486 udp']);
    harness.clock.advance(32_000);
    expect(harness.leftovers()).toEqual([]);
  });

  it('makes room for newer ones once it is answered', () => {
    const harness = new TransactionHarness();
    for (let call = 0; call < 1_010; call += 1) {
      sendRequest(harness, 'INVITE');
      harness.receiveResponse(200);
    }
    expect(harness.layer.sizes()['clientTransactions']).toBe(1_000);
    harness.clock.advance(32_000);
    expect(harness.leftovers()).toEqual([]);
  });

  it('hands over every 2xx for 64·T1: repeated ones and those of other forks', () => {
    const harness = new TransactionHarness();
    const { responses, transaction } = sendRequest(harness, 'INVITE');
    harness.receiveResponse(200, { toTag: 'one' });
    harness.receiveResponse(200, { toTag: 'one' });
    harness.receiveResponse(200, { toTag: 'two' });
    expect(responses).toEqual(['200 udp', '200 udp', '200 udp']);
    expect(transaction.hasFinal).toBe(true);
    harness.clock.advance(32_000);
    harness.receiveResponse(200, { toTag: 'two' });
    expect([responses.length, harness.strayResponses.length, harness.leftovers()]).toEqual([3, 1, []]);
  });

  it('ignores what comes after a failure but for a 2xx, which the core gets as a stray', () => {
    const harness = new TransactionHarness();
    const { responses, sent } = sendRequest(harness, 'INVITE');
    const request = sent[0]?.message;
    if (request === undefined) throw new Error('not sent');
    harness.receiveResponse(486, { request });
    harness.receiveResponse(180, { request });
    harness.receiveResponse(200, { request });
    expect([responses, harness.strayResponses.map((stray) => stray.status)]).toEqual([['486 udp'], [200]]);
  });
});

describe('another request of ours', () => {
  it('is resent by Timer E up to T2, and ends with 408 at 64·T1', () => {
    const harness = new TransactionHarness();
    const { responses } = sendRequest(harness, 'OPTIONS');
    harness.transport.takeStartLines();
    const times = harness.schedule(40).map((line) => Number(line.split(' ')[0]));
    expect(times).toEqual([0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5]);
    expect([responses, harness.leftovers()]).toEqual([['408 synthesised'], []]);
  });

  it('is resent every T2 after a provisional', () => {
    const harness = new TransactionHarness();
    const { responses } = sendRequest(harness, 'OPTIONS');
    harness.receiveResponse(100);
    harness.transport.takeStartLines();
    expect(harness.schedule(13).map((line) => Number(line.split(' ')[0]))).toEqual([0.5, 4.5, 8.5, 12.5]);
    expect(responses).toEqual(['100 udp']);
  });

  it('gets one final, and absorbs its repetitions for T4', () => {
    const harness = new TransactionHarness();
    const { responses } = sendRequest(harness, 'OPTIONS');
    harness.receiveResponse(200);
    harness.receiveResponse(200);
    harness.receiveResponse(500);
    expect([responses, harness.strayResponses]).toEqual([['200 udp'], []]);
    harness.clock.advance(5_000);
    expect(harness.leftovers()).toEqual([]);
  });
});

describe('Via of a request of ours', () => {
  it('asks for rport over UDP only, and leaves out the default port', () => {
    const harness = new TransactionHarness();
    const overUdp = sendRequest(harness, 'OPTIONS').sent[0]?.message.get('via');
    const overTcp = sendRequest(harness, 'OPTIONS', { nextHop: 'sip:10.0.0.9;transport=tcp' }).sent[0]?.message.get('via');
    expect(overUdp).toMatch(/^SIP\/2\.0\/UDP 10\.0\.0\.1;rport;branch=z9hG4bK[0-9a-f]{24}$/);
    expect(overTcp).toMatch(/^SIP\/2\.0\/TCP 10\.0\.0\.1;branch=z9hG4bK[0-9a-f]{24}$/);
  });
});

describe('CANCEL of ours', () => {
  it('waits for a provisional, carries the extra headers, and swallows its answer', () => {
    const harness = new TransactionHarness();
    const { transaction, responses, sent } = sendRequest(harness, 'INVITE', { headers: ['Route: <sip:10.0.0.7;lr>'] });
    const request = sent[0]?.message;
    if (request === undefined) throw new Error('not sent');
    harness.transport.takeStartLines();
    const early = transaction.cancel([{ key: 'reason', value: 'SIP;cause=200;text="elsewhere"' }]);
    expect([early.method, early.get('reason')]).toEqual(['CANCEL', 'SIP;cause=200;text="elsewhere"']);
    expect(harness.transport.sent).toEqual([]);
    harness.receiveResponse(100, { request, flow: harness.transport.peer('udp') });
    const cancel = harness.transport.last.message;
    expect(cancel.getAll('via')).toEqual(request.getAll('via'));
    expect([cancel.get('cseq'), cancel.get('route'), cancel.toTag]).toEqual(['1 CANCEL', '<sip:10.0.0.7;lr>', undefined]);
    expect(cancel.get('reason')).toBe('SIP;cause=200;text="elsewhere"');
    harness.receiveResponse(200);
    harness.receiveResponse(487, { request });
    expect(responses).toEqual(['100 udp', '487 udp']);
    harness.clock.advance(32_000);
    expect(harness.leftovers()).toEqual([]);
  });

  it('goes at once when a provisional came before, only once, and is resent itself', () => {
    const harness = new TransactionHarness();
    const { transaction } = sendRequest(harness, 'INVITE');
    harness.receiveResponse(180);
    harness.transport.takeStartLines();
    transaction.cancel([]);
    transaction.cancel([{ key: 'reason', value: 'late' }]);
    expect(harness.transport.takeStartLines()).toEqual(['CANCEL sip:bob@10.0.0.1 SIP/2.0']);
    expect(harness.schedule(4).map((line) => line.slice(0, 10))).toEqual(['0.5 CANCEL', '1.5 CANCEL', '3.5 CANCEL']);
  });

  it('never goes when a final comes first', () => {
    const harness = new TransactionHarness();
    const { transaction, responses } = sendRequest(harness, 'INVITE');
    transaction.cancel([]);
    harness.receiveResponse(200);
    harness.transport.takeStartLines();
    expect(harness.schedule(33)).toEqual([]);
    expect(responses).toEqual(['200 udp']);
  });

  it('leads to 408 after 64·T1 without a final', () => {
    const harness = new TransactionHarness();
    const { transaction, responses } = sendRequest(harness, 'INVITE');
    harness.receiveResponse(180);
    transaction.cancel([]);
    harness.receiveResponse(200);
    harness.clock.advance(31_999);
    expect(responses).toEqual(['180 udp']);
    harness.clock.advance(1);
    expect([responses, harness.leftovers()]).toEqual([['180 udp', '408 synthesised'], []]);
  });

  it('lets a 200 that crosses it through', () => {
    const harness = new TransactionHarness();
    const { transaction, responses, sent } = sendRequest(harness, 'INVITE');
    const request = sent[0]?.message;
    harness.receiveResponse(180);
    transaction.cancel([]);
    harness.receiveResponse(200, { ...(request && { request }) });
    expect(responses).toEqual(['180 udp', '200 udp']);
  });

  it('before a name is resolved, keeps the INVITE from ever leaving', () => {
    const harness = new TransactionHarness();
    harness.resolver.names.set('proxy.example', [target('10.0.0.9')]);
    harness.resolver.holdsBack = true;
    const { transaction, responses } = sendRequest(harness, 'INVITE', { nextHop: 'sip:proxy.example' });
    transaction.cancel([]);
    harness.resolver.answer();
    harness.clock.advance(0);
    expect([responses, harness.transport.sent, harness.leftovers()]).toEqual([['487 synthesised'], [], []]);
  });
});

describe('a request that cannot be sent', () => {
  it.each([
    ['refused', 'sip:10.0.0.9', '503 synthesised'],
    ['timeout', 'sip:10.0.0.9', '503 synthesised'],
    ['too-large', 'sip:10.0.0.9', '513 synthesised'],
  ] as const)('that is %s gets %s %s', (kind, nextHop, expected) => {
    const harness = new TransactionHarness();
    const { responses } = sendRequest(harness, 'OPTIONS', { nextHop });
    harness.transport.last.fail({ kind, text: kind });
    expect([responses, harness.leftovers()]).toEqual([[expected], []]);
  });

  it('gets 410 when its pinned connection is gone, in a later turn', () => {
    const harness = new TransactionHarness();
    const flow = harness.transport.peer('tcp');
    flow.isOpen = false;
    const { responses, sent } = sendRequest(harness, 'INVITE', { flow });
    expect([sent.length, sent[0]?.flow, responses]).toEqual([1, undefined, []]);
    harness.clock.advance(0);
    expect([responses, harness.leftovers()]).toEqual([['410 synthesised'], []]);
  });

  it('gets 503 when the name does not resolve, and 416 for sips without TLS', () => {
    const harness = new TransactionHarness();
    const unresolved = sendRequest(harness, 'OPTIONS', { nextHop: 'sip:nowhere.example' });
    const secure = sendRequest(harness, 'OPTIONS', { nextHop: 'sips:10.0.0.9' });
    harness.clock.advance(0);
    expect([unresolved.responses, secure.responses]).toEqual([['503 synthesised'], ['416 synthesised']]);
  });

  it('is refused at once for a transport without a listener, or no SIP target at all', () => {
    const harness = new TransactionHarness();
    const problem = 'requested protocol/transport not available';
    for (const nextHop of ['sip:10.0.0.9;transport=ws', 'sip:[::1]:5060', 'tel:+4930', 'nonsense']) {
      harness.resolver.names.set('[::1]', [{ protocol: 'udp', address: '::1', port: 5060 }]);
      expect(() => sendRequest(harness, 'OPTIONS', { nextHop })).toThrow(problem);
    }
    expect(harness.leftovers()).toEqual([]);
  });

  it('gets 503 when too many are under way', () => {
    const harness = new TransactionHarness({ limits: { clientTransactions: 1 } });
    sendRequest(harness, 'OPTIONS');
    const { responses } = sendRequest(harness, 'MESSAGE');
    harness.clock.advance(0);
    expect(responses).toEqual(['503 synthesised']);
  });
});

describe('a request with several targets', () => {
  const threeTargets = (harness: TransactionHarness) =>
    harness.resolver.names.set('proxy.example', ['10.0.0.7', '10.0.0.8', '10.0.0.9'].map(target));

  it('goes on to the next after a refusal, a timeout and a 503, and reports its sending once', () => {
    const harness = new TransactionHarness();
    threeTargets(harness);
    const { responses, sent } = sendRequest(harness, 'OPTIONS', { nextHop: 'sip:proxy.example' });
    harness.transport.last.fail({ kind: 'refused', text: 'refused' });
    expect(harness.transport.last.flow.remoteAddress).toBe('10.0.0.8');
    harness.clock.advance(32_000);
    expect(harness.transport.last.flow.remoteAddress).toBe('10.0.0.9');
    harness.receiveResponse(503);
    expect([responses, sent.length]).toEqual([['503 udp'], 1]);
    expect(harness.resolver.failures.map((failed) => failed.address)).toEqual(['10.0.0.7', '10.0.0.8']);
    harness.clock.advance(32_000);
    expect(harness.leftovers()).toEqual([]);
  });

  it('uses a new branch for each and prepares a fresh copy', () => {
    const harness = new TransactionHarness();
    threeTargets(harness);
    const prepare = (message: { append(key: string, value: string): void }) => message.append('x-prepared', 'yes');
    sendRequest(harness, 'INVITE', { nextHop: 'sip:proxy.example', prepare });
    const first = harness.transport.last.message;
    harness.receiveResponse(503);
    const second = harness.transport.last.message;
    expect(first.topVia?.params.get('branch')).not.toBe(second.topVia?.params.get('branch'));
    expect([second.getAll('x-prepared'), second.getAll('via').length]).toEqual([['yes'], 1]);
  });

  it('stays with the one that rang', () => {
    const harness = new TransactionHarness();
    threeTargets(harness);
    const { responses } = sendRequest(harness, 'INVITE', { nextHop: 'sip:proxy.example' });
    harness.receiveResponse(180);
    harness.receiveResponse(503);
    expect(responses).toEqual(['180 udp', '503 udp']);
  });

  it('tries no other after a CANCEL', () => {
    const harness = new TransactionHarness();
    threeTargets(harness);
    const { responses, transaction } = sendRequest(harness, 'INVITE', { nextHop: 'sip:proxy.example' });
    transaction.cancel([]);
    harness.transport.last.fail({ kind: 'refused', text: 'refused' });
    expect([responses, harness.leftovers()]).toEqual([['503 synthesised'], []]);
  });
});

describe('a request that is abandoned', () => {
  it('reports nothing more; a 2xx becomes a stray response', () => {
    const harness = new TransactionHarness();
    const { responses, transaction, sent } = sendRequest(harness, 'INVITE');
    const request = sent[0]?.message;
    transaction.abandon();
    harness.receiveResponse(180, { ...(request && { request }) });
    harness.receiveResponse(200, { ...(request && { request }) });
    expect([responses, harness.strayResponses.map((stray) => stray.status)]).toEqual([[], [200]]);
    harness.clock.advance(32_000);
    expect(harness.leftovers()).toEqual([]);
  });

  it('before its name is resolved, never leaves', () => {
    const harness = new TransactionHarness();
    harness.resolver.names.set('proxy.example', [target('10.0.0.9')]);
    harness.resolver.holdsBack = true;
    const { transaction } = sendRequest(harness, 'INVITE', { nextHop: 'sip:proxy.example' });
    transaction.abandon();
    harness.resolver.answer();
    expect([harness.transport.sent, harness.leftovers()]).toEqual([[], []]);
  });
});
