import { describe, expect, it } from 'vitest';
import { ProxyHarness } from '#testing/harness/proxy-harness.ts';
import { readText } from '#testing/harness/fake-sip-transport.ts';

const two = ['sip:10.0.0.2', 'sip:10.0.0.3'];

/** A caller's INVITE, 100 sent, and the application's proxy command. */
function call(
  options: Parameters<ProxyHarness['proxy']>[1],
  more: { headers?: readonly string[]; extra?: readonly string[] } = {},
) {
  const harness = new ProxyHarness().recordSent();
  const transaction = harness.transactions.receiveRequest({ method: 'INVITE', headers: more.headers ?? [] });
  expect(harness.sent()).toEqual(['100 10.0.0.9']);
  const app = harness.proxy(transaction, options, more.extra);
  return { harness, transaction, heard: app.events, metas: app.metas, clock: harness.transactions.clock };
}

function expectDrained(harness: ProxyHarness): void {
  harness.transactions.clock.advance(400_000);
  expect(harness.transactions.leftovers()).toEqual([]);
  expect(Object.values(harness.core.sizes())).toEqual([0, 0, 0]);
  expect(harness.transactions.clock.pending).toBe(0);
}

describe('the copy that goes out', () => {
  it('has our Via on top, one hop less, and the target as Request-URI because it named us', () => {
    const { harness } = call({ destinations: ['sip:bob@10.0.0.2:5070'] });
    const { message } = harness.requestTo('10.0.0.2');
    expect(message.requestUri).toBe('sip:bob@10.0.0.2:5070');
    expect(message.get('max-forwards')).toBe('69');
    expect(message.getAll('via').map((via) => via.split(';')[0])).toEqual(['SIP/2.0/UDP 10.0.0.1', 'SIP/2.0/UDP 10.0.0.9:5060']);
    expect(message.has('record-route')).toBe(false);
    expect(message.get('from')).toBe('<sip:alice@10.0.0.9>;tag=from');
  });

  it('keeps a Request-URI that does not name us: the target is only the next hop', () => {
    const harness = new ProxyHarness().recordSent();
    const text = harness.transactions.receiveRequest({ method: 'INVITE' });
    text.request.requestUri = 'sip:bob@elsewhere.example';
    harness.proxy(text, { destinations: ['sip:10.0.0.2'] });
    expect(harness.requestTo('10.0.0.2').message.requestUri).toBe('sip:bob@elsewhere.example');
  });

  it('record-routes when it is to remain in the dialog, drops the Route that led here, adds the headers of the application', () => {
    const { harness } = call(
      { destinations: ['sip:10.0.0.2'], remainInDialog: true },
      {
        headers: ['Route: <sip:10.0.0.1;lr>', 'Route: <sip:10.0.0.77;lr>', 'Record-Route: <sip:10.0.0.88;lr>', 'Subject: old'],
        extra: [
          'x-MINE: yes',
          'Subject: new',
          'From: <sip:evil@x>',
          'Via: SIP/2.0/UDP evil',
          'P-Asserted-Identity: <sip:7@localhost>',
        ],
      },
    );
    const { message } = harness.requestTo('10.0.0.2');
    expect(message.getAll('record-route')).toEqual(['<sip:10.0.0.1:5060;lr>', '<sip:10.0.0.88;lr>']);
    expect(message.getAll('route')).toEqual(['<sip:10.0.0.77;lr>']);
    expect(harness.requestTo('10.0.0.2').text).toContain('x-MINE: yes\r\n');
    expect(message.getAll('subject')).toEqual(['new']);
    expect(message.get('from')).toContain('alice');
    expect(message.getAll('via')).toHaveLength(2);
    expect(message.get('p-asserted-identity')).toBe('<sip:7@10.0.0.1:5060>');
  });

  it('names both sides when it leaves by another transport than it came by', () => {
    const { harness } = call({ destinations: ['sip:10.0.0.2;transport=tcp'], remainInDialog: true });
    expect(harness.requestTo('10.0.0.2').message.getAll('record-route')).toEqual([
      '<sip:10.0.0.1:5060;transport=tcp;lr>',
      '<sip:10.0.0.1:5060;lr>',
    ]);
  });

  it('asks for Path in a REGISTER', () => {
    const harness = new ProxyHarness().recordSent();
    const register = harness.transactions.receiveRequest({ method: 'REGISTER' });
    harness.proxy(register, { destinations: ['sip:10.0.0.2'], remainInDialog: true });
    const { message } = harness.requestTo('10.0.0.2', 'REGISTER');
    expect([message.get('path'), message.get('require'), message.get('record-route')]).toEqual([
      '<sip:10.0.0.1:5060;lr>',
      'path',
      undefined,
    ]);
  });

  it('remembers the connection of a phone whose REGISTER it let through', () => {
    const harness = new ProxyHarness().recordSent();
    const contact = 'Contact: <sip:alice@x.invalid;transport=ws>;expires=60';
    const socket = harness.transactions.transport.peer('tcp', '10.0.0.9', 40_000);
    const register = harness.transactions.receiveRequest({ method: 'REGISTER', headers: [contact] }, socket);
    harness.proxy(register, { destinations: ['sip:10.0.0.2'], remainInDialog: true });
    harness.answerFrom('10.0.0.2', 200, { method: 'REGISTER', headers: [contact] });
    expect(harness.flowCache.find('sip:alice@x.invalid')).toBe(socket);
  });

  it('goes over the connection by which the target registered, and by the outbound proxy otherwise', () => {
    const harness = new ProxyHarness({ outboundProxy: 'sip:10.0.0.5' }).recordSent();
    const socket = harness.transactions.transport.peer('tcp', '10.0.0.44', 40_000);
    harness.flowCache.remember({ contact: 'sip:bob@abc.invalid', flow: socket, owner: 'bob' }, 60);
    harness.proxy(harness.transactions.receiveRequest({ method: 'INVITE' }), {
      destinations: ['sip:bob@abc.invalid;transport=tcp', 'sip:10.0.0.2'],
      simultaneous: true,
    });
    expect(harness.sent()).toEqual(['100 10.0.0.9', 'INVITE 10.0.0.44', 'INVITE 10.0.0.5']);
  });

  it('stops at Max-Forwards 0 with 483, and at nonsense with 400', () => {
    for (const [value, status] of [
      ['0', '483 Too Many Hops'],
      ['many', '400 Bad Max-Forwards Header'],
    ] as const) {
      const harness = new ProxyHarness().recordSent();
      const transaction = harness.transactions.receiveRequest({ method: 'INVITE' });
      transaction.request.set('max-forwards', value);
      const { events: heard } = harness.proxy(transaction, { destinations: two });
      expect(heard).toEqual([`NOK Rejected with ${status} due to Max-Forwards value of ${value}`]);
      expect(harness.sent()).toEqual(['100 10.0.0.9', `${status.slice(0, 3)} 10.0.0.9`]);
    }
  });

  it('says that no target can be reached, and never sends to itself', () => {
    const { harness, heard } = call({ destinations: ['tel:123', 'sip:10.0.0.1', 'sip:10.0.0.7;transport=sctp'] });
    expect(heard).toEqual(['NOK error proxying request to ']);
    expect(harness.sent()).toEqual(['500 10.0.0.9']);
    harness.transactions.receive({ method: 'ACK' });
    expectDrained(harness);
  });
});

describe('one target', () => {
  it('forwards ringing and answer, absorbs 100, reports the answer and the end to the application', () => {
    const { harness, heard, metas } = call({ destinations: ['sip:10.0.0.2'] });
    harness.answerFrom('10.0.0.2', 100);
    expect(harness.sent()).toEqual(['INVITE 10.0.0.2']);
    harness.answerFrom('10.0.0.2', 180);
    harness.answerFrom('10.0.0.2', 200);
    const [ringing, answer] = harness.transactions.transport.sent.slice(-2).map(({ message }) => message);
    expect([ringing?.status, answer?.status, answer?.toTag]).toEqual([180, 200, 'callee']);
    expect(answer?.getAll('via')).toHaveLength(1);
    expect(heard).toEqual(['200', 'done']);
    expect(metas[0]).toMatchObject({ source: 'network', protocol: 'udp', address: '10.0.0.2', port: 5060 });
    expectDrained(harness);
  });

  it('does not repeat the 2xx itself, but passes each repetition on', () => {
    const { harness, clock } = call({ destinations: ['sip:10.0.0.2'] });
    harness.answerFrom('10.0.0.2', 200);
    harness.sent();
    clock.advance(3_000);
    expect(harness.sent()).toEqual([]);
    harness.answerFrom('10.0.0.2', 200);
    expect(harness.sent()).toEqual(['200 10.0.0.9']);
    expectDrained(harness);
  });

  it('acknowledges a failure itself and passes it on', () => {
    const { harness, heard } = call({ destinations: ['sip:10.0.0.2'] });
    harness.answerFrom('10.0.0.2', 486);
    expect(harness.sent()).toEqual(['INVITE 10.0.0.2', 'ACK 10.0.0.2', '486 10.0.0.9']);
    expect(heard).toEqual(['486', 'done']);
    harness.transactions.receive({ method: 'ACK' });
    expectDrained(harness);
  });

  it('reports 408 when no target answers', () => {
    const { harness, heard, clock } = call({ destinations: ['sip:10.0.0.2'] });
    clock.advance(32_000);
    expect(heard).toEqual(['408', 'done']);
    expect(harness.sent().at(-1)).toBe('408 10.0.0.9');
    harness.transactions.receive({ method: 'ACK' });
    expectDrained(harness);
  });

  it('gives up a phone that rings for ever: CANCEL and 408 (Timer C), started again by each provisional', () => {
    const { harness, heard, clock } = call({ destinations: ['sip:10.0.0.2'] });
    clock.advance(100);
    harness.answerFrom('10.0.0.2', 180);
    clock.advance(180_000);
    harness.answerFrom('10.0.0.2', 180);
    harness.sent();
    clock.advance(184_000);
    expect(harness.sent()).toEqual([]);
    clock.advance(1_000);
    expect(harness.sent()).toContain('CANCEL 10.0.0.2');
    expect(heard).toEqual(['done']);
    expect(harness.history.at(-1)?.message.status).toBe(408);
    harness.answerFrom('10.0.0.2', 487);
    harness.transactions.receive({ method: 'ACK' });
    expectDrained(harness);
  });

  it('leaves a request other than INVITE without 408 (RFC 4320)', () => {
    const harness = new ProxyHarness().recordSent();
    const { events: heard } = harness.proxy(harness.transactions.receiveRequest({ method: 'OPTIONS' }), {
      destinations: ['sip:10.0.0.2'],
    });
    harness.transactions.clock.advance(40_000);
    expect(harness.history.some(({ message }) => message.status === 408)).toBe(false);
    expect(heard.at(-1)).toBe('done');
    expectDrained(harness);
  });

  it('forwards MESSAGE and its answer', () => {
    const harness = new ProxyHarness().recordSent();
    const { events: heard } = harness.proxy(harness.transactions.receiveRequest({ method: 'MESSAGE' }), {
      destinations: ['sip:10.0.0.2'],
    });
    harness.answerFrom('10.0.0.2', 202, { method: 'MESSAGE' });
    expect(harness.sent()).toEqual(['MESSAGE 10.0.0.2', '202 10.0.0.9']);
    expect(heard).toEqual(['202', 'done']);
    expectDrained(harness);
  });
});

describe('serial', () => {
  it('asks the next when one fails, and reports the best in the end', () => {
    const { harness, heard } = call({ destinations: [...two, 'sip:10.0.0.4'] });
    expect(harness.sent()).toEqual(['INVITE 10.0.0.2']);
    harness.answerFrom('10.0.0.2', 503);
    harness.answerFrom('10.0.0.3', 404);
    harness.answerFrom('10.0.0.4', 500);
    expect(harness.sent()).toEqual([
      'ACK 10.0.0.2',
      'INVITE 10.0.0.3',
      'ACK 10.0.0.3',
      'INVITE 10.0.0.4',
      'ACK 10.0.0.4',
      '404 10.0.0.9',
    ]);
    expect(heard).toEqual(['503', '404', '500', 'done']);
    harness.transactions.receive({ method: 'ACK' });
    expectDrained(harness);
  });

  it('tries no other target after a 6xx', () => {
    const { harness } = call({ destinations: two });
    harness.answerFrom('10.0.0.2', 603);
    expect(harness.sent()).toEqual(['INVITE 10.0.0.2', 'ACK 10.0.0.2', '603 10.0.0.9']);
  });

  it('gives up a target that says nothing in time, cancels it when it speaks, ends its late call', () => {
    const { harness, heard, clock } = call({ destinations: two, provisionalTimeoutMs: 2_000 });
    clock.advance(2_000);
    expect(harness.sent()).toContain('INVITE 10.0.0.3');
    harness.answerFrom('10.0.0.2', 180);
    expect(harness.sent()).toEqual(['CANCEL 10.0.0.2']);
    harness.answerFrom('10.0.0.2', 200, { headers: ['Contact: <sip:late@10.0.0.2:5099>'] });
    expect(harness.sent()).toEqual(['ACK 10.0.0.2', 'BYE 10.0.0.2']);
    const bye = harness.requestTo('10.0.0.2', 'BYE').message;
    expect([bye.requestUri, bye.toTag, bye.get('cseq')]).toEqual(['sip:late@10.0.0.2:5099', 'callee', '2 BYE']);
    harness.answerFrom('10.0.0.2', 200);
    expect(harness.sent()).toEqual(['ACK 10.0.0.2']);
    harness.answerFrom('10.0.0.3', 200);
    expect(harness.sent()).toEqual(['200 10.0.0.9']);
    expect(heard).toEqual(['200', 'done']);
    expectDrained(harness);
  });

  it('a 100 is enough for the first wait, not for the final one', () => {
    const { harness, clock } = call({ destinations: two, provisionalTimeoutMs: 2_000, finalTimeoutMs: 10_000 });
    clock.advance(1_900);
    harness.answerFrom('10.0.0.2', 100);
    harness.answerFrom('10.0.0.2', 180);
    clock.advance(8_000);
    expect(harness.sent()).not.toContain('INVITE 10.0.0.3');
    clock.advance(100);
    expect(harness.sent()).toEqual(['CANCEL 10.0.0.2', 'INVITE 10.0.0.3']);
    harness.answerFrom('10.0.0.2', 487);
    harness.answerFrom('10.0.0.3', 486);
    expect(harness.sent()).toEqual(['ACK 10.0.0.2', 'ACK 10.0.0.3', '486 10.0.0.9']);
    harness.transactions.receive({ method: 'ACK' });
    expectDrained(harness);
  });

  it('a challenge ends the search, and the answer to it goes to the challenger within two seconds', () => {
    const challenge = ['Proxy-Authenticate: Digest realm="x", cnonce="no", nonce="abc", qop="auth"'];
    const { harness, heard, clock } = call({ destinations: two });
    harness.answerFrom('10.0.0.2', 404);
    harness.answerFrom('10.0.0.3', 407, { headers: challenge });
    expect(harness.sent().at(-1)).toBe('407 10.0.0.9');
    expect(heard).toEqual(['404', '407', 'done']);
    harness.transactions.receive({ method: 'ACK' });
    const headers = ['Proxy-Authorization: Digest username="a", realm="x", nonce="abc", cnonce="q", response="1"'];
    for (const [branch, first] of [
      ['z9hG4bKtwo', 'INVITE 10.0.0.3'],
      ['z9hG4bKthree', 'INVITE 10.0.0.2'],
    ] as const) {
      const retry = harness.transactions.receiveRequest({ method: 'INVITE', branch, headers, callId: branch });
      harness.sent();
      harness.proxy(retry, { destinations: two });
      expect(harness.sent()).toEqual([first]);
      clock.advance(2_000);
    }
  });

  it('follows a redirection, the most wanted Contact first, and does not report it', () => {
    const { harness, heard } = call({ destinations: two, followRedirects: true });
    const headers = ['Contact: <sip:b@10.0.0.6>;q=0.2, <sip:a@10.0.0.5>;q=0.9', 'Contact: <sip:10.0.0.3>'];
    harness.answerFrom('10.0.0.2', 302, { headers });
    expect(harness.requestTo('10.0.0.5').message.requestUri).toBe('sip:a@10.0.0.5');
    harness.answerFrom('10.0.0.5', 486);
    harness.answerFrom('10.0.0.6', 486);
    harness.answerFrom('10.0.0.3', 302, { headers });
    expect(harness.sent().at(-1)).toBe('486 10.0.0.9');
    expect(heard).toEqual(['302', '486', '486', '302', 'done']);
    harness.transactions.receive({ method: 'ACK' });
    expectDrained(harness);
  });

  it('reports a redirection when it does not follow any', () => {
    const { harness } = call({ destinations: ['sip:10.0.0.2'] });
    harness.answerFrom('10.0.0.2', 302, { headers: ['Contact: <sip:a@10.0.0.5>'] });
    const { message } = harness.transactions.transport.last;
    expect([message.status, message.get('contact')]).toEqual([302, '<sip:a@10.0.0.5>']);
  });
});

describe('simultaneous', () => {
  it('asks all at once, passes on all ringing, cancels the others at the first answer', () => {
    const { harness, heard } = call({ destinations: [...two, 'sip:10.0.0.4'], simultaneous: true });
    expect(harness.sent()).toEqual(['INVITE 10.0.0.2', 'INVITE 10.0.0.3', 'INVITE 10.0.0.4']);
    harness.answerFrom('10.0.0.2', 180, { toTag: 'two' });
    harness.answerFrom('10.0.0.3', 180, { toTag: 'three' });
    expect(harness.sent()).toEqual(['180 10.0.0.9', '180 10.0.0.9']);
    harness.answerFrom('10.0.0.3', 200, { toTag: 'three' });
    expect(harness.sent()).toEqual(['200 10.0.0.9', 'CANCEL 10.0.0.2']);
    expect(harness.requestTo('10.0.0.2', 'CANCEL').message.get('reason')).toContain('elsewhere');
    harness.answerFrom('10.0.0.4', 180, { toTag: 'four' });
    expect(harness.sent()).toEqual(['CANCEL 10.0.0.4']);
    harness.answerFrom('10.0.0.2', 487);
    harness.answerFrom('10.0.0.4', 487);
    expect(harness.sent()).toEqual(['ACK 10.0.0.2', 'ACK 10.0.0.4']);
    expect(heard).toEqual(['200', 'done']);
    expectDrained(harness);
  });

  it('passes on a second answer that crossed the CANCEL: the caller ends that call', () => {
    const { harness } = call({ destinations: two, simultaneous: true });
    harness.answerFrom('10.0.0.2', 180, { toTag: 'two' });
    harness.answerFrom('10.0.0.3', 200, { toTag: 'three' });
    harness.sent();
    harness.answerFrom('10.0.0.2', 200, { toTag: 'two' });
    expect(harness.sent()).toEqual(['200 10.0.0.9']);
    expect(harness.history.at(-1)?.message.toTag).toBe('two');
    expectDrained(harness);
  });

  it('waits for the others after a failure, and takes the best', () => {
    const { harness } = call({ destinations: two, simultaneous: true });
    harness.answerFrom('10.0.0.2', 486);
    harness.answerFrom('10.0.0.3', 415);
    expect(harness.sent().at(-1)).toBe('415 10.0.0.9');
  });

  it('a 6xx cancels the others and wins', () => {
    const { harness } = call({ destinations: two, simultaneous: true });
    harness.answerFrom('10.0.0.3', 180);
    harness.sent();
    harness.answerFrom('10.0.0.2', 600);
    expect(harness.sent()).toEqual(['ACK 10.0.0.2', 'CANCEL 10.0.0.3']);
    harness.answerFrom('10.0.0.3', 487);
    expect(harness.sent().at(-1)).toBe('600 10.0.0.9');
  });
});

describe('CANCEL of the caller', () => {
  it('gets 200, the INVITE 487 with the same tag; the targets are cancelled; the application sees their 487', () => {
    const { harness, heard } = call({ destinations: two });
    harness.answerFrom('10.0.0.2', 180, { toTag: 'two' });
    harness.sent();
    harness.transactions.receive({ method: 'CANCEL', headers: ['Reason: SIP;cause=200'] });
    expect(harness.sent()).toEqual(['200 10.0.0.9', '487 10.0.0.9', 'CANCEL 10.0.0.2']);
    const tags = harness.history.filter(({ message }) => message.status >= 200).map(({ message }) => message.toTag);
    expect(new Set(tags).size).toBe(1);
    expect(harness.requestTo('10.0.0.2', 'CANCEL').message.get('reason')).toBe('SIP;cause=200');
    harness.answerFrom('10.0.0.2', 487);
    expect(heard).toEqual(['487', 'done']);
    expect(harness.sent()).toEqual(['ACK 10.0.0.2']);
    harness.transactions.receive({ method: 'ACK' });
    expectDrained(harness);
  });

  it('ends a call that is answered all the same', () => {
    const { harness } = call({ destinations: two });
    harness.answerFrom('10.0.0.2', 180);
    harness.transactions.receive({ method: 'CANCEL' });
    harness.sent();
    harness.answerFrom('10.0.0.2', 200, { headers: ['Contact: <sip:x@10.0.0.2>'] });
    expect(harness.sent()).toEqual(['ACK 10.0.0.2', 'BYE 10.0.0.2']);
    harness.answerFrom('10.0.0.2', 200, { method: 'BYE' });
    harness.transactions.receive({ method: 'ACK' });
    expectDrained(harness);
  });

  it('is not for the proxy when the INVITE is not proxied', () => {
    const harness = new ProxyHarness().recordSent();
    harness.transactions.receiveRequest({ method: 'INVITE' });
    harness.transactions.receive({ method: 'CANCEL' });
    expect(harness.unhandled).toEqual(['CANCEL']);
  });
});

describe('what follows in the dialog', () => {
  const inDialog = (method: string, more: readonly string[] = [], branch = `z9hG4bK${method}`) => ({
    method,
    branch,
    toTag: 'callee',
    headers: ['Route: <sip:10.0.0.1;lr>', ...more],
  });

  function established() {
    const { harness } = call({ destinations: ['sip:bob@10.0.0.2'], remainInDialog: true });
    harness.answerFrom('10.0.0.2', 200);
    harness.sent();
    return harness;
  }

  /** In these texts the Request-URI is ours; in a dialog it is the peer's Contact. */
  function receive(harness: ProxyHarness, parts: ReturnType<typeof inDialog>, requestUri = 'sip:bob@10.0.0.2'): void {
    const { transport, layer } = harness.transactions;
    const text = [
      `${parts.method} ${requestUri} SIP/2.0`,
      `Via: SIP/2.0/UDP 10.0.0.9:5060;branch=${parts.branch};received=10.0.0.9;rport=5060`,
      'From: <sip:alice@10.0.0.9>;tag=from',
      `To: <sip:bob@10.0.0.1>;tag=${parts.toTag}`,
      'Call-ID: call-1',
      `CSeq: 2 ${parts.method}`,
      ...parts.headers,
      'Content-Length: 0',
      '',
      '',
    ].join('\r\n');
    layer.receive(readText(text), transport.peer('udp'));
  }

  it('goes through by its Route: ACK, re-INVITE, BYE, each with its answer', () => {
    const harness = established();
    receive(harness, inDialog('ACK'));
    expect(harness.sent()).toEqual(['ACK 10.0.0.2']);
    expect(harness.history.at(-1)?.message).toMatchObject({ requestUri: 'sip:bob@10.0.0.2' });
    expect(harness.history.at(-1)?.message.has('route')).toBe(false);
    receive(harness, inDialog('INVITE'));
    harness.answerFrom('10.0.0.2', 200);
    expect(harness.sent()).toEqual(['100 10.0.0.9', 'INVITE 10.0.0.2', '200 10.0.0.9']);
    receive(harness, inDialog('BYE', ['Max-Forwards: 10']));
    expect(harness.requestTo('10.0.0.2', 'BYE').message.get('max-forwards')).toBe('9');
    harness.answerFrom('10.0.0.2', 200, { method: 'BYE' });
    expect(harness.sent()).toEqual(['BYE 10.0.0.2', '200 10.0.0.9']);
    expect(harness.cdrs).toEqual([
      'attempt application INVITE',
      'start network proxy-uac 200',
      'start application proxy-uas 200',
      'stop network normal-release BYE',
      'stop application normal-release BYE',
    ]);
    expectDrained(harness);
  });

  it('goes to the next Route, and to a strict router as that expects it', () => {
    const harness = established();
    receive(harness, inDialog('INFO', ['Route: <sip:10.0.0.70;lr>'], 'z9hG4bKa'));
    const loose = harness.requestTo('10.0.0.70', 'INFO').message;
    expect([loose.requestUri, loose.getAll('route')]).toEqual(['sip:bob@10.0.0.2', ['<sip:10.0.0.70;lr>']]);
    receive(harness, inDialog('INFO', ['Route: <sip:10.0.0.71>', 'Route: <sip:10.0.0.72;lr>'], 'z9hG4bKb'));
    const strict = harness.requestTo('10.0.0.71', 'INFO').message;
    expect([strict.requestUri, strict.getAll('route')]).toEqual(['sip:10.0.0.71', ['<sip:10.0.0.72;lr>', '<sip:bob@10.0.0.2>']]);
  });

  it('takes the connection of a Contact that cannot be resolved', () => {
    const harness = established();
    const flow = harness.transactions.transport.peer('tcp', '10.0.0.44', 40_000);
    harness.flowCache.remember({ contact: 'sip:bob@x.invalid', flow, owner: 'bob' }, 60);
    receive(harness, inDialog('BYE'), 'sip:bob@x.invalid;transport=ws');
    expect(harness.sent()).toEqual(['BYE 10.0.0.44']);
  });

  it('stops at Max-Forwards 0: 483, and silence for an ACK', () => {
    const harness = established();
    receive(harness, inDialog('INFO', ['Max-Forwards: 0']));
    receive(harness, inDialog('ACK', ['Max-Forwards: 0']));
    expect(harness.sent()).toEqual(['483 10.0.0.9']);
  });

  it('is not for the proxy without our Route, without a tag, or when it ends here', () => {
    const harness = established();
    receive(harness, { ...inDialog('INFO', [], 'z9hG4bKx'), headers: ['Route: <sip:10.0.0.70;lr>'] });
    receive(harness, inDialog('INFO', [], 'z9hG4bKy'), 'sip:10.0.0.1');
    receive(harness, inDialog('ACK'), 'sip:10.0.0.1');
    expect(harness.sent()).toEqual([]);
    expect(harness.unhandled).toEqual(['ACK']);
  });

  it('cancels a re-INVITE on its way', () => {
    const harness = established();
    receive(harness, inDialog('INVITE'));
    harness.answerFrom('10.0.0.2', 180);
    harness.sent();
    receive(harness, { ...inDialog('CANCEL'), branch: 'z9hG4bKINVITE' });
    expect(harness.sent()).toEqual(['200 10.0.0.9', '487 10.0.0.9', 'CANCEL 10.0.0.2']);
  });
});

describe('before the answer', () => {
  it('numbers the reliable ringing of all branches in one row, and turns PRACKs back', () => {
    const { harness } = call({ destinations: two, simultaneous: true, remainInDialog: true });
    const reliable = (rseq: number) => ({ headers: [`RSeq: ${rseq}`, 'Require: 100rel', 'Contact: <sip:bob@10.0.0.2:5099>'] });
    harness.answerFrom('10.0.0.2', 183, { toTag: 'two', ...reliable(900) });
    harness.answerFrom('10.0.0.3', 183, { toTag: 'three', ...reliable(17) });
    harness.answerFrom('10.0.0.2', 183, { toTag: 'two', ...reliable(900) });
    const numbers = harness.history
      .filter(({ message }) => message.status === 183)
      .map(({ message }) => Number(message.get('rseq')));
    const first = numbers[0] ?? 0;
    expect(numbers).toEqual([first, first + 1, first]);
    const prack = (rseq: number, branch: string) => ({
      method: 'PRACK',
      branch,
      toTag: 'two',
      headers: ['Route: <sip:10.0.0.1;lr>', 'Route: <sip:10.0.0.2;lr>', `RAck: ${rseq} 1 INVITE`],
    });
    harness.sent();
    harness.transactions.receive(prack(first, 'z9hG4bKp1'));
    expect(harness.requestTo('10.0.0.2', 'PRACK').message.get('rack')).toBe('900 1 INVITE');
    harness.answerFrom('10.0.0.2', 200, { method: 'PRACK' });
    expect(harness.sent()).toEqual(['PRACK 10.0.0.2', '200 10.0.0.9']);
    harness.transactions.receive(prack(first + 7, 'z9hG4bKp2'));
    expect(harness.sent()).toEqual(['481 10.0.0.9']);
    harness.answerFrom('10.0.0.3', 200, { toTag: 'three' });
    harness.answerFrom('10.0.0.2', 487);
    expectDrained(harness);
  });

  it('leaves RSeq alone when the PRACK passes us by', () => {
    const { harness } = call({ destinations: ['sip:10.0.0.2'] });
    harness.answerFrom('10.0.0.2', 183, { headers: ['RSeq: 900', 'Require: 100rel'] });
    expect(harness.transactions.transport.last.message.get('rseq')).toBe('900');
  });

  it('forwards INFO, UPDATE and PRACK that came here all the same, to the branch they are for', () => {
    const { harness } = call({ destinations: two, simultaneous: true });
    harness.answerFrom('10.0.0.3', 183, { toTag: 'three', headers: ['Contact: <sip:bob@10.0.0.3:5099>'] });
    harness.sent();
    harness.transactions.receive({ method: 'INFO', branch: 'z9hG4bKi', toTag: 'three' });
    expect(harness.requestTo('10.0.0.3', 'INFO').message.requestUri).toBe('sip:bob@10.0.0.3:5099');
    harness.answerFrom('10.0.0.3', 200, { method: 'INFO' });
    expect(harness.sent()).toEqual(['INFO 10.0.0.3', '200 10.0.0.9']);
    harness.transactions.receive({ method: 'INFO', branch: 'z9hG4bKj', toTag: 'nobody' });
    expect(harness.sent()).toEqual([]);
  });
});

describe('responses without a transaction', () => {
  const stray = (status: number, vias: readonly string[], method = 'INVITE') =>
    readText(
      [
        `SIP/2.0 ${status} OK`,
        ...vias.map((via) => `Via: ${via}`),
        'From: <sip:a@x>;tag=1',
        'To: <sip:b@x>;tag=2',
        'Call-ID: c',
        `CSeq: 1 ${method}`,
        'Content-Length: 0',
        '',
        '',
      ].join('\r\n'),
    );
  const ours = 'SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bKgone';
  const caller = 'SIP/2.0/UDP 10.0.0.9:5060;branch=z9hG4bKc;received=10.0.0.9;rport=5060';
  const cases: readonly [string, ReturnType<typeof stray>, boolean][] = [
    ['a 2xx long after', stray(200, [ours, caller]), true],
    ['a failure long after', stray(486, [ours, caller]), true],
    ['an answer to a MESSAGE', stray(200, [ours, caller], 'MESSAGE'), true],
    ['one that would be broadcast', stray(200, [ours, 'SIP/2.0/UDP 255.255.255.255;branch=z9hG4bKb']), true],
    ['one to a request of our own', stray(200, [ours]), false],
    ['one with another Via on top', stray(200, [caller, ours]), false],
  ];
  for (const [what, message, isTaken] of cases) {
    it(`${what} goes nowhere, and is ${isTaken ? '' : 'not '}for the proxy`, () => {
      const harness = new ProxyHarness().recordSent();
      expect(harness.core.strayResponse(message, harness.transactions.transport.peer('udp', '10.0.0.2'))).toBe(isTaken);
      expect(harness.sent()).toEqual([]);
    });
  }
});

describe('call records', () => {
  it('report attempts, failures and the end', () => {
    const { harness } = call({ destinations: two });
    harness.answerFrom('10.0.0.2', 486);
    harness.answerFrom('10.0.0.3', 180);
    harness.transactions.receive({ method: 'CANCEL' });
    harness.answerFrom('10.0.0.3', 487);
    expect(harness.cdrs).toEqual([
      'attempt application INVITE',
      'stop network call-rejected 486',
      'attempt application INVITE',
      'stop application call-canceled 487',
      'stop network call-canceled 487',
    ]);
  });
});
