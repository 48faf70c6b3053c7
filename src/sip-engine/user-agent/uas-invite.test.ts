import { describe, expect, it } from 'vitest';
import { UserAgentHarness, FakeApp, sdp } from '#testing/harness/user-agent-harness.ts';

describe('an incoming call', () => {
  it('rings, is answered, acknowledged and ended by the peer, and leaves nothing behind', () => {
    const harness = new UserAgentHarness({ settings: { cdrs: true } });
    harness.receiveRequest('INVITE', { body: sdp });
    const invite = harness.app.take('INVITE');
    expect(invite.dialogId).toBe('');
    expect(invite.receivedOn).toEqual({ host: '10.0.0.1', port: 5060 });

    const ringing = harness.respond(invite.transactionId, 180).answered;
    expect(ringing.dialogId).toBe('call-1;from-tag=peer-tag');
    expect(ringing.transactionId).toBe(invite.transactionId);
    expect(ringing.meta).toMatchObject({ source: 'application', protocol: 'udp', address: '10.0.0.9', port: 5060 });
    const tag = ringing.message.toTag;
    expect(tag).toBeTruthy();

    const ok = harness.respond(invite.transactionId, 200, { body: sdp }).answered;
    expect(ok.dialogId).toBe('call-1;from-tag=peer-tag');
    expect(ok.message.toTag).toBe(tag);
    expect(ok.message.get('contact')).toBe('<sip:10.0.0.1:5060>');
    expect(ok.message.get('content-type')).toBe('application/sdp');
    expect(harness.sent()).toEqual(['100', '180', '200']);

    harness.receiveRequest('ACK', { toTag: tag });
    const ack = harness.app.take('ACK');
    expect(ack).toMatchObject({ transactionId: invite.transactionId, dialogId: ok.dialogId });
    harness.receiveRequest('ACK', { toTag: tag });
    expect(harness.app.lines).toEqual([]);

    harness.receiveRequest('BYE', { toTag: tag, cseq: 2 });
    const bye = harness.app.take('BYE');
    expect(bye.dialogId).toBe(ok.dialogId);
    expect(bye.transactionId).not.toBe(invite.transactionId);
    const answer = harness.respond(bye.transactionId, 200).answered;
    expect(answer.dialogId).toBe('');
    expect(harness.sent()).toEqual(['200']);
    expect(harness.cdrs.map(({ event, detail, source }) => [event, detail, source])).toEqual([
      ['attempt', undefined, 'network'],
      ['start', 'uas', 'application'],
      ['stop', 'normal-release', 'network'],
    ]);
    harness.clock.advance(64_000);
    expect(harness.leftovers).toEqual([]);
  });

  it('is refused, with the ACK absorbed', () => {
    const harness = new UserAgentHarness({ settings: { cdrs: true } });
    const branch = harness.receiveRequest('INVITE');
    const { transactionId } = harness.app.take();
    expect(harness.respond(transactionId, 486).answered.dialogId).toBe('call-1;from-tag=peer-tag');
    harness.receiveRequest('ACK', { branch, toTag: harness.last.toTag });
    expect(harness.app.lines).toEqual([]);
    expect(harness.cdrs.at(-1)).toMatchObject({ event: 'stop', detail: 'call-rejected' });
    harness.clock.advance(64_000);
    expect(harness.leftovers).toEqual([]);
  });

  it('takes the tag the application gives in its first response, and keeps it', () => {
    const harness = new UserAgentHarness();
    harness.receiveRequest('INVITE');
    const { transactionId } = harness.app.take();
    const ringing = harness.respond(transactionId, 180, { headers: ['to: <sip:bob@10.0.0.1>;tag=mine@x'] }).answered;
    expect(ringing.message.toTag).toBe('mine-x');
    const ok = harness.respond(transactionId, 200, { headers: ['to: <sip:bob@10.0.0.1>;tag=other'] }).answered;
    expect(ok.message.toTag).toBe('mine-x');
  });

  it('takes nothing but the tag of From, To, Call-ID, CSeq and Via from the application', () => {
    const harness = new UserAgentHarness();
    harness.receiveRequest('INVITE');
    const { transactionId } = harness.app.take();
    const headers = [
      'call-id: evil',
      'cseq: 99 BYE',
      'from: <sip:evil@x>',
      'to: <sip:evil@x>',
      'via: SIP/2.0/UDP evil',
      'record-route: <sip:evil;lr>',
      'X-Fine: yes',
    ];
    const { message } = harness.respond(transactionId, 200, { headers }).answered;
    expect(message.callId).toBe('call-1');
    expect(message.get('cseq')).toBe('1 INVITE');
    expect(message.get('from')).toBe('<sip:alice@10.0.0.9>;tag=peer-tag');
    expect(message.get('to')).toMatch(/^<sip:bob@10\.0\.0\.1>;tag=/);
    expect(message.getAll('via')).toHaveLength(1);
    expect(message.has('record-route')).toBe(false);
    expect(message.get('x-fine')).toBe('yes');
  });

  it('copies Record-Route, and routes its own requests by it', () => {
    const harness = new UserAgentHarness();
    harness.receiveRequest('INVITE', { headers: ['Record-Route: <sip:10.0.0.7;lr>', 'Record-Route: <sip:10.0.0.8;lr>'] });
    const { transactionId } = harness.app.take();
    const { message, dialogId } = harness.respond(transactionId, 200).answered;
    expect(message.getAll('record-route')).toEqual(['<sip:10.0.0.7;lr>', '<sip:10.0.0.8;lr>']);
    harness.receiveRequest('ACK', { toTag: message.toTag });
    harness.command('BYE sip:placeholder SIP/2.0', { dialogId });
    expect(harness.last.getAll('route')).toEqual(['<sip:10.0.0.7;lr>', '<sip:10.0.0.8;lr>']);
    expect(harness.last.requestUri).toBe('sip:alice@10.0.0.9:5060');
    expect(harness.transport.last.flow.remoteAddress).toBe('10.0.0.7');
  });

  it('without an ACK is ended after 64·T1, and the application is notified', () => {
    const harness = new UserAgentHarness({ settings: { cdrs: true } });
    harness.receiveRequest('INVITE');
    const { transactionId } = harness.app.take();
    const { dialogId } = harness.respond(transactionId, 200).answered;
    harness.clock.advance(31_900);
    expect(new Set(harness.sent().slice(2))).toEqual(new Set(['200']));
    harness.clock.advance(200);
    expect(harness.last.method).toBe('BYE');
    expect(harness.last.get('reason')).toBe('SIP;cause=200;text="ACK timeout"');
    const bye = harness.app.take('BYE');
    expect(bye).toMatchObject({ transactionId: 'unsolicited', dialogId });
    expect(bye.meta).toMatchObject({ source: 'application', address: '10.0.0.1', port: 5060 });
    harness.receiveResponse(200);
    expect(harness.app.lines).toEqual([]);
    harness.clock.advance(64_000);
    expect(harness.leftovers).toEqual([]);
  });

  it('BYE before the ACK stops the 200 and is delivered', () => {
    const harness = new UserAgentHarness();
    harness.receiveRequest('INVITE');
    const { transactionId } = harness.app.take();
    const toTag = harness.respond(transactionId, 200).answered.message.toTag;
    harness.receiveRequest('BYE', { toTag, cseq: 2 });
    const bye = harness.app.take('BYE');
    harness.respond(bye.transactionId, 200);
    harness.sent();
    harness.clock.advance(40_000);
    expect(harness.sent()).toEqual([]);
    harness.receiveRequest('ACK', { toTag });
    expect(harness.app.lines).toEqual([]);
    harness.clock.advance(64_000);
    expect(harness.leftovers).toEqual([]);
  });

  it('answers a second final response with the echo of the first and sends nothing', () => {
    const harness = new UserAgentHarness();
    harness.receiveRequest('INVITE');
    const { transactionId } = harness.app.take();
    const first = harness.respond(transactionId, 486).answered;
    harness.sent();
    const second = harness.respond(transactionId, 200, { body: sdp }).answered;
    expect(second.message).toBe(first.message);
    expect(harness.sent()).toEqual([]);
  });

  it('says NOK to a response for an unknown transaction, and to another application', () => {
    const harness = new UserAgentHarness();
    expect(harness.respond('nonsense', 200).refusal).toBe('Response not sent due to unknown transaction');
    harness.receiveRequest('INVITE');
    const { transactionId } = harness.app.take();
    const other = new FakeApp('other');
    expect(harness.respond(transactionId, 200, { app: other }).refusal).toBe('Response not sent due to unknown transaction');
  });

  it('says NOK when the connection of the caller has closed', () => {
    const harness = new UserAgentHarness();
    const flow = harness.transport.peer('tcp');
    harness.receiveRequest('INVITE', {}, flow);
    const { transactionId } = harness.app.take();
    flow.isOpen = false;
    expect(harness.respond(transactionId, 200).refusal).toBe('transport for response has been shutdown or closed');
    harness.clock.advance(64_000);
    expect(harness.leftovers).toEqual([]);
  });

  it('no answer: 408 after the limit, but not while it rings', () => {
    const harness = new UserAgentHarness();
    harness.receiveRequest('INVITE');
    harness.receiveRequest('INVITE', { callId: 'rings', fromTag: 'r' });
    harness.app.take();
    harness.respond(harness.app.take().transactionId, 180);
    harness.sent();
    harness.clock.advance(182_000);
    expect(harness.sent().filter((line) => line !== '180')).toContain('408');
    expect(harness.core.sizes()['incomingRequests']).toBe(1);
  });

  it('rings by option before the application does', () => {
    const harness = new UserAgentHarness({ settings: { alwaysSend180: true } });
    harness.receiveRequest('INVITE');
    expect(harness.sent()).toEqual(['100', '180']);
    expect(harness.respond(harness.app.take().transactionId, 200).answered.message.toTag).toBeTruthy();
  });

  it('a table that is full refuses the call', () => {
    const harness = new UserAgentHarness({ limits: { dialogs: 1 } });
    harness.incomingCall();
    harness.receiveRequest('INVITE', { callId: 'second' });
    expect(harness.respond(harness.app.take().transactionId, 200).refusal).toBe('Error creating leg');
    expect(harness.sent()).toEqual(['100', '503']);
  });
});

describe('forks of one call that reach us', () => {
  it('are both delivered; the second to be answered gets 480', () => {
    const harness = new UserAgentHarness();
    harness.receiveRequest('INVITE', { uri: 'sip:one@10.0.0.1' });
    harness.receiveRequest('INVITE', { uri: 'sip:two@10.0.0.1' });
    const [one, two] = [harness.app.take('INVITE'), harness.app.take('INVITE')];
    harness.respond(one.transactionId, 200);
    expect(harness.respond(two.transactionId, 200).refusal).toBe('dialog already exists, rejecting this request');
    expect(harness.sent()).toEqual(['100', '100', '200', '480']);
  });

  it('that come late get 491', () => {
    const harness = new UserAgentHarness();
    harness.incomingCall();
    harness.receiveRequest('INVITE');
    expect(harness.sent()).toEqual(['100', '491']);
    expect(harness.app.lines).toEqual([]);
  });

  it('a challenged caller may come again with the same Call-ID and tag', () => {
    const harness = new UserAgentHarness();
    const branch = harness.receiveRequest('INVITE');
    harness.respond(harness.app.take().transactionId, 407);
    harness.receiveRequest('ACK', { branch, toTag: harness.last.toTag });
    harness.receiveRequest('INVITE', { cseq: 2, body: sdp });
    const { dialogId } = harness.respond(harness.app.take('INVITE').transactionId, 200).answered;
    expect(dialogId).toBe('call-1;from-tag=peer-tag');
  });
});
