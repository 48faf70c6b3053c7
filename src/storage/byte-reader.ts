/** The bytes ended before what was to be read. */
export class EndOfBytesError extends Error {}

/** Reads exact lengths from chunks of any length. */
export class ByteReader {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** At most `length` bytes; fewer only at the end. For small lengths: they are held in memory. */
  async readUpTo(length: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    let missing = length;
    while (missing > 0 && (await this.#fill())) {
      const part = this.#rest.subarray(0, missing);
      this.#rest = this.#rest.subarray(part.length);
      parts.push(part);
      missing -= part.length;
    }
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
  }

  /** Throws EndOfBytesError where there are fewer. */
  async read(length: number): Promise<Buffer> {
    const bytes = await this.readUpTo(length);
    if (bytes.length < length) throw new EndOfBytesError('The file ends too early');
    return bytes;
  }

  /** `length` bytes in whatever pieces they come. Throws EndOfBytesError where there are fewer. */
  async *pieces(length: number): AsyncGenerator<Buffer> {
    let missing = length;
    while (missing > 0) {
      if (!(await this.#fill())) throw new EndOfBytesError('The file ends too early');
      const part = this.#rest.subarray(0, missing);
      this.#rest = this.#rest.subarray(part.length);
      missing -= part.length;
      yield part;
    }
  }

  async #fill(): Promise<boolean> {
    while (this.#rest.length === 0) {
      const next = await this.#chunks.next();
      if (next.done === true) return false;
      this.#rest = Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength);
    }
    return true;
  }
}
