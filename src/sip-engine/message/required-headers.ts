import { parseVia } from './fields.ts';
import type { SipMessage } from './message.ts';
import { bad } from './message-head.ts';
import type { ParseError } from './message-head.ts';

const singletons = new Map(['to', 'from', 'call-id', 'cseq', 'content-length'].map((key, index) => [key, 1 << index]));

/** The headers that RFC 3261 section 8.1.1 requires in every message, except Max-Forwards, which old peers omit. */
export function checkRequiredHeaders(message: SipMessage): ParseError | undefined {
  return checkVias(message) ?? checkSingletons(message) ?? checkAddresses(message) ?? checkCallId(message) ?? checkCSeq(message);
}

function checkVias(message: SipMessage): ParseError | undefined {
  const top = message.get('via');
  if (top === undefined) return bad('Missing Via Header');
  if (!message.topVia) return bad('Bad Via Header');
  for (const { key, value } of message.headers) {
    if (key === 'via' && value !== top && !parseVia(value)) return bad('Bad Via Header');
  }
  return undefined;
}

function checkSingletons(message: SipMessage): ParseError | undefined {
  let seen = 0;
  for (const { key, name } of message.headers) {
    const bit = singletons.get(key);
    if (bit === undefined) continue;
    if ((seen & bit) !== 0) return bad(`Duplicate ${name} Header`);
    seen |= bit;
  }
  return undefined;
}

function checkAddresses(message: SipMessage): ParseError | undefined {
  const from = message.get('from');
  const to = message.get('to');
  if (from === undefined) return bad('Missing From Header');
  if (to === undefined) return bad('Missing To Header');
  if (!message.from) return bad('Bad From Header');
  if (!message.to) return bad('Bad To Header');
  // RFC 3261 section 8.1.1.3; without it two calls of one peer cannot be distinguished.
  return message.method === 'INVITE' && !message.fromTag ? bad('Missing From Tag') : undefined;
}

function checkCallId(message: SipMessage): ParseError | undefined {
  const callId = message.get('call-id');
  if (callId === undefined) return bad('Missing Call-ID Header');
  return callId === '' || callId.includes(' ') || callId.includes('\t') ? bad('Bad Call-ID Header') : undefined;
}

function checkCSeq(message: SipMessage): ParseError | undefined {
  if (!message.has('cseq')) return bad('Missing CSeq Header');
  const cseq = message.cseq;
  if (!cseq || cseq.number >= 0x8000_0000) return bad('Bad CSeq Header');
  return message.isRequest && cseq.method !== message.method ? bad('CSeq Method Mismatch') : undefined;
}
