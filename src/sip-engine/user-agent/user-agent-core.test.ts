import { describe, expect, it, vi } from 'vitest';
import { CoreStage, lineOf, sdp } from '#testing/harness/core-stage.ts';
import { seededRandom } from '#testing/harness/seeded-random.ts';
import { parseMessage } from '../message/parse.ts';
import { defaultLimits } from '../runtime/limits.ts';

const methods: readonly [string, ...string[]] = [
  'INVITE',
  ...['ACK', 'BYE', 'CANCEL', 'OPTIONS', 'REGISTER', 'PRACK', 'SUBSCRIBE'],
  ...['NOTIFY', 'PUBLISH', 'INFO', 'REFER', 'MESSAGE', 'UPDATE', 'FOO'],
];

describe('inputs that once ended a native server', () => {
  it('a reliable 183 that nobody acknowledges', () => {
    const stage = new CoreStage();
    stage.arrive('INVITE', { headers: ['Supported: 100rel'] });
    stage.respond(stage.app.take().transactionId, 183, { headers: ['Require: 100rel'] });
    stage.clock.advance(100_000);
    expect(stage.leftovers).toEqual([]);
  });

  it('a request with the transaction id of something else', () => {
    const stage = new CoreStage();
    stage.arrive('INVITE');
    const { transactionId } = stage.app.take();
    expect(stage.command('INVITE sip:bob@10.0.0.9 SIP/2.0', { transactionId }).refusal).toBe('Invalid message format');
  });

  it('a REGISTER with Contact: None', () => {
    const stage = new CoreStage();
    stage.arrive('REGISTER', { contact: 'None' });
    expect(stage.sent()).toEqual(['400']);
  });

  it('two UPDATEs in an early dialog', () => {
    const stage = new CoreStage();
    stage.arrive('INVITE');
    const toTag = stage.respond(stage.app.take().transactionId, 180).answered.message.toTag;
    stage.sent();
    for (const cseq of [2, 3]) stage.arrive('UPDATE', { toTag, cseq });
    expect(stage.sent()).toEqual(['500']);
  });

  it('an answer after the connection has closed, in every phase of a call', () => {
    for (const status of [180, 200, 486]) {
      const stage = new CoreStage();
      const flow = stage.transport.peer('tcp');
      stage.arrive('INVITE', {}, flow);
      const { transactionId } = stage.app.take();
      flow.isOpen = false;
      expect(stage.respond(transactionId, status).refusal).toBe('transport for response has been shutdown or closed');
      stage.respond(transactionId, 486);
      stage.clock.advance(100_000);
      expect(stage.leftovers).toEqual([]);
    }
  });
});

it('a mistake about one message ends no other call, and is logged', () => {
  const stage = new CoreStage();
  const { localTag } = stage.incomingCall();
  const deliver = vi.spyOn(stage.app, 'deliver').mockImplementationOnce(() => {
    throw new Error('a mistake');
  });
  expect(() => stage.arrive('OPTIONS', { callId: 'other' })).toThrow('The core logged an error');
  deliver.mockRestore();
  stage.arrive('INFO', { toTag: localTag, cseq: 2 });
  expect(stage.app.lines).toEqual(['INFO']);
});

describe('whatever the network sends', () => {
  it('nothing throws, and every table drains', { timeout: 60_000 }, () => {
    const stage = new CoreStage({ settings: { cdrs: true } });
    const chance = seededRandom(7);
    for (let round = 0; round < 3_000; round++) {
      const call = round % 3 === 0 ? stage.incomingCall({ callId: `c${round}` }) : undefined;
      for (let index = 0; index < 5; index++) {
        const text = requestFor(oneOf(chance, methods), {
          callId: `c${round}`,
          toTag: call?.localTag,
          branch: `z9hG4bKf${round}-${index % 3}`,
          cseq: chance(4),
        });
        receive(stage, chance(2) === 0 ? text : mutate(text, chance));
        answerAtRandom(stage, chance);
      }
      stage.transport.sent.length = 0;
      // No faster than a trunk may ask: what comes beyond is not read at all.
      stage.clock.advance(150);
      answerAtRandom(stage, chance);
    }
    stage.app.isOpen = false;
    stage.core.appGone(stage.app);
    stage.clock.advance(400_000);
    expect(stage.leftovers).toEqual([]);
  });

  it('nor do answers to our requests', { timeout: 60_000 }, () => {
    const stage = new CoreStage();
    const chance = seededRandom(11);
    for (let round = 0; round < 3_000; round++) {
      stage.command(`${oneOf(chance, ['INVITE', 'SUBSCRIBE', 'OPTIONS'])} sip:bob@10.0.0.9 SIP/2.0`, {
        body: chance(2) === 0 ? sdp : '',
      });
      const request = stage.last;
      for (let index = 0; index < 4; index++) {
        const status = oneOf(chance, [100, 180, 183, 200, 202, 302, 401, 481, 486, 503, 603]);
        const text = responseTo(request, status, { tag: oneOf(chance, ['a', 'b', '']), rseq: chance(4) });
        receive(stage, chance(2) === 0 ? text : mutate(text, chance));
        for (const { dialogId, message } of stage.app.deliveries.splice(0)) {
          if (dialogId === '') continue;
          const method = oneOf(chance, ['ACK', 'PRACK', 'BYE', 'INVITE', 'CANCEL', 'FOO', 'UPDATE']);
          stage.command(`${method} sip:placeholder SIP/2.0`, {
            dialogId,
            headers: [`RAck: ${message.get('rseq') ?? 0} 1 INVITE`],
          });
        }
      }
      stage.transport.sent.length = 0;
      stage.clock.advance(10);
    }
    stage.app.isOpen = false;
    stage.core.appGone(stage.app);
    stage.clock.advance(400_000);
    expect(stage.leftovers).toEqual([]);
  });
});

type Chance = ReturnType<typeof seededRandom>;

function oneOf<T>(chance: Chance, choices: readonly [T, ...T[]]): T {
  return choices[chance(choices.length)] ?? choices[0];
}

/** A message with one thing wrong in its headers, mostly still one that can be read. */
function mutate(text: string, chance: Chance): string {
  const at = chance(text.indexOf('\r\n\r\n'));
  const insert = oneOf(chance, ['', 'x', '0', ';tag=y', ',', '"', '<sip:z>', '\r\nTo: <sip:w>', '99999999999', ' ']);
  return `${text.slice(0, at)}${insert}${text.slice(at + chance(8))}`;
}

/** As the transport does: what cannot be read goes no further. */
function receive(stage: CoreStage, text: string): void {
  const result = parseMessage(Buffer.from(text, 'latin1'), defaultLimits);
  if (result.kind === 'message') stage.layer.receive(result.message, stage.transport.peer('udp'));
}

function answerAtRandom(stage: CoreStage, chance: Chance): void {
  for (const { message, transactionId } of stage.app.deliveries.splice(0)) {
    if (!message.isRequest || lineOf(message) === 'ACK' || chance(5) === 0) continue;
    const reliable = chance(3) === 0 ? ['Require: 100rel'] : [];
    stage.respond(transactionId, oneOf(chance, [180, 183, 200, 202, 404, 486]), {
      headers: reliable,
      body: chance(2) === 0 ? sdp : '',
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
