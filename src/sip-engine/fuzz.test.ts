import { describe, expect, it } from 'vitest';
import { mutate, pickOne, pieces, createRng } from '#testing/harness/mutate.ts';
import { formatNameAddr, formatVia, parseNameAddr, parseVia, splitList, tagOf, withTag, withoutTag } from './message/fields.ts';
import { defaultLimits } from './runtime/limits.ts';
import type { SipMessage } from './message/message.ts';
import { parseAppMessage } from './message/parse-app-message.ts';
import { parseMessage } from './message/parse.ts';
import { serialize, serializeForApp } from './message/serialize.ts';
import { StreamFramer } from './transport/stream-framer.ts';
import { formatUri, parseUri } from './message/uri.ts';

const seed = 4475;

const samples = [
  `INVITE sip:bob@biloxi.example.com SIP/2.0
Via: SIP/2.0/TCP client.atlanta.example.com:5060;branch=z9hG4bK74bf9, SIP/2.0/UDP 192.0.2.4:5060;branch=z9hG4bKx;received=192.0.2.1
Max-Forwards: 70
Route: <sip:ss1.atlanta.example.com;lr>, <sip:[2001:db8::1]:5080;lr;transport=tcp>
From: "Alice \\"A\\" Liddell" <sip:alice@atlanta.example.com>;tag=9fxced76sl
To: Bob <sip:bob@biloxi.example.com>
Call-ID: 3848276298220188511@atlanta.example.com
CSeq: 1 INVITE
Contact: <sip:alice@client.atlanta.example.com;transport=tcp>;+sip.instance="<urn:uuid:0>", <sip:a@b>;q=0.5
Content-Type: application/sdp
Content-Length: 18

v=0
o=- 1 1 IN IP4`,
  `REGISTER sip:registrar.biloxi.example.com SIP/2.0
v: SIP/2.0/UDP bobspc.biloxi.example.com:5060;branch=z9hG4bKnashds7;rport
f: Bob <sip:bob@biloxi.example.com>;tag=456248
t: sip:bob@biloxi.example.com
i: 843817637684230@998sdasdh09
CSeq: 1826 REGISTER
m: *
Authorization: Digest username="bob", realm="x, y", nonce="1", uri="sip:a", response="0"
Expires: 0
l: 0

`,
  `SIP/2.0 180 Ringing
Via: SIP/2.0/UDP pc33.atlanta.example.com;branch=z9hG4bKnashds8;received=192.0.2.1
Record-Route: <sip:p2.example.com;lr>,<sip:p1.example.com;lr>
To: Bob <sip:bob@biloxi.example.com>;tag=a6c85cf
From: Alice <sip:alice@atlanta.example.com>;tag=1928301774
Call-ID: a84b4c76e66710
CSeq: 314159 INVITE
RSeq: 7
Content-Length: 0

`,
].map((text) => text.replaceAll('\n', '\r\n'));

function hasBreak(text: string): boolean {
  return text.includes('\r') || text.includes('\n') || text.includes('\0');
}

/** Uses all that reads headers, and checks what must hold for every accepted message. */
function exercise(message: SipMessage): void {
  for (const { key, name, value } of message.headers) {
    if (hasBreak(name) || hasBreak(value)) throw new Error(`a break got through in ${key}`);
    for (const one of splitList(value)) {
      const address = parseNameAddr(one);
      if (!address) continue;
      const again = parseNameAddr(formatNameAddr(address));
      if (again?.uri !== address.uri || again.displayName !== address.displayName) throw new Error(`address changed: ${one}`);
      const uri = parseUri(address.uri);
      if (uri && !parseUri(formatUri(uri))) throw new Error(`URI changed: ${address.uri}`);
      if (tagOf(withTag(one, 'x y')) !== 'x-y' || tagOf(withoutTag(one)) !== undefined) throw new Error(`tag not set: ${one}`);
    }
    const via = key === 'via' ? parseVia(value) : undefined;
    if (via && !parseVia(formatVia(via))) throw new Error(`Via changed: ${value}`);
  }
  if (!message.from || !message.to || !message.cseq || !message.topVia || message.callId === '') throw new Error('not checked');
  serializeForApp(message);
}

function isSameAfterSending(message: SipMessage): boolean {
  const again = parseMessage(serialize(message), { ...defaultLimits, headersBytes: 1_000_000, headerLineBytes: 1_000_000 });
  return again.kind === 'message' && serialize(again.message).equals(serialize(message));
}

describe(`mutated messages, seed ${seed}`, () => {
  it('60,000 datagrams neither crash the parser nor come out as something else', { timeout: 300_000 }, () => {
    const rng = createRng(seed);
    const kinds = { message: 0, malformed: 0, ignored: 0 };
    for (let round = 0; round < 60_000; round++) {
      const text = mutate(pickOne(rng, samples), rng);
      const result = parseMessage(Buffer.from(text, 'latin1'), defaultLimits);
      kinds[result.kind]++;
      if (result.kind === 'malformed') expect(hasBreak(result.reason)).toBe(false);
      if (result.kind !== 'message') continue;
      exercise(result.message);
      if (!isSameAfterSending(result.message)) throw new Error(`changed on the way: ${JSON.stringify(text)}`);
    }
    // All three must be met often, or the mutations are too mild or too wild to find anything.
    for (const count of Object.values(kinds)) expect(count).toBeGreaterThan(2_000);
  });

  it('40,000 stream chunks never make the framer hold more than one message', { timeout: 300_000 }, () => {
    const rng = createRng(seed + 1);
    const limits = { ...defaultLimits, startLineBytes: 300, headersBytes: 4_000, bodyBytes: 2_000, streamMessageBytes: 6_000 };
    const most = 2 * (limits.startLineBytes + limits.headersBytes + limits.bodyBytes) + 2_048;
    const seen = { message: 0, ping: 0, breach: 0, stuck: 0 };
    let isOver = true;
    let framer: StreamFramer | undefined;
    for (let chunks = 0; chunks < 40_000;) {
      if (isOver || !framer) {
        isOver = false;
        framer = new StreamFramer(limits, {
          onMessage(bytes) {
            seen.message++;
            if (parseMessage(bytes, limits).kind === 'malformed') isOver = true;
          },
          onPing: () => seen.ping++,
          onProtocolError() {
            seen.breach++;
            isOver = true;
          },
        });
      }
      const text = rng() < 0.3 ? pickOne(rng, samples) : mutate(pickOne(rng, [...samples, '\r\n\r\n']), rng);
      for (const piece of pieces(Buffer.from(text, 'latin1'), rng)) {
        framer.push(piece);
        chunks++;
        if (framer.heldBytes > most) throw new Error(`holds ${framer.heldBytes} bytes`);
      }
      // As the timer for half a message would.
      if (framer.hasPartial && rng() < 0.3) {
        seen.stuck++;
        isOver = true;
      }
      if (isOver) framer.stop();
      if (isOver) expect(framer.heldBytes).toBe(0);
    }
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(10);
  });

  it('10,000 messages from the application', { timeout: 300_000 }, () => {
    const rng = createRng(seed + 2);
    let accepted = 0;
    for (let round = 0; round < 10_000; round++) {
      const result = parseAppMessage(mutate(pickOne(rng, samples), rng), defaultLimits);
      if (result.kind === 'refused') continue;
      accepted++;
      for (const { name, value } of result.message.headers) expect(hasBreak(name) || hasBreak(value)).toBe(false);
      expect(hasBreak(result.message.requestUri) || hasBreak(result.message.reason)).toBe(false);
    }
    expect(accepted).toBeGreaterThan(1_000);
  });
});
