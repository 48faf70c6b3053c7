import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EngineHarness } from '#testing/harness/engine-harness.ts';
import type { AnySrf } from '#testing/harness/engine-harness.ts';
import { SipCaller } from '#testing/peers/sip-caller.ts';
import { SipPeer } from '#testing/peers/sip-peer.ts';
import { responseText, sdp } from '#testing/base/sip-text.ts';
import type { PeerMessage } from '#testing/base/sip-text.ts';
import type { Protocol } from './transport/transport.ts';

// The flows of RFC 3665, each with a real engine, drachtio-srf as the application, and peers that write and read every message.

/** A client transaction lives on for 64·T1 after a 2xx, for those of other forks. */
const inviteTables = ['serverTransactions', 'requestsInFlight', 'dialogs'];
const via: Record<Protocol, string> = { udp: 'UDP', tcp: 'TCP', tls: 'TLS', ws: 'WS', wss: 'WSS' };

let harness: EngineHarness;
let open: AsyncDisposable[] = [];

async function start(options: Parameters<typeof EngineHarness.start>[0] = {}): Promise<EngineHarness> {
  harness = await EngineHarness.start(options);
  return harness;
}

async function opened<T extends AsyncDisposable>(peer: Promise<T>): Promise<T> {
  const it = await peer;
  open.push(it);
  return it;
}

function connectPeer(protocol: Protocol): Promise<SipPeer> {
  const at = harness.at(protocol);
  switch (protocol) {
    case 'udp':
      return opened(SipPeer.udp({ target: at }));
    case 'tcp':
      return opened(SipPeer.tcp(at));
    case 'tls':
      return opened(SipPeer.tls(at));
    case 'ws':
      return opened(SipPeer.ws(at));
    case 'wss':
      return opened(SipPeer.ws(at, { isSecure: true }));
  }
}

async function caller(protocol: Protocol = 'udp', user = 'alice'): Promise<SipCaller> {
  const peer = await connectPeer(protocol);
  return new SipCaller(peer, { via: via[protocol], user, target: harness.uri('bob', protocol) });
}

/** A phone that is called: a UDP peer; what it gets is answered to the engine. */
async function callee(): Promise<SipPeer> {
  return opened(SipPeer.udp({ target: harness.at('udp') }));
}

/** Resolves with the application's next request of a method. */
function nextRequest(verb: string): Promise<{ req: AnySrf; res: AnySrf }> {
  return new Promise((resolve) => harness.srf[verb]((req: AnySrf, res: AnySrf) => resolve({ req, res })));
}

function event(emitter: AnySrf, name: string): Promise<AnySrf[]> {
  return new Promise((resolve) => emitter.once(name, (...args: AnySrf[]) => resolve(args)));
}

beforeEach(() => {
  open = [];
});

afterEach(async () => {
  for (const peer of open) await peer[Symbol.asyncDispose]();
  await harness[Symbol.asyncDispose]();
});

describe('RFC 3665 section 2, registration', () => {
  const challenge = 'Digest realm="house", nonce="ea9c8e88df84f1cec4341ae6cbe5a359", qop="auth", algorithm=MD5';

  /** An application that wants credentials once and then agrees. */
  function registrar(): void {
    harness.srf.register((req: AnySrf, res: AnySrf) => {
      if (!req.has('Authorization')) res.send(401, { headers: { 'WWW-Authenticate': challenge } });
      else if (req.get('Authorization').includes('wrong')) res.send(401, { headers: { 'WWW-Authenticate': challenge } });
      else if (!req.has('Contact')) res.send(200, { headers: { Contact: '<sip:alice@known.example>;expires=600' } });
      else res.send(200, { headers: { Contact: req.get('Contact'), Expires: req.get('Expires') ?? '3600' } });
    });
  }

  it.each(['udp', 'tcp', 'tls', 'ws', 'wss'] as const)(
    '2.1 and 2.4: succeeds after a challenge, and ends, over %s',
    async (protocol) => {
      await start({ protocols: [protocol] });
      registrar();
      const phone = await caller(protocol);
      const contact = `Contact: ${phone.contact};expires=3600`;
      phone.send('REGISTER', { headers: [contact] });
      const challenged = await phone.peer.expect(401);
      expect(challenged.header('WWW-Authenticate')).toBe(challenge);
      expect(challenged.header('To')).toMatch(/;tag=\S+$/);
      phone.send('REGISTER', { headers: [contact, 'Authorization: Digest username="alice", response="right"'] });
      const ok = await phone.peer.expect(200);
      expect([ok.header('Contact'), ok.header('CSeq'), ok.header('Call-ID')]).toEqual([
        `${phone.contact};expires=3600`,
        '2 REGISTER',
        phone.callId,
      ]);
      phone.send('REGISTER', {
        headers: ['Contact: *', 'Expires: 0', 'Authorization: Digest username="alice", response="right"'],
      });
      await phone.peer.expect(200);
    },
  );

  it('2.3: asks for the contacts it has', async () => {
    await start();
    registrar();
    const phone = await caller();
    phone.send('REGISTER', { headers: ['Authorization: Digest username="alice", response="right"'] });
    expect((await phone.peer.expect(200)).header('Contact')).toBe('<sip:alice@known.example>;expires=600');
  });

  it('2.5: fails with a wrong password', async () => {
    await start();
    registrar();
    const phone = await caller();
    phone.send('REGISTER');
    await phone.peer.expect(401);
    phone.send('REGISTER', { headers: ['Authorization: Digest username="alice", response="wrong"'] });
    await phone.peer.expect(401);
  });

  it('gets the same answer to a retransmission, and the application hears of it once', async () => {
    await start();
    let heard = 0;
    harness.srf.register((_req: AnySrf, res: AnySrf) => res.send(200, { headers: { 'X-Times': String((heard += 1)) } }));
    const phone = await caller();
    const text = phone.send('REGISTER');
    const first = await phone.peer.expect(200);
    phone.peer.send(text);
    expect((await phone.peer.expect(200)).text).toBe(first.text);
    expect(heard).toBe(1);
  });
});

describe('RFC 3665 section 3, the engine is called', () => {
  it.each(['udp', 'tcp', 'tls', 'ws', 'wss'] as const)(
    '3.1: session establishment over %s, ended by the caller',
    async (protocol) => {
      await start({ protocols: [protocol] });
      const answered = nextRequest('invite').then(async ({ req, res }) => {
        res.send(180);
        return harness.srf.createUAS(req, res, { localSdp: sdp('127.0.0.1') });
      });
      const alice = await caller(protocol);
      alice.peer.ignores = () => false;
      alice.invite({ body: sdp('127.0.0.1', 50_000) });
      await alice.peer.expect(100);
      const ringing = await alice.peer.expect(180);
      const ok = await alice.peer.expect(200);
      expect(ok.body).toBe(sdp('127.0.0.1'));
      expect(ok.header('To')).toBe(ringing.header('To'));
      const dialog = await answered;
      const acknowledged = event(dialog, 'ack');
      alice.ack(ok);
      await acknowledged;
      const destroyed = event(dialog, 'destroy');
      alice.send('BYE');
      const bye = await alice.peer.expect(200);
      expect(bye.header('CSeq')).toBe('2 BYE');
      await destroyed;
      await harness.drained(inviteTables);
    },
  );

  it('3.1: the callee hangs up', async () => {
    await start();
    const answered = nextRequest('invite').then(({ req, res }) =>
      harness.srf.createUAS(req, res, { localSdp: sdp('127.0.0.1') }),
    );
    const alice = await caller();
    alice.invite({ body: sdp('127.0.0.1', 50_000) });
    alice.ack(await alice.peer.expect(200));
    const dialog = await answered;
    dialog.destroy();
    const bye = await alice.peer.expect('BYE');
    expect(bye.startLine).toBe(`BYE ${alice.contact.slice(1, -1)} SIP/2.0`);
    expect(bye.header('To')).toContain(`;tag=${alice.fromTag}`);
    alice.respond(bye, '200 OK');
    await harness.drained(inviteTables);
  });

  it('3.7: a re-INVITE puts the call on hold', async () => {
    await start();
    const answered = nextRequest('invite').then(({ req, res }) =>
      harness.srf.createUAS(req, res, { localSdp: sdp('127.0.0.1') }),
    );
    const alice = await caller();
    alice.invite({ body: sdp('127.0.0.1', 50_000) });
    alice.ack(await alice.peer.expect(200));
    const dialog = await answered;
    const modified = event(dialog, 'modify');
    dialog.on('modify', (_req: AnySrf, res: AnySrf) => res.send(200, { body: sdp('127.0.0.1', 40_002) }));
    alice.invite({ body: `${sdp('127.0.0.1', 50_002)}a=sendonly\r\n` });
    const ok = await alice.peer.expect(200);
    expect([ok.header('CSeq'), ok.body]).toEqual(['2 INVITE', sdp('127.0.0.1', 40_002)]);
    alice.ack(ok);
    await modified;
    alice.send('BYE');
    await alice.peer.expect(200);
    await harness.drained(inviteTables);
  });

  it('3.8: no answer, so the caller cancels', async () => {
    await start();
    const cancelled = nextRequest('invite').then(async ({ req, res }) => {
      res.send(180);
      return event(req, 'cancel');
    });
    const alice = await caller();
    alice.invite({ body: sdp('127.0.0.1', 50_000) });
    const ringing = await alice.peer.expect(180);
    alice.cancel();
    const first = await alice.peer.expect((message) => message.status === 200 || message.status === 487);
    const second = await alice.peer.expect((message) => message.status === 200 || message.status === 487);
    expect(first.status + second.status).toBe(200 + 487);
    expect(first.header('To')).toBe(ringing.header('To'));
    expect(second.header('To')).toBe(ringing.header('To'));
    alice.ack(first.status === 487 ? first : second);
    await cancelled;
    await harness.drained(inviteTables);
  });

  it.each([
    ['3.9: busy', 486, 'Busy Here', {}],
    ['3.11: temporarily unavailable', 480, 'Temporarily Unavailable', { 'Retry-After': '30' }],
    ['3.6: redirection', 302, 'Moved Temporarily', { Contact: '<sip:bob@elsewhere.example>' }],
    ['6xx', 603, 'Decline', {}],
  ])('%s', async (_name, status, reason, headers) => {
    await start();
    harness.srf.invite((_req: AnySrf, res: AnySrf) => res.send(status, reason, { headers }));
    const alice = await caller();
    alice.invite({ body: sdp('127.0.0.1', 50_000) });
    const refused = await alice.peer.expect(status);
    expect(refused.startLine).toBe(`SIP/2.0 ${status} ${reason}`);
    for (const [name, value] of Object.entries(headers)) expect(refused.header(name)).toBe(value);
    alice.ack(refused);
    await harness.drained(inviteTables);
  });

  it('resends a failure until the ACK comes, and 200 until its ACK comes', async () => {
    await start({ settings: { timers: { t1: 20, t2: 160, t4: 200, t1x64: 20_000, timerC: 185_000 } } });
    harness.srf.invite((req: AnySrf, res: AnySrf) =>
      req.callingNumber === 'mallory' ? res.send(486) : res.send(200, { body: sdp('127.0.0.1') }),
    );
    for (const [user, status] of [
      ['mallory', 486],
      ['alice', 200],
    ] as const) {
      const phone = await caller('udp', user);
      phone.invite({ body: sdp('127.0.0.1', 50_000), headers: ['Authorization: Digest username="alice", response="right"'] });
      const first = await phone.peer.expect(status);
      for (let times = 0; times < 3; times += 1) expect((await phone.peer.expect(status)).text).toBe(first.text);
      phone.ack(first);
      if (status === 200) {
        phone.send('BYE');
        await phone.peer.skipTo((message) => message.header('CSeq') === '2 BYE');
      }
    }
    await harness.drained(inviteTables);
  });

  it('takes a BYE in place of an ACK that was lost', async () => {
    await start();
    const answered = nextRequest('invite').then(({ req, res }) =>
      harness.srf.createUAS(req, res, { localSdp: sdp('127.0.0.1') }),
    );
    const alice = await caller();
    alice.invite({ body: sdp('127.0.0.1', 50_000) });
    alice.learn(await alice.peer.expect(200));
    const destroyed = event(await answered, 'destroy');
    alice.send('BYE');
    await alice.peer.skipTo((message) => message.header('CSeq') === '2 BYE');
    await destroyed;
    await harness.drained(inviteTables, 5);
  });

  it('sends BYE when no ACK ever comes, and reports why to the application', async () => {
    await start({ settings: { timers: { t1: 50, t2: 100, t4: 100, t1x64: 400, timerC: 185_000 } } });
    const reason = nextRequest('invite').then(async ({ req, res }) => {
      const dialog = await harness.srf.createUAS(req, res, { localSdp: sdp('127.0.0.1') });
      const [, text] = await event(dialog, 'destroy');
      return text;
    });
    const alice = await caller();
    alice.invite({ body: sdp('127.0.0.1', 50_000) });
    const bye = await alice.peer.skipTo('BYE');
    expect(bye.header('Reason')).toBe('SIP;cause=200;text="ACK timeout"');
    alice.respond(bye, '200 OK');
    expect(await reason).toBe('ACK timeout');
    await harness.drained(inviteTables);
  });
});

describe('RFC 3665 section 3, the engine calls', () => {
  const offer = () => ({
    localSdp: sdp('127.0.0.1'),
    headers: { From: '<sip:house@localhost>', Contact: '<sip:house@localhost>' },
  });

  it('3.1: session establishment, ended by the caller', async () => {
    await start();
    const bob = await callee();
    const calling = harness.srf.createUAC(`sip:bob@${bob.host}`, offer());
    const invite = await bob.expect('INVITE');
    expect(invite.header('Via')).toMatch(new RegExp(`^SIP/2\\.0/UDP 127\\.0\\.0\\.1:${harness.port()};rport;branch=z9hG4bK`));
    expect(invite.header('From')).toContain(`house@127.0.0.1:${harness.port()}`);
    bob.send(responseText(invite, '180 Ringing'));
    bob.send(answer(invite, bob));
    const ack = await bob.expect('ACK');
    expect([ack.startLine, ack.header('CSeq')?.split(' ')[0]]).toEqual([
      `ACK sip:bob@${bob.host} SIP/2.0`,
      invite.header('CSeq')?.split(' ')[0],
    ]);
    const dialog = await calling;
    const ended = new Promise((resolve) => dialog.destroy({}, resolve));
    const bye = await bob.expect('BYE');
    bob.send(responseText(bye, '200 OK'));
    await ended;
    await harness.drained(inviteTables);
  });

  it('3.1: session establishment, ended by the callee', async () => {
    await start();
    const bob = await callee();
    const calling = harness.srf.createUAC(`sip:bob@${bob.host}`, offer());
    const invite = await bob.expect('INVITE');
    bob.send(answer(invite, bob));
    await bob.expect('ACK');
    const dialog = await calling;
    const destroyed = event(dialog, 'destroy');
    const there = new SipCaller(bob, { user: 'bob', target: `sip:house@127.0.0.1:${harness.port()}` });
    bob.send(byeFrom(there, invite));
    await bob.expect(200);
    await destroyed;
    await harness.drained(inviteTables);
  });

  it('answers a repeated 200 with the ACK again', async () => {
    await start();
    const bob = await callee();
    const calling = harness.srf.createUAC(`sip:bob@${bob.host}`, offer());
    const invite = await bob.expect('INVITE');
    bob.send(answer(invite, bob));
    const ack = await bob.expect('ACK');
    bob.send(answer(invite, bob));
    expect((await bob.expect('ACK')).text).toBe(ack.text);
    await calling;
  });

  it('3.3: a proxy asks for credentials', async () => {
    await start();
    const proxy = await callee();
    const calling = harness.srf.createUAC('sip:bob@far.example', {
      ...offer(),
      proxy: `sip:${proxy.host}`,
      auth: { username: 'house', password: 'secret' },
    });
    const first = await proxy.expect('INVITE');
    expect(first.startLine).toBe('INVITE sip:bob@far.example SIP/2.0');
    const headers = [
      'Proxy-Authenticate: Digest realm="far", nonce="wf84f1ceczx41ae6cbe5aea9c8e88d359", qop="auth", algorithm=MD5',
    ];
    proxy.send(responseText(first, '407 Proxy Authentication Required', { headers }));
    const ack = await proxy.expect('ACK');
    expect(ack.header('Via')).toBe(first.header('Via'));
    const second = await proxy.expect('INVITE');
    expect(second.header('Proxy-Authorization')).toMatch(/^Digest username="house"/);
    expect([second.header('Call-ID'), second.header('From')]).toEqual([first.header('Call-ID'), first.header('From')]);
    expect(second.header('Via')).not.toBe(first.header('Via'));
    proxy.send(answer(second, proxy));
    await proxy.expect('ACK');
    await calling;
  });

  it('3.2: goes on through the proxies that recorded a route', async () => {
    await start();
    const proxy = await callee();
    const calling = harness.srf.createUAC('sip:bob@far.example', { ...offer(), proxy: `sip:${proxy.host}` });
    const invite = await proxy.expect('INVITE');
    const routes = ['Record-Route: <sip:second.example;lr>', `Record-Route: <sip:${proxy.host};lr>`];
    proxy.send(
      responseText(invite, '200 OK', { headers: [...routes, 'Contact: <sip:bob@far.example>'], body: sdp('127.0.0.1') }),
    );
    const ack = await proxy.expect('ACK');
    expect([ack.startLine, ack.headers('Route')]).toEqual([
      'ACK sip:bob@far.example SIP/2.0',
      [`<sip:${proxy.host};lr>`, '<sip:second.example;lr>'],
    ]);
    const dialog = await calling;
    void dialog.destroy();
    const bye = await proxy.expect('BYE');
    expect(bye.headers('Route')).toEqual(ack.headers('Route'));
    proxy.send(responseText(bye, '200 OK'));
    await harness.drained(inviteTables);
  });

  it('3.4: goes on to the next address when the first does not answer', async () => {
    const hook = (host: string) => (host === 'pair.example' ? ['127.66.0.1', '127.66.0.2'] : undefined);
    await start({ deps: { resolveHook: hook } });
    const bob = await opened(SipPeer.udp({ address: '127.66.0.2', target: harness.at() }));
    const calling = harness.srf.createUAC(`sip:bob@pair.example:${bob.port}`, offer());
    bob.send(answer(await bob.expect('INVITE'), bob));
    await bob.expect('ACK');
    await calling;
  });

  it('3.6: follows a redirection', async () => {
    await start();
    const [server, bob] = [await callee(), await callee()];
    const calling = harness.srf.createUAC(`sip:bob@${server.host}`, { ...offer(), followRedirects: true });
    const first = await server.expect('INVITE');
    server.send(responseText(first, '302 Moved Temporarily', { headers: [`Contact: <sip:bob@${bob.host}>`] }));
    await server.expect('ACK');
    const second = await bob.expect('INVITE');
    expect(second.startLine).toBe(`INVITE sip:bob@${bob.host} SIP/2.0`);
    bob.send(answer(second, bob));
    await bob.expect('ACK');
    await calling;
  });

  it('3.8: cancels when there is no answer', async () => {
    await start();
    const bob = await callee();
    const echoed = Promise.withResolvers<AnySrf>();
    const cbRequest = (_error: AnySrf, req: AnySrf) => echoed.resolve(req);
    const calling = harness.srf.createUAC(`sip:bob@${bob.host}`, offer(), { cbRequest });
    const failure = calling.catch((error: AnySrf) => error.status);
    const invite = await bob.expect('INVITE');
    (await echoed.promise).cancel({ headers: { Reason: 'SIP;cause=487;text="enough"' } });
    bob.send(responseText(invite, '180 Ringing'));
    const cancel = await bob.expect('CANCEL');
    expect([cancel.header('Via'), cancel.header('Reason')]).toEqual([invite.header('Via'), 'SIP;cause=487;text="enough"']);
    bob.send(responseText(cancel, '200 OK'));
    bob.send(responseText(invite, '487 Request Terminated'));
    await bob.expect('ACK');
    expect(await failure).toBe(487);
    await harness.drained(inviteTables);
  });

  it.each([
    ['3.9: busy', 486],
    ['3.11: temporarily unavailable', 480],
  ])('%s', async (_name, status) => {
    await start();
    const bob = await callee();
    const failure = harness.srf.createUAC(`sip:bob@${bob.host}`, offer()).catch((error: AnySrf) => error.status);
    const invite = await bob.expect('INVITE');
    bob.send(responseText(invite, '100 Trying'));
    bob.send(responseText(invite, `${status} No`));
    const ack = await bob.expect('ACK');
    expect([ack.header('Via'), ack.header('To')]).toEqual([invite.header('Via'), `${invite.header('To')};tag=peer`]);
    expect(await failure).toBe(status);
    await harness.drained(inviteTables);
  });

  it('3.10: nothing comes back', async () => {
    await start({ settings: { timers: { t1: 50, t2: 100, t4: 100, t1x64: 500, timerC: 185_000 } } });
    const bob = await callee();
    const failure = harness.srf.createUAC(`sip:bob@${bob.host}`, offer()).catch((error: AnySrf) => error.status);
    const invite = await bob.expect('INVITE');
    expect((await bob.expect('INVITE')).text).toBe(invite.text);
    expect(await failure).toBe(408);
    await harness.drained(inviteTables);
  });

  it('over TCP: uses one connection for the call, and reports 503 where the port is closed', async () => {
    await start({ protocols: ['udp', 'tcp'] });
    const bob = await opened(SipPeer.tcpServer());
    const calling = harness.srf.createUAC(`sip:bob@${bob.host};transport=tcp`, offer());
    const invite = await bob.expect('INVITE');
    expect(invite.header('Via')).toMatch(/^SIP\/2\.0\/TCP [^;]+;branch=z9hG4bK/);
    bob.send(answer(invite, bob, ';transport=tcp'));
    await bob.expect('ACK');
    const dialog = await calling;
    void dialog.destroy();
    bob.send(responseText(await bob.expect('BYE'), '200 OK'));
    await harness.drained(inviteTables);
    const dead = `sip:bob@127.0.0.1:${await deadPort()};transport=tcp`;
    const status = await harness.srf.createUAC(dead, offer()).catch((error: AnySrf) => error.status);
    expect(status).toBe(503);
  });
});

describe('RFC 3665 section 3, the engine stands between two phones', () => {
  it('3.1 and 3.7 with a B2BUA: both legs ring, talk and end', async () => {
    await start();
    const [alice, bob] = [await caller(), await callee()];
    harness.srf.invite(async (req: AnySrf, res: AnySrf) => {
      const { uas, uac } = await harness.srf.createB2BUA(req, res, `sip:bob@${bob.host}`, { localSdpB: req.body });
      uas.on('destroy', () => uac.destroy());
      uac.on('destroy', () => uas.destroy());
    });
    alice.invite({ body: sdp('127.0.0.1', 50_000) });
    const invite = await bob.expect('INVITE');
    expect(invite.body).toBe(sdp('127.0.0.1', 50_000));
    expect(invite.header('Call-ID')).not.toBe(alice.callId);
    bob.send(responseText(invite, '180 Ringing'));
    await alice.peer.expect(180);
    bob.send(answer(invite, bob));
    await bob.expect('ACK');
    const ok = await alice.peer.expect(200);
    expect(ok.body).toBe(sdp('127.0.0.1', 60_000));
    alice.ack(ok);
    alice.send('BYE');
    await alice.peer.expect(200);
    bob.send(responseText(await bob.expect('BYE'), '200 OK'));
    await harness.drained(inviteTables);
  });

  it('3.8 with a B2BUA: a CANCEL goes through', async () => {
    await start();
    const [alice, bob] = [await caller(), await callee()];
    harness.srf.invite((req: AnySrf, res: AnySrf) => {
      harness.srf.createB2BUA(req, res, `sip:bob@${bob.host}`, { localSdpB: req.body }).catch(() => {});
    });
    alice.invite({ body: sdp('127.0.0.1', 50_000) });
    const invite = await bob.expect('INVITE');
    bob.send(responseText(invite, '180 Ringing'));
    await alice.peer.expect(180);
    alice.cancel();
    const cancel = await bob.expect('CANCEL');
    bob.send(responseText(cancel, '200 OK'));
    bob.send(responseText(invite, '487 Request Terminated'));
    await bob.expect('ACK');
    const terminated = await alice.peer.skipTo(487);
    alice.ack(terminated);
    await harness.drained(inviteTables);
  });

  it('3.2 with a record-routing proxy: ACK and BYE come through it', async () => {
    await start();
    const [alice, bob] = [await caller(), await callee()];
    harness.srf.invite(
      (req: AnySrf) => void harness.srf.proxyRequest(req, [`sip:bob@${bob.host}`], { remainInDialog: true }).catch(() => {}),
    );
    alice.invite({ body: sdp('127.0.0.1', 50_000) });
    const invite = await bob.expect('INVITE');
    expect([invite.headers('Via').length, invite.header('Max-Forwards')]).toEqual([2, '69']);
    expect(invite.header('Record-Route')).toContain(';lr>');
    bob.send(responseText(invite, '180 Ringing'));
    expect((await alice.peer.expect(180)).headers('Via')).toHaveLength(1);
    bob.send(answer(invite, bob));
    const ok = await alice.peer.expect(200);
    alice.ack(ok);
    const ack = await bob.expect('ACK');
    expect([ack.startLine, ack.headers('Via').length, ack.headers('Route')]).toEqual([`ACK sip:bob@${bob.host} SIP/2.0`, 2, []]);
    alice.send('BYE');
    const bye = await bob.expect('BYE');
    bob.send(responseText(bye, '200 OK'));
    expect((await alice.peer.expect(200)).header('CSeq')).toBe('2 BYE');
  });

  it('3.8 with a proxy: the CANCEL is answered here and sent on', async () => {
    await start();
    const [alice, bob] = [await caller(), await callee()];
    harness.srf.invite((req: AnySrf) => void harness.srf.proxyRequest(req, [`sip:bob@${bob.host}`], {}).catch(() => {}));
    alice.invite({ body: sdp('127.0.0.1', 50_000) });
    const invite = await bob.expect('INVITE');
    bob.send(responseText(invite, '180 Ringing'));
    await alice.peer.expect(180);
    alice.cancel();
    const cancel = await bob.expect('CANCEL');
    expect(cancel.header('Via')).toBe(invite.header('Via'));
    bob.send(responseText(cancel, '200 OK'));
    bob.send(responseText(invite, '487 Request Terminated'));
    await bob.expect('ACK');
    alice.ack(await alice.peer.skipTo(487));
    await harness.drained(inviteTables);
  });

  it('3.4 with a proxy: serial search goes on to the second target', async () => {
    await start();
    const [alice, first, second] = [await caller(), await callee(), await callee()];
    const targets = [`sip:bob@${first.host}`, `sip:bob@${second.host}`];
    harness.srf.invite((req: AnySrf) => void harness.srf.proxyRequest(req, targets, { remainInDialog: true }).catch(() => {}));
    alice.invite({ body: sdp('127.0.0.1', 50_000) });
    first.send(responseText(await first.expect('INVITE'), '486 Busy Here'));
    await first.expect('ACK');
    second.send(answer(await second.expect('INVITE'), second));
    alice.ack(await alice.peer.expect(200));
    await second.expect('ACK');
  });
});

/** The 200 of a phone that answers. */
function answer(invite: PeerMessage, phone: SipPeer, params = ''): string {
  const headers = [`Contact: <sip:bob@${phone.host}${params}>`, 'Content-Type: application/sdp'];
  return responseText(invite, '200 OK', { headers, body: sdp('127.0.0.1', 60_000) });
}

/** A BYE of the side that was called by this INVITE. */
function byeFrom(there: SipCaller, invite: PeerMessage): string {
  return [
    `BYE ${there.remoteUri} SIP/2.0`,
    `Via: SIP/2.0/UDP ${there.peer.host};branch=z9hG4bK${Math.random()}`,
    'Max-Forwards: 70',
    `From: ${invite.header('To')};tag=peer`,
    `To: ${invite.header('From')}`,
    `Call-ID: ${invite.header('Call-ID')}`,
    'CSeq: 1 BYE',
    'Content-Length: 0',
    '',
    '',
  ].join('\r\n');
}

/** A port of 127.0.0.1 on which nothing listens. */
async function deadPort(): Promise<number> {
  const peer = await SipPeer.udp();
  await peer[Symbol.asyncDispose]();
  return peer.port;
}
