import { describe, expect, it } from 'vitest';
import { CoreStage, FakeApp, sdp } from '#testing/harness/core-stage.ts';

describe('an incoming call', () => {
  it('rings, is answered, acknowledged and ended by the peer, and leaves nothing behind', () => {
    const stage = new CoreStage({ settings: { cdrs: true } });
    stage.arrive('INVITE', { body: sdp });
    const invite = stage.app.take('INVITE');
    expect(invite.dialogId).toBe('');
    expect(invite.receivedOn).toEqual({ host: '10.0.0.1', port: 5060 });

    const ringing = stage.respond(invite.transactionId, 180).answered;
    expect(ringing.dialogId).toBe('call-1;from-tag=peer-tag');
    expect(ringing.transactionId).toBe(invite.transactionId);
    expect(ringing.meta).toMatchObject({ source: 'application', protocol: 'udp', address: '10.0.0.9', port: 5060 });
    const tag = ringing.message.toTag;
    expect(tag).toBeTruthy();

    const ok = stage.respond(invite.transactionId, 200, { body: sdp }).answered;
    expect(ok.dialogId).toBe('call-1;from-tag=peer-tag');
    expect(ok.message.toTag).toBe(tag);
    expect(ok.message.get('contact')).toBe('<sip:10.0.0.1:5060>');
    expect(ok.message.get('content-type')).toBe('application/sdp');
    expect(stage.sent()).toEqual(['100', '180', '200']);

    stage.arrive('ACK', { toTag: tag });
    const ack = stage.app.take('ACK');
    expect(ack).toMatchObject({ transactionId: invite.transactionId, dialogId: ok.dialogId });
    stage.arrive('ACK', { toTag: tag });
    expect(stage.app.lines).toEqual([]);

    stage.arrive('BYE', { toTag: tag, cseq: 2 });
    const bye = stage.app.take('BYE');
    expect(bye.dialogId).toBe(ok.dialogId);
    expect(bye.transactionId).not.toBe(invite.transactionId);
    const answer = stage.respond(bye.transactionId, 200).answered;
    expect(answer.dialogId).toBe('');
    expect(stage.sent()).toEqual(['200']);
    expect(stage.cdrs.map(({ event, detail, source }) => [event, detail, source])).toEqual([
      ['attempt', undefined, 'network'],
      ['start', 'uas', 'application'],
      ['stop', 'normal-release', 'network'],
    ]);
    stage.clock.advance(64_000);
    expect(stage.leftovers).toEqual([]);
  });

  it('is refused, with the ACK absorbed', () => {
    const stage = new CoreStage({ settings: { cdrs: true } });
    const branch = stage.arrive('INVITE');
    const { transactionId } = stage.app.take();
    expect(stage.respond(transactionId, 486).answered.dialogId).toBe('call-1;from-tag=peer-tag');
    stage.arrive('ACK', { branch, toTag: stage.last.toTag });
    expect(stage.app.lines).toEqual([]);
    expect(stage.cdrs.at(-1)).toMatchObject({ event: 'stop', detail: 'call-rejected' });
    stage.clock.advance(64_000);
    expect(stage.leftovers).toEqual([]);
  });

  it('takes the tag the application gives in its first response, and keeps it', () => {
    const stage = new CoreStage();
    stage.arrive('INVITE');
    const { transactionId } = stage.app.take();
    const ringing = stage.respond(transactionId, 180, { headers: ['to: <sip:bob@10.0.0.1>;tag=mine@x'] }).answered;
    expect(ringing.message.toTag).toBe('mine-x');
    const ok = stage.respond(transactionId, 200, { headers: ['to: <sip:bob@10.0.0.1>;tag=other'] }).answered;
    expect(ok.message.toTag).toBe('mine-x');
  });

  it('takes nothing but the tag of From, To, Call-ID, CSeq and Via from the application', () => {
    const stage = new CoreStage();
    stage.arrive('INVITE');
    const { transactionId } = stage.app.take();
    const headers = [
      'call-id: evil',
      'cseq: 99 BYE',
      'from: <sip:evil@x>',
      'to: <sip:evil@x>',
      'via: SIP/2.0/UDP evil',
      'record-route: <sip:evil;lr>',
      'X-Fine: yes',
    ];
    const { message } = stage.respond(transactionId, 200, { headers }).answered;
    expect(message.callId).toBe('call-1');
    expect(message.get('cseq')).toBe('1 INVITE');
    expect(message.get('from')).toBe('<sip:alice@10.0.0.9>;tag=peer-tag');
    expect(message.get('to')).toMatch(/^<sip:bob@10\.0\.0\.1>;tag=/);
    expect(message.getAll('via')).toHaveLength(1);
    expect(message.has('record-route')).toBe(false);
    expect(message.get('x-fine')).toBe('yes');
  });

  it('copies Record-Route, and routes its own requests by it', () => {
    const stage = new CoreStage();
    stage.arrive('INVITE', { headers: ['Record-Route: <sip:10.0.0.7;lr>', 'Record-Route: <sip:10.0.0.8;lr>'] });
    const { transactionId } = stage.app.take();
    const { message, dialogId } = stage.respond(transactionId, 200).answered;
    expect(message.getAll('record-route')).toEqual(['<sip:10.0.0.7;lr>', '<sip:10.0.0.8;lr>']);
    stage.arrive('ACK', { toTag: message.toTag });
    stage.command('BYE sip:placeholder SIP/2.0', { dialogId });
    expect(stage.last.getAll('route')).toEqual(['<sip:10.0.0.7;lr>', '<sip:10.0.0.8;lr>']);
    expect(stage.last.requestUri).toBe('sip:alice@10.0.0.9:5060');
    expect(stage.transport.last.flow.remoteAddress).toBe('10.0.0.7');
  });

  it('without an ACK is ended after 64·T1, and the application is told', () => {
    const stage = new CoreStage({ settings: { cdrs: true } });
    stage.arrive('INVITE');
    const { transactionId } = stage.app.take();
    const { dialogId } = stage.respond(transactionId, 200).answered;
    stage.clock.advance(31_900);
    expect(new Set(stage.sent().slice(2))).toEqual(new Set(['200']));
    stage.clock.advance(200);
    expect(stage.last.method).toBe('BYE');
    expect(stage.last.get('reason')).toBe('SIP;cause=200;text="ACK timeout"');
    const bye = stage.app.take('BYE');
    expect(bye).toMatchObject({ transactionId: 'unsolicited', dialogId });
    expect(bye.meta).toMatchObject({ source: 'application', address: '10.0.0.1', port: 5060 });
    stage.answer(200);
    expect(stage.app.lines).toEqual([]);
    stage.clock.advance(64_000);
    expect(stage.leftovers).toEqual([]);
  });

  it('BYE before the ACK stops the 200 and is delivered', () => {
    const stage = new CoreStage();
    stage.arrive('INVITE');
    const { transactionId } = stage.app.take();
    const toTag = stage.respond(transactionId, 200).answered.message.toTag;
    stage.arrive('BYE', { toTag, cseq: 2 });
    const bye = stage.app.take('BYE');
    stage.respond(bye.transactionId, 200);
    stage.sent();
    stage.clock.advance(40_000);
    expect(stage.sent()).toEqual([]);
    stage.arrive('ACK', { toTag });
    expect(stage.app.lines).toEqual([]);
    stage.clock.advance(64_000);
    expect(stage.leftovers).toEqual([]);
  });

  it('answers a second final response with the echo of the first and sends nothing', () => {
    const stage = new CoreStage();
    stage.arrive('INVITE');
    const { transactionId } = stage.app.take();
    const first = stage.respond(transactionId, 486).answered;
    stage.sent();
    const second = stage.respond(transactionId, 200, { body: sdp }).answered;
    expect(second.message).toBe(first.message);
    expect(stage.sent()).toEqual([]);
  });

  it('says NOK to a response for an unknown transaction, and to another application', () => {
    const stage = new CoreStage();
    expect(stage.respond('nonsense', 200).refusal).toBe('Response not sent due to unknown transaction');
    stage.arrive('INVITE');
    const { transactionId } = stage.app.take();
    const other = new FakeApp('other');
    expect(stage.respond(transactionId, 200, { app: other }).refusal).toBe('Response not sent due to unknown transaction');
  });

  it('says NOK when the connection of the caller has closed', () => {
    const stage = new CoreStage();
    const flow = stage.transport.peer('tcp');
    stage.arrive('INVITE', {}, flow);
    const { transactionId } = stage.app.take();
    flow.isOpen = false;
    expect(stage.respond(transactionId, 200).refusal).toBe('transport for response has been shutdown or closed');
    stage.clock.advance(64_000);
    expect(stage.leftovers).toEqual([]);
  });

  it('nobody answers: 408 after the limit, but not while it rings', () => {
    const stage = new CoreStage();
    stage.arrive('INVITE');
    stage.arrive('INVITE', { callId: 'rings', fromTag: 'r' });
    stage.app.take();
    stage.respond(stage.app.take().transactionId, 180);
    stage.sent();
    stage.clock.advance(182_000);
    expect(stage.sent().filter((line) => line !== '180')).toContain('408');
    expect(stage.core.sizes()['incomingRequests']).toBe(1);
  });

  it('rings by option before the application does', () => {
    const stage = new CoreStage({ settings: { alwaysSend180: true } });
    stage.arrive('INVITE');
    expect(stage.sent()).toEqual(['100', '180']);
    expect(stage.respond(stage.app.take().transactionId, 200).answered.message.toTag).toBeTruthy();
  });

  it('a table that is full refuses the call', () => {
    const stage = new CoreStage({ limits: { dialogs: 1 } });
    stage.incomingCall();
    stage.arrive('INVITE', { callId: 'second' });
    expect(stage.respond(stage.app.take().transactionId, 200).refusal).toBe('Error creating leg');
    expect(stage.sent()).toEqual(['100', '503']);
  });
});

describe('forks of one call that reach us', () => {
  it('are both delivered; the second to be answered gets 480', () => {
    const stage = new CoreStage();
    stage.arrive('INVITE', { uri: 'sip:one@10.0.0.1' });
    stage.arrive('INVITE', { uri: 'sip:two@10.0.0.1' });
    const [one, two] = [stage.app.take('INVITE'), stage.app.take('INVITE')];
    stage.respond(one.transactionId, 200);
    expect(stage.respond(two.transactionId, 200).refusal).toBe('dialog already exists, rejecting this request');
    expect(stage.sent()).toEqual(['100', '100', '200', '480']);
  });

  it('that come late get 491', () => {
    const stage = new CoreStage();
    stage.incomingCall();
    stage.arrive('INVITE');
    expect(stage.sent()).toEqual(['100', '491']);
    expect(stage.app.lines).toEqual([]);
  });

  it('a challenged caller may come again with the same Call-ID and tag', () => {
    const stage = new CoreStage();
    const branch = stage.arrive('INVITE');
    stage.respond(stage.app.take().transactionId, 407);
    stage.arrive('ACK', { branch, toTag: stage.last.toTag });
    stage.arrive('INVITE', { cseq: 2, body: sdp });
    const { dialogId } = stage.respond(stage.app.take('INVITE').transactionId, 200).answered;
    expect(dialogId).toBe('call-1;from-tag=peer-tag');
  });
});
