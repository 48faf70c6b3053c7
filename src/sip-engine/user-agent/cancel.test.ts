import { describe, expect, it } from 'vitest';
import { CoreStage, sdp } from '#testing/harness/core-stage.ts';

const invite = 'INVITE sip:bob@10.0.0.9 SIP/2.0';

describe('a CANCEL of the caller', () => {
  it('before any answer: 200, 487, delivered without a dialog id; a later answer is refused', () => {
    const stage = new CoreStage({ settings: { cdrs: true } });
    const branch = stage.arrive('INVITE');
    const { transactionId } = stage.app.take('INVITE');
    stage.arrive('CANCEL', { branch });
    expect(stage.transport.sent.map(({ message }) => [message.status, message.cseq?.method])).toEqual([
      [100, 'INVITE'],
      [200, 'CANCEL'],
      [487, 'INVITE'],
    ]);
    expect(stage.last.toTag).toBe(stage.transport.sent[1]?.message.toTag);
    const cancel = stage.app.take('CANCEL');
    expect(cancel).toMatchObject({ transactionId, dialogId: '' });
    expect(stage.respond(transactionId, 200).refusal).toBe('Response not sent due to unknown transaction');
    stage.arrive('ACK', { branch, toTag: stage.last.toTag });
    expect(stage.app.lines).toEqual([]);
    expect(stage.cdrs.at(-1)).toMatchObject({ event: 'stop', detail: 'call-canceled' });
    stage.clock.advance(64_000);
    expect(stage.leftovers).toEqual([]);
  });

  it('after a provisional: with the tag of the provisional and the dialog id', () => {
    const stage = new CoreStage();
    const branch = stage.arrive('INVITE');
    const { transactionId } = stage.app.take('INVITE');
    const ringing = stage.respond(transactionId, 183, { body: sdp }).answered;
    stage.arrive('CANCEL', { branch });
    stage.arrive('CANCEL', { branch });
    const tags = stage.transport.sent.slice(2).map(({ message }) => message.toTag);
    expect(new Set(tags)).toEqual(new Set([ringing.message.toTag]));
    expect(stage.app.take('CANCEL')).toMatchObject({ transactionId, dialogId: ringing.dialogId });
    expect(stage.app.lines).toEqual([]);
    stage.clock.advance(64_000);
    expect(stage.leftovers).toEqual([]);
  });

  it('after the 200: 481, and the call goes on', () => {
    const stage = new CoreStage();
    const branch = stage.arrive('INVITE');
    const { transactionId } = stage.app.take('INVITE');
    const { message } = stage.respond(transactionId, 200).answered;
    stage.sent();
    stage.arrive('CANCEL', { branch });
    expect(stage.sent()).toEqual(['481']);
    stage.clock.advance(600);
    expect(stage.sent()).toEqual(['200']);
    stage.arrive('ACK', { toTag: message.toTag });
    expect(stage.app.lines).toEqual(['ACK']);
  });
});

describe('a CANCEL of the application', () => {
  it('is held back until a provisional comes; its 200 is not told', () => {
    const stage = new CoreStage({ settings: { cdrs: true } });
    const { transactionId } = stage.command(invite).sent;
    const request = stage.last;
    const echo = stage.command('CANCEL sip:bob@10.0.0.9 SIP/2.0', {
      transactionId,
      headers: ['Reason: SIP;cause=200;text="elsewhere"', 'from: <sip:evil@x>'],
    }).sent;
    expect(echo.message.method).toBe('CANCEL');
    expect(echo.transactionId).not.toBe(transactionId);
    expect(stage.sent()).toEqual(['INVITE']);
    stage.answer(180, { request, flow: stage.transport.peer('udp') });
    expect(stage.last.method).toBe('CANCEL');
    expect(stage.last.get('reason')).toBe('SIP;cause=200;text="elsewhere"');
    expect(stage.last.get('from')).toBe(request.get('from'));
    expect(stage.last.get('via')).toBe(request.get('via'));
    stage.answer(200);
    stage.answer(487, { request });
    expect(stage.app.lines).toEqual(['180', '487']);
    expect(stage.cdrs.at(-1)).toMatchObject({ event: 'stop', source: 'network', detail: 'call-canceled' });
    stage.clock.advance(64_000);
    expect(stage.leftovers).toEqual([]);
  });

  it('is dropped when a final comes first', () => {
    const stage = new CoreStage();
    const { transactionId } = stage.command(invite).sent;
    stage.command('CANCEL sip:bob@10.0.0.9 SIP/2.0', { transactionId });
    stage.answer(486);
    expect(stage.sent()).toEqual(['INVITE', 'ACK']);
    expect(stage.app.lines).toEqual(['486']);
  });

  it('without a final is told as 408 after 64·T1', () => {
    const stage = new CoreStage();
    const { transactionId } = stage.command(invite).sent;
    stage.answer(180);
    stage.command('CANCEL sip:bob@10.0.0.9 SIP/2.0', { transactionId });
    stage.answer(200);
    stage.clock.advance(33_000);
    expect(stage.app.lines).toEqual(['180', '408']);
    expect(stage.app.deliveries[1]?.meta).toMatchObject({ address: '', port: 0 });
    stage.clock.advance(64_000);
    expect(stage.leftovers).toEqual([]);
  });

  it('that crosses a 200: the call is answered, and ended after the ACK', () => {
    const stage = new CoreStage({ settings: { cdrs: true } });
    const { transactionId } = stage.command(invite, { body: sdp }).sent;
    const request = stage.last;
    stage.answer(180);
    stage.command('CANCEL sip:bob@10.0.0.9 SIP/2.0', { transactionId });
    stage.answer(200, { request, body: sdp });
    stage.app.take('180');
    const { dialogId } = stage.app.take('200');
    stage.sent();
    stage.command('ACK sip:bob@10.0.0.9 SIP/2.0', { dialogId });
    expect(stage.last.get('reason')).toBe('SIP;cause=200;text="ACK-BYE due to cancel race condition"');
    expect(stage.sent()).toEqual(['ACK', 'BYE']);
    expect(stage.app.take('BYE')).toMatchObject({ transactionId: 'unsolicited', dialogId });
    expect(stage.cdrs.at(-1)).toMatchObject({ event: 'stop', detail: 'system-initiated-termination' });
    expect(stage.command('BYE sip:placeholder SIP/2.0', { dialogId }).refusal).toBe(
      'Server error: unable to find dialog for dialog id provided',
    );
    stage.clock.advance(64_000);
    expect(stage.leftovers).toEqual([]);
  });

  it.each([['nonsense'], ['']])('of an unknown transaction is refused', (transactionId) => {
    const stage = new CoreStage();
    expect(stage.command('CANCEL sip:bob@10.0.0.9 SIP/2.0', { transactionId }).refusal).toBe(
      `unable to cancel unknown transaction id: ${transactionId}`,
    );
  });

  it('is refused for a request that is no INVITE, and anything else with a transaction id too', () => {
    const stage = new CoreStage();
    const { transactionId } = stage.command('OPTIONS sip:bob@10.0.0.9 SIP/2.0').sent;
    expect(stage.command('CANCEL sip:bob@10.0.0.9 SIP/2.0', { transactionId }).refusal).toContain('unable to cancel');
    expect(stage.command('BYE sip:bob@10.0.0.9 SIP/2.0', { transactionId }).refusal).toBe('Invalid message format');
  });
});
