import { HttpListener } from './http-listener.ts';
import type { HttpReply, HttpRequest } from './http-listener.ts';
import { hex } from './sids.ts';
import type { EmulatorState } from './state.ts';

export type Published = { readonly contentType: string; readonly bytes: Buffer };

/** The second host that media redirects lead to: its addresses are signed themselves, and it takes no other credentials. */
export class MediaHost implements AsyncDisposable {
  readonly #state: EmulatorState;
  readonly #files = new Map<string, Published>();
  #listener: HttpListener | undefined;
  #origin = '';

  constructor(state: EmulatorState) {
    this.#state = state;
  }

  async start(address: string): Promise<void> {
    this.#listener = await HttpListener.start((request) => Promise.resolve(this.#answer(request)), { address });
    this.#origin = `http://${address}:${this.#listener.port}`;
  }

  get origin(): string {
    return this.#origin;
  }

  /** The address under which the bytes can be fetched, once published. */
  publish(file: Published): string {
    const key = hex(40, this.#state.random);
    this.#files.set(key, file);
    return `${this.#origin}/media/${key}?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Expires=14400&X-Amz-Signature=${hex(64, this.#state.random)}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#listener?.[Symbol.asyncDispose]();
  }

  #answer({ method, path, search, headers }: HttpRequest): HttpReply {
    const file = this.#files.get(path.replace('/media/', ''));
    const reply = this.#reply(file, headers.authorization);
    this.#state.log({
      endpoint: 'media-host',
      method,
      path,
      search,
      form: [],
      authorization: headers.authorization,
      status: reply.status,
      atMs: this.#state.clock.now(),
    });
    return reply;
  }

  #reply(file: Published | undefined, authorization: string | undefined): HttpReply {
    const xml = { 'Content-Type': 'application/xml' };
    const rejects = this.#state.switches.mediaHostRejectsAuthorization;
    const isFaulty = this.#state.faults.take('media.cdn-rejects-auth-header', 'media-host') !== undefined;
    if (authorization !== undefined && (rejects || isFaulty)) {
      const body = '<Error><Code>InvalidArgument</Code><Message>Only one auth mechanism allowed</Message></Error>';
      return { status: 400, headers: xml, body };
    }
    if (file === undefined) return { status: 403, headers: xml, body: '<Error><Code>AccessDenied</Code></Error>' };
    return { status: 200, headers: { 'Content-Type': file.contentType }, body: file.bytes };
  }
}
