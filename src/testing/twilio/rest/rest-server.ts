// The REST face of the emulated Twilio: who may ask, which route answers, what goes wrong on purpose.
// The HTTP listener hands every request here; the routes come from the rest-….ts files.
// Must stay true: nothing is answered without the right credentials, and every request stands in the log.
import type { HttpOutcome, HttpReply, HttpRequest } from '#testing/twilio/base/http-listener.ts';
import { operationOf, replyDeviations, requestDeviations } from './openapi-check.ts';
import { refuse, unknown } from './rest-reply.ts';
import type { RestReply, RestRequest } from './rest-reply.ts';
import type { RestHost, RestRoute } from './rest-route.ts';
import type { Fault } from '#testing/twilio/base/faults.ts';
import { toXml } from './rest-xml.ts';
import type { EmulatorState, LoggedRequest } from '#testing/twilio/base/state.ts';

type Target = {
  readonly host: RestHost;
  readonly path: string;
  readonly extension: string;
  readonly account: string | undefined;
};
type Matched = { readonly route: RestRoute; readonly params: Readonly<Record<string, string>> };

const hosts: readonly RestHost[] = ['api', 'trunking', 'studio', 'lookups', 'monitor', 'voice', 'messaging'];

export class RestServer {
  readonly #state: EmulatorState;
  readonly #routes: readonly RestRoute[];
  #inFlight = 0;

  constructor(state: EmulatorState, routes: readonly RestRoute[]) {
    this.#state = state;
    this.#routes = routes;
  }

  async answer(request: HttpRequest): Promise<HttpOutcome> {
    const startedMs = this.#state.clock.now();
    const target = readTarget(request);
    const matched = target === undefined ? undefined : this.#match(request.method, target);
    const entry = this.#log(request, matched?.route.name ?? 'unknown');
    this.#inFlight += 1;
    try {
      const outcome = await this.#outcome(request, target, matched);
      if (typeof outcome === 'string') return outcome;
      entry.status = outcome.status;
      return { ...outcome, headers: { ...this.#headers(startedMs), ...outcome.headers } };
    } finally {
      this.#inFlight -= 1;
    }
  }

  async #outcome(request: HttpRequest, target: Target | undefined, matched: Matched | undefined): Promise<HttpOutcome> {
    const name = matched?.route.name ?? 'unknown';
    const before = await this.#faultBefore(name);
    if (before !== undefined) return before;
    const refusal = this.#refusal(request, target, name);
    if (refusal !== undefined) return toHttp(refusal, 'json');
    if (target === undefined || matched === undefined) return toHttp(this.#noRoute(request, target), target?.extension ?? 'json');
    const asked = toRestRequest(request, target, matched.params);
    const reply = await matched.route.answer(asked);
    this.#compare(matched.route, asked, reply);
    return this.#faultAfter(name) ?? toHttp(reply, target.host === 'api' ? target.extension : 'json');
  }

  #compare(route: RestRoute, request: RestRequest, reply: RestReply): void {
    const operation = operationOf(route);
    const { replyDeviationsSeen, requestDeviationsSeen } = this.#state;
    if (operation === undefined) {
      replyDeviationsSeen.add(`${route.method} ${route.host} ${route.path} is not known to Twilio`);
      return;
    }
    for (const text of replyDeviations(operation, reply)) replyDeviationsSeen.add(`${route.name}: ${text}`);
    for (const text of requestDeviations(operation, request)) requestDeviationsSeen.add(`${route.name}: ${text}`);
  }

  /** Faults that keep the work from being done. */
  async #faultBefore(name: string): Promise<HttpOutcome | undefined> {
    const { faults } = this.#state;
    const slow = faults.take('rest.slow', name);
    if (slow !== undefined) await this.#state.wait(slow.delayMs ?? 100);
    const limited = faults.take('rest.429', name);
    if (limited !== undefined) return tooMany(limited.retryAfterSeconds ?? this.#state.switches.retryAfterSeconds);
    return this.#lost(name, false);
  }

  #faultAfter(name: string): HttpOutcome | undefined {
    return this.#lost(name, true);
  }

  /** Answers that never come or are broken, before the work was done or after it. */
  #lost(name: string, isProcessed: boolean): HttpOutcome | undefined {
    const { faults } = this.#state;
    const fits = (fault: Fault): boolean => (fault.isProcessed ?? false) === isProcessed;
    if (faults.takeIf('rest.timeout', name, fits) !== undefined) return 'silence';
    if (faults.takeIf('rest.reset', name, fits) !== undefined) return 'reset';
    const broken = faults.takeIf('rest.5xx', name, fits);
    return broken === undefined ? undefined : brokenReply(broken);
  }

  #refusal({ headers, method }: HttpRequest, target: Target | undefined, name: string): RestReply | undefined {
    const authenticate = refuse(401, 20003, 'Authenticate');
    if (this.#state.faults.take('rest.401-after-rotation', name) !== undefined) return authenticate;
    const { user, secret } = readBasic(headers.authorization);
    const openMedia = !this.#state.switches.mediaNeedsAuthorization && isMedia(name) && headers.authorization === undefined;
    const who = openMedia ? 'account' : this.#state.account.identify(user, secret);
    if (who === undefined) return authenticate;
    if (target?.account !== undefined && target.account !== this.#state.account.sid) return authenticate;
    if (who === 'key' && /^(accounts|keys)\./.test(name)) return authenticate;
    if (
      this.#state.isSuspended &&
      (method === 'POST' || this.#state.account.status === 'closed') &&
      !name.startsWith('accounts.')
    ) {
      return refuse(403, 20005, 'Account not active');
    }
    return undefined;
  }

  #noRoute({ path }: HttpRequest, target: Target | undefined): RestReply {
    if (target === undefined) return unknown(path);
    const others = this.#routes.some((route) => matchPath(route, target) !== undefined);
    return others ? refuse(405, 20004, 'Method not allowed') : unknown(path);
  }

  #match(method: string, target: Target): Matched | undefined {
    for (const route of this.#routes) {
      const params = route.method === method ? matchPath(route, target) : undefined;
      if (params !== undefined) return { route, params };
    }
    return undefined;
  }

  #headers(startedMs: number): Record<string, string> {
    return {
      'Twilio-Request-Id': this.#state.sid('RQ'),
      'Twilio-Concurrent-Requests': String(this.#inFlight),
      'Twilio-Request-Duration': ((this.#state.clock.now() - startedMs) / 1000).toFixed(3),
      'X-API-Domain': 'api.twilio.com',
      'X-Home-Region': 'us1',
      'X-Powered-By': 'AT-5000',
      'X-Shenanigans': 'none',
      Date: new Date(this.#state.now()).toUTCString(),
    };
  }

  #log({ method, path, search, headers, body }: HttpRequest, endpoint: string): LoggedRequest {
    const entry: LoggedRequest = {
      endpoint,
      method,
      path,
      search,
      form: [...new URLSearchParams(body.toString('utf8'))],
      authorization: headers.authorization,
      status: undefined,
      atMs: this.#state.clock.now(),
    };
    this.#state.log(entry);
    return entry;
  }
}

function isMedia(name: string): boolean {
  return name === 'recordings.media' || name === 'media.fetch';
}

/** `/api.twilio.com/2010-04-01/…` names the host in the path; the Host header does otherwise. */
function readTarget({ path, headers }: HttpRequest): Target | undefined {
  const [, first = '', rest = ''] = /^\/([^/]+)(.*)$/.exec(path) ?? [];
  const isNamed = first.endsWith('.twilio.com');
  const named = isNamed ? first : (headers.host ?? '').replace(/:\d+$/, '');
  const host = hosts.find((each) => named === `${each}.twilio.com` || named.startsWith(`${each}.`)) ?? 'api';
  const whole = isNamed ? rest : path;
  if (host !== 'api') return { host, path: decodePath(whole), extension: 'json', account: undefined };
  const [, bare = whole, extension = ''] = /^(.*)\.(json|xml|wav|mp3|txt|csv)$/.exec(whole) ?? [];
  const found = /^\/2010-04-01\/Accounts(?:\/(AC[0-9a-f]{32}))?(\/.*)?$/.exec(bare);
  if (found === null) return undefined;
  return { host, path: decodePath(found[2] ?? '/'), extension, account: found[1] };
}

function decodePath(path: string): string {
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}

function matchPath(route: RestRoute, target: Target): Record<string, string> | undefined {
  if (route.host !== target.host) return undefined;
  const wanted = route.path.split('/');
  const given = target.path.split('/');
  if (wanted.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const actual = given[index] ?? '';
    if (part.startsWith(':')) params[part.slice(1)] = decodeURIComponent(actual);
    else if (part !== actual) return undefined;
  }
  return params;
}

function toRestRequest(
  { method, search, body, path, headers }: HttpRequest,
  target: Target,
  params: Readonly<Record<string, string>>,
): RestRequest {
  return {
    method,
    params,
    query: new URLSearchParams(search),
    form: new URLSearchParams(body.toString('utf8')),
    extension: target.extension,
    path: path.replace(/^\/[^/]+\.twilio\.com(?=\/)/, ''),
    origin: `https://${target.host}.twilio.com`,
    authorization: headers.authorization,
  };
}

function toHttp({ status, json, body, headers }: RestReply, extension: string): HttpReply {
  if (body !== undefined) return { status, body, ...(headers === undefined ? {} : { headers }) };
  if (json === undefined) return { status, headers: headers ?? {} };
  // Without `.json` the 2010 API answers in XML.
  if (extension === '' || extension === 'xml') {
    return { status, headers: { ...headers, 'Content-Type': 'application/xml' }, body: toXml(json, status) };
  }
  return { status, headers: { 'Content-Type': 'application/json;charset=utf-8', ...headers }, body: JSON.stringify(json) };
}

function tooMany(retryAfterSeconds: number | undefined): HttpReply {
  const reply = toHttp(refuse(429, 20429, 'Too Many Requests'), 'json');
  return retryAfterSeconds === undefined
    ? reply
    : { ...reply, headers: { ...reply.headers, 'Retry-After': String(retryAfterSeconds) } };
}

function brokenReply({ status = 500, html = false, retryAfterSeconds }: Fault): HttpReply {
  const later: Record<string, string> = retryAfterSeconds === undefined ? {} : { 'Retry-After': String(retryAfterSeconds) };
  if (html) {
    const body = `<html><head><title>${status}</title></head><body><h1>${status} Bad Gateway</h1></body></html>`;
    return { status, headers: { 'Content-Type': 'text/html', ...later }, body };
  }
  const reply = toHttp(refuse(status, status === 503 ? 20503 : 20500, 'Internal Server Error'), 'json');
  return { ...reply, headers: { ...reply.headers, ...later } };
}

function readBasic(header: string | undefined): { readonly user: string; readonly secret: string } {
  const text = /^Basic ([\w+/=-]+)$/i.exec(header ?? '')?.[1];
  const [user = '', ...secret] = text === undefined ? [] : Buffer.from(text, 'base64').toString('utf8').split(':');
  return { user, secret: secret.join(':') };
}
