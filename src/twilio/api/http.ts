// Owns the transport of requests to Twilio: where they go, timeouts, how many are in flight, and the class of a failure.
// Called by the twilio package as its httpClient, and by client.ts for downloads.
// Must stay true: nothing is retried here, and credentials go to Twilio's own hosts only.
import type { Clock } from '#base/clock.ts';
import { classifyResponse, classifyNetworkError } from './failure-classes.ts';
import { fetchPublic, isPublicHost } from '#base/ssrf-guard.ts';
import type { TwilioFailure, TwilioResult } from './result.ts';
import type { TwilioDownload } from './records.ts';

export type TwilioHttpOptions = {
  readonly clock: Clock;
  /** Replaces https://<host>: its requests go to `<base>/<host>/…`. For tests and the demo. */
  readonly apiBase?: string | undefined;
  readonly timeoutSeconds?: number;
  readonly maxInFlight?: number;
};

/** A request of the twilio package; `data` and `params` hold the API's own names. */
export type SdkRequest = {
  readonly method: string;
  readonly uri: string;
  readonly username?: string;
  readonly password?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly params?: object;
  readonly data?: object;
};
export type SdkResponse = {
  readonly statusCode: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
};

/** Carries a failure through the twilio package. */
export class TwilioRequestError extends Error {
  override readonly name = 'TwilioRequestError';
  readonly failure: TwilioFailure;

  constructor(failure: TwilioFailure, cause?: unknown) {
    super(failure.message, { cause });
    this.failure = failure;
  }
}

const defaultTimeoutSeconds = 15;
const defaultInFlight = 2;
const maxWaiting = 500;
const maxBodyBytes = 8_000_000;
const maxRedirects = 5;
/** Limit of a whole download, however steadily it trickles in: others wait behind it. */
const maxTotalSeconds = 600;

export class TwilioHttp {
  readonly #options: TwilioHttpOptions;
  readonly #closing = new AbortController();
  #inFlight = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(options: TwilioHttpOptions) {
    this.#options = options;
  }

  /** Aborts the requests in flight; later ones fail. */
  close(): void {
    this.#closing.abort();
  }

  /** Throws a TwilioRequestError unless Twilio answers with a success that can be parsed. */
  async request(request: SdkRequest): Promise<SdkResponse> {
    const url = this.#rebase(new URL(request.uri));
    append(url.searchParams, request.params);
    const form = new URLSearchParams();
    append(form, request.data);
    const method = request.method.toUpperCase();
    const hasBody = method === 'POST' || method === 'PUT';
    const headers = { ...request.headers, Authorization: basic(request.username ?? '', request.password ?? '') };
    return this.#withSlot(async () => {
      const { response, body } = await this.#exchange(url, { method, headers, ...(hasBody ? { body: form.toString() } : {}) });
      const retryAfter = response.headers.get('retry-after') ?? undefined;
      const failure = classifyResponse({ status: response.status, body, retryAfter, now: this.#options.clock.now() });
      if (failure !== undefined) throw new TwilioRequestError(failure);
      return { statusCode: response.status, body, headers: Object.fromEntries(response.headers) };
    });
  }

  /** Follows redirects, to another host without the credentials (a CDN refuses two kinds of authentication). */
  async download(
    address: string,
    credentials: { readonly username: string; readonly password: string },
  ): Promise<TwilioResult<TwilioDownload>> {
    const first = URL.parse(address);
    if (first === null || !isTwilioHost(first)) return refused('This is not a Twilio URL');
    let url = first;
    let authorization: string | undefined = basic(credentials.username, credentials.password);
    try {
      for (let hop = 0; hop <= maxRedirects; hop += 1) {
        const headers = authorization === undefined ? {} : { Authorization: authorization };
        const target = this.#rebase(url);
        const step = await this.#withSlot(() => this.#openDownload(target, headers));
        if (step.kind === 'result') return step.result;
        const next = URL.parse(step.location, url.href);
        if (next === null || !this.#mayFollow(next)) return refused('Twilio redirects to a URL that is not followed');
        if (next.host !== url.host) authorization = undefined;
        url = next;
      }
      return refused('Twilio redirects too often');
    } catch (error) {
      return failureOf(error);
    }
  }

  async #openDownload(url: URL, headers: Record<string, string>): Promise<DownloadStep> {
    const timeout = this.#startTimeout();
    const response = await this.#get(url, { headers, signal: timeout.signal }).catch(throwClassified);
    const location = response.headers.get('location');
    if (response.status >= 300 && response.status < 400 && location !== null) {
      timeout.clear();
      await response.body?.cancel();
      return { kind: 'redirect', location };
    }
    if (response.status !== 200 || response.body === null) {
      const body = await readText(response).catch(() => '');
      timeout.clear();
      const failure = classifyResponse({
        status: response.status,
        body,
        retryAfter: response.headers.get('retry-after') ?? undefined,
        now: this.#options.clock.now(),
      });
      return { kind: 'result', result: failure ?? refused('Twilio has nothing at this URL') };
    }
    const length = response.headers.get('content-length');
    const value: TwilioDownload = {
      contentType: response.headers.get('content-type') ?? 'application/octet-stream',
      length: length === null || response.headers.has('content-encoding') ? undefined : Number(length),
      chunks: withIdleTimeout(response.body, timeout),
    };
    return { kind: 'result', result: { kind: 'ok', value } };
  }

  /** Twilio's own hosts are connected to as they resolve; a redirect target only where it resolves to public addresses. */
  #get(url: URL, init: { readonly headers: Record<string, string>; readonly signal: AbortSignal }): Promise<Response> {
    if (url.protocol === 'https:' && !isTwilioHost(url)) return fetchPublic(url, init);
    return fetch(url, { ...init, redirect: 'manual' });
  }

  async #exchange(url: URL, init: { method: string; headers: Record<string, string>; body?: string }) {
    const timeout = this.#startTimeout();
    try {
      const response = await fetch(url, { ...init, redirect: 'manual', signal: timeout.signal });
      return { response, body: await readText(response) };
    } catch (error) {
      return throwClassified(error);
    } finally {
      timeout.clear();
    }
  }

  /** Aborts a request that takes too long, or when we close. `restart` starts the idle time anew. */
  #startTimeout(): RequestTimeout {
    const { clock, timeoutSeconds = defaultTimeoutSeconds } = this.#options;
    const controller = new AbortController();
    const begin = () => clock.after(timeoutSeconds * 1000, () => controller.abort());
    const totalTimer = clock.after(maxTotalSeconds * 1000, () => controller.abort());
    let timer = begin();
    return {
      signal: AbortSignal.any([controller.signal, this.#closing.signal]),
      restart: () => {
        timer.cancel();
        timer = begin();
      },
      clear: () => {
        timer.cancel();
        totalTimer.cancel();
      },
    };
  }

  async #withSlot<Value>(run: () => Promise<Value>): Promise<Value> {
    if (this.#inFlight < (this.#options.maxInFlight ?? defaultInFlight)) this.#inFlight += 1;
    else await this.#wait();
    try {
      return await run();
    } finally {
      // The slot is handed to the next waiter, so that a new request cannot overtake it.
      const next = this.#waiting.shift();
      if (next === undefined) this.#inFlight -= 1;
      else next();
    }
  }

  #wait(): Promise<void> {
    if (this.#waiting.length >= maxWaiting) return Promise.reject(new TwilioRequestError(tooMany));
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  #rebase(url: URL): URL {
    const { apiBase } = this.#options;
    if (apiBase === undefined || url.protocol !== 'https:') return url;
    return new URL(`${apiBase.replace(/\/$/, '')}/${url.host}${url.pathname}${url.search}`);
  }

  /** Plain HTTP, and IP addresses, only with an apiBase in place of Twilio. */
  #mayFollow(url: URL): boolean {
    if (url.protocol === 'https:') return isPublicHost(url);
    return url.protocol === 'http:' && this.#options.apiBase !== undefined;
  }
}

type RequestTimeout = { readonly signal: AbortSignal; readonly restart: () => void; readonly clear: () => void };
type DownloadStep =
  | { readonly kind: 'redirect'; readonly location: string }
  | { readonly kind: 'result'; readonly result: TwilioResult<TwilioDownload> };

const tooMany: TwilioFailure = {
  kind: 'unreachable',
  status: undefined,
  code: undefined,
  message: 'Too many requests to Twilio are waiting already',
  retryAfterSeconds: undefined,
};

export function failureOf(error: unknown): TwilioFailure {
  return error instanceof TwilioRequestError ? error.failure : classifyNetworkError(error);
}

function refused(message: string): TwilioFailure {
  return { kind: 'refused', status: undefined, code: undefined, message, retryAfterSeconds: undefined };
}

function throwClassified(error: unknown): never {
  if (error instanceof TwilioRequestError) throw error;
  throw new TwilioRequestError(classifyNetworkError(error), error);
}

async function* withIdleTimeout(body: AsyncIterable<Uint8Array>, timeout: RequestTimeout): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of body) {
      timeout.restart();
      yield chunk;
    }
  } finally {
    timeout.clear();
  }
}

async function readText(response: Response): Promise<string> {
  if (response.body === null) return '';
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body) {
    bytes += chunk.length;
    if (bytes > maxBodyBytes) throw new Error('A response of Twilio is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function append(target: URLSearchParams, values: object | undefined): void {
  for (const [name, value] of Object.entries(values ?? {})) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== null) target.append(name, String(one));
    }
  }
}

function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

/** Hosts that our credentials are sent to. */
function isTwilioHost(url: URL): boolean {
  return url.protocol === 'https:' && (url.hostname === 'twilio.com' || url.hostname.endsWith('.twilio.com'));
}
