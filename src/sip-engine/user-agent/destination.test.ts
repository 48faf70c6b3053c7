import { describe, expect, it } from 'vitest';
import { UserAgentHarness, sdp } from '#testing/harness/user-agent-harness.ts';
import type { EngineSettings } from './engine-settings.ts';

/** Where a BYE of ours goes, as `URI address:port`. */
function byeOf(harness: UserAgentHarness, dialogId: string): string {
  harness.command('BYE sip:placeholder SIP/2.0', { dialogId });
  const { flow, message } = harness.transport.last;
  return `${message.requestUri} ${flow.protocol} ${flow.remoteAddress}:${flow.remotePort}`;
}

describe('a caller behind NAT', () => {
  it.each([
    ['<sip:alice@10.0.0.9:5060>', [], {}, 'sip:alice@10.0.0.9:5060 udp 10.0.0.9:5060'],
    ['<sip:alice@10.0.0.9>', [], {}, 'sip:alice@10.0.0.9 udp 10.0.0.9:5060'],
    ['<sip:alice@192.168.1.5:5060>', [], {}, 'sip:alice@192.168.1.5:5060 udp 10.0.0.9:5060'],
    ['<sip:alice@10.0.0.9:5070>', [], {}, 'sip:alice@10.0.0.9:5070 udp 10.0.0.9:5060'],
    ['<sip:alice@192.168.1.5>', ['Record-Route: <sip:10.0.0.7;lr>'], {}, 'sip:alice@192.168.1.5 udp 10.0.0.7:5060'],
    ['<sip:alice@192.168.1.5>', ['Record-Route: <sip:10.0.0.7;lr;nat=yes>'], {}, 'sip:alice@192.168.1.5 udp 10.0.0.7:5060'],
    [
      '<sip:alice@192.168.1.5>',
      ['Record-Route: <sip:10.0.0.7;lr;nat=yes>'],
      { aggressiveNat: true },
      'sip:alice@192.168.1.5 udp 10.0.0.9:5060',
    ],
  ] as readonly [string, readonly string[], Partial<EngineSettings>, string][])(
    'Contact %s, %j, %j: %s',
    (contact, headers, settings, expected) => {
      const harness = new UserAgentHarness({ settings });
      const { dialogId } = harness.incomingCall({ contact, headers });
      expect(byeOf(harness, dialogId)).toBe(expected);
    },
  );

  it('that moves is followed with its re-INVITE', () => {
    const harness = new UserAgentHarness();
    const { dialogId, localTag } = harness.incomingCall({ contact: '<sip:alice@192.168.1.5>' });
    const moved = harness.transport.peer('udp', '10.0.0.9', 7000);
    harness.receiveRequest('INVITE', { toTag: localTag, cseq: 2, contact: '<sip:alice@192.168.1.5>' }, moved);
    harness.respond(harness.app.take('INVITE').transactionId, 200, { body: sdp });
    harness.receiveRequest('ACK', { toTag: localTag, cseq: 2 }, moved);
    expect(byeOf(harness, dialogId)).toBe('sip:alice@192.168.1.5 udp 10.0.0.9:7000');
  });
});

describe('a called side behind NAT', () => {
  it.each([
    ['<sip:bob@10.0.0.9:5070>', [], {}, 'sip:bob@10.0.0.9:5070 udp 10.0.0.9:5070'],
    ['<sip:bob@192.168.1.5:5070>', [], {}, 'sip:bob@192.168.1.5:5070 udp 10.0.0.9:5060'],
    ['<sip:bob@192.0.2.5:5070>', [], { disableNatDetection: true }, 'sip:bob@192.0.2.5:5070 udp 192.0.2.5:5070'],
    ['<sip:bob@192.168.1.5>', ['Record-Route: <sip:172.32.0.7;lr>'], {}, 'sip:bob@192.168.1.5 udp 172.32.0.7:5060'],
    ['<sip:bob@192.168.1.5>', ['Record-Route: <sip:172.31.0.7;lr>'], {}, 'sip:bob@192.168.1.5 udp 10.0.0.9:5060'],
  ] as readonly [string, readonly string[], Partial<EngineSettings>, string][])(
    'Contact %s, %j, %j: %s',
    (contact, headers, settings, expected) => {
      const harness = new UserAgentHarness({ settings });
      const { dialogId } = harness.outgoingCall({ contact, headers });
      expect(byeOf(harness, dialogId)).toBe(expected);
    },
  );
});

describe('a dialog over a connection', () => {
  it('stays on it while it is open, and then uses the target', () => {
    const harness = new UserAgentHarness();
    const flow = harness.transport.peer('tcp', '10.0.0.9', 40_000);
    const { dialogId } = harness.incomingCall({ flow, contact: '<sip:alice@10.0.0.9:5070;transport=tcp>' });
    harness.command('INFO sip:placeholder SIP/2.0', { dialogId });
    expect(harness.transport.last.flow).toBe(flow);
    flow.isOpen = false;
    expect(byeOf(harness, dialogId)).toBe('sip:alice@10.0.0.9:5070;transport=tcp tcp 10.0.0.9:5070');
  });

  it('moves to the new connection of a client that registered again', () => {
    const harness = new UserAgentHarness();
    const flow = harness.transport.peer('tcp', '10.0.0.9', 40_000);
    const contact = '<sip:abc@xyz.invalid;transport=tcp>';
    register(harness, flow, { contact, headers: ['Expires: 60'] });
    const { dialogId } = harness.incomingCall({ flow, contact });
    flow.isOpen = false;
    const other = harness.transport.peer('tcp', '10.0.0.9', 40_001);
    register(harness, other, { contact, headers: ['Expires: 60'] });
    harness.command('INFO sip:placeholder SIP/2.0', { dialogId });
    expect(harness.transport.last.flow).toBe(other);
  });
});

function register(
  harness: UserAgentHarness,
  flow: ReturnType<UserAgentHarness['transport']['peer']>,
  parts: { contact: string; headers?: readonly string[]; answer?: readonly string[] },
): void {
  harness.receiveRequest('REGISTER', { callId: 'reg', ...parts }, flow);
  harness.respond(harness.app.take('REGISTER').transactionId, 200, {
    headers: parts.answer ?? [`Contact: ${parts.contact};expires=60`],
  });
  harness.transport.sent.length = 0;
}

describe('connections of registered clients', () => {
  const contact = '<sip:abc@xyz.invalid;transport=ws>';
  const uri = 'sip:abc@xyz.invalid;transport=ws';

  it.each(['INVITE', 'OPTIONS', 'NOTIFY', 'MESSAGE', 'INFO', 'REFER', 'PUBLISH'])(
    '%s goes back over them, past DNS, but by a proxy that is named',
    (method) => {
      const harness = new UserAgentHarness();
      const flow = harness.transport.peer('tcp', '10.0.0.9', 40_000);
      register(harness, flow, { contact });
      harness.command(`${method} ${uri} SIP/2.0`);
      expect(harness.transport.last.flow).toBe(flow);
      harness.command(`${method} sip:abc@10.0.0.8 SIP/2.0`, { proxy: 'sip:10.0.0.7' });
      expect(harness.transport.last.flow.remoteAddress).toBe('10.0.0.7');
    },
  );

  it.each([
    [['Contact: <sip:abc@xyz.invalid>;expires=0'], 0],
    [['Contact: <sip:other@else.invalid>;expires=60'], 0],
    [['Contact: <sip:abc@xyz.invalid>', 'Expires: 60'], 1],
    [['Contact: <sip:other@else.invalid>;expires=60, <sip:abc@xyz.invalid>;expires=60'], 1],
    [[], 0],
  ])('the answer %j remembers %d', (answer, size) => {
    const harness = new UserAgentHarness();
    register(harness, harness.transport.peer('tcp', '10.0.0.9', 40_000), { contact, answer });
    expect(harness.flows.size).toBe(size);
  });

  it('end with Expires: 0, also when the answer lists nothing', () => {
    const harness = new UserAgentHarness();
    const flow = harness.transport.peer('tcp', '10.0.0.9', 40_000);
    register(harness, flow, { contact });
    register(harness, flow, { contact, headers: ['Expires: 0'], answer: [] });
    expect(harness.flows.size).toBe(0);
  });

  it('are not kept for UDP', () => {
    const harness = new UserAgentHarness();
    register(harness, harness.transport.peer('udp'), { contact });
    expect(harness.flows.size).toBe(0);
  });

  it('are kept for subscriptions too', () => {
    const harness = new UserAgentHarness();
    harness.receiveRequest('SUBSCRIBE', { contact, headers: ['Expires: 60'] }, harness.transport.peer('tcp', '10.0.0.9', 40_000));
    harness.respond(harness.app.take('SUBSCRIBE').transactionId, 202, { headers: ['Expires: 60'] });
    expect(harness.flows.size).toBe(1);
  });

  it('that have closed: 410 for a Contact that cannot be resolved', () => {
    const harness = new UserAgentHarness();
    const flow = harness.transport.peer('tcp', '10.0.0.9', 40_000);
    register(harness, flow, { contact });
    flow.isOpen = false;
    harness.flows.removeFlow(flow);
    const { transactionId } = harness.command(`INVITE ${uri} SIP/2.0`).sent;
    harness.clock.advance(1);
    expect(harness.app.take('410').transactionId).toBe(transactionId);
  });

  const phone = '<sip:x@10.0.0.9:5070;transport=tcp>';
  const call = 'INVITE sip:x@10.0.0.9:5070;transport=tcp SIP/2.0';
  const way = 'sip:10.0.0.9:40000;transport=tcp';

  it('that the application names take what they registered', () => {
    const harness = new UserAgentHarness();
    const flow = harness.transport.peer('tcp', '10.0.0.9', 40_000);
    register(harness, flow, { contact: phone });
    harness.command(call, { proxy: way });
    expect(harness.transport.last.flow).toBe(flow);
  });

  it('that took the address and port of a closed one get nothing that was meant for it: 410', () => {
    const harness = new UserAgentHarness();
    const first = harness.transport.peer('tcp', '10.0.0.9', 40_000);
    register(harness, first, { contact: phone });
    first.isOpen = false;
    const { transactionId } = harness.command(call, { proxy: way }).sent;
    const second = harness.transport.peer('tcp', '10.0.0.9', 40_000);
    register(harness, second, { contact: '<sip:y@10.0.0.9:5080;transport=tcp>' });
    const again = harness.command(call, { proxy: way }).sent;
    harness.clock.advance(1);
    const refused = [harness.app.take('410'), harness.app.take('410')].map((one) => one.transactionId);
    expect(refused).toEqual([transactionId, again.transactionId]);
    expect(harness.transport.sent).toEqual([]);
  });

  it.each([
    ['the Contact of a phone over UDP', '<sip:11@10.0.0.11;transport=udp>', 'sip:11@10.0.0.11;transport=udp'],
    ['the Contact of a phone without a transport', '<sip:11@10.0.0.11>', 'sip:11@10.0.0.11'],
    ['the Contact of another phone over TCP', '<sip:11@10.0.0.11:5062;transport=tcp>', 'sip:11@10.0.0.11:5062;transport=tcp'],
  ])('a peer that registers %s over TCP does not get its calls', (_what, theirs, target) => {
    const harness = new UserAgentHarness();
    const victim = harness.transport.peer('tcp', '10.0.0.11', 40_000);
    register(harness, victim, { contact: '<sip:11@10.0.0.11:5062;transport=tcp>' });
    const thief = harness.transport.peer('tcp', '10.0.0.66', 40_000);
    register(harness, thief, { contact: theirs });
    harness.command(`INVITE ${target} SIP/2.0`);
    harness.command(`INVITE ${target} SIP/2.0`, { proxy: 'sip:10.0.0.11:5062;transport=tcp' });
    expect(harness.transport.sent.map(({ flow }) => flow.remoteAddress)).not.toContain('10.0.0.66');
    expect(harness.transport.sent).toHaveLength(2);
  });
});
