import { isUtf8 } from 'node:buffer';

// Frames of the control protocol: `<decimal length>#<payload>`, the length in bytes.

const hash = 0x23;
const zero = 0x30;
const nine = 0x39;
const maxLengthDigits = 7;
const noBytes = Buffer.alloc(0);

export type ControlFrameHandlers = {
  /** One payload as a binary string: a character for each byte. */
  readonly onFrame: (payload: string) => void;
  /** The peer violated the framing; nothing more is read. */
  readonly onProtocolError: () => void;
};

/** Splits the byte stream of one connection into frames, however its chunks are cut. */
export class ControlFrameReader {
  readonly #maxBytes: number;
  readonly #handlers: ControlFrameHandlers;
  #length = 0;
  #lengthDigits = 0;
  #parts: Buffer[] = [];
  /** Payload bytes still to come, or -1 while the length is read. */
  #missing = -1;
  #isBroken = false;

  constructor(maxBytes: number, handlers: ControlFrameHandlers) {
    this.#maxBytes = maxBytes;
    this.#handlers = handlers;
  }

  push(chunk: Buffer): void {
    let rest = chunk;
    while (rest.length > 0 && !this.#isBroken) rest = this.#missing === -1 ? this.#readLength(rest) : this.#readPayload(rest);
  }

  /** Ignores everything that follows. */
  stop(): void {
    this.#isBroken = true;
    this.#parts = [];
  }

  #readLength(bytes: Buffer): Buffer {
    for (let index = 0; index < bytes.length; index += 1) {
      const byte = bytes[index] ?? 0;
      if (byte === hash && this.#lengthDigits > 0) {
        if (this.#length === 0 || this.#length > this.#maxBytes) return this.#fail();
        this.#missing = this.#length;
        return bytes.subarray(index + 1);
      }
      if (byte < zero || byte > nine || this.#lengthDigits === maxLengthDigits) return this.#fail();
      this.#length = this.#length * 10 + (byte - zero);
      this.#lengthDigits += 1;
    }
    return noBytes;
  }

  #readPayload(bytes: Buffer): Buffer {
    if (bytes.length < this.#missing) {
      this.#parts.push(bytes);
      this.#missing -= bytes.length;
      return noBytes;
    }
    const last = bytes.subarray(0, this.#missing);
    const rest = bytes.subarray(this.#missing);
    const payload = this.#parts.length === 0 ? last : Buffer.concat([...this.#parts, last]);
    this.#parts = [];
    this.#missing = -1;
    this.#length = 0;
    this.#lengthDigits = 0;
    this.#handlers.onFrame(payload.toString('latin1'));
    return rest;
  }

  #fail(): Buffer {
    this.stop();
    this.#handlers.onProtocolError();
    return noBytes;
  }
}

/**
 * One frame ready to write. `leader` is a binary string. drachtio-srf decodes the payload as UTF-8 and counts its bytes by the length,
 * so bytes that are not UTF-8 become replacement characters before they are counted.
 */
export function encodeControlFrame(leader: string, message?: Buffer): Buffer {
  const leaderBytes = leader.length + (message === undefined ? 0 : 2);
  const payloadBytes = leaderBytes + (message?.length ?? 0);
  const prefix = `${payloadBytes}#`;
  const frame = Buffer.allocUnsafe(prefix.length + payloadBytes);
  frame.write(prefix + leader + (message === undefined ? '' : '\r\n'), 'latin1');
  message?.copy(frame, prefix.length + leaderBytes);
  return isUtf8(frame) ? frame : repaired(frame.subarray(prefix.length));
}

function repaired(payload: Buffer): Buffer {
  const text = Buffer.from(payload.toString('utf8'), 'utf8');
  return Buffer.concat([Buffer.from(`${text.length}#`, 'latin1'), text]);
}
