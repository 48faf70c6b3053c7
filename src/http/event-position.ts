import { createCipheriv, createDecipheriv } from 'node:crypto';

const bytes = 16;

/**
 * Positions in the stream of events as text: AES of one block of zeros, a number used once, and the position. So nobody learns from two ids
 * whether, or how often, anything happened in between that is not theirs, and the id of another run, which has another key, is recognised.
 */
export class EventPositions {
  readonly #key: Buffer;
  #written = 0;

  /** `key`: 16 random bytes, made for this run. */
  constructor(key: Buffer) {
    this.#key = key;
  }

  write(count: number): string {
    const block = Buffer.alloc(bytes);
    this.#written = (this.#written + 1) >>> 0;
    block.writeUInt32BE(this.#written, 4);
    block.writeBigUInt64BE(BigInt(count), bytes / 2);
    const cipher = createCipheriv('aes-128-ecb', this.#key, null).setAutoPadding(false);
    return Buffer.concat([cipher.update(block), cipher.final()]).toString('base64url');
  }

  /** Undefined where it was not written by this run. */
  read(text: string): number | undefined {
    const sealed = Buffer.from(text, 'base64url');
    if (sealed.length !== bytes) return undefined;
    const decipher = createDecipheriv('aes-128-ecb', this.#key, null).setAutoPadding(false);
    const block = Buffer.concat([decipher.update(sealed), decipher.final()]);
    return block.readUInt32BE(0) === 0 ? Number(block.readBigUInt64BE(bytes / 2)) : undefined;
  }
}
