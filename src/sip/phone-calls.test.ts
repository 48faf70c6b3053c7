import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SipPeer } from '#testing/peers/sip-peer.ts';
import { connectPhones, offerOf, SipHarness, ScriptedPhone } from '#testing/harness/sip-harness.ts';
import { sipText } from '#testing/base/sip-text.ts';

let harness: SipHarness;
/** What a browser understands without a relay. */
const webRtcOffer = `${offerOf('20').replace('RTP/AVP', 'UDP/TLS/RTP/SAVPF')}a=ice-ufrag:x\r\na=ice-pwd:y\r\na=fingerprint:sha-256 AB\r\n`;

beforeEach(async () => {
  harness = await SipHarness.start();
});

afterEach(async () => {
  await harness[Symbol.asyncDispose]();
});

describe('a call from phone to phone', () => {
  it('rings, is answered, and ends for both when one hangs up', async () => {
    const [a, b] = [await harness.phone('20'), await harness.phone('21')];
    const call = a.invite('21');
    const rung = await b.incomingCall();
    expect(rung.invite?.header('From')).toContain('"Phone 20" <sip:20@127.0.0.1');
    expect(rung.invite?.header('From')).not.toContain('Forged');
    expect(rung.invite?.startLine).toBe(`INVITE ${b.contact} SIP/2.0`);
    expect(rung.invite?.header('Max-Forwards')).toBe('69');
    expect(rung.invite?.body).toBe(offerOf('20'));
    b.reply(rung, '180 Ringing');
    expect((await a.peer.expect(180)).body).toBe('');
    expect(harness.calls.list()[0]?.phase).toBe('ringing');
    b.reply(rung, '200 OK', { body: offerOf('21') });
    await b.peer.expect('ACK');
    const ok = await a.peer.expect(200);
    expect(ok.body).toBe(offerOf('21'));
    call.learn(ok);
    call.ack();
    expect(harness.calls.list()[0]?.phase).toBe('in_call');
    await call.bye();
    const bye = await b.peer.expect('BYE');
    b.reply(rung, '200 OK', { to: bye });
    const record = await harness.closed();
    expect(record.verdict).toEqual({ disposition: 'answered', reason: 'caller-hung-up' });
    expect(record).toMatchObject({ direction: 'internal', caller: { number: '20' }, callee: { deviceId: 'dev_21' } });
    expect(harness.store.legsOf(record.id).map(({ role, outcome }) => [role, outcome])).toEqual([
      ['caller', 'answered'],
      ['callee', 'answered'],
    ]);
    expect(harness.calls.list()).toEqual([]);
    await harness.idle();
  });

  it('ends for the caller when the called phone hangs up', async () => {
    const [a, b] = [await harness.phone('20'), await harness.phone('21')];
    const [, rung] = await connectPhones(a, b);
    rung.request('BYE');
    await b.peer.expect(200);
    await a.peer.expect('BYE');
    expect((await harness.closed()).verdict).toEqual({ disposition: 'answered', reason: 'callee-hung-up' });
  });
});

describe('a call that does not come about', () => {
  it.each([
    ['486 Busy Here', 486, { disposition: 'busy', reason: 'busy' }],
    ['600 Busy Everywhere', 486, { disposition: 'busy', reason: 'busy' }],
    ['603 Decline', 603, { disposition: 'missed', reason: 'declined' }],
    ['480 Temporarily Unavailable', 480, { disposition: 'missed', reason: 'unreachable' }],
    ['488 Not Acceptable Here', 488, { disposition: 'failed', reason: 'media-refused' }],
    ['500 Oops', 480, { disposition: 'failed', reason: 'phone-error' }],
    ['499 Never Heard Of', 480, { disposition: 'failed', reason: 'phone-error' }],
    ['302 Moved', 480, { disposition: 'failed', reason: 'redirected' }],
    ['404 Not Found', 480, { disposition: 'missed', reason: 'unreachable' }],
    ['410 Gone', 480, { disposition: 'missed', reason: 'unreachable' }],
    ['604 Does Not Exist Anywhere', 480, { disposition: 'missed', reason: 'unreachable' }],
    ['484 Address Incomplete', 480, { disposition: 'failed', reason: 'phone-error' }],
    ['487 Request Terminated', 480, { disposition: 'failed', reason: 'phone-error' }],
  ])('after %s tells the caller %i', async (refusal, told, verdict) => {
    const [a, b] = [await harness.phone('20'), await harness.phone('21')];
    a.invite('21');
    b.reply(await b.incomingCall(), refusal);
    await b.peer.expect('ACK');
    await a.peer.expect(told);
    expect((await harness.closed()).verdict).toEqual(verdict);
    await harness.idle();
  });

  it('is not answered in the ring time: the phone is cancelled with the reason', async () => {
    await using brief = await SipHarness.start({ ringSeconds: 0.5 });
    const [a, b] = [await brief.phone('20'), await brief.phone('21')];
    a.invite('21');
    const rung = await b.incomingCall();
    b.reply(rung, '180 Ringing');
    const cancel = await b.peer.skipTo('CANCEL');
    expect(cancel.header('Reason')).toBe('SIP;cause=480;text="No answer"');
    b.reply(rung, '200 OK', { to: cancel });
    b.reply(rung, '487 Request Terminated');
    await a.peer.skipTo(480);
    expect((await brief.closed()).verdict).toEqual({ disposition: 'missed', reason: 'no-answer' });
  });

  it.each(['480 Temporarily Unavailable', '408 Request Timeout', '487 Request Terminated'])(
    'was not answered where the phone rings and then ends its ringing with %s',
    async (end) => {
      const [a, b] = [await harness.phone('20'), await harness.phone('21')];
      a.invite('21');
      const rung = await b.incomingCall();
      b.reply(rung, '180 Ringing');
      await a.peer.expect(180);
      b.reply(rung, end);
      await a.peer.expect(480);
      expect((await harness.closed()).verdict).toEqual({ disposition: 'missed', reason: 'no-answer' });
    },
  );

  it('passes Retry-After of a phone on to the caller', async () => {
    const [a, b, c] = [await harness.phone('20'), await harness.phone('21'), await harness.phone('21')];
    a.invite('21');
    b.reply(await b.incomingCall(), '503 Service Unavailable', { headers: ['Retry-After: 30;duration=60'] });
    c.reply(await c.incomingCall(), '503 Service Unavailable', { headers: ['Retry-After: 7'] });
    expect((await a.peer.expect(480)).header('Retry-After')).toBe('7');
  });

  it('was not reached where the phone answers nothing in the ring time', async () => {
    await using brief = await SipHarness.start({ ringSeconds: 0.3 });
    const [a, b] = [await brief.phone('20'), await brief.phone('21')];
    a.invite('21');
    await b.incomingCall();
    await a.peer.expect(480);
    const record = await brief.closed();
    expect(record.verdict).toEqual({ disposition: 'missed', reason: 'unreachable' });
    expect(brief.store.legsOf(record.id)[1]).toMatchObject({ outcome: 'unreachable', ringingAt: undefined });
  });

  it('is busy where one contact of the phone is and another answers nothing', async () => {
    await using brief = await SipHarness.start({ ringSeconds: 0.5 });
    const [a, b, silent] = [await brief.phone('20'), await brief.phone('21'), await brief.phone('21')];
    a.invite('21');
    await silent.incomingCall();
    b.reply(await b.incomingCall(), '486 Busy Here');
    await a.peer.expect(486);
    expect((await brief.closed()).verdict).toEqual({ disposition: 'busy', reason: 'busy' });
  });

  it.each([
    ['21', 480, { disposition: 'missed', reason: 'offline' }],
    ['20', 482, { disposition: 'failed', reason: 'calling-itself' }],
    ['29', 404, { disposition: 'failed', reason: 'unknown-number' }],
    ['*97', 404, { disposition: 'failed', reason: 'unknown-service-code' }],
    ['bob', 484, { disposition: 'failed', reason: 'invalid-number' }],
    ['+14165550123', 503, { disposition: 'failed', reason: 'no-trunk' }],
    ['911', 503, { disposition: 'failed', reason: 'no-trunk' }],
  ])('to %s is answered %i', async (dialled, status, verdict) => {
    const a = await harness.phone('20');
    harness.device('21');
    a.invite(dialled);
    await a.peer.expect(status);
    expect((await harness.closed()).verdict).toEqual(verdict);
  });

  it('is cancelled when the caller gives up', async () => {
    const [a, b] = [await harness.phone('20'), await harness.phone('21')];
    const call = a.invite('21');
    const rung = await b.incomingCall();
    b.reply(rung, '180 Ringing');
    await a.peer.expect(180);
    a.cancel(call, '21');
    const cancel = await b.peer.expect('CANCEL');
    b.reply(rung, '200 OK', { to: cancel });
    b.reply(rung, '487 Request Terminated');
    await b.peer.expect('ACK');
    await a.peer.skipTo(487);
    const record = await harness.closed();
    expect(record.verdict).toEqual({ disposition: 'cancelled', reason: 'caller-cancelled' });
    expect(harness.store.legsOf(record.id)[1]?.outcome).toBe('cancelled');
    await harness.idle();
  });

  it('ends a phone whose answer crossed the CANCEL', async () => {
    const [a, b] = [await harness.phone('20'), await harness.phone('21')];
    const call = a.invite('21');
    const rung = await b.incomingCall();
    b.reply(rung, '180 Ringing');
    await a.peer.expect(180);
    a.cancel(call, '21');
    await b.peer.expect('CANCEL');
    b.reply(rung, '200 OK', { body: offerOf('21') });
    await b.peer.expect('ACK');
    await b.peer.expect('BYE');
    await a.peer.skipTo(487);
    expect((await harness.closed()).verdict).toEqual({ disposition: 'cancelled', reason: 'caller-cancelled' });
  });

  it('is refused before anything rings where a header is wrong', async () => {
    const [a, b] = [await harness.phone('20'), await harness.phone('21')];
    a.invite('21', { headers: ['Require: teleport'] });
    expect((await a.peer.expect(420)).header('Unsupported')).toBe('teleport');
    a.invite('21', { headers: ['Session-Expires: 30', 'Supported: timer'] });
    expect((await a.peer.expect(422)).header('Min-SE')).toBe('90');
    expect(b.peer.unread).toEqual([]);
    expect(harness.records()).toEqual([]);
  });
});

describe('a phone with several contacts', () => {
  it('rings all of them and cancels the others when one has answered', async () => {
    const [a, b, c] = [await harness.phone('20'), await harness.phone('21'), await harness.phone('21')];
    const call = a.invite('21');
    const [first, second] = [await b.incomingCall(), await c.incomingCall()];
    b.reply(first, '180 Ringing');
    c.reply(second, '180 Ringing');
    await a.peer.expect(180);
    b.reply(first, '200 OK', { body: offerOf('21') });
    await b.peer.expect('ACK');
    const cancel = await c.peer.expect('CANCEL');
    expect(cancel.header('Reason')).toBe('SIP;cause=200;text="Call completed elsewhere"');
    c.reply(second, '200 OK', { to: cancel });
    c.reply(second, '487 Request Terminated');
    await c.peer.expect('ACK');
    call.learn(await a.peer.expect(200));
    call.ack();
    await call.bye();
    const record = await harness.closed();
    expect(harness.store.legsOf(record.id).map(({ outcome }) => outcome)).toEqual(['answered', 'answered', 'answered-elsewhere']);
    expect(a.peer.unread).toEqual([]);
  });

  it('gives the call to the first of two answers that cross', async () => {
    const [a, b, c] = [await harness.phone('20'), await harness.phone('21'), await harness.phone('21')];
    const call = a.invite('21');
    const [first, second] = [await b.incomingCall(), await c.incomingCall()];
    b.reply(first, '200 OK', { body: offerOf('b') });
    c.reply(second, '200 OK', { body: offerOf('c') });
    const ok = await a.peer.expect(200);
    call.learn(ok);
    call.ack();
    const [winner, loser] = ok.body === offerOf('b') ? [b, c] : [c, b];
    await loser.peer.skipTo('ACK');
    expect((await loser.peer.skipTo('BYE')).method).toBe('BYE');
    await winner.peer.expect('ACK');
    expect(winner.peer.unread).toEqual([]);
    await call.bye();
    expect((await harness.closed()).verdict?.disposition).toBe('answered');
  });

  it('is declined for all of them by one, and busy only when all are', async () => {
    const [a, b, c] = [await harness.phone('20'), await harness.phone('21'), await harness.phone('21')];
    a.invite('21');
    const [first, second] = [await b.incomingCall(), await c.incomingCall()];
    c.reply(second, '180 Ringing');
    await a.peer.expect(180);
    b.reply(first, '603 Decline');
    const cancel = await c.peer.expect('CANCEL');
    c.reply(second, '200 OK', { to: cancel });
    c.reply(second, '487 Request Terminated');
    await a.peer.expect(603);
    await b.peer.expect('ACK');
    await c.peer.expect('ACK');
    a.invite('21');
    b.reply(await b.incomingCall(), '486 Busy Here');
    const third = await c.incomingCall();
    c.reply(third, '200 OK', { body: offerOf('21') });
    await a.peer.skipTo(200);
  });

  it('gives no early media while several ring', async () => {
    const [a, b, c] = [await harness.phone('20'), await harness.phone('21'), await harness.phone('21')];
    a.invite('21');
    const first = await b.incomingCall();
    await c.incomingCall();
    b.reply(first, '183 Session Progress', { body: offerOf('b') });
    const ringing = await a.peer.expect(180);
    expect(ringing.body).toBe('');
  });
});

describe('offers and answers', () => {
  it('passes early media of the only phone', async () => {
    const [a, b] = [await harness.phone('20'), await harness.phone('21')];
    const call = a.invite('21');
    const rung = await b.incomingCall();
    b.reply(rung, '183 Session Progress', { body: offerOf('21') });
    const progress = await a.peer.expect(183);
    expect(progress.body).toBe(offerOf('21'));
    b.reply(rung, '200 OK', { body: offerOf('21') });
    const ok = await a.peer.expect(200);
    expect(ok.header('To')).toBe(progress.header('To'));
    call.learn(ok);
    call.ack();
    await call.bye();
  });

  it('carries an offer made by the called phone to the caller, and the answer back in the ACK', async () => {
    const [a, b] = [await harness.phone('20'), await harness.phone('21')];
    const call = a.invite('21', { body: '' });
    const rung = await b.incomingCall();
    expect(rung.invite?.body).toBe('');
    b.reply(rung, '200 OK', { body: offerOf('21') });
    const ok = await a.peer.expect(200);
    expect(ok.body).toBe(offerOf('21'));
    call.learn(ok);
    call.ack(offerOf('20'));
    expect((await b.peer.skipTo('ACK')).body).toBe(offerOf('20'));
    await call.bye();
    await b.peer.expect('BYE');
  });

  it('answers an offer that came too late with a refusal of its streams', async () => {
    const [a, b, c] = [await harness.phone('20'), await harness.phone('21'), await harness.phone('21')];
    const call = a.invite('21', { body: '' });
    const [first, second] = [await b.incomingCall(), await c.incomingCall()];
    b.reply(first, '200 OK', { body: offerOf('b') });
    c.reply(second, '200 OK', { body: offerOf('c') });
    const ok = await a.peer.expect(200);
    const loser = ok.body === offerOf('b') ? c : b;
    expect((await loser.peer.skipTo('ACK')).body).toContain('m=audio 0 RTP/AVP');
    await loser.peer.expect('BYE');
    call.learn(ok);
    call.ack(offerOf('20'));
  });

  it('rings reliably where the caller insists on it', async () => {
    const [a, b] = [await harness.phone('20'), await harness.phone('21')];
    const call = a.invite('21', { headers: ['Require: 100rel'] });
    const rung = await b.incomingCall();
    b.reply(rung, '180 Ringing');
    const ringing = await a.peer.expect(180);
    expect(ringing.header('Require')).toBe('100rel');
    call.learn(ringing);
    call.request('PRACK', { headers: [`RAck: ${ringing.header('RSeq')} 1 INVITE`] });
    await a.peer.expect(200);
    b.reply(rung, '200 OK', { body: offerOf('21') });
    call.learn(await a.peer.expect(200));
  });
});

describe('a phone behind address translation', () => {
  it.each(['tcp', 'ws'] as const)('is rung over the %s connection it came by', async (protocol) => {
    const to = { address: '127.0.0.1', port: harness.port(protocol) };
    const far = protocol === 'tcp' ? await SipPeer.tcp(to) : await SipPeer.ws(to);
    const a = await harness.phone('20');
    const b = new ScriptedPhone(harness, far, harness.device('21'));
    const contact = `sip:21@abc.invalid;transport=${protocol}`;
    harness.register(b.device, { protocol, address: far.address, port: far.port }, contact);
    far.send(
      sipText([
        'REGISTER sip:gosip SIP/2.0',
        `Via: SIP/2.0/${protocol.toUpperCase()} abc.invalid;branch=z9hG4bKreg`,
        ...['Max-Forwards: 70', 'From: <sip:21@gosip>;tag=1', 'To: <sip:21@gosip>', 'Call-ID: reg', 'CSeq: 1 REGISTER'],
        `Contact: <${contact}>`,
      ]),
    );
    await far.expect(200);
    const call = a.invite('21', { body: protocol === 'ws' ? webRtcOffer : offerOf('20') });
    const rung = await b.incomingCall();
    expect(rung.invite?.startLine).toBe(`INVITE sip:21@abc.invalid;transport=${protocol} SIP/2.0`);
    b.reply(rung, '200 OK', { body: offerOf('21') });
    await far.expect('ACK');
    call.learn(await a.peer.expect(200));
    call.ack();
    await call.bye();
    await far.expect('BYE');
    await far[Symbol.asyncDispose]();
  });

  it('is rung over UDP where its packets come from, whatever its Contact says', async () => {
    const a = await harness.phone('20');
    const b = await harness.phone('21', { contact: 'sip:21@10.255.255.1:5999' });
    const call = a.invite('21');
    const rung = await b.incomingCall();
    expect(rung.invite?.startLine).toBe('INVITE sip:21@10.255.255.1:5999 SIP/2.0');
    await b.answer(rung);
    call.learn(await a.peer.skipTo(200));
    call.ack();
    await call.bye();
    await b.peer.expect('BYE');
  });
});

describe('unauthenticated sources', () => {
  it('get the same challenge for every request, reach no phone and leave no record', async () => {
    const [a, b] = [await harness.phone('20'), await harness.phone('21')];
    const answers: string[] = [];
    for (const dialled of ['21', '29', '+14165550123', '911', 'x']) {
      a.invite(dialled, { isAuthenticated: false });
      const challenge = await a.peer.expect(401);
      expect(challenge.headers('WWW-Authenticate')).toEqual(['Digest realm="a"', 'Digest realm="b"']);
      answers.push(challenge.text.replaceAll(/^(Via|To|From|Call-ID):.*$/gm, ''));
    }
    expect(new Set(answers).size).toBe(1);
    a.invite('21', { headers: ['Require: teleport'], isAuthenticated: false });
    await a.peer.expect(401);
    expect(b.peer.unread).toEqual([]);
    expect(harness.records()).toEqual([]);
    expect(harness.sip.sizes()).toEqual({ dialogs: 0, unauthenticatedInvites: 6 });
  });

  it('learn nothing from other requests either', async () => {
    const peer = await harness.peer();
    for (const method of ['OPTIONS', 'MESSAGE', 'SUBSCRIBE', 'REFER', 'INFO', 'PUBLISH', 'NOTIFY']) {
      peer.send(
        [
          `${method} sip:21@127.0.0.1 SIP/2.0`,
          `Via: SIP/2.0/UDP ${peer.host};branch=z9hG4bK${method};rport`,
          'Max-Forwards: 70',
          'From: <sip:x@y>;tag=1',
          'To: <sip:21@127.0.0.1>',
          `Call-ID: ${method}`,
          `CSeq: 1 ${method}`,
          'Event: presence',
          'Content-Length: 0',
          '',
          '',
        ].join('\r\n'),
      );
      await peer.expect(401);
    }
  });
});
