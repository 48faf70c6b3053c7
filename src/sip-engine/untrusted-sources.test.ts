import { describe, expect, it } from 'vitest';
import { UserAgentHarness, sdp } from '#testing/harness/user-agent-harness.ts';
import type { RequestFields } from '#testing/harness/user-agent-harness.ts';
import { TransactionHarness } from '#testing/harness/transaction-harness.ts';

// What whoever has not proved itself gets of the engine: little, and never the place of anybody who has.

const challenge =
  'WWW-Authenticate: Digest realm="house.example", nonce="0123456789012345678901234567890123456789", qop="auth", algorithm=MD5';
const methods = ['INVITE', 'REGISTER', 'OPTIONS', 'SUBSCRIBE', 'MESSAGE', 'REFER', 'PUBLISH', 'INFO', 'NOTIFY'];
const unanswerable = ['BYE', 'PRACK', 'UPDATE', 'CANCEL', 'FOO'];

/** Everything that comes and goes over UDP between a stranger and us, with what the application answers at once. */
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

describe('a stranger over UDP', () => {
  it.each(methods)('who sends one %s gets one answer for its whole life, at most twice as long', (method) => {
    const street = new UntrustedPeer();
    street.send(method, method === 'INVITE' ? { body: sdp } : {});
    street.refuse();
    street.pass(70);
    expect(street.lines).toEqual(['401']);
    expect(street.bytesOut).toBeLessThanOrEqual(2 * street.bytesIn);
    expect(street.harness.leftovers.filter((line) => !line.startsWith('refusedRequests'))).toEqual([]);
  });

  it.each(unanswerable)('who sends one %s is answered once', (method) => {
    const street = new UntrustedPeer();
    street.send(method);
    street.pass(70);
    expect(street.lines).toHaveLength(1);
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

  it('whose INVITE is refused is forgotten at once: the ACK is swallowed, and asked again it is a new one', () => {
    const street = new UntrustedPeer();
    const { harness, flow } = street;
    const branch = harness.receiveRequest('INVITE', { body: sdp }, flow);
    street.refuse();
    expect([harness.sent(), harness.layer.sizes()['serverTransactions']]).toEqual([['401'], 0]);
    harness.receiveRequest('ACK', { branch }, flow);
    expect([harness.sent(), harness.app.lines]).toEqual([[], []]);
    harness.receiveRequest('INVITE', { body: sdp, branch }, flow);
    street.refuse();
    expect(harness.sent()).toEqual(['401']);
  });

  it('waits 200 ms for a 100; then it is sure to get the answer, but no more than twice of what it sent', () => {
    const street = new UntrustedPeer();
    const { harness } = street;
    street.send('INVITE', { body: sdp, headers: [`X-Long: ${'x'.repeat(400)}`] });
    expect(harness.sent()).toEqual([]);
    street.pass(0.3);
    expect(street.lines).toEqual(['100']);
    street.refuse();
    street.pass(70);
    expect(street.lines.slice(0, 3)).toEqual(['100', '401', '401']);
    expect(street.bytesOut).toBeLessThanOrEqual(2 * street.bytesIn);
  });

  it('that proved itself is answered until it says that it heard: 180, 200 and what it is refused', () => {
    const credentials = { headers: ['Authorization: Digest username="a"'], body: sdp };
    const street = new UntrustedPeer();
    street.send('INVITE', credentials);
    const { transactionId } = street.harness.app.take('INVITE');
    street.harness.respond(transactionId, 486);
    street.pass(70);
    expect(street.lines.length).toBe(11);
    expect(new Set(street.lines)).toEqual(new Set(['486']));
  });
});

describe('ten thousand strangers', () => {
  function crowd(harness: UserAgentHarness, count: number): void {
    for (let index = 0; index < count; index += 1) {
      const flow = harness.transport.peer('udp', `198.18.${index >> 8}.${index & 255}`, 5060);
      harness.receiveRequest('INVITE', { callId: `stranger-${index}`, body: sdp }, flow);
    }
  }

  it('hold no more than their own places, and leave the others as they were', () => {
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

  it('that wait for the application push one another out, oldest first, and whoever got a 100 is told', () => {
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

  it('do not keep a stranger from calling for help', () => {
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
  it('the last places are for calls for help, in and out', () => {
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
