import { describe, expect, it } from 'vitest';
import { UserAgentHarness, sdp } from '#testing/harness/user-agent-harness.ts';
import type { RequestFields } from '#testing/harness/user-agent-harness.ts';
import { TransactionHarness } from '#testing/harness/transaction-harness.ts';

// What unauthenticated sources get from the engine: little, and never at the expense of authenticated ones.

const challenge =
  'WWW-Authenticate: Digest realm="house.example", nonce="0123456789012345678901234567890123456789", qop="auth", algorithm=MD5';
const methods = ['INVITE', 'REGISTER', 'OPTIONS', 'SUBSCRIBE', 'MESSAGE', 'REFER', 'PUBLISH', 'INFO', 'NOTIFY'];
const unanswerable = ['BYE', 'PRACK', 'UPDATE', 'CANCEL', 'FOO'];

/** An untrusted UDP peer: counts the bytes in both directions, and has the application answer at once. */
class UntrustedPeer {
  readonly harness: UserAgentHarness;
  readonly flow;
  bytesIn = 0;
  bytesOut = 0;
  lines: string[] = [];

  constructor(settings: ConstructorParameters<typeof UserAgentHarness>[0] = {}) {
    this.harness = new UserAgentHarness(settings);
    this.flow = this.harness.transport.peer('udp', '192.0.2.50', 5060);
  }

  send(method: string, parts: RequestFields = {}): void {
    const before = this.harness.app.deliveries.length;
    const size = `${method} sip:bob@10.0.0.1 SIP/2.0`.length;
    this.harness.receiveRequest(method, parts, this.flow);
    const came = this.harness.app.deliveries.at(before);
    this.bytesIn += came?.meta.bytes ?? size;
  }

  /** The application refuses all it got. */
  refuse(status = 401): void {
    for (const { transactionId, message } of this.harness.app.deliveries.splice(0))
      if (message.isRequest && message.method !== 'CANCEL') this.harness.respond(transactionId, status, { headers: [challenge] });
  }

  collect(): void {
    for (const { text } of this.harness.transport.sent.splice(0)) {
      this.bytesOut += text.length;
      this.lines.push(text.split(' ')[1] ?? '');
    }
  }

  pass(seconds: number): void {
    for (let passed = 0; passed < seconds * 10; passed += 1) {
      this.harness.clock.advance(100);
      this.collect();
    }
  }
}

describe('an untrusted source over UDP', () => {
  it.each(methods)('that sends one %s gets one answer, at most twice as long', (method) => {
    const peer = new UntrustedPeer();
    peer.send(method, method === 'INVITE' ? { body: sdp } : {});
    peer.refuse();
    peer.pass(70);
    expect(peer.lines).toEqual(['401']);
    expect(peer.bytesOut).toBeLessThanOrEqual(2 * peer.bytesIn);
    expect(peer.harness.leftovers.filter((line) => !line.startsWith('refusedRequests'))).toEqual([]);
  });

  it.each(unanswerable)('that sends one %s is answered once', (method) => {
    const peer = new UntrustedPeer();
    peer.send(method);
    peer.pass(70);
    expect(peer.lines).toHaveLength(1);
  });

  it('gets no answer at all where it would be more than twice as long as the request', () => {
    const harness = new TransactionHarness({ standing: 'untrusted' });
    const transaction = harness.receiveRequest({ method: 'OPTIONS' });
    const response = transaction.request.clone();
    response.method = '';
    response.status = 401;
    response.append('x-long', 'x'.repeat(2_000));
    transaction.respond(response);
    expect(harness.transport.takeStartLines()).toEqual([]);
  });

  it('whose INVITE is refused is forgotten at once: the ACK is absorbed, and a retransmission is a new request', () => {
    const peer = new UntrustedPeer();
    const { harness, flow } = peer;
    const branch = harness.receiveRequest('INVITE', { body: sdp }, flow);
    peer.refuse();
    expect([harness.sent(), harness.layer.sizes()['serverTransactions']]).toEqual([['401'], 0]);
    harness.receiveRequest('ACK', { branch }, flow);
    expect([harness.sent(), harness.app.lines]).toEqual([[], []]);
    harness.receiveRequest('INVITE', { body: sdp, branch }, flow);
    peer.refuse();
    expect(harness.sent()).toEqual(['401']);
  });

  it('gets a 100 after 200 ms; then the answer is retransmitted, but no more than twice what it sent', () => {
    const peer = new UntrustedPeer();
    const { harness } = peer;
    peer.send('INVITE', { body: sdp, headers: [`X-Long: ${'x'.repeat(400)}`] });
    expect(harness.sent()).toEqual([]);
    peer.pass(0.3);
    expect(peer.lines).toEqual(['100']);
    peer.refuse();
    peer.pass(70);
    expect(peer.lines.slice(0, 3)).toEqual(['100', '401', '401']);
    expect(peer.bytesOut).toBeLessThanOrEqual(2 * peer.bytesIn);
  });

  it('that authenticated gets its refusal retransmitted until the ACK', () => {
    const credentials = { headers: ['Authorization: Digest username="a"'], body: sdp };
    const peer = new UntrustedPeer();
    peer.send('INVITE', credentials);
    const { transactionId } = peer.harness.app.take('INVITE');
    peer.harness.respond(transactionId, 486);
    peer.pass(70);
    expect(peer.lines.length).toBe(11);
    expect(new Set(peer.lines)).toEqual(new Set(['486']));
  });
});

describe('ten thousand untrusted sources', () => {
  function crowd(harness: UserAgentHarness, count: number): void {
    for (let index = 0; index < count; index += 1) {
      const flow = harness.transport.peer('udp', `198.18.${index >> 8}.${index & 255}`, 5060);
      harness.receiveRequest('INVITE', { callId: `untrusted-${index}`, body: sdp }, flow);
    }
  }

  it('take only places of their own, and leave other sources unaffected', () => {
    const harness = new UserAgentHarness({ settings: { emergencyNumbers: ['911'] } });
    const known = { protocol: 'udp', address: '203.0.113.5', port: 5060 } as const;
    harness.sources.known.registrationAdded(known);
    crowd(harness, 10_000);
    expect(harness.layer.sizes()['serverTransactions']).toBeLessThanOrEqual(1_000);
    harness.app.deliveries.length = 0;
    const flow = harness.transport.peer('udp', known.address, known.port);
    for (const uri of ['sip:12@10.0.0.1', 'sip:911@10.0.0.1']) {
      harness.receiveRequest('INVITE', { uri, callId: uri, body: sdp }, flow);
      expect(harness.app.take('INVITE').message.requestUri).toBe(uri);
    }
  });

  it('evict waiting requests of one another, oldest first, and a caller that got a 100 gets a 503', () => {
    const harness = new UserAgentHarness();
    for (let second = 0; second < 8; second += 1) {
      for (let index = 0; index < 300; index += 1) {
        const flow = harness.transport.peer('udp', `198.18.${second}.${index & 255}`, 5060 + (index >> 8));
        harness.receiveRequest(
          'INVITE',
          { callId: `${second}-${index}`, body: sdp, headers: [`X-Long: ${'x'.repeat(400)}`] },
          flow,
        );
      }
      harness.clock.advance(1_000);
    }
    expect(harness.layer.sizes()).toMatchObject({ serverTransactions: 1_000, unacceptedRequests: 1_000 });
    const sent = harness.sent();
    expect(sent.filter((line) => line === '503').length).toBe(sent.filter((line) => line === '100').length - 1_000);
  });

  it('do not keep another one from an emergency call', () => {
    const harness = new UserAgentHarness({ settings: { emergencyNumbers: ['911'] } });
    crowd(harness, 10_000);
    harness.app.deliveries.length = 0;
    const flow = harness.transport.peer('udp', '192.0.2.77', 5060);
    harness.receiveRequest('INVITE', { uri: 'sip:911@10.0.0.1', callId: 'help', body: sdp }, flow);
    expect(harness.app.lines).toEqual(['INVITE']);
    harness.receiveRequest('INVITE', { uri: 'sip:12@10.0.0.1', callId: 'chat', body: sdp }, flow);
    expect(harness.app.lines).toEqual(['INVITE']);
  });
});

describe('when everything is full', () => {
  it('the last places are reserved for emergency calls, inbound and outbound', () => {
    const limits = { serverTransactions: 50, clientTransactions: 50, dialogs: 50 };
    const harness = new UserAgentHarness({ limits, settings: { emergencyNumbers: ['911'] } });
    for (let index = 0; index < 60; index += 1) harness.receiveRequest('INVITE', { callId: `in-${index}`, body: sdp });
    expect(harness.app.deliveries).toHaveLength(49);
    harness.receiveRequest('INVITE', { callId: 'help', uri: 'sip:911@10.0.0.1', body: sdp });
    expect(harness.app.deliveries).toHaveLength(50);
    for (let index = 0; index < 60; index += 1) harness.command('INVITE sip:12@10.0.0.7 SIP/2.0', { body: sdp });
    harness.transport.sent.length = 0;
    harness.command('INVITE sip:911@10.0.0.7 SIP/2.0', { body: sdp });
    expect(harness.sent()).toEqual(['INVITE']);
  });
});
