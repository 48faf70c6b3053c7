import { isUtf8 } from 'node:buffer';
import type { Channel, ChannelHandlers, ChannelOptions } from './channel.ts';
import { WebSocketFrameReader, closeFrame, encodeWebSocketFrame, noCloseCode, opcodes } from './ws-frames.ts';
import { readHandshake } from './ws-handshake.ts';

// Owns SIP over WebSocket, server side (RFC 7118): handshake, one SIP message per frame, keep-alives, the closing handshake.
// Called by the stream transport, which owns the TCP or TLS connection below.
// Must stay true: no SIP byte is sent before the handshake is done; a peer that violates the protocol gets one close frame and is closed.

const empty = Buffer.alloc(0);
const crlf = Buffer.from('\r\n');
const normalClosure = 1000;

export class WebSocketChannel implements Channel {
  readonly #options: ChannelOptions;
  readonly #handlers: ChannelHandlers;
  readonly #reader: WebSocketFrameReader;
  #request: Buffer = empty;
  #state: 'handshake' | 'open' | 'closed' = 'handshake';

  constructor(options: ChannelOptions, handlers: ChannelHandlers) {
    this.#options = options;
    this.#handlers = handlers;
    this.#reader = new WebSocketFrameReader(options.limits.streamMessageBytes, {
      onMessage: (bytes) => this.#onMessage(bytes),
      onPing: (payload) => {
        handlers.onAlive();
        handlers.write(encodeWebSocketFrame(opcodes.pong, payload));
      },
      onPong: handlers.onAlive,
      onClose: (code) => this.#close(code === noCloseCode ? normalClosure : code, 'The peer closed the WebSocket.'),
      onProtocolError: (code) => this.#close(code, 'The peer violated the WebSocket protocol.'),
    });
  }

  get isReady(): boolean {
    return this.#state !== 'handshake';
  }

  get hasPartial(): boolean {
    return this.#state === 'handshake' ? this.#request.length > 0 : this.#reader.hasPartial;
  }

  get heldBytes(): number {
    return this.#request.length + this.#reader.heldBytes;
  }

  push(chunk: Buffer): void {
    if (this.#state === 'open') this.#reader.push(chunk);
    else if (this.#state === 'handshake') this.#shakeHands(chunk);
  }

  /** RFC 7118 section 5: text or binary; text where the message is UTF-8, as browsers expect. */
  encode(message: Buffer): Buffer {
    return encodeWebSocketFrame(isUtf8(message) ? opcodes.text : opcodes.binary, message);
  }

  keepAlive(): Buffer {
    return encodeWebSocketFrame(opcodes.ping, empty);
  }

  closingBytes(): Buffer | undefined {
    return this.#state === 'open' ? closeFrame(1001) : undefined;
  }

  stop(): void {
    this.#state = 'closed';
    this.#request = empty;
    this.#reader.stop();
  }

  #shakeHands(chunk: Buffer): void {
    this.#request = this.#request.length === 0 ? Buffer.from(chunk) : Buffer.concat([this.#request, chunk]);
    const handshake = readHandshake(this.#request, this.#options.webSocketOrigins);
    if (handshake.kind === 'incomplete') return;
    this.#request = empty;
    this.#handlers.write(Buffer.from(handshake.answer, 'latin1'));
    if (handshake.kind === 'refused') {
      this.stop();
      this.#handlers.end(`WebSocket handshake refused: ${handshake.reason}`);
      return;
    }
    this.#state = 'open';
    this.#reader.push(handshake.rest);
  }

  #onMessage(bytes: Buffer): void {
    if (!isKeepAlive(bytes)) {
      this.#handlers.onMessage(bytes);
      return;
    }
    this.#handlers.onAlive();
    // CRLFCRLF asks for a CRLF, as on TCP.
    if (bytes.length === 4) this.#handlers.write(encodeWebSocketFrame(opcodes.text, crlf));
  }

  #close(code: number, reason: string): void {
    this.stop();
    this.#handlers.write(closeFrame(code));
    this.#handlers.end(reason);
  }
}

function isKeepAlive(bytes: Buffer): boolean {
  return bytes.length <= 4 && bytes.every((byte) => byte === 13 || byte === 10);
}
