// A push service for tests with the browsers that are signed up at it: what is pushed is checked as services do and read as browsers do.
// Called by tests of Web Push.
// Must stay true: it knows of RFC 8291 and RFC 8292 by itself, and nothing of what sends.
import { createDecipheriv, createECDH, createHmac, createPublicKey, hkdfSync, randomBytes, verify } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type PushedMessage = {
  readonly text: string;
  readonly headers: IncomingMessage['headers'];
  /** Of the token by which the sender named itself. */
  readonly claims: { readonly aud: string; readonly exp: number; readonly sub: string };
};

export type PushBrowser = {
  readonly endpoint: string;
  readonly keys: { readonly p256dh: string; readonly auth: string };
  readonly messages: PushedMessage[];
};

type Keys = { readonly privateKey: Buffer; readonly publicKey: Buffer; readonly auth: Buffer };

export class PushService implements AsyncDisposable {
  /** What each of the next messages is answered with; 201 after them. */
  readonly answers: { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }[] =
    [];
  /** The public key that browsers signed up with; another sender is refused. */
  senderKey: string | undefined;
  /** Milliseconds since the Unix epoch. */
  now: () => number = Date.now;
  readonly #browsers = new Map<string, { readonly browser: PushBrowser; readonly keys: Keys }>();
  readonly #server = createServer((request, response) => void this.#answer(request, response));

  readonly #publicOrigin: string | undefined;

  private constructor(publicOrigin: string | undefined) {
    this.#publicOrigin = publicOrigin;
  }

  /** `publicOrigin`: of the addresses that browsers are given, where it is reached by another one. */
  static async start(publicOrigin?: string): Promise<PushService> {
    const service = new PushService(publicOrigin);
    service.#server.listen(0, '127.0.0.1');
    await once(service.#server, 'listening');
    return service;
  }

  get origin(): string {
    return this.#publicOrigin ?? this.url;
  }

  /** Where it answers. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  signUp(): PushBrowser {
    const pair = createECDH('prime256v1');
    const publicKey = pair.generateKeys();
    const keys = { privateKey: pair.getPrivateKey(), publicKey, auth: randomBytes(16) };
    const path = `/push/${randomBytes(24).toString('base64url')}`;
    const browser: PushBrowser = {
      endpoint: this.origin + path,
      keys: { p256dh: publicKey.toString('base64url'), auth: keys.auth.toString('base64url') },
      messages: [],
    };
    this.#browsers.set(path, { browser, keys });
    return browser;
  }

  /** As when its person takes the permission away. */
  signOff({ endpoint }: Pick<PushBrowser, 'endpoint'>): void {
    this.#browsers.delete(new URL(endpoint).pathname);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = Buffer.concat(await Array.fromAsync(request));
    const { status, headers, body: said } = this.answers.shift() ?? this.#take(request, body);
    response.writeHead(status, headers).end(said ?? '');
  }

  #take({ url = '', headers }: IncomingMessage, body: Buffer): PushService['answers'][number] {
    const found = this.#browsers.get(url);
    if (found === undefined) return { status: 410, body: 'push subscription has unsubscribed or expired' };
    if (headers.ttl === undefined) return { status: 400, body: 'no TTL' };
    if (body.length > 4096) return { status: 413 };
    const claims = claimsOf(headers.authorization ?? '', { origin: this.origin, now: this.now(), key: this.senderKey });
    if (claims === undefined) return { status: 403, body: `the key is not that of ${url}` };
    found.browser.messages.push({ text: decrypted(body, found.keys), headers, claims });
    return { status: 201, headers: { location: `/message/${randomBytes(8).toString('hex')}` } };
  }
}

/** RFC 8291 section 3, RFC 8188 section 2: as a browser reads it. Throws where it is not for these keys. */
export function decrypted(body: Buffer, { privateKey, publicKey, auth }: Keys): string {
  const salt = body.subarray(0, 16);
  const idLength = body.readUInt8(20);
  const sender = body.subarray(21, 21 + idLength);
  const pair = createECDH('prime256v1');
  pair.setPrivateKey(privateKey);
  const prk = createHmac('sha256', auth).update(pair.computeSecret(sender)).digest();
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), publicKey, sender, Buffer.from([1])]);
  const input = createHmac('sha256', prk).update(info).digest();
  const derived = (name: string, bytes: number) =>
    Buffer.from(hkdfSync('sha256', input, salt, `Content-Encoding: ${name}\0`, bytes));
  const record = body.subarray(21 + idLength);
  const decipher = createDecipheriv('aes-128-gcm', derived('aes128gcm', 16), derived('nonce', 12));
  decipher.setAuthTag(record.subarray(-16));
  const padded = Buffer.concat([decipher.update(record.subarray(0, -16)), decipher.final()]);
  return padded.subarray(0, padded.lastIndexOf(2)).toString();
}

type Checked = { readonly origin: string; readonly now: number; readonly key: string | undefined };

/** RFC 8292: who sends it, where that is signed, meant for us and not too old or too far ahead. */
function claimsOf(authorization: string, { origin, now, key }: Checked): PushedMessage['claims'] | undefined {
  const [, token = '', given = ''] = /^vapid t=([\w.-]+), k=([\w-]+)$/.exec(authorization) ?? [];
  const [head = '', claims = '', signature = ''] = token.split('.');
  const point = Buffer.from(given, 'base64url');
  if (point.length !== 65 || (key !== undefined && key !== given)) return undefined;
  const jwk = {
    kty: 'EC',
    crv: 'P-256',
    x: point.subarray(1, 33).toString('base64url'),
    y: point.subarray(33).toString('base64url'),
  };
  const publicKey = createPublicKey({ key: jwk, format: 'jwk' });
  const signed = Buffer.from(`${head}.${claims}`);
  const isSigned = verify('sha256', signed, { key: publicKey, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'));
  const said = JSON.parse(Buffer.from(claims, 'base64url').toString()) as PushedMessage['claims'];
  const seconds = now / 1000;
  const isTimely = said.exp > seconds && said.exp <= seconds + 86_400;
  return isSigned && isTimely && said.aud === origin && /^(mailto:|https:)/.test(said.sub) ? said : undefined;
}
