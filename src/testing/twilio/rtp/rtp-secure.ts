import { createCipheriv, createHmac, timingSafeEqual } from 'node:crypto';
import { headerLength } from '#media/rtp-packet.ts';

// SRTP with AES_CM_128_HMAC_SHA1_80 (RFC 3711), keyed by SDES (RFC 4568).
// Called by the RTP endpoint when the session is SAVP.
// Must stay true: a packet whose tag is wrong is never heard.

const tagLength = 10;

type Keys = { readonly cipher: Buffer; readonly auth: Buffer; readonly salt: Buffer };

/** One direction: its key and its roll-over counter. */
export class SecureStream {
  readonly #keys: Keys;
  #rollover = 0;
  #highest: number | undefined;

  /** `inline`: 30 bytes in base64, what stands after `inline:`. */
  constructor(inline: string) {
    const master = Buffer.from(inline.split('|')[0] ?? '', 'base64');
    this.#keys = deriveKeys(master.subarray(0, 16), master.subarray(16, 30));
  }

  protect(packet: Buffer): Buffer {
    const rollover = this.#advance(packet.readUInt16BE(2));
    const hidden = this.#crypt(packet, rollover);
    return Buffer.concat([hidden, this.#tag(hidden, rollover)]);
  }

  unprotect(bytes: Buffer): Buffer | undefined {
    if (bytes.length < 12 + tagLength) return undefined;
    const hidden = bytes.subarray(0, -tagLength);
    const rollover = this.#guess(bytes.readUInt16BE(2));
    if (!timingSafeEqual(this.#tag(hidden, rollover), bytes.subarray(-tagLength))) return undefined;
    this.#advance(bytes.readUInt16BE(2));
    return this.#crypt(hidden, rollover);
  }

  // RFC 3711 appendix A.
  #guess(sequence: number): number {
    if (this.#highest === undefined) return this.#rollover;
    if (this.#highest < 32_768) return sequence - this.#highest > 32_768 ? this.#rollover - 1 : this.#rollover;
    return this.#highest - 32_768 > sequence ? this.#rollover + 1 : this.#rollover;
  }

  #advance(sequence: number): number {
    const rollover = this.#guess(sequence);
    if (rollover > this.#rollover) {
      this.#rollover = rollover;
      this.#highest = sequence;
    } else if (rollover === this.#rollover) this.#highest = Math.max(this.#highest ?? 0, sequence);
    return rollover;
  }

  // RFC 3711 section 4.1.1: counter block = salt ⊕ SSRC ⊕ packet index.
  #crypt(packet: Buffer, rollover: number): Buffer {
    const start = headerLength(packet) ?? 12;
    const counter = Buffer.alloc(16);
    this.#keys.salt.copy(counter, 0);
    for (let index = 0; index < 4; index += 1) counter[4 + index] = (counter[4 + index] ?? 0) ^ (packet[8 + index] ?? 0);
    const place = Buffer.alloc(6);
    place.writeUInt32BE(rollover >>> 0, 0);
    place.writeUInt16BE(packet.readUInt16BE(2), 4);
    for (let index = 0; index < 6; index += 1) counter[8 + index] = (counter[8 + index] ?? 0) ^ (place[index] ?? 0);
    const cipher = createCipheriv('aes-128-ctr', this.#keys.cipher, counter);
    return Buffer.concat([packet.subarray(0, start), cipher.update(packet.subarray(start)), cipher.final()]);
  }

  #tag(packet: Buffer, rollover: number): Buffer {
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(rollover >>> 0);
    return createHmac('sha1', this.#keys.auth).update(packet).update(counter).digest().subarray(0, tagLength);
  }
}

// RFC 3711 section 4.3, key derivation rate 0.
export function deriveKeys(key: Buffer, salt: Buffer): Keys {
  const derive = (label: number, length: number): Buffer => {
    const block = Buffer.alloc(16);
    salt.copy(block, 0);
    block[7] = (block[7] ?? 0) ^ label;
    return createCipheriv('aes-128-ctr', key, block).update(Buffer.alloc(length));
  };
  return { cipher: derive(0, 16), auth: derive(1, 20), salt: derive(2, 14) };
}
