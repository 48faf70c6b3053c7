import { describe, expect, it } from 'vitest';
import { UserAgentHarness, sdp } from '#testing/harness/user-agent-harness.ts';

const invite = 'INVITE sip:bob@10.0.0.9 SIP/2.0';

describe('a CANCEL of the caller', () => {
  it('before any answer: 200, 487, delivered without a dialog id; a later answer is refused', () => {
    const harness = new UserAgentHarness({ settings: { cdrs: true } });
    const branch = harness.receiveRequest('INVITE');
    const { transactionId } = harness.app.take('INVITE');
    harness.receiveRequest('CANCEL', { branch });
    expect(harness.transport.sent.map(({ message }) => [message.status, message.cseq?.method])).toEqual([
      [100, 'INVITE'],
      [200, 'CANCEL'],
      [487, 'INVITE'],
    ]);
    expect(harness.last.toTag).toBe(harness.transport.sent[1]?.message.toTag);
    const cancel = harness.app.take('CANCEL');
    expect(cancel).toMatchObject({ transactionId, dialogId: '' });
    expect(harness.respond(transactionId, 200).refusal).toBe('Response not sent due to unknown transaction');
    harness.receiveRequest('ACK', { branch, toTag: harness.last.toTag });
    expect(harness.app.lines).toEqual([]);
    expect(harness.cdrs.at(-1)).toMatchObject({ event: 'stop', detail: 'call-canceled' });
    harness.clock.advance(64_000);
    expect(harness.leftovers).toEqual([]);
  });

  it('after a provisional: with the tag of the provisional and the dialog id', () => {
    const harness = new UserAgentHarness();
    const branch = harness.receiveRequest('INVITE');
    const { transactionId } = harness.app.take('INVITE');
    const ringing = harness.respond(transactionId, 183, { body: sdp }).answered;
    harness.receiveRequest('CANCEL', { branch });
    harness.receiveRequest('CANCEL', { branch });
    const tags = harness.transport.sent.slice(2).map(({ message }) => message.toTag);
    expect(new Set(tags)).toEqual(new Set([ringing.message.toTag]));
    expect(harness.app.take('CANCEL')).toMatchObject({ transactionId, dialogId: ringing.dialogId });
    expect(harness.app.lines).toEqual([]);
    harness.clock.advance(64_000);
    expect(harness.leftovers).toEqual([]);
  });

  it('after the 200: 481, and the call goes on', () => {
    const harness = new UserAgentHarness();
    const branch = harness.receiveRequest('INVITE');
    const { transactionId } = harness.app.take('INVITE');
    const { message } = harness.respond(transactionId, 200).answered;
    harness.sent();
    harness.receiveRequest('CANCEL', { branch });
    expect(harness.sent()).toEqual(['481']);
    harness.clock.advance(600);
    expect(harness.sent()).toEqual(['200']);
    harness.receiveRequest('ACK', { toTag: message.toTag });
    expect(harness.app.lines).toEqual(['ACK']);
  });
});

describe('a CANCEL of the application', () => {
  it('is held back until a provisional comes; its 200 is not delivered', () => {
    const harness = new UserAgentHarness({ settings: { cdrs: true } });
    const { transactionId } = harness.command(invite).sent;
    const request = harness.last;
    const echo = harness.command('CANCEL sip:bob@10.0.0.9 SIP/2.0', {
      transactionId,
      headers: ['Reason: SIP;cause=200;text="elsewhere"', 'from: <sip:evil@x>'],
    }).sent;
    expect(echo.message.method).toBe('CANCEL');
    expect(echo.transactionId).not.toBe(transactionId);
    expect(harness.sent()).toEqual(['INVITE']);
    harness.receiveResponse(180, { request, flow: harness.transport.peer('udp') });
    expect(harness.last.method).toBe('CANCEL');
    expect(harness.last.get('reason')).toBe('SIP;cause=200;text="elsewhere"');
    expect(harness.last.get('from')).toBe(request.get('from'));
    expect(harness.last.get('via')).toBe(request.get('via'));
    harness.receiveResponse(200);
    harness.receiveResponse(487, { request });
    expect(harness.app.lines).toEqual(['180', '487']);
    expect(harness.cdrs.at(-1)).toMatchObject({ event: 'stop', source: 'network', detail: 'call-canceled' });
    harness.clock.advance(64_000);
    expect(harness.leftovers).toEqual([]);
  });

  it('is dropped when a final comes first', () => {
    const harness = new UserAgentHarness();
    const { transactionId } = harness.command(invite).sent;
    harness.command('CANCEL sip:bob@10.0.0.9 SIP/2.0', { transactionId });
    harness.receiveResponse(486);
    expect(harness.sent()).toEqual(['INVITE', 'ACK']);
    expect(harness.app.lines).toEqual(['486']);
  });

  it('without a final is reported as 408 after 64·T1', () => {
    const harness = new UserAgentHarness();
    const { transactionId } = harness.command(invite).sent;
    harness.receiveResponse(180);
    harness.command('CANCEL sip:bob@10.0.0.9 SIP/2.0', { transactionId });
    harness.receiveResponse(200);
    harness.clock.advance(33_000);
    expect(harness.app.lines).toEqual(['180', '408']);
    expect(harness.app.deliveries[1]?.meta).toMatchObject({ address: '', port: 0 });
    harness.clock.advance(64_000);
    expect(harness.leftovers).toEqual([]);
  });

  it('that crosses a 200: the call is answered, and ended after the ACK', () => {
    const harness = new UserAgentHarness({ settings: { cdrs: true } });
    const { transactionId } = harness.command(invite, { body: sdp }).sent;
    const request = harness.last;
    harness.receiveResponse(180);
    harness.command('CANCEL sip:bob@10.0.0.9 SIP/2.0', { transactionId });
    harness.receiveResponse(200, { request, body: sdp });
    harness.app.take('180');
    const { dialogId } = harness.app.take('200');
    harness.sent();
    harness.command('ACK sip:bob@10.0.0.9 SIP/2.0', { dialogId });
    expect(harness.last.get('reason')).toBe('SIP;cause=200;text="ACK-BYE due to cancel race condition"');
    expect(harness.sent()).toEqual(['ACK', 'BYE']);
    expect(harness.app.take('BYE')).toMatchObject({ transactionId: 'unsolicited', dialogId });
    expect(harness.cdrs.at(-1)).toMatchObject({ event: 'stop', detail: 'system-initiated-termination' });
    expect(harness.command('BYE sip:placeholder SIP/2.0', { dialogId }).refusal).toBe(
      'Server error: unable to find dialog for dialog id provided',
    );
    harness.clock.advance(64_000);
    expect(harness.leftovers).toEqual([]);
  });

  it.each([['nonsense'], ['']])('of an unknown transaction is refused', (transactionId) => {
    const harness = new UserAgentHarness();
    expect(harness.command('CANCEL sip:bob@10.0.0.9 SIP/2.0', { transactionId }).refusal).toBe(
      `unable to cancel unknown transaction id: ${transactionId}`,
    );
  });

  it('is refused for a request that is no INVITE, and anything else with a transaction id too', () => {
    const harness = new UserAgentHarness();
    const { transactionId } = harness.command('OPTIONS sip:bob@10.0.0.9 SIP/2.0').sent;
    expect(harness.command('CANCEL sip:bob@10.0.0.9 SIP/2.0', { transactionId }).refusal).toContain('unable to cancel');
    expect(harness.command('BYE sip:bob@10.0.0.9 SIP/2.0', { transactionId }).refusal).toBe('Invalid message format');
  });
});
