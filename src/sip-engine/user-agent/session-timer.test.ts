import { describe, expect, it } from 'vitest';
import { CoreStage, sdp } from '#testing/harness/core-stage.ts';
import type { EngineSettings } from './engine-settings.ts';

function called(headers: readonly string[], answer: readonly string[] = [], settings: Partial<EngineSettings> = {}) {
  const stage = new CoreStage({ settings });
  stage.arrive('INVITE', { headers, body: sdp });
  const { transactionId } = stage.app.take('INVITE');
  const { message, dialogId } = stage.respond(transactionId, 200, { headers: answer, body: sdp }).answered;
  stage.arrive('ACK', { toTag: message.toTag });
  stage.app.take('ACK');
  stage.sent();
  return { stage, dialogId, localTag: message.toTag ?? '', offered: message.get('session-expires') };
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
    const { stage, dialogId } = called(['Session-Expires: 120;refresher=uac']);
    stage.clock.advance(119_900);
    expect(stage.sent()).toEqual([]);
    stage.clock.advance(200);
    expect(stage.last.get('reason')).toBe('SIP;cause=200;text="Session timer expired"');
    expect(stage.sent()).toEqual(['BYE']);
    expect(stage.app.take('BYE')).toMatchObject({ transactionId: 'unsolicited', dialogId });
    stage.clock.advance(100_000);
    expect(stage.leftovers).toEqual([]);
  });

  it.each(['INVITE', 'UPDATE'])('a refresh by %s starts it anew, and our 200 repeats the agreement', (method) => {
    const { stage, localTag } = called(['Session-Expires: 120;refresher=uac']);
    stage.clock.advance(60_000);
    stage.arrive(method, { toTag: localTag, cseq: 2, headers: ['Session-Expires: 120;refresher=uac'] });
    stage.respond(stage.app.take(method).transactionId, 200);
    expect(stage.last.get('session-expires')).toBe('120;refresher=uac');
    if (method === 'INVITE') stage.arrive('ACK', { toTag: localTag, cseq: 2 });
    stage.sent();
    stage.clock.advance(119_000);
    expect(stage.sent()).toEqual([]);
    stage.clock.advance(1_100);
    expect(stage.sent()).toEqual(['BYE']);
  });

  it('a refresh without the header keeps the agreement running', () => {
    const { stage, localTag } = called(['Session-Expires: 120;refresher=uac']);
    stage.clock.advance(60_000);
    stage.arrive('UPDATE', { toTag: localTag, cseq: 2 });
    stage.respond(stage.app.take('UPDATE').transactionId, 200);
    expect(stage.last.has('session-expires')).toBe(false);
    stage.sent();
    stage.clock.advance(119_000);
    expect(stage.sent()).toEqual([]);
    stage.clock.advance(1_100);
    expect(stage.sent()).toEqual(['BYE']);
  });

  it('a refresh without a refresher changes who refreshes', () => {
    const { stage, localTag } = called(['Session-Expires: 120;refresher=uac']);
    stage.arrive('UPDATE', { toTag: localTag, cseq: 2, headers: ['Session-Expires: 120'] });
    stage.respond(stage.app.take('UPDATE').transactionId, 200);
    expect(stage.last.get('session-expires')).toBe('120;refresher=uas');
    stage.sent();
    stage.clock.advance(60_100);
    expect(stage.sent()).toEqual(['INVITE']);
  });

  it.each(['INVITE', 'UPDATE'])('a refresh by %s below 90 seconds is 422, and not delivered', (method) => {
    const { stage, localTag } = called(['Session-Expires: 120;refresher=uac']);
    stage.arrive(method, { toTag: localTag, cseq: 2, headers: ['Session-Expires: 60'] });
    expect(stage.last.status).toBe(422);
    expect(stage.last.get('min-se')).toBe('90');
    expect(stage.app.lines).toEqual([]);
  });

  it('a BYE stops it', () => {
    const { stage, localTag } = called(['Session-Expires: 120;refresher=uac']);
    stage.arrive('BYE', { toTag: localTag, cseq: 2 });
    stage.respond(stage.app.take('BYE').transactionId, 200);
    stage.sent();
    stage.clock.advance(200_000);
    expect(stage.sent()).toEqual([]);
    expect(stage.leftovers).toEqual([]);
  });
});

describe('a session that we refresh', () => {
  function calling() {
    const stage = new CoreStage();
    const call = stage.outgoingCall({ headers: ['Session-Expires: 200;refresher=uac'] });
    return { stage, ...call };
  }

  it('gets a re-INVITE after half the interval that no application hears of', () => {
    const { stage } = calling();
    stage.clock.advance(99_900);
    expect(stage.sent()).toEqual([]);
    stage.clock.advance(200);
    expect(stage.last.get('session-expires')).toBe('200;refresher=uac');
    expect(stage.last.get('min-se')).toBe('90');
    expect(stage.last.get('contact')).toBe('<sip:10.0.0.1:5060>');
    expect(stage.last.get('content-type')).toBe('application/sdp');
    expect(stage.last.body.toString()).toBe(sdp);
    stage.answer(100);
    const invite = stage.last;
    stage.answer(200, { headers: ['Session-Expires: 200;refresher=uac'], body: sdp });
    expect(stage.sent()).toEqual(['INVITE', 'ACK']);
    stage.answer(200, { request: invite, flow: stage.transport.peer('udp') });
    expect(stage.sent()).toEqual(['ACK']);
    expect(stage.app.lines).toEqual([]);
    stage.clock.advance(100_100);
    expect(stage.sent()).toEqual(['INVITE']);
  });

  it('the absent refresher means us too; an answer without the header keeps it running', () => {
    const stage = new CoreStage();
    stage.outgoingCall({ headers: ['Session-Expires: 200'] });
    stage.clock.advance(100_100);
    stage.answer(200, { body: sdp });
    expect(stage.sent()).toEqual(['INVITE', 'ACK']);
    stage.clock.advance(100_100);
    expect(stage.sent()).toEqual(['INVITE']);
  });

  it('491 tries again later, 422 with the longer interval', () => {
    const { stage } = calling();
    stage.clock.advance(100_100);
    stage.answer(491);
    expect(stage.sent()).toEqual(['INVITE', 'ACK']);
    stage.clock.advance(100_100);
    stage.answer(422, { headers: ['Min-SE: 1800'] });
    expect(stage.last.get('session-expires')).toBe('1800;refresher=uac');
    expect(stage.sent()).toEqual(['INVITE', 'ACK', 'INVITE']);
    expect(stage.app.lines).toEqual([]);
  });

  it.each([[481], [500], [408]])('%d to it ends the call', (status) => {
    const { stage, dialogId } = calling();
    stage.clock.advance(100_100);
    stage.answer(status);
    expect(stage.sent()).toEqual(['INVITE', 'ACK', 'BYE']);
    expect(stage.app.take('BYE')).toMatchObject({ transactionId: 'unsolicited', dialogId });
    stage.clock.advance(64_000);
    expect(stage.leftovers).toEqual([]);
  });

  it('no answer to it ends the call', () => {
    const { stage } = calling();
    stage.clock.advance(100_100);
    stage.sent();
    stage.clock.advance(32_100);
    expect(stage.sent().at(-1)).toBe('BYE');
    expect(stage.app.lines).toEqual(['BYE']);
  });

  it('repeats the description that was accepted last, by re-INVITE or UPDATE', () => {
    const { stage, dialogId } = calling();
    const change = (method: string, name: string, status: number) => {
      stage.command(`${method} sip:placeholder SIP/2.0`, { dialogId, body: sdp.replace('o=-', `o=${name}`) });
      stage.answer(status, { body: sdp });
      if (method === 'INVITE' && status === 200) stage.command('ACK sip:placeholder SIP/2.0', { dialogId });
    };
    const refreshed = () => {
      stage.clock.advance(100_100);
      const body = stage.last.body.toString();
      stage.answer(200, { body: sdp });
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
    const { stage, dialogId } = calling();
    stage.clock.advance(99_000);
    stage.command('INVITE sip:placeholder SIP/2.0', { dialogId, body: sdp });
    const invite = stage.last;
    expect(invite.get('session-expires')).toBe('200;refresher=uac');
    stage.answer(100);
    stage.clock.advance(3_000);
    expect(stage.sent()).toEqual(['INVITE']);
    stage.answer(200, { request: invite, flow: stage.transport.peer('udp'), body: sdp });
    stage.command('ACK sip:placeholder SIP/2.0', { dialogId });
    stage.sent();
    stage.clock.advance(99_000);
    expect(stage.sent()).toEqual([]);
    stage.clock.advance(1_100);
    expect(stage.sent()).toEqual(['INVITE']);
  });

  it('when the called side refreshes, we wait for it', () => {
    const stage = new CoreStage();
    stage.outgoingCall({ headers: ['Session-Expires: 200;refresher=uas'] });
    stage.clock.advance(199_000);
    expect(stage.sent()).toEqual([]);
    stage.clock.advance(1_100);
    expect(stage.sent()).toEqual(['BYE']);
  });
});
