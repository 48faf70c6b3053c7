import { describe, expect, it } from 'vitest';
import { CoreStage, sdp } from '#testing/core-stage.ts';
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
    '%s goes back over them, past proxy and DNS',
    (method) => {
      const stage = new CoreStage();
      const flow = stage.transport.peer('tcp', '10.0.0.9', 40_000);
      register(stage, flow, { contact });
      stage.command(`${method} ${uri} SIP/2.0`, { proxy: 'sip:10.0.0.7' });
      expect(stage.transport.last.flow).toBe(flow);
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

  it('a proxy with the address of an open connection uses it', () => {
    const stage = new CoreStage();
    const flow = stage.transport.peer('tcp', '10.0.0.9', 40_000);
    stage.command('INVITE sip:x@example.com SIP/2.0', { proxy: 'sip:10.0.0.9:40000;transport=tcp' });
    expect(stage.transport.last.flow).toBe(flow);
  });
});
