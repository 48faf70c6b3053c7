import { describe, expect, it } from 'vitest';
import { EngineHarness } from '#testing/harness/engine-harness.ts';
import { SipCaller } from '#testing/peers/sip-caller.ts';
import { SipPeer } from '#testing/peers/sip-peer.ts';
import { responseText, sipText } from '#testing/base/sip-text.ts';
import type { PeerMessage } from '#testing/base/sip-text.ts';

type Result = { connected: boolean; finalStatus: number; responses: { msgs: { status: number }[] }[] };

const tables = [
  'proxiedRequests',
  'proxiedCalls',
  'serverTransactions',
  'requestsInFlight',
  'clientTransactions',
  'dialogs',
  'incomingRequests',
];

/** The application proxies every INVITE; resolves with the final result. */
function proxying(harness: EngineHarness, destinations: () => string[], options: object): Promise<Result> {
  const { promise, resolve, reject } = Promise.withResolvers<Result>();
  harness.srf.invite((request: unknown) => {
    harness.srf.proxyRequest(request, destinations(), options).then(resolve, reject);
  });
  return promise;
}

function answer(peer: SipPeer, request: PeerMessage, statusLine: string, tag = 'callee'): void {
  const to = { address: '127.0.0.1', port: Number(/:(\d+);/.exec(request.header('Via') ?? '')?.[1]) };
  peer.send(responseText(request, statusLine, { tag, headers: [`Contact: <sip:bob@${peer.host}>`] }), to);
}

describe('proxying with real sockets and drachtio-srf', () => {
  for (const protocol of ['udp', 'tcp', 'ws'] as const) {
    it(`stays in the dialog of a caller on ${protocol} and a callee on udp, in both directions`, async () => {
      await using harness = await EngineHarness.start({ protocols: ['udp', 'tcp', 'ws'] });
      await using callee = await SipPeer.udp();
      await using phone =
        protocol === 'udp' ? await SipPeer.udp({ target: harness.at() }) : await SipPeer[protocol](harness.at(protocol));
      const result = proxying(harness, () => [`sip:bob@${callee.host}`], { remainInDialog: true });
      const caller = new SipCaller(phone, { via: protocol.toUpperCase(), target: harness.uri('bob', protocol) });
      caller.invite();

      const invite = await callee.expect('INVITE');
      expect(invite.header('Max-Forwards')).toBe('69');
      expect(invite.headers('Record-Route')).toHaveLength(protocol === 'udp' ? 1 : 2);
      answer(callee, invite, '180 Ringing');
      await phone.expect(180);
      answer(callee, invite, '200 OK');
      const ok = await phone.expect(200);
      expect(ok.headers('Via')).toHaveLength(1);
      caller.ack(ok);
      const ack = await callee.expect('ACK');
      expect(ack.headers('Route')).toEqual([]);
      expect(await result).toMatchObject({ connected: true, finalStatus: 200 });

      caller.send('INFO');
      const info = await callee.expect('INFO');
      answer(callee, info, '200 OK');
      await phone.expect(200);

      if (protocol === 'udp') sendBye(callee, invite, harness);
      else caller.send('BYE');
      const [from, to] = protocol === 'udp' ? [callee, phone] : [phone, callee];
      const bye = await to.expect('BYE');
      if (to === callee) answer(callee, bye, '200 OK');
      else caller.respond(bye, '200 OK');
      await from.expect(200);
      await harness.drained(tables.filter((name) => !name.includes('clientTransactions')));
    });
  }

  it('rings two phones at once; the first answer cancels the other', async () => {
    await using harness = await EngineHarness.start();
    await using one = await SipPeer.udp();
    await using other = await SipPeer.udp();
    await using phone = await SipPeer.udp({ target: harness.at() });
    const result = proxying(harness, () => [`sip:1@${one.host}`, `sip:2@${other.host}`], { forking: 'simultaneous' });
    const caller = new SipCaller(phone, { target: harness.uri() });
    caller.invite();
    const [first, second] = await Promise.all([one.expect('INVITE'), other.expect('INVITE')]);
    answer(one, first, '180 Ringing', 'one');
    answer(other, second, '180 Ringing', 'other');
    await phone.expect(180);
    await phone.expect(180);
    answer(other, second, '200 OK', 'other');
    const ok = await phone.expect(200);
    expect(ok.header('To')).toContain('tag=other');
    const cancel = await one.expect('CANCEL');
    expect(cancel.header('Via')).toBe(first.header('Via'));
    answer(one, cancel, '200 OK', 'one');
    answer(one, first, '487 Request Terminated', 'one');
    await one.expect('ACK');
    expect((await result).connected).toBe(true);
    caller.ack(ok);
    await harness.drained(['proxiedRequests', 'proxiedCalls']);
  });

  it('passes a CANCEL on, and reports the 487 to the application', async () => {
    await using harness = await EngineHarness.start();
    await using callee = await SipPeer.udp();
    await using phone = await SipPeer.udp({ target: harness.at() });
    const result = proxying(harness, () => [`sip:bob@${callee.host}`], {});
    const caller = new SipCaller(phone, { target: harness.uri() });
    caller.invite();
    const invite = await callee.expect('INVITE');
    answer(callee, invite, '180 Ringing');
    await phone.expect(180);
    caller.cancel();
    await phone.expect((message) => message.status === 200 && message.header('CSeq')?.endsWith('CANCEL') === true);
    caller.ack(await phone.expect(487));
    const cancel = await callee.expect('CANCEL');
    answer(callee, cancel, '200 OK');
    answer(callee, invite, '487 Request Terminated');
    await callee.expect('ACK');
    expect(await result).toMatchObject({ connected: false, finalStatus: 487 });
    await harness.drained(['proxiedRequests', 'proxiedCalls']);
  });

  it('tries the next target, follows a redirection, and says when nothing can be reached', async () => {
    await using harness = await EngineHarness.start();
    await using busy = await SipPeer.udp();
    await using moved = await SipPeer.udp();
    await using callee = await SipPeer.udp();
    await using phone = await SipPeer.udp({ target: harness.at() });
    const destinations: string[][] = [[`sip:1@${busy.host}`, `sip:2@${moved.host}`], ['sip:x@127.0.0.1;transport=tls']];
    const outcomes: unknown[] = [];
    harness.srf.invite((request: unknown) => {
      const proxied: Promise<Result> = harness.srf.proxyRequest(request, destinations.shift(), { followRedirects: true });
      proxied.then(
        (result) => outcomes.push(result.responses.flatMap(({ msgs }) => msgs.map(({ status }) => status))),
        (error: unknown) => outcomes.push(error),
      );
    });
    const caller = new SipCaller(phone, { target: harness.uri() });
    caller.invite();
    answer(busy, await busy.expect('INVITE'), '486 Busy Here');
    const invite = await moved.expect('INVITE');
    const to = { address: '127.0.0.1', port: harness.port() };
    moved.send(responseText(invite, '302 Moved', { headers: [`Contact: <sip:3@${callee.host}>`] }), to);
    answer(callee, await callee.expect('INVITE'), '200 OK');
    caller.ack(await phone.expect(200));
    const second = new SipCaller(phone, { target: harness.uri() });
    second.invite();
    second.ack(await phone.expect(500));
    await expect.poll(() => outcomes, { timeout: 10_000 }).toEqual([[486, 302, 200], 'error proxying request to ']);
  });
});

/** The callee hangs up: its route set is Record-Route as received. */
function sendBye(callee: SipPeer, invite: PeerMessage, harness: EngineHarness): void {
  const target = /<([^>]+)>/.exec(invite.header('Contact') ?? '')?.[1] ?? '';
  const text = sipText([
    `BYE ${target} SIP/2.0`,
    `Via: SIP/2.0/UDP ${callee.host};branch=z9hG4bKbye${callee.port}`,
    ...invite.headers('Record-Route').map((route) => `Route: ${route}`),
    `From: ${invite.header('To')};tag=callee`,
    `To: ${invite.header('From')}`,
    `Call-ID: ${invite.header('Call-ID')}`,
    'CSeq: 1 BYE',
  ]);
  callee.send(text, harness.at());
}
