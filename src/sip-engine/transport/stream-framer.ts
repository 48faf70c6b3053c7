import { headerName } from '../message/header-names.ts';
import type { Limits } from '../runtime/limits.ts';
import { readNumber } from '../message/scan.ts';

// Owns the framing of a byte stream into SIP messages (RFC 3261 section 18.3) and the keep-alives between them (RFC 5626 section 4.4.1).
// Called by the TCP and TLS transports, once per connection.
// Must stay true: it never holds more than one message of the largest allowed size, and reads each byte a bounded number of times.

export type FramerHandlers = {
  /** One whole message. The bytes belong to the receiver. */
  readonly onMessage: (bytes: Buffer) => void;
  /** CRLFCRLF between messages, a ping: to be answered with CRLF. */
  readonly onPing: () => void;
  /** The stream can no longer be framed; nothing is reported afterwards. `head` is what was read of the message. */
  readonly onProtocolError: (status: 413 | 400, head: Buffer) => void;
};

const empty = Buffer.alloc(0);
const firstCapacity = 2048;

export class StreamFramer {
  readonly #limits: Limits;
  readonly #handlers: FramerHandlers;
  /** The unfinished message, in a buffer that doubles. */
  #held: Buffer = empty;
  #heldLength = 0;
  /** How far the search for the empty line has got. */
  #scanned = 0;
  /** Size of the current message, once its head has been read; 0 before. */
  #wanted = 0;
  /** CR and LF seen since the last message, 0 to 3. */
  #breaks = 0;
  #isBroken = false;

  constructor(limits: Limits, handlers: FramerHandlers) {
    this.#limits = limits;
    this.#handlers = handlers;
  }

  /** True while part of a message waits for the rest. */
  get hasPartial(): boolean {
    return this.#heldLength > 0;
  }

  /** Bytes of memory held for an unfinished message. */
  get heldBytes(): number {
    return this.#held.length;
  }

  push(chunk: Buffer): void {
    if (this.#isBroken || chunk.length === 0) return;
    const rest = this.#take(this.#heldLength > 0 ? this.#append(chunk) : chunk);
    if (this.#isBroken || rest.length === 0) this.#release();
    else if (rest.buffer !== this.#held.buffer || rest.byteOffset !== this.#held.byteOffset) this.#hold(rest);
  }

  /** Nothing is reported after this. */
  stop(): void {
    this.#isBroken = true;
    this.#release();
  }

  /** Delivers every whole message and returns what is left. */
  #take(bytes: Buffer): Buffer {
    let rest = bytes;
    while (!this.#isBroken) {
      if (this.#wanted === 0 && this.#scanned === 0) rest = this.#skipBreaks(rest);
      if (rest.length === 0) break;
      if (this.#wanted === 0 && !this.#findHead(rest)) break;
      if (rest.length < this.#wanted) break;
      const message = rest.subarray(0, this.#wanted);
      rest = rest.subarray(this.#wanted);
      this.#wanted = 0;
      this.#scanned = 0;
      this.#handlers.onMessage(message);
    }
    return rest;
  }

  #skipBreaks(bytes: Buffer): Buffer {
    let index = 0;
    for (; index < bytes.length; index++) {
      const code = bytes[index];
      if (code === 13) this.#breaks = this.#breaks === 2 ? 3 : 1;
      else if (code === 10) this.#feed();
      else {
        this.#breaks = 0;
        break;
      }
    }
    return index === 0 ? bytes : bytes.subarray(index);
  }

  #feed(): void {
    if (this.#breaks === 3) {
      this.#breaks = 0;
      this.#handlers.onPing();
    } else this.#breaks = this.#breaks === 1 ? 2 : 0;
  }

  /** Searches the empty line; true when the length of the message is known. */
  #findHead(bytes: Buffer): boolean {
    const limit = this.#limits.startLineBytes + this.#limits.headersBytes;
    let feed = bytes.indexOf(10, this.#scanned);
    while (feed !== -1) {
      const after = bytes[feed + 1] === 13 ? feed + 2 : feed + 1;
      if (after >= bytes.length) {
        this.#scanned = feed;
        return this.#checkSize(bytes, limit);
      }
      if (bytes[after] === 10) return this.#readHead(bytes, after + 1, limit);
      feed = bytes.indexOf(10, feed + 1);
    }
    this.#scanned = bytes.length;
    return this.#checkSize(bytes, limit);
  }

  #checkSize(bytes: Buffer, limit: number): false {
    if (bytes.length > limit) this.#fail(413, bytes.subarray(0, limit));
    else if (bytes.length > this.#limits.startLineBytes && bytes.indexOf(10) === -1) this.#fail(400, bytes);
    return false;
  }

  #readHead(bytes: Buffer, headLength: number, limit: number): boolean {
    const head = bytes.subarray(0, headLength);
    const length = contentLength(head.toString('latin1'));
    if (headLength > limit || length > this.#limits.bodyBytes || headLength + length > this.#limits.streamMessageBytes) {
      this.#fail(413, head);
      return false;
    }
    if (length === -1) {
      // The start of the next message is unknown; the parser reports what is wrong with this one, and nothing more is read.
      this.#isBroken = true;
      this.#handlers.onMessage(head);
      return false;
    }
    this.#wanted = headLength + length;
    return true;
  }

  #fail(status: 413 | 400, head: Buffer): void {
    this.#isBroken = true;
    this.#handlers.onProtocolError(status, head);
  }

  #append(chunk: Buffer): Buffer {
    const length = this.#heldLength + chunk.length;
    if (length > this.#held.length) this.#grow(Math.max(length, this.#held.length * 2));
    chunk.copy(this.#held, this.#heldLength);
    this.#heldLength = length;
    return this.#held.subarray(0, length);
  }

  #grow(capacity: number): void {
    const larger = Buffer.allocUnsafeSlow(capacity);
    this.#held.copy(larger, 0, 0, this.#heldLength);
    this.#held = larger;
  }

  /** Keeps a copy: the chunk belongs to the socket, and messages cut from the old buffer belong to their receivers. */
  #hold(rest: Buffer): void {
    this.#held = Buffer.allocUnsafeSlow(Math.max(rest.length, firstCapacity));
    rest.copy(this.#held);
    this.#heldLength = rest.length;
  }

  #release(): void {
    this.#held = empty;
    this.#heldLength = 0;
  }
}

/** The Content-Length of a head; 0 when there is none, -1 when it is not a number. */
function contentLength(head: string): number {
  let start = head.indexOf('\n') + 1;
  while (start > 0 && start < head.length) {
    const feed = head.indexOf('\n', start);
    const end = feed === -1 ? head.length : feed;
    const first = head.charCodeAt(start) | 32;
    if (first === 99 || first === 108) {
      const colon = head.indexOf(':', start);
      if (colon !== -1 && colon < end && headerName(head.slice(start, colon).trim()).key === 'content-length') {
        return readNumber(head.slice(colon + 1, end).trim(), Number.MAX_SAFE_INTEGER) ?? -1;
      }
    }
    start = end + 1;
  }
  return 0;
}
