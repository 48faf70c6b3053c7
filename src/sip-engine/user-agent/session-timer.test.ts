import { describe, expect, it } from 'vitest';
import { UserAgentHarness, sdp } from '#testing/harness/user-agent-harness.ts';
import type { EngineSettings } from './engine-settings.ts';

function called(headers: readonly string[], answer: readonly string[] = [], settings: Partial<EngineSettings> = {}) {
  const harness = new UserAgentHarness({ settings });
  harness.receiveRequest('INVITE', { headers, body: sdp });
  const { transactionId } = harness.app.take('INVITE');
  const { message, dialogId } = harness.respond(transactionId, 200, { headers: answer, body: sdp }).answered;
  harness.receiveRequest('ACK', { toTag: message.toTag });
  harness.app.take('ACK');
  harness.sent();
  return { harness, dialogId, localTag: message.toTag ?? '', offered: message.get('session-expires') };
}

describe('a session timer agreed when we are called', () => {
  it.each([
    [['Session-Expires: 300;refresher=uac'], [], undefined, '300;refresher=uac'],
    [['Session-Expires: 60;refresher=uas'], [], undefined, '90;refresher=uas'],
    [['Session-Expires: 300'], [], undefined, undefined],
    [['Session-Expires: 300'], [], 'uac', '300;refresher=uac'],
    [['Session-Expires: 300'], [], 'uas', '300;refresher=uas'],
    [[], ['Session-Expires: 20'], undefined, '90;refresher=uac'],
    [['Session-Expires: 300;refresher=uac'], ['Session-Expires: 600;refresher=uas'], undefined, '600;refresher=uas'],
    [['Session-Expires: nonsense;refresher=uac'], [], undefined, undefined],
  ] as const)('INVITE %j, answer %j, option %s: %s', (headers, answer, refresher, expected) => {
    expect(called(headers, answer, refresher === undefined ? {} : { defaultRefresher: refresher }).offered).toBe(expected);
  });

  it('the peer refreshes: without a refresh the call ends with the exact reason', () => {
    const { harness, dialogId } = called(['Session-Expires: 120;refresher=uac']);
    harness.clock.advance(119_900);
    expect(harness.sent()).toEqual([]);
    harness.clock.advance(200);
    expect(harness.last.get('reason')).toBe('SIP;cause=200;text="Session timer expired"');
    expect(harness.sent()).toEqual(['BYE']);
    expect(harness.app.take('BYE')).toMatchObject({ transactionId: 'unsolicited', dialogId });
    harness.clock.advance(100_000);
    expect(harness.leftovers).toEqual([]);
  });

  it.each(['INVITE', 'UPDATE'])('a refresh by %s starts it anew, and our 200 repeats the agreement', (method) => {
    const { harness, localTag } = called(['Session-Expires: 120;refresher=uac']);
    harness.clock.advance(60_000);
    harness.receiveRequest(method, { toTag: localTag, cseq: 2, headers: ['Session-Expires: 120;refresher=uac'] });
    harness.respond(harness.app.take(method).transactionId, 200);
    expect(harness.last.get('session-expires')).toBe('120;refresher=uac');
    if (method === 'INVITE') harness.receiveRequest('ACK', { toTag: localTag, cseq: 2 });
    harness.sent();
    harness.clock.advance(119_000);
    expect(harness.sent()).toEqual([]);
    harness.clock.advance(1_100);
    expect(harness.sent()).toEqual(['BYE']);
  });

  it('a refresh without the header keeps the agreement running', () => {
    const { harness, localTag } = called(['Session-Expires: 120;refresher=uac']);
    harness.clock.advance(60_000);
    harness.receiveRequest('UPDATE', { toTag: localTag, cseq: 2 });
    harness.respond(harness.app.take('UPDATE').transactionId, 200);
    expect(harness.last.has('session-expires')).toBe(false);
    harness.sent();
    harness.clock.advance(119_000);
    expect(harness.sent()).toEqual([]);
    harness.clock.advance(1_100);
    expect(harness.sent()).toEqual(['BYE']);
  });

  it('a refresh without a refresher changes who refreshes', () => {
    const { harness, localTag } = called(['Session-Expires: 120;refresher=uac']);
    harness.receiveRequest('UPDATE', { toTag: localTag, cseq: 2, headers: ['Session-Expires: 120'] });
    harness.respond(harness.app.take('UPDATE').transactionId, 200);
    expect(harness.last.get('session-expires')).toBe('120;refresher=uas');
    harness.sent();
    harness.clock.advance(60_100);
    expect(harness.sent()).toEqual(['INVITE']);
  });

  it.each(['INVITE', 'UPDATE'])('a refresh by %s below 90 seconds is 422, and not delivered', (method) => {
    const { harness, localTag } = called(['Session-Expires: 120;refresher=uac']);
    harness.receiveRequest(method, { toTag: localTag, cseq: 2, headers: ['Session-Expires: 60'] });
    expect(harness.last.status).toBe(422);
    expect(harness.last.get('min-se')).toBe('90');
    expect(harness.app.lines).toEqual([]);
  });

  it('a BYE stops it', () => {
    const { harness, localTag } = called(['Session-Expires: 120;refresher=uac']);
    harness.receiveRequest('BYE', { toTag: localTag, cseq: 2 });
    harness.respond(harness.app.take('BYE').transactionId, 200);
    harness.sent();
    harness.clock.advance(200_000);
    expect(harness.sent()).toEqual([]);
    expect(harness.leftovers).toEqual([]);
  });
});

describe('a session that we refresh', () => {
  function calling() {
    const harness = new UserAgentHarness();
    const call = harness.outgoingCall({ headers: ['Session-Expires: 200;refresher=uac'] });
    return { harness, ...call };
  }

  it('gets a re-INVITE after half the interval that no application hears of', () => {
    const { harness } = calling();
    harness.clock.advance(99_900);
    expect(harness.sent()).toEqual([]);
    harness.clock.advance(200);
    expect(harness.last.get('session-expires')).toBe('200;refresher=uac');
    expect(harness.last.get('min-se')).toBe('90');
    expect(harness.last.get('contact')).toBe('<sip:10.0.0.1:5060>');
    expect(harness.last.get('content-type')).toBe('application/sdp');
    expect(harness.last.body.toString()).toBe(sdp);
    harness.receiveResponse(100);
    const invite = harness.last;
    harness.receiveResponse(200, { headers: ['Session-Expires: 200;refresher=uac'], body: sdp });
    expect(harness.sent()).toEqual(['INVITE', 'ACK']);
    harness.receiveResponse(200, { request: invite, flow: harness.transport.peer('udp') });
    expect(harness.sent()).toEqual(['ACK']);
    expect(harness.app.lines).toEqual([]);
    harness.clock.advance(100_100);
    expect(harness.sent()).toEqual(['INVITE']);
  });

  it('the absent refresher means us too; an answer without the header keeps it running', () => {
    const harness = new UserAgentHarness();
    harness.outgoingCall({ headers: ['Session-Expires: 200'] });
    harness.clock.advance(100_100);
    harness.receiveResponse(200, { body: sdp });
    expect(harness.sent()).toEqual(['INVITE', 'ACK']);
    harness.clock.advance(100_100);
    expect(harness.sent()).toEqual(['INVITE']);
  });

  it('491 tries again later, 422 with the longer interval', () => {
    const { harness } = calling();
    harness.clock.advance(100_100);
    harness.receiveResponse(491);
    expect(harness.sent()).toEqual(['INVITE', 'ACK']);
    harness.clock.advance(100_100);
    harness.receiveResponse(422, { headers: ['Min-SE: 1800'] });
    expect(harness.last.get('session-expires')).toBe('1800;refresher=uac');
    expect(harness.sent()).toEqual(['INVITE', 'ACK', 'INVITE']);
    expect(harness.app.lines).toEqual([]);
  });

  it.each([[481], [500], [408]])('%d to it ends the call', (status) => {
    const { harness, dialogId } = calling();
    harness.clock.advance(100_100);
    harness.receiveResponse(status);
    expect(harness.sent()).toEqual(['INVITE', 'ACK', 'BYE']);
    expect(harness.app.take('BYE')).toMatchObject({ transactionId: 'unsolicited', dialogId });
    harness.clock.advance(64_000);
    expect(harness.leftovers).toEqual([]);
  });

  it('no answer to it ends the call', () => {
    const { harness } = calling();
    harness.clock.advance(100_100);
    harness.sent();
    harness.clock.advance(32_100);
    expect(harness.sent().at(-1)).toBe('BYE');
    expect(harness.app.lines).toEqual(['BYE']);
  });

  it('repeats the description that was accepted last, by re-INVITE or UPDATE', () => {
    const { harness, dialogId } = calling();
    const change = (method: string, name: string, status: number) => {
      harness.command(`${method} sip:placeholder SIP/2.0`, { dialogId, body: sdp.replace('o=-', `o=${name}`) });
      harness.receiveResponse(status, { body: sdp });
      if (method === 'INVITE' && status === 200) harness.command('ACK sip:placeholder SIP/2.0', { dialogId });
    };
    const refreshed = () => {
      harness.clock.advance(100_100);
      const body = harness.last.body.toString();
      harness.receiveResponse(200, { body: sdp });
      return /o=(\S+)/.exec(body)?.[1];
    };
    change('INVITE', 'one', 200);
    expect(refreshed()).toBe('one');
    change('INVITE', 'two', 488);
    expect(refreshed()).toBe('one');
    change('UPDATE', 'three', 200);
    expect(refreshed()).toBe('three');
  });

  it('waits while a re-INVITE of the application is under way', () => {
    const { harness, dialogId } = calling();
    harness.clock.advance(99_000);
    harness.command('INVITE sip:placeholder SIP/2.0', { dialogId, body: sdp });
    const invite = harness.last;
    expect(invite.get('session-expires')).toBe('200;refresher=uac');
    harness.receiveResponse(100);
    harness.clock.advance(3_000);
    expect(harness.sent()).toEqual(['INVITE']);
    harness.receiveResponse(200, { request: invite, flow: harness.transport.peer('udp'), body: sdp });
    harness.command('ACK sip:placeholder SIP/2.0', { dialogId });
    harness.sent();
    harness.clock.advance(99_000);
    expect(harness.sent()).toEqual([]);
    harness.clock.advance(1_100);
    expect(harness.sent()).toEqual(['INVITE']);
  });

  it('when the called side refreshes, we wait for it', () => {
    const harness = new UserAgentHarness();
    harness.outgoingCall({ headers: ['Session-Expires: 200;refresher=uas'] });
    harness.clock.advance(199_000);
    expect(harness.sent()).toEqual([]);
    harness.clock.advance(1_100);
    expect(harness.sent()).toEqual(['BYE']);
  });
});
