import { describe, expect, it } from 'vitest';
import { sendRequest, TransactionStage } from '#testing/harness/transaction-stage.ts';

const target = (address: string) => ({ protocol: 'udp', address, port: 5060 }) as const;

describe('an INVITE of ours', () => {
  it('is resent by Timer A, doubling, and ends with 408 at 64·T1', () => {
    const stage = new TransactionStage();
    const { responses } = sendRequest(stage, 'INVITE');
    stage.transport.takeStartLines();
    const times = stage.schedule(31.9).map((line) => Number(line.split(' ')[0]));
    expect(times).toEqual([0.5, 1.5, 3.5, 7.5, 15.5, 31.5]);
    expect(responses).toEqual([]);
    stage.clock.advance(100);
    expect([responses, stage.leftovers()]).toEqual([['408 synthesised'], []]);
  });

  it('is not resent over TCP, and ends with 408 all the same', () => {
    const stage = new TransactionStage();
    const { responses } = sendRequest(stage, 'INVITE', { nextHop: 'sip:10.0.0.9;transport=tcp' });
    stage.transport.takeStartLines();
    expect(stage.schedule(32)).toEqual([]);
    expect(responses).toEqual(['408 synthesised']);
  });

  it('is not resent after a provisional, and has no end before Timer C', () => {
    const stage = new TransactionStage();
    const { responses } = sendRequest(stage, 'INVITE');
    stage.answer(100);
    stage.answer(180);
    stage.transport.takeStartLines();
    expect(stage.schedule(184)).toEqual([]);
    expect(responses).toEqual(['100 udp', '180 udp']);
  });

  it('is cancelled by Timer C, which every provisional restarts, and gets 408 when that leads to nothing', () => {
    const stage = new TransactionStage();
    const { responses, sent } = sendRequest(stage, 'INVITE');
    const request = sent[0]?.message;
    stage.answer(180, { ...(request && { request }) });
    stage.clock.advance(180_000);
    stage.answer(180, { ...(request && { request }) });
    stage.transport.takeStartLines();
    stage.clock.advance(184_999);
    expect(stage.transport.sent).toEqual([]);
    stage.clock.advance(1);
    expect(stage.transport.takeStartLines()).toEqual(['CANCEL sip:bob@10.0.0.1 SIP/2.0']);
    stage.clock.advance(32_000);
    expect([responses, stage.leftovers()]).toEqual([['180 udp', '180 udp', '408 synthesised'], []]);
  });

  it('may ring for ever when Timer C is off', () => {
    const stage = new TransactionStage();
    const { responses } = sendRequest(stage, 'INVITE', { timerC: false });
    stage.answer(180);
    stage.clock.advance(3_600_000);
    expect(responses).toEqual(['180 udp']);
    stage.answer(200);
    expect(responses).toEqual(['180 udp', '200 udp']);
  });

  it('acknowledges a failure on the same hop, and again when it is repeated', () => {
    const stage = new TransactionStage();
    const { responses, sent } = sendRequest(stage, 'INVITE', { headers: ['Route: <sip:10.0.0.7;lr>'] });
    const request = sent[0]?.message;
    if (request === undefined) throw new Error('not sent');
    stage.answer(486, { request });
    const ack = stage.transport.last.message;
    expect([ack.method, ack.requestUri, ack.get('cseq'), ack.toTag]).toEqual(['ACK', 'sip:bob@10.0.0.1', '1 ACK', 'peer']);
    expect([ack.get('via'), ack.get('route')]).toEqual([request.get('via'), '<sip:10.0.0.7;lr>']);
    stage.transport.takeStartLines();
    stage.answer(486, { request, flow: stage.transport.peer('udp') });
    expect(stage.transport.takeStartLines()).toEqual(['ACK sip:bob@10.0.0.1 SIP/2.0']);
    expect(responses).toEqual(['486 udp']);
    stage.clock.advance(32_000);
    expect(stage.leftovers()).toEqual([]);
  });

  it('makes room for newer ones once it is answered', () => {
    const stage = new TransactionStage();
    for (let call = 0; call < 1_010; call += 1) {
      sendRequest(stage, 'INVITE');
      stage.answer(200);
    }
    expect(stage.layer.sizes()['clientTransactions']).toBe(1_000);
    stage.clock.advance(32_000);
    expect(stage.leftovers()).toEqual([]);
  });

  it('hands over every 2xx for 64·T1: repeated ones and those of other forks', () => {
    const stage = new TransactionStage();
    const { responses, transaction } = sendRequest(stage, 'INVITE');
    stage.answer(200, { toTag: 'one' });
    stage.answer(200, { toTag: 'one' });
    stage.answer(200, { toTag: 'two' });
    expect(responses).toEqual(['200 udp', '200 udp', '200 udp']);
    expect(transaction.hasFinal).toBe(true);
    stage.clock.advance(32_000);
    stage.answer(200, { toTag: 'two' });
    expect([responses.length, stage.strays.length, stage.leftovers()]).toEqual([3, 1, []]);
  });

  it('ignores what comes after a failure but for a 2xx, which the core gets as a stray', () => {
    const stage = new TransactionStage();
    const { responses, sent } = sendRequest(stage, 'INVITE');
    const request = sent[0]?.message;
    if (request === undefined) throw new Error('not sent');
    stage.answer(486, { request });
    stage.answer(180, { request });
    stage.answer(200, { request });
    expect([responses, stage.strays.map((stray) => stray.status)]).toEqual([['486 udp'], [200]]);
  });
});

describe('another request of ours', () => {
  it('is resent by Timer E up to T2, and ends with 408 at 64·T1', () => {
    const stage = new TransactionStage();
    const { responses } = sendRequest(stage, 'OPTIONS');
    stage.transport.takeStartLines();
    const times = stage.schedule(40).map((line) => Number(line.split(' ')[0]));
    expect(times).toEqual([0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5]);
    expect([responses, stage.leftovers()]).toEqual([['408 synthesised'], []]);
  });

  it('is resent every T2 after a provisional', () => {
    const stage = new TransactionStage();
    const { responses } = sendRequest(stage, 'OPTIONS');
    stage.answer(100);
    stage.transport.takeStartLines();
    expect(stage.schedule(13).map((line) => Number(line.split(' ')[0]))).toEqual([0.5, 4.5, 8.5, 12.5]);
    expect(responses).toEqual(['100 udp']);
  });

  it('gets one final, and absorbs its repetitions for T4', () => {
    const stage = new TransactionStage();
    const { responses } = sendRequest(stage, 'OPTIONS');
    stage.answer(200);
    stage.answer(200);
    stage.answer(500);
    expect([responses, stage.strays]).toEqual([['200 udp'], []]);
    stage.clock.advance(5_000);
    expect(stage.leftovers()).toEqual([]);
  });
});

describe('Via of a request of ours', () => {
  it('asks for rport over UDP only, and leaves out the default port', () => {
    const stage = new TransactionStage();
    const overUdp = sendRequest(stage, 'OPTIONS').sent[0]?.message.get('via');
    const overTcp = sendRequest(stage, 'OPTIONS', { nextHop: 'sip:10.0.0.9;transport=tcp' }).sent[0]?.message.get('via');
    expect(overUdp).toMatch(/^SIP\/2\.0\/UDP 10\.0\.0\.1;rport;branch=z9hG4bK[0-9a-f]{24}$/);
    expect(overTcp).toMatch(/^SIP\/2\.0\/TCP 10\.0\.0\.1;branch=z9hG4bK[0-9a-f]{24}$/);
  });
});

describe('CANCEL of ours', () => {
  it('waits for a provisional, carries the extra headers, and swallows its answer', () => {
    const stage = new TransactionStage();
    const { transaction, responses, sent } = sendRequest(stage, 'INVITE', { headers: ['Route: <sip:10.0.0.7;lr>'] });
    const request = sent[0]?.message;
    if (request === undefined) throw new Error('not sent');
    stage.transport.takeStartLines();
    const told = transaction.cancel([{ key: 'reason', value: 'SIP;cause=200;text="elsewhere"' }]);
    expect([told.method, told.get('reason')]).toEqual(['CANCEL', 'SIP;cause=200;text="elsewhere"']);
    expect(stage.transport.sent).toEqual([]);
    stage.answer(100, { request, flow: stage.transport.peer('udp') });
    const cancel = stage.transport.last.message;
    expect(cancel.getAll('via')).toEqual(request.getAll('via'));
    expect([cancel.get('cseq'), cancel.get('route'), cancel.toTag]).toEqual(['1 CANCEL', '<sip:10.0.0.7;lr>', undefined]);
    expect(cancel.get('reason')).toBe('SIP;cause=200;text="elsewhere"');
    stage.answer(200);
    stage.answer(487, { request });
    expect(responses).toEqual(['100 udp', '487 udp']);
    stage.clock.advance(32_000);
    expect(stage.leftovers()).toEqual([]);
  });

  it('goes at once when a provisional came before, only once, and is resent itself', () => {
    const stage = new TransactionStage();
    const { transaction } = sendRequest(stage, 'INVITE');
    stage.answer(180);
    stage.transport.takeStartLines();
    transaction.cancel([]);
    transaction.cancel([{ key: 'reason', value: 'late' }]);
    expect(stage.transport.takeStartLines()).toEqual(['CANCEL sip:bob@10.0.0.1 SIP/2.0']);
    expect(stage.schedule(4).map((line) => line.slice(0, 10))).toEqual(['0.5 CANCEL', '1.5 CANCEL', '3.5 CANCEL']);
  });

  it('never goes when a final comes first', () => {
    const stage = new TransactionStage();
    const { transaction, responses } = sendRequest(stage, 'INVITE');
    transaction.cancel([]);
    stage.answer(200);
    stage.transport.takeStartLines();
    expect(stage.schedule(33)).toEqual([]);
    expect(responses).toEqual(['200 udp']);
  });

  it('leads to 408 after 64·T1 without a final', () => {
    const stage = new TransactionStage();
    const { transaction, responses } = sendRequest(stage, 'INVITE');
    stage.answer(180);
    transaction.cancel([]);
    stage.answer(200);
    stage.clock.advance(31_999);
    expect(responses).toEqual(['180 udp']);
    stage.clock.advance(1);
    expect([responses, stage.leftovers()]).toEqual([['180 udp', '408 synthesised'], []]);
  });

  it('lets a 200 that crosses it through', () => {
    const stage = new TransactionStage();
    const { transaction, responses, sent } = sendRequest(stage, 'INVITE');
    const request = sent[0]?.message;
    stage.answer(180);
    transaction.cancel([]);
    stage.answer(200, { ...(request && { request }) });
    expect(responses).toEqual(['180 udp', '200 udp']);
  });

  it('before a name is resolved, keeps the INVITE from ever leaving', () => {
    const stage = new TransactionStage();
    stage.resolver.names.set('proxy.example', [target('10.0.0.9')]);
    stage.resolver.holdsBack = true;
    const { transaction, responses } = sendRequest(stage, 'INVITE', { nextHop: 'sip:proxy.example' });
    transaction.cancel([]);
    stage.resolver.answer();
    stage.clock.advance(0);
    expect([responses, stage.transport.sent, stage.leftovers()]).toEqual([['487 synthesised'], [], []]);
  });
});

describe('a request that cannot be sent', () => {
  it.each([
    ['refused', 'sip:10.0.0.9', '503 synthesised'],
    ['timeout', 'sip:10.0.0.9', '503 synthesised'],
    ['too-large', 'sip:10.0.0.9', '513 synthesised'],
  ] as const)('that is %s gets %s %s', (kind, nextHop, expected) => {
    const stage = new TransactionStage();
    const { responses } = sendRequest(stage, 'OPTIONS', { nextHop });
    stage.transport.last.fail({ kind, text: kind });
    expect([responses, stage.leftovers()]).toEqual([[expected], []]);
  });

  it('gets 410 when its pinned connection is gone, in a later turn', () => {
    const stage = new TransactionStage();
    const flow = stage.transport.peer('tcp');
    flow.isOpen = false;
    const { responses, sent } = sendRequest(stage, 'INVITE', { flow });
    expect([sent.length, sent[0]?.flow, responses]).toEqual([1, undefined, []]);
    stage.clock.advance(0);
    expect([responses, stage.leftovers()]).toEqual([['410 synthesised'], []]);
  });

  it('gets 503 when the name does not resolve, and 416 for sips without TLS', () => {
    const stage = new TransactionStage();
    const unresolved = sendRequest(stage, 'OPTIONS', { nextHop: 'sip:nowhere.example' });
    const secure = sendRequest(stage, 'OPTIONS', { nextHop: 'sips:10.0.0.9' });
    stage.clock.advance(0);
    expect([unresolved.responses, secure.responses]).toEqual([['503 synthesised'], ['416 synthesised']]);
  });

  it('is refused at once for a transport that nobody listens on, or no SIP target at all', () => {
    const stage = new TransactionStage();
    const problem = 'requested protocol/transport not available';
    for (const nextHop of ['sip:10.0.0.9;transport=ws', 'sip:[::1]:5060', 'tel:+4930', 'nonsense']) {
      stage.resolver.names.set('[::1]', [{ protocol: 'udp', address: '::1', port: 5060 }]);
      expect(() => sendRequest(stage, 'OPTIONS', { nextHop })).toThrow(problem);
    }
    expect(stage.leftovers()).toEqual([]);
  });

  it('gets 503 when too many are under way', () => {
    const stage = new TransactionStage({ limits: { clientTransactions: 1 } });
    sendRequest(stage, 'OPTIONS');
    const { responses } = sendRequest(stage, 'MESSAGE');
    stage.clock.advance(0);
    expect(responses).toEqual(['503 synthesised']);
  });
});

describe('a request with several targets', () => {
  const threeTargets = (stage: TransactionStage) =>
    stage.resolver.names.set('proxy.example', ['10.0.0.7', '10.0.0.8', '10.0.0.9'].map(target));

  it('goes on to the next after a refusal, a timeout and a 503, and tells of its sending once', () => {
    const stage = new TransactionStage();
    threeTargets(stage);
    const { responses, sent } = sendRequest(stage, 'OPTIONS', { nextHop: 'sip:proxy.example' });
    stage.transport.last.fail({ kind: 'refused', text: 'refused' });
    expect(stage.transport.last.flow.remoteAddress).toBe('10.0.0.8');
    stage.clock.advance(32_000);
    expect(stage.transport.last.flow.remoteAddress).toBe('10.0.0.9');
    stage.answer(503);
    expect([responses, sent.length]).toEqual([['503 udp'], 1]);
    expect(stage.resolver.failures.map((failed) => failed.address)).toEqual(['10.0.0.7', '10.0.0.8']);
    stage.clock.advance(32_000);
    expect(stage.leftovers()).toEqual([]);
  });

  it('uses a new branch for each and prepares a fresh copy', () => {
    const stage = new TransactionStage();
    threeTargets(stage);
    const prepare = (message: { append(key: string, value: string): void }) => message.append('x-prepared', 'yes');
    sendRequest(stage, 'INVITE', { nextHop: 'sip:proxy.example', prepare });
    const first = stage.transport.last.message;
    stage.answer(503);
    const second = stage.transport.last.message;
    expect(first.topVia?.params.get('branch')).not.toBe(second.topVia?.params.get('branch'));
    expect([second.getAll('x-prepared'), second.getAll('via').length]).toEqual([['yes'], 1]);
  });

  it('stays with the one that rang', () => {
    const stage = new TransactionStage();
    threeTargets(stage);
    const { responses } = sendRequest(stage, 'INVITE', { nextHop: 'sip:proxy.example' });
    stage.answer(180);
    stage.answer(503);
    expect(responses).toEqual(['180 udp', '503 udp']);
  });

  it('tries no other after a CANCEL', () => {
    const stage = new TransactionStage();
    threeTargets(stage);
    const { responses, transaction } = sendRequest(stage, 'INVITE', { nextHop: 'sip:proxy.example' });
    transaction.cancel([]);
    stage.transport.last.fail({ kind: 'refused', text: 'refused' });
    expect([responses, stage.leftovers()]).toEqual([['503 synthesised'], []]);
  });
});

describe('a request that is abandoned', () => {
  it('tells nothing more; a 2xx becomes a stray response', () => {
    const stage = new TransactionStage();
    const { responses, transaction, sent } = sendRequest(stage, 'INVITE');
    const request = sent[0]?.message;
    transaction.abandon();
    stage.answer(180, { ...(request && { request }) });
    stage.answer(200, { ...(request && { request }) });
    expect([responses, stage.strays.map((stray) => stray.status)]).toEqual([[], [200]]);
    stage.clock.advance(32_000);
    expect(stage.leftovers()).toEqual([]);
  });

  it('before its name is resolved, never leaves', () => {
    const stage = new TransactionStage();
    stage.resolver.names.set('proxy.example', [target('10.0.0.9')]);
    stage.resolver.holdsBack = true;
    const { transaction } = sendRequest(stage, 'INVITE', { nextHop: 'sip:proxy.example' });
    transaction.abandon();
    stage.resolver.answer();
    expect([stage.transport.sent, stage.leftovers()]).toEqual([[], []]);
  });
});
