import { describe, expect, it } from 'vitest';
import { CoreStage, sdp } from '#testing/harness/core-stage.ts';

const supported = { headers: ['Supported: 100rel'], body: sdp };
const reliable = { headers: ['Require: 100rel'], body: sdp };

function ringing(stage: CoreStage): { transactionId: string; toTag: string; rack: string; dialogId: string } {
  stage.arrive('INVITE', supported);
  const { transactionId } = stage.app.take('INVITE');
  const { message, dialogId } = stage.respond(transactionId, 183, reliable).answered;
  return { transactionId, dialogId, toTag: message.toTag ?? '', rack: `RAck: ${message.get('rseq')} 1 INVITE` };
}

describe('reliable provisional responses to the caller', () => {
  it('are repeated until the PRACK, which the application answers', () => {
    const stage = new CoreStage();
    const { toTag, rack, dialogId, transactionId } = ringing(stage);
    expect(stage.last.get('rseq')).toMatch(/^\d+$/);
    expect(stage.last.get('require')).toBe('100rel');
    expect(stage.last.get('contact')).toBe('<sip:10.0.0.1:5060>');
    stage.sent();
    stage.clock.advance(3_600);
    expect(stage.sent()).toEqual(['183', '183', '183']);
    stage.arrive('PRACK', { toTag, cseq: 2, headers: [rack] });
    const prack = stage.app.take('PRACK');
    expect(prack.dialogId).toBe(dialogId);
    expect(prack.transactionId).not.toBe(transactionId);
    expect(stage.respond(prack.transactionId, 200).answered.dialogId).toBe(dialogId);
    stage.clock.advance(40_000);
    expect(stage.sent()).toEqual(['200']);
    stage.respond(transactionId, 200, { body: sdp });
    stage.arrive('ACK', { toTag });
    stage.app.take('ACK');
    stage.arrive('BYE', { toTag, cseq: 3 });
    stage.respond(stage.app.take('BYE').transactionId, 200);
    stage.clock.advance(64_000);
    expect(stage.leftovers).toEqual([]);
  });

  it('need a caller who knows them', () => {
    const stage = new CoreStage();
    stage.arrive('INVITE');
    const { transactionId } = stage.app.take();
    stage.sent();
    expect(stage.respond(transactionId, 183, reliable).refusal).toBe('Remote endpoint does not support 100rel');
    expect(stage.sent()).toEqual([]);
    expect(stage.respond(transactionId, 183).answered.message.has('rseq')).toBe(false);
  });

  it('go out one at a time: the next waits for the PRACK and its answer', () => {
    const stage = new CoreStage();
    const { transactionId, toTag, rack } = ringing(stage);
    stage.sent();
    const second = stage.respond(transactionId, 180, { headers: ['Require: 100rel'] });
    expect(second.all).toEqual([]);
    stage.arrive('PRACK', { toTag, cseq: 2, headers: [rack] });
    stage.respond(stage.app.take('PRACK').transactionId, 200);
    expect(stage.sent()).toEqual(['200', '180']);
    expect(Number(second.answered.message.get('rseq'))).toBe(Number(rack.split(' ')[1]) + 1);
  });

  it('hold a 2xx back while one with a session description is not acknowledged; the 200 to the PRACK goes first', () => {
    const stage = new CoreStage();
    const { transactionId, toTag, rack } = ringing(stage);
    stage.sent();
    const ok = stage.respond(transactionId, 200, { body: sdp });
    expect(ok.all).toEqual([]);
    expect(stage.sent()).toEqual([]);
    expect(stage.respond(transactionId, 486).refusal).toBe('Response not sent due to unknown transaction');
    stage.arrive('PRACK', { toTag, cseq: 2, headers: [rack] });
    const prack = stage.app.take('PRACK');
    expect(stage.sent()).toEqual([]);
    stage.respond(prack.transactionId, 200);
    expect(stage.transport.sent.map(({ message }) => message.cseq?.method)).toEqual(['PRACK', 'INVITE']);
    expect(ok.answered.message.status).toBe(200);
  });

  it('that nobody acknowledges end the INVITE after 64·T1, also with a 200 waiting', () => {
    const stage = new CoreStage();
    const { transactionId } = ringing(stage);
    const ok = stage.respond(transactionId, 200, { body: sdp });
    stage.clock.advance(32_100);
    expect(stage.sent().filter((line) => line !== '183')[1]).toBe('503');
    expect(ok.refusal).toBe('Response not sent due to unknown transaction');
    expect(stage.respond(transactionId, 200).refusal).toBe('Response not sent due to unknown transaction');
    stage.clock.advance(64_000);
    expect(stage.leftovers).toEqual([]);
  });

  it('a CANCEL drops what waits', () => {
    const stage = new CoreStage();
    const branch = stage.arrive('INVITE', supported);
    const { transactionId } = stage.app.take('INVITE');
    stage.respond(transactionId, 183, reliable);
    const queued = stage.respond(transactionId, 180, { headers: ['Require: 100rel'] });
    stage.arrive('CANCEL', { branch });
    expect(queued.refusal).toBe('Response not sent due to unknown transaction');
    stage.clock.advance(64_000);
    expect(stage.leftovers).toEqual([]);
  });

  it('a PRACK with a wrong RAck, a second one, or one of nothing gets 481', () => {
    const stage = new CoreStage();
    const { toTag, rack } = ringing(stage);
    stage.sent();
    stage.arrive('PRACK', { toTag, cseq: 2, headers: ['RAck: 1 1 INVITE'] });
    stage.arrive('PRACK', { toTag, cseq: 3, headers: ['RAck: nonsense'] });
    stage.arrive('PRACK', { toTag, cseq: 4 });
    stage.arrive('PRACK', { toTag: 'other', cseq: 5, headers: [rack] });
    expect(stage.sent()).toEqual(['481', '481', '481', '481']);
    stage.arrive('PRACK', { toTag, cseq: 6, headers: [rack] });
    stage.arrive('PRACK', { toTag, cseq: 7, headers: [rack] });
    expect(stage.app.lines).toEqual(['PRACK']);
    expect(stage.sent()).toEqual(['481']);
  });
});

describe('reliable provisional responses to our INVITE', () => {
  function invited(stage: CoreStage) {
    const { message } = stage.command('INVITE sip:bob@10.0.0.9 SIP/2.0', { body: sdp }).sent;
    return {
      request: stage.last,
      dialogId: `${message.callId};from-tag=${message.fromTag}`,
      cseq: message.cseq?.number ?? 0,
      flow: stage.transport.peer('udp'),
    };
  }
  const rel = (rseq: number) => ({ headers: ['Require: 100rel', `RSeq: ${rseq}`], body: sdp });

  it('are acknowledged by a PRACK of the application in the early dialog; the ACK keeps the CSeq of the INVITE', () => {
    const stage = new CoreStage();
    const { request, dialogId, cseq, flow } = invited(stage);
    stage.answer(183, { ...rel(5), contact: '<sip:early@10.0.0.9>' });
    stage.app.take('183');
    const prack = stage.command('PRACK sip:bob@10.0.0.9 SIP/2.0', { dialogId, headers: [`RAck: 5 ${cseq} INVITE`] }).sent;
    expect(prack.message.requestUri).toBe('sip:early@10.0.0.9');
    expect(prack.message.cseq?.number).toBe(cseq + 1);
    stage.answer(200);
    expect(stage.app.take('200')).toMatchObject({ transactionId: prack.transactionId, dialogId });
    stage.answer(200, { request, flow, body: sdp });
    stage.app.take('200');
    const ack = stage.command('ACK sip:bob@10.0.0.9 SIP/2.0', { dialogId }).sent.message;
    expect(ack.cseq?.number).toBe(cseq);
    expect(ack.requestUri).toBe('sip:bob@10.0.0.9:5060');
    expect(stage.core.sizes()['dialogs']).toBe(1);
  });

  it('count as such by their RSeq alone', () => {
    const stage = new CoreStage();
    const { dialogId, cseq } = invited(stage);
    stage.answer(183, { headers: ['RSeq: 5'] });
    stage.app.take('183');
    expect(stage.command('PRACK sip:x SIP/2.0', { dialogId, headers: [`RAck: 5 ${cseq} INVITE`] }).sent.message.method).toBe(
      'PRACK',
    );
  });

  it('repeated ones and those out of order are dropped', () => {
    const stage = new CoreStage();
    const { request, flow } = invited(stage);
    for (const rseq of [5, 5, 7, 6, 4]) stage.answer(183, { request, flow, ...rel(rseq) });
    expect(stage.app.deliveries.map(({ message }) => message.get('rseq'))).toEqual(['5', '6']);
  });

  it('two forks: each PRACK finds its own, the 200 decides, and the other early dialog ends', () => {
    const stage = new CoreStage();
    const { request, dialogId, cseq, flow } = invited(stage);
    stage.answer(183, { request, flow, ...rel(5), toTag: 'one' });
    stage.answer(183, { request, flow, ...rel(90), toTag: 'two' });
    const prack = (rseq: number) =>
      stage.command('PRACK sip:x SIP/2.0', { dialogId, headers: [`RAck: ${rseq} ${cseq} INVITE`] }).sent.message.toTag;
    expect([prack(90), prack(5)]).toEqual(['two', 'one']);
    expect(stage.core.sizes()['dialogs']).toBe(2);
    stage.answer(200, { request, flow, toTag: 'two', body: sdp });
    expect(stage.core.sizes()['dialogs']).toBe(1);
    expect(stage.command('ACK sip:x SIP/2.0', { dialogId }).sent.message.toTag).toBe('two');
  });

  it('many forks make no more early dialogs than allowed, but all are told', () => {
    const stage = new CoreStage({ limits: { earlyDialogsPerCall: 2 } });
    const { request, flow } = invited(stage);
    for (const toTag of ['a', 'b', 'c', 'd']) stage.answer(183, { request, flow, ...rel(1), toTag });
    expect(stage.core.sizes()['dialogs']).toBe(2);
    expect(stage.app.lines).toEqual(['183', '183', '183', '183']);
    stage.answer(486, { request, flow });
    expect(stage.core.sizes()['dialogs']).toBe(0);
  });
});

describe('UPDATE before the call is answered', () => {
  it('of the caller goes to the owner of its INVITE; a second one before the answer gets 500', () => {
    const stage = new CoreStage({ routed: ['invite'] });
    const { toTag, dialogId, transactionId } = ringing(stage);
    stage.sent();
    stage.arrive('UPDATE', { toTag, cseq: 2, body: sdp });
    const update = stage.app.take('UPDATE');
    expect(update.dialogId).toBe(dialogId);
    expect(update.transactionId).not.toBe(transactionId);
    stage.arrive('UPDATE', { toTag, cseq: 3, body: sdp });
    expect(stage.sent()).toEqual(['500']);
    stage.respond(update.transactionId, 200, { body: sdp });
    stage.arrive('UPDATE', { toTag, cseq: 4, body: sdp });
    expect(stage.app.lines).toEqual(['UPDATE']);
  });

  it('of the called side goes to the sender of our INVITE', () => {
    const stage = new CoreStage({ routed: [] });
    const { message } = stage.command('INVITE sip:bob@10.0.0.9 SIP/2.0', { body: sdp }).sent;
    stage.answer(180);
    stage.app.take('180');
    const parts = { callId: message.callId, fromTag: 'their-tag', toTag: message.fromTag, body: sdp };
    stage.arrive('UPDATE', { ...parts, cseq: 1 });
    stage.arrive('UPDATE', { ...parts, cseq: 2 });
    expect(stage.app.take('UPDATE').dialogId).toBe(`${message.callId};from-tag=${message.fromTag}`);
    expect(stage.sent()).toEqual(['INVITE', '500']);
  });

  it('NOTIFY goes by its verb, BYE gets 481', () => {
    const stage = new CoreStage({ routed: ['invite'] });
    const { toTag } = ringing(stage);
    stage.sent();
    stage.arrive('NOTIFY', { toTag, cseq: 2 });
    stage.arrive('BYE', { toTag, cseq: 3 });
    expect(stage.sent()).toEqual(['503', '481']);
  });
});
