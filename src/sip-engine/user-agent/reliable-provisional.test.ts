import { describe, expect, it } from 'vitest';
import { UserAgentHarness, sdp } from '#testing/harness/user-agent-harness.ts';

const supported = { headers: ['Supported: 100rel'], body: sdp };
const reliable = { headers: ['Require: 100rel'], body: sdp };

function ringing(harness: UserAgentHarness): { transactionId: string; toTag: string; rack: string; dialogId: string } {
  harness.receiveRequest('INVITE', supported);
  const { transactionId } = harness.app.take('INVITE');
  const { message, dialogId } = harness.respond(transactionId, 183, reliable).answered;
  return { transactionId, dialogId, toTag: message.toTag ?? '', rack: `RAck: ${message.get('rseq')} 1 INVITE` };
}

describe('reliable provisional responses to the caller', () => {
  it('are repeated until the PRACK, which the application answers', () => {
    const harness = new UserAgentHarness();
    const { toTag, rack, dialogId, transactionId } = ringing(harness);
    expect(harness.last.get('rseq')).toMatch(/^\d+$/);
    expect(harness.last.get('require')).toBe('100rel');
    expect(harness.last.get('contact')).toBe('<sip:10.0.0.1:5060>');
    harness.sent();
    harness.clock.advance(3_600);
    expect(harness.sent()).toEqual(['183', '183', '183']);
    harness.receiveRequest('PRACK', { toTag, cseq: 2, headers: [rack] });
    const prack = harness.app.take('PRACK');
    expect(prack.dialogId).toBe(dialogId);
    expect(prack.transactionId).not.toBe(transactionId);
    expect(harness.respond(prack.transactionId, 200).answered.dialogId).toBe(dialogId);
    harness.clock.advance(40_000);
    expect(harness.sent()).toEqual(['200']);
    harness.respond(transactionId, 200, { body: sdp });
    harness.receiveRequest('ACK', { toTag });
    harness.app.take('ACK');
    harness.receiveRequest('BYE', { toTag, cseq: 3 });
    harness.respond(harness.app.take('BYE').transactionId, 200);
    harness.clock.advance(64_000);
    expect(harness.leftovers).toEqual([]);
  });

  it('need a caller who knows them', () => {
    const harness = new UserAgentHarness();
    harness.receiveRequest('INVITE');
    const { transactionId } = harness.app.take();
    harness.sent();
    expect(harness.respond(transactionId, 183, reliable).refusal).toBe('Remote endpoint does not support 100rel');
    expect(harness.sent()).toEqual([]);
    expect(harness.respond(transactionId, 183).answered.message.has('rseq')).toBe(false);
  });

  it('go out one at a time: the next waits for the PRACK and its answer', () => {
    const harness = new UserAgentHarness();
    const { transactionId, toTag, rack } = ringing(harness);
    harness.sent();
    const second = harness.respond(transactionId, 180, { headers: ['Require: 100rel'] });
    expect(second.all).toEqual([]);
    harness.receiveRequest('PRACK', { toTag, cseq: 2, headers: [rack] });
    harness.respond(harness.app.take('PRACK').transactionId, 200);
    expect(harness.sent()).toEqual(['200', '180']);
    expect(Number(second.answered.message.get('rseq'))).toBe(Number(rack.split(' ')[1]) + 1);
  });

  it('hold a 2xx back while one with a session description is not acknowledged; the 200 to the PRACK goes first', () => {
    const harness = new UserAgentHarness();
    const { transactionId, toTag, rack } = ringing(harness);
    harness.sent();
    const ok = harness.respond(transactionId, 200, { body: sdp });
    expect(ok.all).toEqual([]);
    expect(harness.sent()).toEqual([]);
    expect(harness.respond(transactionId, 486).refusal).toBe('Response not sent due to unknown transaction');
    harness.receiveRequest('PRACK', { toTag, cseq: 2, headers: [rack] });
    const prack = harness.app.take('PRACK');
    expect(harness.sent()).toEqual([]);
    harness.respond(prack.transactionId, 200);
    expect(harness.transport.sent.map(({ message }) => message.cseq?.method)).toEqual(['PRACK', 'INVITE']);
    expect(ok.answered.message.status).toBe(200);
  });

  it('without a PRACK end the INVITE after 64·T1, also with a 200 waiting', () => {
    const harness = new UserAgentHarness();
    const { transactionId } = ringing(harness);
    const ok = harness.respond(transactionId, 200, { body: sdp });
    harness.clock.advance(32_100);
    expect(harness.sent().filter((line) => line !== '183')[1]).toBe('503');
    expect(ok.refusal).toBe('Response not sent due to unknown transaction');
    expect(harness.respond(transactionId, 200).refusal).toBe('Response not sent due to unknown transaction');
    harness.clock.advance(64_000);
    expect(harness.leftovers).toEqual([]);
  });

  it('a CANCEL drops what waits', () => {
    const harness = new UserAgentHarness();
    const branch = harness.receiveRequest('INVITE', supported);
    const { transactionId } = harness.app.take('INVITE');
    harness.respond(transactionId, 183, reliable);
    const queued = harness.respond(transactionId, 180, { headers: ['Require: 100rel'] });
    harness.receiveRequest('CANCEL', { branch });
    expect(queued.refusal).toBe('Response not sent due to unknown transaction');
    harness.clock.advance(64_000);
    expect(harness.leftovers).toEqual([]);
  });

  it('a PRACK with a wrong RAck, a second one, or one of nothing gets 481', () => {
    const harness = new UserAgentHarness();
    const { toTag, rack } = ringing(harness);
    harness.sent();
    harness.receiveRequest('PRACK', { toTag, cseq: 2, headers: ['RAck: 1 1 INVITE'] });
    harness.receiveRequest('PRACK', { toTag, cseq: 3, headers: ['RAck: nonsense'] });
    harness.receiveRequest('PRACK', { toTag, cseq: 4 });
    harness.receiveRequest('PRACK', { toTag: 'other', cseq: 5, headers: [rack] });
    expect(harness.sent()).toEqual(['481', '481', '481', '481']);
    harness.receiveRequest('PRACK', { toTag, cseq: 6, headers: [rack] });
    harness.receiveRequest('PRACK', { toTag, cseq: 7, headers: [rack] });
    expect(harness.app.lines).toEqual(['PRACK']);
    expect(harness.sent()).toEqual(['481']);
  });
});

describe('reliable provisional responses to our INVITE', () => {
  function invited(harness: UserAgentHarness) {
    const { message } = harness.command('INVITE sip:bob@10.0.0.9 SIP/2.0', { body: sdp }).sent;
    return {
      request: harness.last,
      dialogId: `${message.callId};from-tag=${message.fromTag}`,
      cseq: message.cseq?.number ?? 0,
      flow: harness.transport.peer('udp'),
    };
  }
  const rel = (rseq: number) => ({ headers: ['Require: 100rel', `RSeq: ${rseq}`], body: sdp });

  it('are acknowledged by a PRACK of the application in the early dialog; the ACK keeps the CSeq of the INVITE', () => {
    const harness = new UserAgentHarness();
    const { request, dialogId, cseq, flow } = invited(harness);
    harness.receiveResponse(183, { ...rel(5), contact: '<sip:early@10.0.0.9>' });
    harness.app.take('183');
    const prack = harness.command('PRACK sip:bob@10.0.0.9 SIP/2.0', { dialogId, headers: [`RAck: 5 ${cseq} INVITE`] }).sent;
    expect(prack.message.requestUri).toBe('sip:early@10.0.0.9');
    expect(prack.message.cseq?.number).toBe(cseq + 1);
    harness.receiveResponse(200);
    expect(harness.app.take('200')).toMatchObject({ transactionId: prack.transactionId, dialogId });
    harness.receiveResponse(200, { request, flow, body: sdp });
    harness.app.take('200');
    const ack = harness.command('ACK sip:bob@10.0.0.9 SIP/2.0', { dialogId }).sent.message;
    expect(ack.cseq?.number).toBe(cseq);
    expect(ack.requestUri).toBe('sip:bob@10.0.0.9:5060');
    expect(harness.core.sizes()['dialogs']).toBe(1);
  });

  it('count as such by their RSeq alone', () => {
    const harness = new UserAgentHarness();
    const { dialogId, cseq } = invited(harness);
    harness.receiveResponse(183, { headers: ['RSeq: 5'] });
    harness.app.take('183');
    expect(harness.command('PRACK sip:x SIP/2.0', { dialogId, headers: [`RAck: 5 ${cseq} INVITE`] }).sent.message.method).toBe(
      'PRACK',
    );
  });

  it('repeated ones and those out of order are dropped', () => {
    const harness = new UserAgentHarness();
    const { request, flow } = invited(harness);
    for (const rseq of [5, 5, 7, 6, 4]) harness.receiveResponse(183, { request, flow, ...rel(rseq) });
    expect(harness.app.deliveries.map(({ message }) => message.get('rseq'))).toEqual(['5', '6']);
  });

  it('two forks: each PRACK finds its own, the 200 decides, and the other early dialog ends', () => {
    const harness = new UserAgentHarness();
    const { request, dialogId, cseq, flow } = invited(harness);
    harness.receiveResponse(183, { request, flow, ...rel(5), toTag: 'one' });
    harness.receiveResponse(183, { request, flow, ...rel(90), toTag: 'two' });
    const prack = (rseq: number) =>
      harness.command('PRACK sip:x SIP/2.0', { dialogId, headers: [`RAck: ${rseq} ${cseq} INVITE`] }).sent.message.toTag;
    expect([prack(90), prack(5)]).toEqual(['two', 'one']);
    expect(harness.core.sizes()['dialogs']).toBe(2);
    harness.receiveResponse(200, { request, flow, toTag: 'two', body: sdp });
    expect(harness.core.sizes()['dialogs']).toBe(1);
    expect(harness.command('ACK sip:x SIP/2.0', { dialogId }).sent.message.toTag).toBe('two');
  });

  it('many forks make no more early dialogs than allowed, but all are delivered', () => {
    const harness = new UserAgentHarness({ limits: { earlyDialogsPerCall: 2 } });
    const { request, flow } = invited(harness);
    for (const toTag of ['a', 'b', 'c', 'd']) harness.receiveResponse(183, { request, flow, ...rel(1), toTag });
    expect(harness.core.sizes()['dialogs']).toBe(2);
    expect(harness.app.lines).toEqual(['183', '183', '183', '183']);
    harness.receiveResponse(486, { request, flow });
    expect(harness.core.sizes()['dialogs']).toBe(0);
  });
});

describe('UPDATE before the call is answered', () => {
  it('of the caller goes to the owner of its INVITE; a second one before the answer gets 500', () => {
    const harness = new UserAgentHarness({ subscribedVerbs: ['invite'] });
    const { toTag, dialogId, transactionId } = ringing(harness);
    harness.sent();
    harness.receiveRequest('UPDATE', { toTag, cseq: 2, body: sdp });
    const update = harness.app.take('UPDATE');
    expect(update.dialogId).toBe(dialogId);
    expect(update.transactionId).not.toBe(transactionId);
    harness.receiveRequest('UPDATE', { toTag, cseq: 3, body: sdp });
    expect(harness.sent()).toEqual(['500']);
    harness.respond(update.transactionId, 200, { body: sdp });
    harness.receiveRequest('UPDATE', { toTag, cseq: 4, body: sdp });
    expect(harness.app.lines).toEqual(['UPDATE']);
  });

  it('of the called side goes to the sender of our INVITE', () => {
    const harness = new UserAgentHarness({ subscribedVerbs: [] });
    const { message } = harness.command('INVITE sip:bob@10.0.0.9 SIP/2.0', { body: sdp }).sent;
    harness.receiveResponse(180);
    harness.app.take('180');
    const parts = { callId: message.callId, fromTag: 'their-tag', toTag: message.fromTag, body: sdp };
    harness.receiveRequest('UPDATE', { ...parts, cseq: 1 });
    harness.receiveRequest('UPDATE', { ...parts, cseq: 2 });
    expect(harness.app.take('UPDATE').dialogId).toBe(`${message.callId};from-tag=${message.fromTag}`);
    expect(harness.sent()).toEqual(['INVITE', '500']);
  });

  it('NOTIFY goes by its verb, BYE gets 481', () => {
    const harness = new UserAgentHarness({ subscribedVerbs: ['invite'] });
    const { toTag } = ringing(harness);
    harness.sent();
    harness.receiveRequest('NOTIFY', { toTag, cseq: 2 });
    harness.receiveRequest('BYE', { toTag, cseq: 3 });
    expect(harness.sent()).toEqual(['503', '481']);
  });
});
