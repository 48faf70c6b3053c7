import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EngineHarness } from '#testing/harness/engine-harness.ts';
import type { AnySrf, EngineHarnessOptions } from '#testing/harness/engine-harness.ts';
import { SipCaller } from '#testing/peers/sip-caller.ts';
import { SipPeer } from '#testing/peers/sip-peer.ts';
import { responseText, sdp, sipText } from '#testing/base/sip-text.ts';
import type { PeerMessage } from '#testing/base/sip-text.ts';

// What only shows on a real wire: the whole engine against peers that break rules, lose connections and come back too late.

let harness: EngineHarness;
let open: AsyncDisposable[] = [];

async function start(options: EngineHarnessOptions = {}): Promise<void> {
  harness = await EngineHarness.start({ trusted: ['127.0.0.0/8', '::1'], ...options });
}

async function opened<T extends AsyncDisposable>(peer: Promise<T>): Promise<T> {
  const it = await peer;
  open.push(it);
  return it;
}

function udpPeer(address = '127.0.0.1'): Promise<SipPeer> {
  return opened(SipPeer.udp({ address, target: harness.at() }));
}

async function caller(): Promise<SipCaller> {
  return new SipCaller(await udpPeer(), { target: harness.uri() });
}

function event(emitter: AnySrf, name: string): Promise<AnySrf[]> {
  return new Promise((resolve) => emitter.once(name, (...args: AnySrf[]) => resolve(args)));
}

function options(via: string, extra: readonly string[] = [], method = 'OPTIONS'): string {
  return sipText([
    `${method} ${harness.uri()} SIP/2.0`,
    `Via: ${via}`,
    'From: <sip:alice@peer.example>;tag=1',
    'To: <sip:bob@peer.example>',
    `Call-ID: ${Math.random()}`,
    `CSeq: 1 ${method}`,
    ...extra,
  ]);
}

beforeEach(() => {
  open = [];
});

afterEach(async () => {
  for (const peer of open) await peer[Symbol.asyncDispose]();
  await harness[Symbol.asyncDispose]();
});

describe('where an answer goes (RFC 3581)', () => {
  it('goes to the source of the datagram, whatever Via says, and names it', async () => {
    await start();
    const peer = await udpPeer();
    peer.send(options('SIP/2.0/UDP nat.example:7777;branch=z9hG4bKa'));
    const via = (await peer.expect(503)).header('Via');
    expect(via).toContain(';received=127.0.0.1');
    expect(via).toContain(`;rport=${peer.port}`);
  });

  it('ignores a received parameter of the peer', async () => {
    await start();
    const peer = await udpPeer();
    peer.send(options(`SIP/2.0/UDP ${peer.host};received=192.0.2.1;rport=1;branch=z9hG4bKa`));
    const via = (await peer.expect(503)).header('Via');
    expect(via).toContain(`;rport=${peer.port}`);
    expect(via).not.toContain('192.0.2.1');
  });

  it('works over IPv6', async () => {
    await start({ address: '::1' });
    harness.srf.options((_req: AnySrf, res: AnySrf) => res.send(200));
    const peer = await udpPeer('::1');
    peer.send(options(`SIP/2.0/UDP [::1]:${peer.port};branch=z9hG4bKa`));
    await peer.expect(200);
  });
});

describe('a stream', () => {
  it('may deliver a message byte by byte', async () => {
    await start({ protocols: ['tcp'] });
    harness.srf.options((_req: AnySrf, res: AnySrf) => res.send(200));
    const peer = await opened(SipPeer.tcp(harness.at('tcp')));
    for (const byte of options('SIP/2.0/TCP peer.example;branch=z9hG4bKa', ['Subject: slow'])) peer.send(byte);
    await peer.expect(200);
  });

  it('may deliver many messages at once', async () => {
    await start({ protocols: ['tcp'] });
    harness.srf.options((_req: AnySrf, res: AnySrf) => res.send(200));
    const peer = await opened(SipPeer.tcp(harness.at('tcp')));
    peer.send([1, 2, 3, 4, 5].map((number) => options(`SIP/2.0/TCP peer.example;branch=z9hG4bK${number}`)).join('\r\n'));
    const branches = new Set<string>();
    for (let times = 0; times < 5; times += 1) branches.add((await peer.expect(200)).header('Via') ?? '');
    expect(branches.size).toBe(5);
  });

  it.each(['tcp', 'ws'] as const)('gets a pong for its ping over %s', async (protocol) => {
    await start({ protocols: [protocol] });
    const peer = await opened(protocol === 'tcp' ? SipPeer.tcp(harness.at('tcp')) : SipPeer.ws(harness.at('ws')));
    peer.send('\r\n\r\n');
    await peer.expectRaw('\r\n');
  });

  it('that closes before the answer makes the answer fail, and leaves nothing', async () => {
    await start({ protocols: ['tcp'] });
    const asked = new Promise<AnySrf>((resolve) => harness.srf.options((_req: AnySrf, res: AnySrf) => resolve(res)));
    const peer = await SipPeer.tcp(harness.at('tcp'));
    peer.send(options('SIP/2.0/TCP peer.example;branch=z9hG4bKa'));
    const res = await asked;
    await peer[Symbol.asyncDispose]();
    await harness.drained(['connections']);
    const failure = await new Promise((resolve) => res.send(200, {}, (error: AnySrf) => resolve(error)));
    expect(String(failure)).toContain('transport for response has been shutdown or closed');
    await harness.drained(['serverTransactions']);
  });
});

describe('a browser', () => {
  it('is called on the connection by which it registered, and is gone with it', async () => {
    await start({ protocols: ['ws', 'udp'] });
    harness.srf.register((req: AnySrf, res: AnySrf) =>
      res.send(200, { headers: { Contact: `${req.get('Contact')};expires=600` } }),
    );
    const peer = await opened(SipPeer.ws(harness.at('ws')));
    const browser = new SipCaller(peer, { via: 'WS', target: harness.uri('alice', 'ws') });
    browser.send('REGISTER', { headers: [`Contact: ${browser.contact}`] });
    await peer.expect(200);
    const uri = browser.contact.slice(1, -1);
    const calling = harness.srf.createUAC(uri, { localSdp: sdp('127.0.0.1') });
    const invite = await peer.expect('INVITE');
    expect([invite.startLine, invite.header('Via')?.startsWith('SIP/2.0/WS ')]).toEqual([`INVITE ${uri} SIP/2.0`, true]);
    peer.send(responseText(invite, '486 Busy Here'));
    await peer.expect('ACK');
    await expect(calling).rejects.toMatchObject({ status: 486 });
    await peer[Symbol.asyncDispose]();
    await harness.drained(['connections']);
    const status = await harness.srf.createUAC(uri, { localSdp: sdp('127.0.0.1') }).catch((error: AnySrf) => error.status);
    expect([410, 503]).toContain(status);
  });
});

describe('races', () => {
  const answersAtOnce = () => {
    const dialog = Promise.withResolvers<AnySrf>();
    harness.srf.invite((req: AnySrf, res: AnySrf) => {
      harness.srf.createUAS(req, res, { localSdp: sdp('127.0.0.1') }).then(dialog.resolve, () => {});
    });
    return dialog.promise;
  };

  it('a CANCEL after the 200 is 481, and the call goes on', async () => {
    await start();
    const dialog = answersAtOnce();
    const alice = await caller();
    alice.invite({ body: sdp('127.0.0.1') });
    const ok = await alice.peer.expect(200);
    alice.cancel();
    await alice.peer.expect(481);
    alice.ack(ok);
    void (await dialog).destroy();
    alice.respond(await alice.peer.skipTo('BYE'), '200 OK');
    await harness.drained(['serverTransactions', 'dialogs']);
  });

  it('a retransmitted CANCEL is 200 again, and the application hears of one', async () => {
    await start();
    let heard = 0;
    harness.srf.invite((req: AnySrf, res: AnySrf) => {
      req.on('cancel', () => (heard += 1));
      res.send(180);
    });
    const alice = await caller();
    alice.invite();
    await alice.peer.expect(180);
    const cancel = alice.cancel();
    const answers = [await alice.peer.expect(() => true), await alice.peer.expect(() => true)];
    alice.peer.send(cancel);
    const again = await alice.peer.skipTo(200);
    expect(again.text).toBe(answers.find(({ status }) => status === 200)?.text);
    alice.ack(answers.find(({ status }) => status === 487) as PeerMessage);
    await harness.drained(['serverTransactions']);
    await vi.waitFor(() => expect(heard).toBe(1), { timeout: 10_000 });
  });

  it('the 200 of a callee that crosses our CANCEL is acknowledged and ended', async () => {
    await start();
    const bob = await udpPeer();
    const echoed = Promise.withResolvers<AnySrf>();
    const calling = harness.srf.createUAC(
      `sip:bob@${bob.host}`,
      { localSdp: sdp('127.0.0.1') },
      { cbRequest: (_error: AnySrf, req: AnySrf) => echoed.resolve(req) },
    );
    calling.catch(() => {});
    const invite = await bob.expect('INVITE');
    bob.send(responseText(invite, '180 Ringing'));
    (await echoed.promise).cancel();
    await bob.expect('CANCEL');
    bob.send(responseText(invite, '200 OK', { headers: [`Contact: <sip:bob@${bob.host}>`], body: sdp('127.0.0.1') }));
    const ends = new Set<string>();
    while (!ends.has('ACK') || !ends.has('BYE')) {
      const message = await bob.expect((next) => ['ACK', 'BYE', 'CANCEL'].includes(next.method));
      ends.add(message.method);
      if (message.method !== 'ACK') bob.send(responseText(message, '200 OK'));
    }
    await harness.drained(['requestsInFlight', 'dialogs']);
  });

  it('two forks that both answer: one call stands, the other is ended', async () => {
    await start();
    const bob = await udpPeer();
    const calling = harness.srf.createUAC(`sip:bob@${bob.host}`, { localSdp: sdp('127.0.0.1') });
    const invite = await bob.expect('INVITE');
    const answer = (tag: string) =>
      responseText(invite, '200 OK', { tag, headers: [`Contact: <sip:${tag}@${bob.host}>`], body: sdp('127.0.0.1') });
    bob.send(answer('first'));
    const ack = await bob.expect('ACK');
    expect(ack.header('To')).toContain(';tag=first');
    const dialog = await calling;
    bob.send(answer('second'));
    const others = [await bob.expect(() => true), await bob.expect(() => true)];
    expect(others.map(({ startLine }) => startLine)).toEqual([
      `ACK sip:second@${bob.host} SIP/2.0`,
      `BYE sip:second@${bob.host} SIP/2.0`,
    ]);
    bob.send(responseText(others[1] as PeerMessage, '200 OK'));
    void dialog.destroy();
    const bye = await bob.skipTo((message) => message.startLine.startsWith('BYE sip:first@'));
    bob.send(responseText(bye, '200 OK'));
    await harness.drained(['requestsInFlight', 'dialogs']);
  });

  it('BYE meets a re-INVITE: both get their final response', async () => {
    await start();
    const answered = answersAtOnce();
    const alice = await caller();
    alice.invite({ body: sdp('127.0.0.1') });
    alice.ack(await alice.peer.expect(200));
    const dialog = await answered;
    const modified = dialog.modify(sdp('127.0.0.1', 41_000)).catch((error: AnySrf) => error);
    await alice.peer.expect('INVITE');
    const destroyed = event(dialog, 'destroy');
    alice.send('BYE');
    await alice.peer.skipTo((message) => message.header('CSeq') === '2 BYE' && message.status === 200);
    await destroyed;
    expect(await modified).toBeInstanceOf(Error);
  });
});

describe('broken and hostile messages', () => {
  it.each([
    ['no Call-ID', (text: string) => text.replace(/Call-ID: .*\r\n/, ''), 400],
    ['no To', (text: string) => text.replace(/To: .*\r\n/, ''), 400],
    ['no From', (text: string) => text.replace(/From: .*\r\n/, ''), 400],
    ['no CSeq', (text: string) => text.replace(/CSeq: .*\r\n/, ''), 400],
    ['another method in CSeq', (text: string) => text.replace('1 OPTIONS', '1 INVITE'), 400],
    ['two To headers', (text: string) => text.replace('To:', 'To: <sip:x@y>\r\nTo:'), 400],
    ['another version', (text: string) => text.replace('SIP/2.0\r\n', 'SIP/3.0\r\n'), 505],
  ])('%s is refused by its status', async (_name, change, status) => {
    await start();
    harness.srf.options((_req: AnySrf, res: AnySrf) => res.send(200));
    const peer = await udpPeer();
    peer.send(change(options(`SIP/2.0/UDP ${peer.host};branch=z9hG4bKa`)));
    await peer.expect(status);
  });

  it.each([
    ['INVITE without From tag', 'INVITE', ';tag=1', ''],
    ['INVITE without Contact in a dialog that is none', 'INVITE', 'bob@peer.example>', 'bob@peer.example>;tag=none'],
    ['REGISTER with a Contact that is no URI', 'REGISTER', 'Subject: x', 'Contact: None'],
    ['REGISTER that removes all and keeps them', 'REGISTER', 'Subject: x', 'Contact: *\r\nExpires: 60'],
  ])('%s is refused and never delivered', async (_name, method, from, to) => {
    await start();
    let heard = 0;
    const refuse = (_req: AnySrf, res: AnySrf) => {
      heard += 1;
      res.send(500);
    };
    harness.srf.invite(refuse);
    harness.srf.register(refuse);
    const peer = await udpPeer();
    peer.send(options(`SIP/2.0/UDP ${peer.host};branch=z9hG4bKa`, ['Subject: x'], method).replace(from, to));
    const answer = await peer.expect((message) => message.status >= 400);
    expect([400, 481]).toContain(answer.status);
    expect(heard).toBe(0);
  });

  it('answers neither stray ACKs nor stray responses, and survives noise', async () => {
    await start();
    harness.srf.options((_req: AnySrf, res: AnySrf) => res.send(200));
    const peer = await udpPeer();
    const via = `SIP/2.0/UDP ${peer.host};branch=z9hG4bKa`;
    peer.send(options(via, [], 'ACK'));
    peer.send(options(via).replace(/^OPTIONS .*\r\n/, 'SIP/2.0 200 OK\r\n'));
    for (const noise of ['', '\0', '\r\n\r\n', 'GET / HTTP/1.1\r\n\r\n', 'SIP/2.0', 'x'.repeat(60_000), `Via: ${via}\r\n\r\n`])
      peer.send(noise);
    peer.send(options(`SIP/2.0/UDP ${peer.host};branch=z9hG4bKlast`));
    await peer.expect(200);
    expect(peer.unread).toEqual([]);
  });

  it('a second final response of the application is refused', async () => {
    await start();
    const asked = new Promise<AnySrf>((resolve) => harness.srf.options((_req: AnySrf, res: AnySrf) => resolve(res)));
    const peer = await udpPeer();
    peer.send(options(`SIP/2.0/UDP ${peer.host};branch=z9hG4bKa`));
    const res = await asked;
    await new Promise((resolve) => res.send(200, {}, resolve));
    await peer.expect(200);
    const late = await new Promise((resolve) => res.send(200, {}, (error: AnySrf) => resolve(error)));
    expect(String(late)).toMatch(/final response already sent/);
  });
});

describe('nothing stays behind', () => {
  it('after 600 calls of every kind, by 50 phones at once', async () => {
    await start({ settings: { timers: { t1: 100, t2: 400, t4: 200, t1x64: 1600, timerC: 185_000 } } });
    harness.srf.invite((req: AnySrf, res: AnySrf) => {
      const fate = Number(req.get('X-Fate'));
      if (fate === 0) res.send(486);
      else if (fate === 1) res.send(180);
      else void harness.srf.createUAS(req, res, { localSdp: sdp('127.0.0.1') }).catch(() => {});
    });
    await Promise.all(Array.from({ length: 50 }, () => phoneCalls(12)));
    const left = ['serverTransactions', 'clientTransactions', 'requestsInFlight', 'dialogs', 'transactionTimers'];
    await harness.drained([...left, 'finishedServerTransactions', 'finishedClientTransactions']);
  });

  async function phoneCalls(times: number): Promise<void> {
    const peer = await udpPeer();
    for (let index = 0; index < times; index += 1) await oneCall(peer, index % 4);
  }

  /** 0: refused; 1: cancelled; 2: answered and ended; 3: answered and never acknowledged, so ended by the engine. */
  async function oneCall(peer: SipPeer, fate: number): Promise<void> {
    const alice = new SipCaller(peer, { target: harness.uri() });
    const isOurs = (message: PeerMessage) => message.header('Call-ID') === alice.callId;
    const skipTo = (fits: (message: PeerMessage) => boolean) => peer.skipTo((message) => isOurs(message) && fits(message));
    alice.invite({ body: sdp('127.0.0.1'), headers: [`X-Fate: ${fate}`] });
    if (fate === 1) {
      await skipTo(({ status }) => status === 180);
      alice.cancel();
    }
    const final = await skipTo((message) => message.status >= 200 && message.header('CSeq') === '1 INVITE');
    if (fate === 3) alice.respond(await skipTo(({ method }) => method === 'BYE'), '200 OK');
    else alice.ack(final);
    if (fate !== 2) return;
    alice.send('BYE');
    await skipTo((message) => message.header('CSeq') === '2 BYE');
  }
});
