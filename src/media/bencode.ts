/** The values of ng protocol messages. Strings are UTF-8, numbers are integers. */
export type Bencoded = string | Buffer | number | readonly Bencoded[] | { readonly [key: string]: Bencoded };
export type Decoded = string | number | readonly Decoded[] | ReadonlyMap<string, Decoded>;

const maxDepth = 32;
const colon = 0x3a;
const end = 0x65;

export function encode(value: Bencoded): Buffer {
  const parts: Buffer[] = [];
  write(value, parts);
  return Buffer.concat(parts);
}

/** Undefined unless the bytes are exactly one complete value. Linear. */
export function decode(bytes: Buffer): Decoded | undefined {
  const reader = new Reader(bytes);
  const value = reader.value(0);
  return reader.isAtEnd ? value : undefined;
}

function write(value: Bencoded, parts: Buffer[]): void {
  if (typeof value === 'number') parts.push(Buffer.from(`i${Math.trunc(value)}e`));
  else if (typeof value === 'string' || Buffer.isBuffer(value)) {
    const bytes = typeof value === 'string' ? Buffer.from(value) : value;
    parts.push(Buffer.from(`${bytes.length}:`), bytes);
  } else if (isList(value)) {
    parts.push(Buffer.from('l'));
    for (const item of value) write(item, parts);
    parts.push(Buffer.from('e'));
  } else {
    parts.push(Buffer.from('d'));
    for (const [key, item] of Object.entries(value)) {
      write(key, parts);
      write(item, parts);
    }
    parts.push(Buffer.from('e'));
  }
}

function isList(value: Bencoded): value is readonly Bencoded[] {
  return Array.isArray(value);
}

class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  value(depth: number): Decoded | undefined {
    if (depth > maxDepth) return undefined;
    switch (this.#bytes[this.#at]) {
      case 0x69:
        this.#at += 1;
        return this.#number(end);
      case 0x6c:
        return this.#list(depth);
      case 0x64:
        return this.#dictionary(depth);
      default:
        return this.#text();
    }
  }

  #list(depth: number): Decoded | undefined {
    const items: Decoded[] = [];
    this.#at += 1;
    while (!this.#takes(end)) {
      const item = this.value(depth + 1);
      if (item === undefined) return undefined;
      items.push(item);
    }
    return items;
  }

  #dictionary(depth: number): Decoded | undefined {
    const entries = new Map<string, Decoded>();
    this.#at += 1;
    while (!this.#takes(end)) {
      const key = this.#text();
      const item = key === undefined ? undefined : this.value(depth + 1);
      if (key === undefined || item === undefined) return undefined;
      entries.set(key, item);
    }
    return entries;
  }

  #text(): string | undefined {
    const length = this.#number(colon);
    if (length === undefined || length < 0 || this.#at + length > this.#bytes.length) return undefined;
    this.#at += length;
    return this.#bytes.toString('utf8', this.#at - length, this.#at);
  }

  /** Digits up to and including `stop`. */
  #number(stop: number): number | undefined {
    const start = this.#at;
    const isNegative = this.#takes(0x2d);
    let value = 0;
    for (; this.#at - start < 20; this.#at += 1) {
      const digit = (this.#bytes[this.#at] ?? 0) - 0x30;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    const hasDigits = this.#at > start + (isNegative ? 1 : 0);
    if (!hasDigits || !this.#takes(stop)) return undefined;
    return isNegative ? 0 - value : value;
  }

  #takes(byte: number): boolean {
    if (this.#bytes[this.#at] !== byte) return false;
    this.#at += 1;
    return true;
  }
}
