import { wireName } from './header-names.ts';
import { parseCSeq, parseNameAddr, parseVia } from './fields.ts';
import type { CSeq, ReadonlyNameAddr, ReadonlyVia } from './fields.ts';

/**
 * One header line. `key` is the lower-case long name, used for lookups; `name` is how it is spelled on the wire.
 * Via, Route and Record-Route carry exactly one value a line: the parser splits their comma lists.
 */
export type HeaderField = { readonly key: string; readonly name: string; value: string };

type Start = { readonly method: string; readonly requestUri: string } | { readonly status: number; readonly reason: string };

/**
 * A SIP request or response (RFC 3261 section 7).
 *
 * All header text is a binary string: one character for each byte as received. So nothing is lost in transit, whatever
 * its encoding; bytes are decoded as UTF-8 only where a text goes to the application.
 */
export class SipMessage {
  /** Usually upper case; method names are case-sensitive. Empty in a response. */
  method: string;
  requestUri: string;
  /** 0 in a request. */
  status: number;
  reason: string;
  headers: HeaderField[] = [];
  body: Buffer = emptyBody;
  /** Size on the wire of a message from the network; 0 for any other. */
  receivedBytes = 0;
  // Each parsed value is cached with the text it came from, so any change of the header invalidates it.
  #fromText: string | undefined;
  #from: ReadonlyNameAddr | undefined;
  #toText: string | undefined;
  #to: ReadonlyNameAddr | undefined;
  #cseqText: string | undefined;
  #cseq: CSeq | undefined;
  #viaText: string | undefined;
  #via: ReadonlyVia | undefined;

  constructor(start: Start) {
    this.method = 'method' in start ? start.method : '';
    this.requestUri = 'method' in start ? start.requestUri : '';
    this.status = 'status' in start ? start.status : 0;
    this.reason = 'status' in start ? start.reason : '';
  }

  get isRequest(): boolean {
    return this.status === 0;
  }

  /** The first value of a header by its lower-case long name. */
  get(key: string): string | undefined {
    for (const field of this.headers) if (field.key === key) return field.value;
    return undefined;
  }

  getAll(key: string): string[] {
    const values: string[] = [];
    for (const field of this.headers) if (field.key === key) values.push(field.value);
    return values;
  }

  has(key: string): boolean {
    return this.get(key) !== undefined;
  }

  /** Replaces every line of this header by one; keeps the place of the first. */
  set(key: string, value: string): void {
    const first = this.headers.findIndex((field) => field.key === key);
    if (first === -1) {
      this.append(key, value);
      return;
    }
    this.headers = this.headers.filter((field, index) => field.key !== key || index === first);
    this.headers[first] = { key, name: wireName(key), value };
  }

  /** `name` only to keep another party's spelling. */
  append(key: string, value: string, name: string = wireName(key)): void {
    this.headers.push({ key, name, value });
  }

  /** Puts a line before all others of its name (Via, Route, Record-Route), or on top. */
  prepend(key: string, value: string): void {
    const first = this.headers.findIndex((field) => field.key === key);
    this.headers.splice(Math.max(first, 0), 0, { key, name: wireName(key), value });
  }

  /** Removes every line of this header. */
  remove(key: string): void {
    this.headers = this.headers.filter((field) => field.key !== key);
  }

  /** Removes the first line of this header and returns its value. */
  shift(key: string): string | undefined {
    const first = this.headers.findIndex((field) => field.key === key);
    return first === -1 ? undefined : this.headers.splice(first, 1)[0]?.value;
  }

  get callId(): string {
    return this.get('call-id') ?? '';
  }

  /** The values of from, to, cseq and topVia are cached: to change one, parse the header's text with fields.ts. */
  get from(): ReadonlyNameAddr | undefined {
    const text = this.get('from');
    if (text !== this.#fromText) {
      this.#fromText = text;
      this.#from = text === undefined ? undefined : parseNameAddr(text);
    }
    return this.#from;
  }

  get to(): ReadonlyNameAddr | undefined {
    const text = this.get('to');
    if (text !== this.#toText) {
      this.#toText = text;
      this.#to = text === undefined ? undefined : parseNameAddr(text);
    }
    return this.#to;
  }

  get fromTag(): string | undefined {
    return this.from?.params.get('tag') ?? undefined;
  }

  get toTag(): string | undefined {
    return this.to?.params.get('tag') ?? undefined;
  }

  get cseq(): CSeq | undefined {
    const text = this.get('cseq');
    if (text !== this.#cseqText) {
      this.#cseqText = text;
      this.#cseq = text === undefined ? undefined : parseCSeq(text);
    }
    return this.#cseq;
  }

  get topVia(): ReadonlyVia | undefined {
    const text = this.get('via');
    if (text !== this.#viaText) {
      this.#viaText = text;
      this.#via = text === undefined ? undefined : parseVia(text);
    }
    return this.#via;
  }

  /** A copy with headers of its own; the body bytes are shared. */
  clone(): SipMessage {
    const copy = new SipMessage(
      this.isRequest ? { method: this.method, requestUri: this.requestUri } : { status: this.status, reason: this.reason },
    );
    copy.headers = this.headers.map(({ key, name, value }) => ({ key, name, value }));
    copy.body = this.body;
    return copy;
  }
}

const emptyBody = Buffer.alloc(0);
