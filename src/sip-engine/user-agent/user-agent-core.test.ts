import { describe, expect, it, vi } from 'vitest';
import { UserAgentHarness, lineOf, sdp } from '#testing/harness/user-agent-harness.ts';
import { seededRandom } from '#testing/base/seeded-random.ts';
import { parseMessage } from '../message/parse.ts';
import { defaultLimits } from '../runtime/limits.ts';

const methods: readonly [string, ...string[]] = [
  'INVITE',
  ...['ACK', 'BYE', 'CANCEL', 'OPTIONS', 'REGISTER', 'PRACK', 'SUBSCRIBE'],
  ...['NOTIFY', 'PUBLISH', 'INFO', 'REFER', 'MESSAGE', 'UPDATE', 'FOO'],
];

describe('inputs that once ended a native server', () => {
  it('a reliable 183 without a PRACK', () => {
    const harness = new UserAgentHarness();
    harness.receiveRequest('INVITE', { headers: ['Supported: 100rel'] });
    harness.respond(harness.app.take().transactionId, 183, { headers: ['Require: 100rel'] });
    harness.clock.advance(100_000);
    expect(harness.leftovers).toEqual([]);
  });

  it('a request with the transaction id of something else', () => {
    const harness = new UserAgentHarness();
    harness.receiveRequest('INVITE');
    const { transactionId } = harness.app.take();
    expect(harness.command('INVITE sip:bob@10.0.0.9 SIP/2.0', { transactionId }).refusal).toBe('Invalid message format');
  });

  it('a REGISTER with Contact: None', () => {
    const harness = new UserAgentHarness();
    harness.receiveRequest('REGISTER', { contact: 'None' });
    expect(harness.sent()).toEqual(['400']);
  });

  it('two UPDATEs in an early dialog', () => {
    const harness = new UserAgentHarness();
    harness.receiveRequest('INVITE');
    const toTag = harness.respond(harness.app.take().transactionId, 180).answered.message.toTag;
    harness.sent();
    for (const cseq of [2, 3]) harness.receiveRequest('UPDATE', { toTag, cseq });
    expect(harness.sent()).toEqual(['500']);
  });

  it('an answer after the connection has closed, in every phase of a call', () => {
    for (const status of [180, 200, 486]) {
      const harness = new UserAgentHarness();
      const flow = harness.transport.peer('tcp');
      harness.receiveRequest('INVITE', {}, flow);
      const { transactionId } = harness.app.take();
      flow.isOpen = false;
      expect(harness.respond(transactionId, status).refusal).toBe('transport for response has been shutdown or closed');
      harness.respond(transactionId, 486);
      harness.clock.advance(100_000);
      expect(harness.leftovers).toEqual([]);
    }
  });
});

it('a mistake about one message ends no other call, and is logged', () => {
  const harness = new UserAgentHarness();
  const { localTag } = harness.incomingCall();
  const deliver = vi.spyOn(harness.app, 'deliver').mockImplementationOnce(() => {
    throw new Error('a mistake');
  });
  expect(() => harness.receiveRequest('OPTIONS', { callId: 'other' })).toThrow('The core logged an error');
  deliver.mockRestore();
  harness.receiveRequest('INFO', { toTag: localTag, cseq: 2 });
  expect(harness.app.lines).toEqual(['INFO']);
});

describe('random messages from the network', () => {
  it('make nothing throw, and every table drains', () => {
    const harness = new UserAgentHarness({ settings: { cdrs: true } });
    const rng = seededRandom(7);
    for (let round = 0; round < 3_000; round++) {
      const call = round % 3 === 0 ? harness.incomingCall({ callId: `c${round}` }) : undefined;
      for (let index = 0; index < 5; index++) {
        const text = requestFor(oneOf(rng, methods), {
          callId: `c${round}`,
          toTag: call?.localTag,
          branch: `z9hG4bKf${round}-${index % 3}`,
          cseq: rng(4),
        });
        receive(harness, rng(2) === 0 ? text : mutate(text, rng));
        answerAtRandom(harness, rng);
      }
      harness.transport.sent.length = 0;
      // No faster than a trunk may ask: what comes beyond is not read at all.
      harness.clock.advance(150);
      answerAtRandom(harness, rng);
    }
    harness.app.isOpen = false;
    harness.core.appDisconnected(harness.app);
    harness.clock.advance(400_000);
    expect(harness.leftovers).toEqual([]);
  });

  it('and neither do random responses to our requests', () => {
    const harness = new UserAgentHarness();
    const rng = seededRandom(11);
    for (let round = 0; round < 3_000; round++) {
      harness.command(`${oneOf(rng, ['INVITE', 'SUBSCRIBE', 'OPTIONS'])} sip:bob@10.0.0.9 SIP/2.0`, {
        body: rng(2) === 0 ? sdp : '',
      });
      const request = harness.last;
      for (let index = 0; index < 4; index++) {
        const status = oneOf(rng, [100, 180, 183, 200, 202, 302, 401, 481, 486, 503, 603]);
        const text = responseTo(request, status, { tag: oneOf(rng, ['a', 'b', '']), rseq: rng(4) });
        receive(harness, rng(2) === 0 ? text : mutate(text, rng));
        for (const { dialogId, message } of harness.app.deliveries.splice(0)) {
          if (dialogId === '') continue;
          const method = oneOf(rng, ['ACK', 'PRACK', 'BYE', 'INVITE', 'CANCEL', 'FOO', 'UPDATE']);
          harness.command(`${method} sip:placeholder SIP/2.0`, {
            dialogId,
            headers: [`RAck: ${message.get('rseq') ?? 0} 1 INVITE`],
          });
        }
      }
      harness.transport.sent.length = 0;
      harness.clock.advance(10);
    }
    harness.app.isOpen = false;
    harness.core.appDisconnected(harness.app);
    harness.clock.advance(400_000);
    expect(harness.leftovers).toEqual([]);
  });
});

type Rng = ReturnType<typeof seededRandom>;

function oneOf<T>(rng: Rng, choices: readonly [T, ...T[]]): T {
  return choices[rng(choices.length)] ?? choices[0];
}

/** A message with one thing wrong in its headers, mostly still one that can be read. */
function mutate(text: string, rng: Rng): string {
  const at = rng(text.indexOf('\r\n\r\n'));
  const insert = oneOf(rng, ['', 'x', '0', ';tag=y', ',', '"', '<sip:z>', '\r\nTo: <sip:w>', '99999999999', ' ']);
  return `${text.slice(0, at)}${insert}${text.slice(at + rng(8))}`;
}

/** As the transport does: what cannot be read goes no further. */
function receive(harness: UserAgentHarness, text: string): void {
  const result = parseMessage(Buffer.from(text, 'latin1'), defaultLimits);
  if (result.kind === 'message') harness.layer.receive(result.message, harness.transport.peer('udp'));
}

function answerAtRandom(harness: UserAgentHarness, rng: Rng): void {
  for (const { message, transactionId } of harness.app.deliveries.splice(0)) {
    if (!message.isRequest || lineOf(message) === 'ACK' || rng(5) === 0) continue;
    const reliable = rng(3) === 0 ? ['Require: 100rel'] : [];
    harness.respond(transactionId, oneOf(rng, [180, 183, 200, 202, 404, 486]), {
      headers: reliable,
      body: rng(2) === 0 ? sdp : '',
    });
  }
}

function requestFor(method: string, parts: { callId: string; toTag: string | undefined; branch: string; cseq: number }): string {
  return [
    `${method} sip:bob@10.0.0.1 SIP/2.0`,
    `Via: SIP/2.0/UDP 10.0.0.9:5060;branch=${parts.branch};rport=5060;received=10.0.0.9`,
    'From: <sip:alice@10.0.0.9>;tag=peer-tag',
    `To: <sip:bob@10.0.0.1>${parts.toTag === undefined ? '' : `;tag=${parts.toTag}`}`,
    `Call-ID: ${parts.callId}`,
    `CSeq: ${parts.cseq} ${method}`,
    'Contact: <sip:alice@10.0.0.9>',
    'Record-Route: <sip:10.0.0.7;lr>',
    'Supported: 100rel, timer',
    'Session-Expires: 120;refresher=uac',
    'RAck: 1 1 INVITE',
    'Expires: 60',
    'Content-Type: application/sdp',
    `Content-Length: ${sdp.length}`,
    '',
    sdp,
  ].join('\r\n');
}

// oxlint-disable-next-line max-params -- what it answers, and how
function responseTo(
  request: { get(key: string): string | undefined; getAll(key: string): string[]; callId: string },
  status: number,
  parts: { tag: string; rseq: number },
): string {
  return [
    `SIP/2.0 ${status} Whatever`,
    ...request.getAll('via').map((via) => `Via: ${via}`),
    `From: ${request.get('from')}`,
    `To: ${request.get('to')}${parts.tag === '' ? '' : `;tag=${parts.tag}`}`,
    `Call-ID: ${request.callId}`,
    `CSeq: ${request.get('cseq')}`,
    'Contact: <sip:bob@10.0.0.9>',
    'Record-Route: <sip:10.0.0.9;lr>',
    'Session-Expires: 120;refresher=uac',
    ...(parts.rseq === 0 ? [] : ['Require: 100rel', `RSeq: ${parts.rseq}`]),
    'Content-Type: application/sdp',
    `Content-Length: ${sdp.length}`,
    '',
    sdp,
  ].join('\r\n');
}
