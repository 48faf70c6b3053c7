import { hash, randomBytes } from 'node:crypto';
import type { Clock } from '#base/clock.ts';
import { equalsInConstantTime } from './digest.ts';

export type NoncesOptions = {
  /** At least 16 bytes that outlive the process, so that a nonce from before a restart is recognised as ours. */
  readonly key: Buffer;
  readonly clock: Clock;
  readonly lifetimeSeconds?: number;
  /** Accepted nonces remembered with their counts. */
  readonly capacity?: number;
  /** Issued nonces of which we remember whether they were ever accepted; a power of two, at least 8. */
  readonly traced?: number;
};

/** `old`: ours, and to be answered with `stale=true`. `foreign`: never issued by us. */
export type NonceState = 'fresh' | 'old' | 'foreign';

/** The highest nonce count seen, and a bit for each of the 31 below it: datagrams overtake each other. */
type Counts = { readonly issuedAt: number; highest: number; below: number };

type Issued = { readonly issuedAt: number; readonly serial: number; readonly isOfThisRun: boolean };

/** Six bytes of monotonic time in ms, four that identify the run of the process, six of a serial number, then the signature. */
const runAt = 6;
const serialAt = 10;
const signedBytes = 16;
const macBytes = 14;
const textLength = 40;
const blockBytes = 64;
const hashBytes = 32;
const replayWindow = 31;

/**
 * Nonces carry their own time and signature, so issuing one costs no memory. Only those that a device has authenticated with are
 * remembered, with their counts, so that no request is accepted twice.
 */
export class Nonces {
  readonly #inner: Buffer;
  readonly #outer: Buffer;
  readonly #clock: Clock;
  readonly #lifetimeMs: number;
  readonly #capacity: number;
  readonly #accepted = new Map<string, Counts>();
  readonly #run = randomBytes(4);
  #serial = 0;
  /**
   * A bit for each of the last nonces issued: whether it was ever accepted. So the nonce of a slow phone (a stalled machine, a lost
   * datagram) stays valid while thousands of others are accepted and forgotten, and a forgotten one is known to be old.
   */
  readonly #used: Uint8Array;
  readonly #traced: number;

  constructor({ key, clock, lifetimeSeconds = 300, capacity = 20_000, traced = 2 ** 20 }: NoncesOptions) {
    this.#traced = traced;
    this.#used = new Uint8Array(traced >> 3);
    this.#inner = padded(key, 0x36, signedBytes);
    this.#outer = padded(key, 0x5c, hashBytes);
    this.#clock = clock;
    this.#lifetimeMs = lifetimeSeconds * 1000;
    this.#capacity = capacity;
  }

  issue(): string {
    const bytes = Buffer.allocUnsafe(signedBytes + macBytes);
    this.#serial += 1;
    this.#markUsed(this.#serial, false);
    bytes.writeUIntBE(this.#clock.monotonic(), 0, 6);
    this.#run.copy(bytes, runAt);
    bytes.writeUIntBE(this.#serial, serialAt, 6);
    this.#sign(bytes).copy(bytes, signedBytes, 0, macBytes);
    return bytes.toString('base64url');
  }

  /** A nonce of an earlier run is old: its counts are gone, so a replay would be accepted; a phone answers `stale=true` by itself. */
  state(nonce: string): NonceState {
    const issued = this.#read(nonce);
    if (issued === undefined) return 'foreign';
    if (!issued.isOfThisRun || this.#clock.monotonic() - issued.issuedAt >= this.#lifetimeMs) return 'old';
    return this.#accepted.has(nonce) || this.#isUnused(issued.serial) ? 'fresh' : 'old';
  }

  /**
   * Records that a device authenticated with a fresh nonce. False where this count was used before: a replay. Without a count (RFC 2069)
   * a nonce serves once.
   */
  accept(nonce: string, count: number | undefined): boolean {
    const counts = this.#accepted.get(nonce);
    if (counts === undefined) {
      this.#remember(nonce, count ?? Number.POSITIVE_INFINITY);
      return true;
    }
    return count !== undefined && acceptCount(counts, count);
  }

  /** The serial number of a fresh nonce, counted as they are issued. */
  serialOf(nonce: string): number {
    return Buffer.from(nonce, 'base64url').readUIntBE(serialAt, 6);
  }

  /** The serial number of the last one issued. */
  get lastSerial(): number {
    return this.#serial;
  }

  /** Nonces remembered. */
  get size(): number {
    return this.#accepted.size;
  }

  #remember(nonce: string, highest: number): void {
    const issued = this.#read(nonce);
    if (issued === undefined) return;
    const expired = this.#clock.monotonic() - this.#lifetimeMs;
    for (const [oldest, { issuedAt }] of this.#accepted) {
      if (issuedAt > expired && this.#accepted.size < this.#capacity) break;
      this.#accepted.delete(oldest);
    }
    this.#markUsed(issued.serial, true);
    // A copy: a substring would keep its whole message in memory.
    const key = Buffer.from(nonce, 'latin1').toString('latin1');
    this.#accepted.set(key, { issuedAt: issued.issuedAt, highest, below: 0 });
  }

  #markUsed(serial: number, isUsed: boolean): void {
    const at = serial & (this.#traced - 1);
    const bit = 1 << (at & 7);
    const byte = this.#used[at >> 3] ?? 0;
    this.#used[at >> 3] = isUsed ? byte | bit : byte & ~bit;
  }

  /** One issued too long ago to be traced may have been used. */
  #isUnused(serial: number): boolean {
    if (serial <= this.#serial - this.#traced) return false;
    const at = serial & (this.#traced - 1);
    return ((this.#used[at >> 3] ?? 0) & (1 << (at & 7))) === 0;
  }

  /** Undefined for a nonce that we did not sign. */
  #read(nonce: string): Issued | undefined {
    if (nonce.length !== textLength) return undefined;
    const bytes = Buffer.from(nonce, 'base64url');
    if (bytes.length !== signedBytes + macBytes) return undefined;
    const expected = this.#sign(bytes).toString('latin1', 0, macBytes);
    if (!equalsInConstantTime(expected, bytes.toString('latin1', signedBytes))) return undefined;
    // Several texts decode to the same bytes; only one of them is what we issued.
    if (bytes.toString('base64url') !== nonce) return undefined;
    const isOfThisRun = bytes.compare(this.#run, 0, 4, runAt, serialAt) === 0;
    return { issuedAt: bytes.readUIntBE(0, 6), serial: bytes.readUIntBE(serialAt, 6), isOfThisRun };
  }

  /** HMAC-SHA-256 (RFC 2104) by one-shot hashes: `createHmac` costs more than the rest of a REGISTER. */
  #sign(bytes: Buffer): Buffer {
    bytes.copy(this.#inner, blockBytes, 0, signedBytes);
    hash('sha256', this.#inner, 'buffer').copy(this.#outer, blockBytes);
    return hash('sha256', this.#outer, 'buffer');
  }
}

/** The key padded to a block and masked, with room for what is hashed after it. */
function padded(key: Buffer, mask: number, roomBytes: number): Buffer {
  const block = Buffer.alloc(blockBytes + roomBytes, mask);
  const short = key.length > blockBytes ? hash('sha256', key, 'buffer') : key;
  for (const [index, byte] of short.entries()) block[index] = byte ^ mask;
  return block;
}

function acceptCount(counts: Counts, count: number): boolean {
  const ahead = count - counts.highest;
  if (ahead > 0) {
    counts.below = ahead > replayWindow ? 0 : ((counts.below << ahead) | (1 << (ahead - 1))) >>> 0;
    counts.highest = count;
    return true;
  }
  // Number.POSITIVE_INFINITY as the highest makes this -Infinity: nothing is below a nonce that serves once.
  if (ahead === 0 || -ahead > replayWindow) return false;
  const bit = 1 << (-ahead - 1);
  if ((counts.below & bit) !== 0) return false;
  counts.below = (counts.below | bit) >>> 0;
  return true;
}
