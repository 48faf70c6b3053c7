import type { Channel, ChannelHandlers } from './channel.ts';
import type { Limits } from '../runtime/limits.ts';
import { StreamFramer } from './stream-framer.ts';

const pong = Buffer.from('\r\n');
const ping = Buffer.from('\r\n\r\n');

/** SIP over TCP or TLS without further framing (RFC 3261 section 18.3). */
export class SipChannel implements Channel {
  readonly isReady = true;
  readonly #framer: StreamFramer;

  constructor(limits: Limits, { onMessage, onProtocolError, onAlive, write }: ChannelHandlers) {
    const onPing = (): void => {
      onAlive();
      write(pong);
    };
    this.#framer = new StreamFramer(limits, { onMessage, onProtocolError, onPing });
  }

  push(chunk: Buffer): void {
    this.#framer.push(chunk);
  }

  encode(message: Buffer): Buffer {
    return message;
  }

  keepAlive(): Buffer {
    return ping;
  }

  closingBytes(): undefined {
    return undefined;
  }

  get hasPartial(): boolean {
    return this.#framer.hasPartial;
  }

  get heldBytes(): number {
    return this.#framer.heldBytes;
  }

  stop(): void {
    this.#framer.stop();
  }
}
