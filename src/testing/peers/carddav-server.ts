// A CardDAV server in this process, as far as a client of RFC 6352 asks: one account with address books of cards.
// Called by the tests of address books.
// Must stay true: it answers a wrong password with 401, and fails as it is told to.
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type CarddavFault = 'none' | 401 | 404 | 500 | 503 | 'silent' | 'huge';

export class CarddavServer implements AsyncDisposable {
  /** Cards by the name of their file, by the name of their book. */
  books: Record<string, Record<string, string>> = { family: {} };
  fault: CarddavFault = 'none';
  requests = 0;
  readonly #server = createServer((request, response) => this.#answer(request, response));

  static async start(): Promise<CarddavServer> {
    const started = new CarddavServer();
    await new Promise<void>((done) => started.#server.listen(0, '127.0.0.1', done));
    return started;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    this.requests += 1;
    request.resume();
    const { method = '', url = '/' } = request;
    const isWelcome = request.headers.authorization === `Basic ${Buffer.from('anna:right').toString('base64')}`;
    if (this.fault === 'silent') return;
    if (!isWelcome || this.fault === 401) return void response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="x"' }).end();
    if (typeof this.fault === 'number') return void response.writeHead(this.fault).end();
    response.writeHead(207, { 'Content-Type': 'application/xml; charset=utf-8' });
    if (this.fault === 'huge') return void response.end(Buffer.alloc(40 * 1024 * 1024, ' '));
    const found = method === 'REPORT' ? this.#cards(url) : this.#properties(url, request.headers['depth']);
    response.end(
      `<?xml version="1.0"?><d:multistatus xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:carddav">${found}</d:multistatus>`,
    );
  }

  #properties(url: string, depth: string | string[] | undefined): string {
    const principal =
      '<d:current-user-principal><d:href>/anna/</d:href></d:current-user-principal><c:addressbook-home-set><d:href>/anna/</d:href></c:addressbook-home-set>';
    const self = element(url, `${principal}<d:resourcetype><d:collection/></d:resourcetype>`);
    if (url !== '/anna/' || depth !== '1') return self;
    const type = '<d:resourcetype><d:collection/><c:addressbook/></d:resourcetype>';
    return (
      self +
      Object.keys(this.books)
        .map((name) => element(`/anna/${name}/`, `${type}<d:displayname>${name}</d:displayname>`))
        .join('')
    );
  }

  #cards(url: string): string {
    const name = url.split('/')[2] ?? '';
    const cards = Object.entries(this.books[name] ?? {});
    return cards
      .map(([file, text]) =>
        element(`/anna/${name}/${file}`, `<d:getetag>"1"</d:getetag><c:address-data>${escape(text)}</c:address-data>`),
      )
      .join('');
  }
}

function element(href: string, properties: string): string {
  return `<d:response><d:href>${href}</d:href><d:propstat><d:prop>${properties}</d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>`;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
