import { describe, expect, it } from 'vitest';
import { CoreStage, sdp } from '#testing/harness/core-stage.ts';
import type { EngineSettings } from './engine-settings.ts';

/** Where a BYE of ours goes, as `URI address:port`. */
function byeOf(stage: CoreStage, dialogId: string): string {
  stage.command('BYE sip:placeholder SIP/2.0', { dialogId });
  const { flow, message } = stage.transport.last;
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
      const stage = new CoreStage({ settings });
      const { dialogId } = stage.incomingCall({ contact, headers });
      expect(byeOf(stage, dialogId)).toBe(expected);
    },
  );

  it('that moves is followed with its re-INVITE', () => {
    const stage = new CoreStage();
    const { dialogId, localTag } = stage.incomingCall({ contact: '<sip:alice@192.168.1.5>' });
    const moved = stage.transport.peer('udp', '10.0.0.9', 7000);
    stage.arrive('INVITE', { toTag: localTag, cseq: 2, contact: '<sip:alice@192.168.1.5>' }, moved);
    stage.respond(stage.app.take('INVITE').transactionId, 200, { body: sdp });
    stage.arrive('ACK', { toTag: localTag, cseq: 2 }, moved);
    expect(byeOf(stage, dialogId)).toBe('sip:alice@192.168.1.5 udp 10.0.0.9:7000');
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
      const stage = new CoreStage({ settings });
      const { dialogId } = stage.outgoingCall({ contact, headers });
      expect(byeOf(stage, dialogId)).toBe(expected);
    },
  );
});

describe('a dialog over a connection', () => {
  it('stays on it while it is open, and then uses the target', () => {
    const stage = new CoreStage();
    const flow = stage.transport.peer('tcp', '10.0.0.9', 40_000);
    const { dialogId } = stage.incomingCall({ flow, contact: '<sip:alice@10.0.0.9:5070;transport=tcp>' });
    stage.command('INFO sip:placeholder SIP/2.0', { dialogId });
    expect(stage.transport.last.flow).toBe(flow);
    flow.isOpen = false;
    expect(byeOf(stage, dialogId)).toBe('sip:alice@10.0.0.9:5070;transport=tcp tcp 10.0.0.9:5070');
  });

  it('moves to the new connection of a client that registered again', () => {
    const stage = new CoreStage();
    const flow = stage.transport.peer('tcp', '10.0.0.9', 40_000);
    const contact = '<sip:abc@xyz.invalid;transport=tcp>';
    register(stage, flow, { contact, headers: ['Expires: 60'] });
    const { dialogId } = stage.incomingCall({ flow, contact });
    flow.isOpen = false;
    const other = stage.transport.peer('tcp', '10.0.0.9', 40_001);
    register(stage, other, { contact, headers: ['Expires: 60'] });
    stage.command('INFO sip:placeholder SIP/2.0', { dialogId });
    expect(stage.transport.last.flow).toBe(other);
  });
});

function register(
  stage: CoreStage,
  flow: ReturnType<CoreStage['transport']['peer']>,
  parts: { contact: string; headers?: readonly string[]; answer?: readonly string[] },
): void {
  stage.arrive('REGISTER', { callId: 'reg', ...parts }, flow);
  stage.respond(stage.app.take('REGISTER').transactionId, 200, {
    headers: parts.answer ?? [`Contact: ${parts.contact};expires=60`],
  });
  stage.transport.sent.length = 0;
}

describe('connections of registered clients', () => {
  const contact = '<sip:abc@xyz.invalid;transport=ws>';
  const uri = 'sip:abc@xyz.invalid;transport=ws';

  it.each(['INVITE', 'OPTIONS', 'NOTIFY', 'MESSAGE', 'INFO', 'REFER', 'PUBLISH'])(
    '%s goes back over them, past DNS, but by a proxy that is named',
    (method) => {
      const stage = new CoreStage();
      const flow = stage.transport.peer('tcp', '10.0.0.9', 40_000);
      register(stage, flow, { contact });
      stage.command(`${method} ${uri} SIP/2.0`);
      expect(stage.transport.last.flow).toBe(flow);
      stage.command(`${method} sip:abc@10.0.0.8 SIP/2.0`, { proxy: 'sip:10.0.0.7' });
      expect(stage.transport.last.flow.remoteAddress).toBe('10.0.0.7');
    },
  );

  it.each([
    [['Contact: <sip:abc@xyz.invalid>;expires=0'], 0],
    [['Contact: <sip:other@else.invalid>;expires=60'], 0],
    [['Contact: <sip:abc@xyz.invalid>', 'Expires: 60'], 1],
    [['Contact: <sip:other@else.invalid>;expires=60, <sip:abc@xyz.invalid>;expires=60'], 1],
    [[], 0],
  ])('the answer %j remembers %d', (answer, size) => {
    const stage = new CoreStage();
    register(stage, stage.transport.peer('tcp', '10.0.0.9', 40_000), { contact, answer });
    expect(stage.flows.size).toBe(size);
  });

  it('end with Expires: 0, also when the answer lists nothing', () => {
    const stage = new CoreStage();
    const flow = stage.transport.peer('tcp', '10.0.0.9', 40_000);
    register(stage, flow, { contact });
    register(stage, flow, { contact, headers: ['Expires: 0'], answer: [] });
    expect(stage.flows.size).toBe(0);
  });

  it('are not kept for UDP', () => {
    const stage = new CoreStage();
    register(stage, stage.transport.peer('udp'), { contact });
    expect(stage.flows.size).toBe(0);
  });

  it('are kept for subscriptions too', () => {
    const stage = new CoreStage();
    stage.arrive('SUBSCRIBE', { contact, headers: ['Expires: 60'] }, stage.transport.peer('tcp', '10.0.0.9', 40_000));
    stage.respond(stage.app.take('SUBSCRIBE').transactionId, 202, { headers: ['Expires: 60'] });
    expect(stage.flows.size).toBe(1);
  });

  it('that have closed: 410 for a Contact nobody can resolve', () => {
    const stage = new CoreStage();
    const flow = stage.transport.peer('tcp', '10.0.0.9', 40_000);
    register(stage, flow, { contact });
    flow.isOpen = false;
    stage.flows.forgetFlow(flow);
    const { transactionId } = stage.command(`INVITE ${uri} SIP/2.0`).sent;
    stage.clock.advance(1);
    expect(stage.app.take('410').transactionId).toBe(transactionId);
  });

  const phone = '<sip:x@10.0.0.9:5070;transport=tcp>';
  const call = 'INVITE sip:x@10.0.0.9:5070;transport=tcp SIP/2.0';
  const way = 'sip:10.0.0.9:40000;transport=tcp';

  it('that the application names take what they registered', () => {
    const stage = new CoreStage();
    const flow = stage.transport.peer('tcp', '10.0.0.9', 40_000);
    register(stage, flow, { contact: phone });
    stage.command(call, { proxy: way });
    expect(stage.transport.last.flow).toBe(flow);
  });

  it('that took the address and port of a closed one get nothing that was meant for it: 410', () => {
    const stage = new CoreStage();
    const first = stage.transport.peer('tcp', '10.0.0.9', 40_000);
    register(stage, first, { contact: phone });
    first.isOpen = false;
    const { transactionId } = stage.command(call, { proxy: way }).sent;
    const second = stage.transport.peer('tcp', '10.0.0.9', 40_000);
    register(stage, second, { contact: '<sip:y@10.0.0.9:5080;transport=tcp>' });
    const again = stage.command(call, { proxy: way }).sent;
    stage.clock.advance(1);
    const refused = [stage.app.take('410'), stage.app.take('410')].map((one) => one.transactionId);
    expect(refused).toEqual([transactionId, again.transactionId]);
    expect(stage.transport.sent).toEqual([]);
  });

  it.each([
    ['the Contact of a phone over UDP', '<sip:11@10.0.0.11;transport=udp>', 'sip:11@10.0.0.11;transport=udp'],
    ['the Contact of a phone without a transport', '<sip:11@10.0.0.11>', 'sip:11@10.0.0.11'],
    ['the Contact of another phone over TCP', '<sip:11@10.0.0.11:5062;transport=tcp>', 'sip:11@10.0.0.11:5062;transport=tcp'],
  ])('whoever registers %s over TCP does not get its calls', (_what, theirs, target) => {
    const stage = new CoreStage();
    const victim = stage.transport.peer('tcp', '10.0.0.11', 40_000);
    register(stage, victim, { contact: '<sip:11@10.0.0.11:5062;transport=tcp>' });
    const thief = stage.transport.peer('tcp', '10.0.0.66', 40_000);
    register(stage, thief, { contact: theirs });
    stage.command(`INVITE ${target} SIP/2.0`);
    stage.command(`INVITE ${target} SIP/2.0`, { proxy: 'sip:10.0.0.11:5062;transport=tcp' });
    expect(stage.transport.sent.map(({ flow }) => flow.remoteAddress)).not.toContain('10.0.0.66');
    expect(stage.transport.sent).toHaveLength(2);
  });
});
