export type XmlElement = {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly (XmlElement | string)[];
};

export type XmlResult =
  | { readonly kind: 'document'; readonly root: XmlElement }
  | { readonly kind: 'malformed'; readonly reason: string; readonly at: number };

const namePattern = /[A-Za-z_:][\w:.-]*/y;
const spacePattern = /[ \t\r\n]*/y;
// XML 1.0 section 2.2: these may not stand in a document, not even as a reference.
// oxlint-disable-next-line no-control-regex
const forbidden = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/;
const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Reads one XML document strictly: the prolog at the first character, no document type, every tag closed. */
export function parseXml(text: string): XmlResult {
  try {
    return { kind: 'document', root: new Reader(text).document() };
  } catch (error) {
    if (error instanceof Malformed) return { kind: 'malformed', reason: error.message, at: error.at };
    throw error;
  }
}

export function textOf(element: XmlElement): string {
  return element.children.filter((child) => typeof child === 'string').join('');
}

export function elementsOf(element: XmlElement): readonly XmlElement[] {
  return element.children.filter((child) => typeof child !== 'string');
}

class Malformed extends Error {
  readonly at: number;
  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

type Open = { readonly name: string; readonly attributes: Map<string, string>; readonly children: (XmlElement | string)[] };

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): XmlElement {
    const control = forbidden.exec(this.#text);
    if (control !== null) throw new Malformed('a control character', control.index);
    if (!this.#text.startsWith('<')) throw this.#fault('content before the prolog');
    if (/^<\?xml[ \t\r\n]/.test(this.#text)) this.#past('?>');
    this.#aside();
    const root = this.#element();
    this.#aside();
    if (this.#at < this.#text.length) throw this.#fault('content after the root element');
    return root;
  }

  /** White space, comments and processing instructions around the root. */
  #aside(): void {
    for (;;) {
      this.#match(spacePattern);
      if (this.#text.startsWith('<!--', this.#at)) this.#past('-->');
      else if (/^<\?(?!xml[ \t\r\n?])/i.test(this.#text.slice(this.#at, this.#at + 7))) this.#past('?>');
      else return;
    }
  }

  #element(): XmlElement {
    const stack: Open[] = [];
    const first = this.#opening();
    if (first.isClosed) return first.open;
    stack.push(first.open);
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const closed = this.#content(top, stack);
      if (closed === undefined) continue;
      const parent = stack.at(-1);
      if (parent === undefined) return closed;
      parent.children.push(closed);
    }
    throw this.#fault('no root element');
  }

  /** Reads one piece of an element's content; the element itself when its end tag came. */
  #content(top: Open, stack: Open[]): XmlElement | undefined {
    if (this.#at >= this.#text.length) throw this.#fault(`<${top.name}> is not closed`);
    if (this.#text.startsWith('<![CDATA[', this.#at)) {
      const start = this.#at + 9;
      this.#past(']]>');
      top.children.push(this.#text.slice(start, this.#at - 3));
    } else if (this.#text.startsWith('<!--', this.#at)) this.#past('-->');
    else if (this.#text.startsWith('</', this.#at)) return this.#closing(top, stack);
    else if (this.#text.startsWith('<', this.#at)) {
      const { open, isClosed } = this.#opening();
      if (isClosed) top.children.push(open);
      else stack.push(open);
    } else top.children.push(this.#characters('<'));
    return undefined;
  }

  #closing(top: Open, stack: Open[]): XmlElement {
    this.#at += 2;
    const name = this.#name();
    this.#match(spacePattern);
    if (name !== top.name) throw this.#fault(`</${name}> closes <${top.name}>`);
    this.#expect('>');
    stack.pop();
    return top;
  }

  #opening(): { readonly open: Open; readonly isClosed: boolean } {
    this.#expect('<');
    const open: Open = { name: this.#name(), attributes: new Map(), children: [] };
    for (;;) {
      const before = this.#at;
      this.#match(spacePattern);
      if (this.#text.startsWith('/>', this.#at)) {
        this.#at += 2;
        return { open, isClosed: true };
      }
      if (this.#text.startsWith('>', this.#at)) {
        this.#at += 1;
        return { open, isClosed: false };
      }
      if (this.#at === before) throw this.#fault('no space before an attribute');
      this.#attribute(open.attributes);
    }
  }

  #attribute(attributes: Map<string, string>): void {
    const name = this.#name();
    this.#match(spacePattern);
    this.#expect('=');
    this.#match(spacePattern);
    const quote = this.#text[this.#at];
    if (quote !== '"' && quote !== "'") throw this.#fault(`${name} is not quoted`);
    this.#at += 1;
    const value = this.#characters(quote);
    this.#expect(quote);
    if (attributes.has(name)) throw this.#fault(`${name} twice`);
    attributes.set(name, value);
  }

  #characters(until: string): string {
    const end = this.#text.indexOf(until, this.#at);
    if (end === -1) throw this.#fault(`no ${until}`);
    const raw = this.#text.slice(this.#at, end);
    if (until !== '<' && raw.includes('<')) throw this.#fault('< in an attribute');
    const start = this.#at;
    this.#at = end;
    return raw.replaceAll(/&([^;&\s]{0,12});?/g, (whole, name: string) => this.#entity(whole, name, start));
  }

  #entity(whole: string, name: string, start: number): string {
    const known = Object.hasOwn(entities, name) ? entities[name] : undefined;
    const code = /^#(?:x([\da-fA-F]+)|(\d+))$/.exec(name);
    const point = code === null ? NaN : Number.parseInt(code[1] ?? code[2] ?? '', code[1] === undefined ? 10 : 16);
    const text = known ?? (point > 0 && point <= 0x10_ffff ? String.fromCodePoint(point) : undefined);
    if (text === undefined || !whole.endsWith(';') || forbidden.test(text)) throw new Malformed(`the reference ${whole}`, start);
    return text;
  }

  #name(): string {
    const name = this.#match(namePattern);
    if (name === '') throw this.#fault('a name is missing');
    return name;
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? '';
    this.#at += found.length;
    return found;
  }

  #expect(text: string): void {
    if (!this.#text.startsWith(text, this.#at)) throw this.#fault(`${text} expected`);
    this.#at += text.length;
  }

  #past(end: string): void {
    const found = this.#text.indexOf(end, this.#at);
    if (found === -1) throw this.#fault(`no ${end}`);
    this.#at = found + end.length;
  }

  #fault(reason: string): Malformed {
    return new Malformed(reason, this.#at);
  }
}
