import { isUtf8 } from 'node:buffer';

// Owns WebSocket framing (RFC 6455 section 5), server side.
// Called by the WebSocket channel, once per connection.
// Must stay true: it never holds more than one message of the largest allowed size, whatever lengths a peer announces.

export type WebSocketFrameHandlers = {
  /** One whole message, text or binary, its fragments joined. */
  readonly onMessage: (bytes: Buffer, isText: boolean) => void;
  readonly onPing: (payload: Buffer) => void;
  readonly onPong: () => void;
  /** The peer closes, with its status code (RFC 6455 section 7.4), 1005 for none. */
  readonly onClose: (code: number) => void;
  /** The peer violated the protocol; close with this status code. Nothing is reported afterwards. */
  readonly onProtocolError: (code: ProtocolErrorCode) => void;
};

/** Protocol error, inconsistent data, message too big (RFC 6455 section 7.4.1). */
export type ProtocolErrorCode = 1002 | 1007 | 1009;

export const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

type Header = { isFinal: boolean; opcode: number; headerBytes: number; payloadBytes: number };

const empty = Buffer.alloc(0);
const maxControlBytes = 125;
/** Stands for a close frame without a code; must not be sent itself. */
export const noCloseCode = 1005;
/** Fragments of one message: a peer must not make us join endless tiny ones. */
const maxFragments = 1024;

export class WebSocketFrameReader {
  readonly #limit: number;
  readonly #handlers: WebSocketFrameHandlers;
  /** The start of an incomplete frame, in a buffer that doubles; it is not read again before `#needed` bytes are there. */
  #held: Buffer = empty;
  #heldBytes = 0;
  #needed = 0;
  #fragments: Buffer[] = [];
  #fragmentBytes = 0;
  #messageOpcode = 0;
  #isStopped = false;

  /** `limit`: most bytes of one message. */
  constructor(limit: number, handlers: WebSocketFrameHandlers) {
    this.#limit = limit;
    this.#handlers = handlers;
  }

  get hasPartial(): boolean {
    return this.#heldBytes > 0 || this.#messageOpcode !== 0;
  }

  /** Bytes of memory held for an unfinished message. */
  get heldBytes(): number {
    return this.#held.length + this.#fragmentBytes;
  }

  push(chunk: Buffer): void {
    if (this.#isStopped || chunk.length === 0) return;
    if (this.#heldBytes > 0 && this.#append(chunk) < this.#needed) return;
    let rest = this.#heldBytes > 0 ? this.#held.subarray(0, this.#heldBytes) : chunk;
    const isFromHeld = this.#heldBytes > 0;
    this.#needed = 0;
    while (!this.#isStopped) {
      const header = this.#header(rest);
      if (header === undefined) break;
      const end = header.headerBytes + header.payloadBytes;
      if (rest.length < end) {
        this.#needed = end;
        break;
      }
      const payload = unmask(rest, header);
      rest = rest.subarray(end);
      this.#frame(header, payload);
    }
    this.#hold(rest, isFromHeld);
  }

  stop(): void {
    this.#isStopped = true;
    this.#hold(empty, false);
    this.#dropFragments();
  }

  #append(chunk: Buffer): number {
    const bytes = this.#heldBytes + chunk.length;
    if (bytes > this.#held.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(bytes, this.#held.length * 2));
      this.#held.copy(larger, 0, 0, this.#heldBytes);
      this.#held = larger;
    }
    chunk.copy(this.#held, this.#heldBytes);
    this.#heldBytes = bytes;
    return bytes;
  }

  #hold(rest: Buffer, isFromHeld: boolean): void {
    const isUnchanged = isFromHeld && rest.length === this.#heldBytes;
    if (isUnchanged && !this.#isStopped) return;
    this.#heldBytes = 0;
    if (this.#isStopped || rest.length === 0) this.#held = empty;
    else {
      const kept = Buffer.from(rest);
      this.#held = kept;
      this.#heldBytes = kept.length;
    }
  }

  #header(bytes: Buffer): Header | undefined {
    const first = bytes[0];
    const second = bytes[1];
    if (first === undefined || second === undefined) return undefined;
    const opcode = first & 0x0f;
    const isFinal = (first & 0x80) !== 0;
    // RFC 6455 5.1 and 5.2: clients must mask; reserved bits need an extension, and we negotiate none.
    if ((second & 0x80) === 0 || (first & 0x70) !== 0 || !this.#isExpected(opcode, isFinal)) return this.#fail(1002);
    const short = second & 0x7f;
    const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0;
    if (opcode >= 8 && short > maxControlBytes) return this.#fail(1002);
    if (bytes.length < 2 + lengthBytes) return undefined;
    const payloadBytes = readLength(bytes, short);
    if (payloadBytes > this.#limit || (opcode < 8 && this.#fragmentBytes + payloadBytes > this.#limit)) return this.#fail(1009);
    return { isFinal, opcode, headerBytes: 2 + lengthBytes + 4, payloadBytes };
  }

  #isExpected(opcode: number, isFinal: boolean): boolean {
    if (opcode >= 8) return isFinal && opcode <= opcodes.pong;
    if (opcode === opcodes.continuation) return this.#messageOpcode !== 0;
    return opcode <= opcodes.binary && this.#messageOpcode === 0;
  }

  #frame({ opcode, isFinal }: Header, payload: Buffer): void {
    if (opcode === opcodes.ping) this.#handlers.onPing(payload);
    else if (opcode === opcodes.pong) this.#handlers.onPong();
    else if (opcode === opcodes.close) this.#close(payload);
    else this.#fragment(opcode, isFinal, payload);
  }

  /** RFC 6455 section 5.5.1: nothing, or a code that may be sent and a reason in UTF-8. */
  #close(payload: Buffer): void {
    const code = closeCodeOf(payload);
    if (code === undefined) this.#fail(1002);
    else if (!isUtf8(payload.subarray(2))) this.#fail(1007);
    else {
      this.stop();
      this.#handlers.onClose(code);
    }
  }

  #fragment(opcode: number, isFinal: boolean, payload: Buffer): void {
    if (opcode !== opcodes.continuation) this.#messageOpcode = opcode;
    if (isFinal && this.#fragments.length === 0) {
      const isText = this.#messageOpcode === opcodes.text;
      this.#messageOpcode = 0;
      this.#handlers.onMessage(payload, isText);
      return;
    }
    if (this.#fragments.length >= maxFragments) {
      this.#fail(1009);
      return;
    }
    this.#fragments.push(payload);
    this.#fragmentBytes += payload.length;
    if (!isFinal) return;
    const message = Buffer.concat(this.#fragments, this.#fragmentBytes);
    const isText = this.#messageOpcode === opcodes.text;
    this.#dropFragments();
    this.#handlers.onMessage(message, isText);
  }

  #dropFragments(): void {
    this.#fragments = [];
    this.#fragmentBytes = 0;
    this.#messageOpcode = 0;
  }

  #fail(code: ProtocolErrorCode): undefined {
    this.stop();
    this.#handlers.onProtocolError(code);
  }
}

/** Undefined where a peer must not send this (RFC 6455 section 7.4). */
function closeCodeOf(payload: Buffer): number | undefined {
  if (payload.length === 0) return noCloseCode;
  const code = payload.length === 1 ? 0 : payload.readUInt16BE(0);
  return isSendable(code) ? code : undefined;
}

/** Codes that a peer may send (RFC 6455 sections 7.4.1 and 7.4.2). */
function isSendable(code: number): boolean {
  return (code >= 1000 && code <= 1011 && code !== 1004 && code !== 1005 && code !== 1006) || (code >= 3000 && code <= 4999);
}

function readLength(bytes: Buffer, short: number): number {
  if (short < 126) return short;
  if (short === 126) return bytes.readUInt16BE(2);
  return bytes.readUInt32BE(2) * 2 ** 32 + bytes.readUInt32BE(6);
}

/** A copy: a kept message must not keep the whole chunk of the socket alive. */
function unmask(bytes: Buffer, { headerBytes, payloadBytes }: Header): Buffer {
  const mask = headerBytes - 4;
  const payload = Buffer.allocUnsafe(payloadBytes);
  for (let index = 0; index < payloadBytes; index += 1) {
    payload[index] = (bytes[headerBytes + index] ?? 0) ^ (bytes[mask + (index & 3)] ?? 0);
  }
  return payload;
}

/** One unmasked frame, as a server sends it (RFC 6455 section 5.1). */
export function encodeWebSocketFrame(opcode: number, payload: Buffer): Buffer {
  const { length } = payload;
  const lengthBytes = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const frame = Buffer.allocUnsafe(2 + lengthBytes + length);
  frame[0] = 0x80 | opcode;
  frame[1] = lengthBytes === 0 ? length : lengthBytes === 2 ? 126 : 127;
  if (lengthBytes === 2) frame.writeUInt16BE(length, 2);
  if (lengthBytes === 8) frame.writeBigUInt64BE(BigInt(length), 2);
  payload.copy(frame, 2 + lengthBytes);
  return frame;
}

export function closeFrame(code: number): Buffer {
  const payload = Buffer.allocUnsafe(2);
  payload.writeUInt16BE(code, 0);
  return encodeWebSocketFrame(opcodes.close, payload);
}
