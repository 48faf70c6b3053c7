/** Algorithms a phone may answer with: those we offer and their session variants (RFC 7616 section 3.4.2). */
export type DigestAlgorithm = 'MD5' | 'MD5-sess' | 'SHA-256' | 'SHA-256-sess';

/** The credentials of one Digest answer, parsed but not checked. */
export type DigestCredentials = {
  readonly username: string;
  readonly realm: string;
  readonly nonce: string;
  readonly uri: string;
  /** In lower case. */
  readonly response: string;
  /** MD5 where the phone names none (RFC 2617 section 3.2.1); undefined for an unknown one. */
  readonly algorithm: DigestAlgorithm | undefined;
  /** Undefined for a phone of RFC 2069. */
  readonly qop: 'auth' | 'auth-int' | undefined;
  /** The eight digits as sent, and what they mean; both undefined without qop. */
  readonly nc: string | undefined;
  readonly nonceCount: number | undefined;
  readonly cnonce: string | undefined;
};

const maxHeaderLength = 4096;
const maxCredentials = 4;
const maxParams = 32;

const algorithms: ReadonlyMap<string, DigestAlgorithm> = new Map([
  ['md5', 'MD5'],
  ['md5-sess', 'MD5-sess'],
  ['sha-256', 'SHA-256'],
  ['sha-256-sess', 'SHA-256-sess'],
]);

type Fields = Map<string, string>;

/**
 * Parses all Digest credentials of an Authorization header, or of several joined by commas or line breaks. Accepts what old phones send:
 * any letter case, unquoted or needlessly quoted values, missing or doubled commas. Unusable ones are left out. One pass over the text.
 */
export function parseCredentials(header: string): readonly DigestCredentials[] {
  if (header.length > maxHeaderLength) return [];
  const found: DigestCredentials[] = [];
  for (const fields of new CredentialsReader(header).read()) {
    const credentials = toCredentials(fields);
    if (credentials !== undefined) found.push(credentials);
  }
  return found;
}

class CredentialsReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** The parameters of each Digest scheme; none from a text with an unclosed quote. */
  read(): readonly Fields[] {
    const all: Fields[] = [];
    let current: Fields | undefined;
    while (this.#skipSeparators()) {
      const word = this.#word();
      if (word === '') return [];
      this.#skipSpace();
      if (this.#text[this.#at] !== '=') {
        // A word without a value begins the credentials of a scheme; those of another scheme go nowhere.
        if (all.length === maxCredentials) return all;
        current = word.toLowerCase() === 'digest' ? new Map() : undefined;
        if (current !== undefined) all.push(current);
        continue;
      }
      this.#at += 1;
      const value = this.#value();
      if (value === undefined || (current !== undefined && !put(current, word.toLowerCase(), value))) return [];
    }
    return all;
  }

  #skipSeparators(): boolean {
    while (this.#at < this.#text.length && isSeparator(this.#text.charCodeAt(this.#at))) this.#at += 1;
    return this.#at < this.#text.length;
  }

  #skipSpace(): void {
    while (this.#at < this.#text.length && isSpace(this.#text.charCodeAt(this.#at))) this.#at += 1;
  }

  #word(): string {
    const start = this.#at;
    while (this.#at < this.#text.length && isWord(this.#text.charCodeAt(this.#at))) this.#at += 1;
    return this.#text.slice(start, this.#at);
  }

  #value(): string | undefined {
    this.#skipSpace();
    if (this.#text[this.#at] === '"') return this.#quoted();
    const start = this.#at;
    while (this.#at < this.#text.length && !isSeparator(this.#text.charCodeAt(this.#at))) this.#at += 1;
    return this.#text.slice(start, this.#at);
  }

  #quoted(): string | undefined {
    let value = '';
    let start = (this.#at += 1);
    for (; this.#at < this.#text.length; this.#at += 1) {
      const character = this.#text[this.#at];
      if (character === '"') {
        value += this.#text.slice(start, this.#at);
        this.#at += 1;
        return value;
      }
      if (character === '\\') {
        value += this.#text.slice(start, this.#at);
        start = this.#at += 1;
      }
    }
    return undefined;
  }
}

/** False where a name comes twice: which value was meant is then unknown. */
function put(fields: Fields, name: string, value: string): boolean {
  if (fields.has(name) || fields.size === maxParams) return false;
  fields.set(name, value);
  return true;
}

function toCredentials(fields: Fields): DigestCredentials | undefined {
  const [username, realm, nonce] = [fields.get('username'), fields.get('realm'), fields.get('nonce')];
  const [uri, response] = [fields.get('uri'), fields.get('response')];
  if (username === undefined || realm === undefined || nonce === undefined) return undefined;
  if (uri === undefined || response === undefined || response === '') return undefined;
  const qop = fields.get('qop')?.toLowerCase();
  const common = {
    username,
    realm,
    nonce,
    uri,
    response: response.toLowerCase(),
    algorithm: algorithms.get(fields.get('algorithm')?.toLowerCase() ?? 'md5'),
  };
  // A phone that repeats an empty qop means none.
  if (qop === undefined || qop === '') {
    const cnonce = fields.get('cnonce');
    return { ...common, qop: undefined, nc: undefined, nonceCount: undefined, cnonce };
  }
  const nc = fields.get('nc');
  const cnonce = fields.get('cnonce');
  const nonceCount = nc === undefined ? undefined : readNonceCount(nc);
  if ((qop !== 'auth' && qop !== 'auth-int') || cnonce === undefined || nonceCount === undefined) return undefined;
  return { ...common, qop, nc, nonceCount, cnonce };
}

/** Up to eight hexadecimal digits, at least 1. */
function readNonceCount(nc: string): number | undefined {
  if (!/^[0-9a-f]{1,8}$/i.test(nc)) return undefined;
  const count = Number.parseInt(nc, 16);
  return count === 0 ? undefined : count;
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0d || code === 0x0a;
}

function isSeparator(code: number): boolean {
  return code === 0x2c || isSpace(code);
}

/** Anything that can stand before `=`: tokens of RFC 3261 section 25.1, and others that phones use. */
function isWord(code: number): boolean {
  return code !== 0x3d && code !== 0x22 && !isSeparator(code);
}
