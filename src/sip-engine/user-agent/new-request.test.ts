import { describe, expect, it } from 'vitest';
import { UserAgentHarness, sdp } from '#testing/harness/user-agent-harness.ts';

const options = 'OPTIONS sip:bob@10.0.0.9 SIP/2.0';

describe('a request outside a dialog that cannot be sent', () => {
  it.each([
    ['FOO sip:bob@10.0.0.9 SIP/2.0', [], '', 'invalid request-uri: FOO sip:bob@10.0.0.9 SIP/2.0'],
    ['ACK sip:bob@10.0.0.9 SIP/2.0', [], '', 'invalid request-uri: ACK sip:bob@10.0.0.9 SIP/2.0'],
    ['OPTIONS http://10.0.0.9 SIP/2.0', [], '', 'invalid request-uri: OPTIONS http://10.0.0.9 SIP/2.0'],
    ['OPTIONS sip:b"b@10.0.0.9 SIP/2.0', [], '', 'invalid request-uri: OPTIONS sip:b"b@10.0.0.9 SIP/2.0'],
    [`OPTIONS sip:${'x'.repeat(1_100)}@10.0.0.9 SIP/2.0`, [], '', /^invalid request-uri: /],
    ['OPTIONS sip:bob@10.0.0.1 SIP/2.0', [], '', 'can not send request to myself'],
    ['OPTIONS sip:bob@10.0.0.1:5060 SIP/2.0', [], '', 'can not send request to myself'],
    ['OPTIONS sip:bob@Mine.example SIP/2.0', [], '', 'can not send request to myself'],
    ['OPTIONS sip:bob@10.0.0.9;transport=tls SIP/2.0', [], '', 'requested protocol/transport not available'],
    [options, ['From: nonsense'], '', 'invalid from value provided by client: nonsense'],
    [options, ['To: "nonsense'], '', 'Error creating sip transaction for uac request'],
    [options, [], 'hello', 'missing content-type'],
  ])('%s %j %s: NOK', (startLine, headers, body, text) => {
    const harness = new UserAgentHarness({ settings: { localDomains: ['mine.example'] } });
    const { refusal } = harness.command(startLine, { headers, body });
    if (typeof text === 'string') expect(refusal).toBe(text);
    else expect(refusal).toMatch(text);
    expect(harness.sent()).toEqual([]);
    expect(harness.leftovers).toEqual([]);
  });

  it('a proxy that is no URI, or is us', () => {
    const harness = new UserAgentHarness();
    expect(harness.command(options, { proxy: 'no good' }).refusal).toBe('invalid request-uri: no good');
    expect(harness.command(options, { proxy: 'sip:10.0.0.1' }).refusal).toBe('can not send request to myself');
  });

  it('a call when no dialog has room', () => {
    const harness = new UserAgentHarness({ limits: { dialogs: 1 } });
    harness.outgoingCall();
    expect(harness.command('INVITE sip:bob@10.0.0.9 SIP/2.0', { body: sdp }).refusal).toBe('Error creating leg');
  });
});

describe('a request outside a dialog', () => {
  it('gets what the application left out', () => {
    const { message } = new UserAgentHarness().command(options).sent;
    expect(message.get('from')).toMatch(/^<sip:10\.0\.0\.1:5060>;tag=[0-9a-f]+$/);
    expect(message.get('to')).toBe('<sip:bob@10.0.0.9>');
    expect(message.callId).toMatch(/^[0-9a-f-]{36}$/);
    expect(message.get('max-forwards')).toBe('70');
    expect(message.cseq?.method).toBe('OPTIONS');
    expect(message.get('via')).toMatch(/^SIP\/2\.0\/UDP 10\.0\.0\.1;(rport;)?branch=z9hG4bK/);
    for (const absent of ['contact', 'user-agent', 'allow', 'supported', 'date', 'route'])
      expect(message.has(absent)).toBe(false);
  });

  it('keeps what a digest retry needs, and drops what is not the application’s', () => {
    const headers = [
      'From: "Joe" <sip:joe@example.com>;tag=abc',
      'To: <sip:bob@example.com>',
      'Call-ID: given@x',
      'CSeq: 77 REGISTER',
      'Max-Forwards: 20',
      'via: SIP/2.0/UDP evil',
      'route: <sip:evil>',
      'record-route: <sip:evil>',
      'rseq: 5',
      'my-custom: a',
      'X-lower: b',
    ];
    const { message } = new UserAgentHarness().command(options, { headers }).sent;
    expect(message.get('from')).toBe('"Joe" <sip:joe@example.com>;tag=abc');
    expect(message.callId).toBe('given@x');
    expect(message.get('cseq')).toBe('77 OPTIONS');
    expect(message.get('max-forwards')).toBe('20');
    expect(message.getAll('via')).toHaveLength(1);
    for (const absent of ['route', 'record-route', 'rseq']) expect(message.has(absent)).toBe(false);
    expect(message.headers.map(({ name }) => name)).toEqual(expect.arrayContaining(['My-Custom', 'X-lower']));
  });

  it('fills in @localhost with host and port of the listener', () => {
    const headers = [
      'From: "Joe" <sip:1234@localhost>',
      'Contact: sip:1234@localhost;q=1',
      'P-Asserted-Identity: <sip:1234@localhost>, <tel:+491234>',
      'X-Other: <sip:1234@localhost>',
    ];
    const { message } = new UserAgentHarness().command('INVITE sip:bob@10.0.0.9 SIP/2.0', { headers }).sent;
    expect(message.get('from')).toMatch(/^"Joe" <sip:1234@10\.0\.0\.1:5060>;tag=/);
    expect(message.get('contact')).toBe('<sip:1234@10.0.0.1:5060>;q=1');
    expect(message.get('p-asserted-identity')).toBe('<sip:1234@10.0.0.1:5060>, <tel:+491234>');
    expect(message.get('x-other')).toBe('<sip:1234@localhost>');
  });

  it.each([
    ['INVITE', '<sip:me@192.0.2.1:5099;line=2>', '<sip:me@10.0.0.1:5060;line=2>'],
    ['INVITE', '<sip:me@pbx.example:5099>', '<sip:me@pbx.example:5099>'],
    ['INVITE', '<sip:me@[2001:db8::1]>', '<sip:me@[2001:db8::1]>'],
    ['REGISTER', '<sip:me@192.0.2.1:5099>', '<sip:me@192.0.2.1:5099>'],
    ['OPTIONS', '<sip:me@10.0.0.1>', '<sip:me@10.0.0.1>'],
  ])('%s with Contact %s says %s', (method, contact, expected) => {
    const { message } = new UserAgentHarness().command(`${method} sip:bob@10.0.0.9 SIP/2.0`, {
      headers: [`Contact: ${contact}`],
    }).sent;
    expect(message.get('contact')).toBe(expected);
  });

  it('over TCP has a Contact with the transport', () => {
    const { message, meta } = new UserAgentHarness().command('INVITE sip:bob@10.0.0.9:5070;transport=tcp SIP/2.0').sent;
    expect(message.get('contact')).toBe('<sip:10.0.0.1:5060;transport=tcp>');
    const own = new UserAgentHarness().command('INVITE sip:bob@10.0.0.9;transport=tcp SIP/2.0', {
      headers: ['Contact: <sip:joe@localhost>'],
    });
    expect(own.sent.message.get('contact')).toBe('<sip:joe@10.0.0.1:5060;transport=tcp>');
    expect(meta).toMatchObject({ protocol: 'tcp', address: '10.0.0.9', port: 5070 });
  });

  it('to a SIPS URI has a SIPS Contact', () => {
    const harness = new UserAgentHarness({ protocols: ['tls'] });
    const { message } = harness.command('INVITE sips:bob@10.0.0.9 SIP/2.0').sent;
    expect(message.get('contact')).toBe('<sips:10.0.0.1:5060;transport=tls>');
  });

  it('a body that looks like a session description needs no Content-Type', () => {
    expect(
      new UserAgentHarness().command('INVITE sip:bob@10.0.0.9 SIP/2.0', { body: sdp }).sent.message.get('content-type'),
    ).toBe('application/sdp');
  });

  it('goes to the proxy, which may lack the scheme; the Request-URI stays and no Route is added', () => {
    const harness = new UserAgentHarness();
    for (const proxy of ['sip:10.0.0.7:5062', '10.0.0.7:5062']) {
      const { message } = harness.command('OPTIONS sip:bob@example.com SIP/2.0', { proxy }).sent;
      expect(message.requestUri).toBe('sip:bob@example.com');
      expect(message.has('route')).toBe(false);
      expect(harness.transport.last.flow).toMatchObject({ remoteAddress: '10.0.0.7', remotePort: 5062 });
    }
    const { message } = harness.command('INVITE tel:+49301234 SIP/2.0', { proxy: 'sip:10.0.0.7' }).sent;
    expect(message.requestUri).toBe('tel:+49301234');
  });

  it('goes to the outbound proxy of the options where the application names none', () => {
    const harness = new UserAgentHarness({ settings: { outboundProxy: 'sip:10.0.0.8' } });
    harness.command('OPTIONS sip:bob@example.com SIP/2.0');
    harness.command('OPTIONS sip:bob@example.com SIP/2.0', { proxy: 'sip:10.0.0.7' });
    expect(harness.transport.sent.map(({ flow }) => flow.remoteAddress)).toEqual(['10.0.0.8', '10.0.0.7']);
  });

  it('a response to it carries no dialog id; 100 is not reported; the tables empty', () => {
    const harness = new UserAgentHarness();
    const { transactionId } = harness.command(options).sent;
    harness.receiveResponse(100);
    harness.receiveResponse(200);
    expect(harness.app.take('200')).toMatchObject({ transactionId, dialogId: '' });
    harness.clock.advance(64_000);
    expect(harness.leftovers).toEqual([]);
  });
});
