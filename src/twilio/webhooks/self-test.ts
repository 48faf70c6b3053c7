import { randomBytes } from 'node:crypto';
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js';
import type { Clock } from '#base/clock.ts';
import type { PublicRequest } from '#contract/public-request.ts';
import { publicUrls } from './signature.ts';
import type { LiveTwilioSettings } from '#twilio/api/settings.ts';
import { emptyTwiml } from './twiml.ts';
import { WebhookForm } from './webhook-form.ts';
import { webhookPaths, webhookUrl } from './webhook-paths.ts';

/** Where on the way from outside to us a request was lost or changed. */
export type SelfTestResult =
  | { readonly kind: 'passed'; readonly milliseconds: number; readonly message: string }
  | {
      readonly kind: 'failed';
      /** `setup` is ours; the others name a part of the request and thereby who touched it. */
      readonly hop:
        | 'setup'
        | 'name'
        | 'network'
        | 'certificate'
        | 'redirect'
        | 'other-server'
        | 'path'
        | 'query'
        | 'headers'
        | 'body'
        | 'answer';
      readonly message: string;
      /** What the hops said of themselves, such as `Server: nginx`. */
      readonly trace: readonly string[];
    };

type Deps = {
  readonly settings: Pick<LiveTwilioSettings, 'current' | 'signingTokens'>;
  readonly clock: Clock;
  readonly fetch?: typeof globalThis.fetch;
};

type Sent = { readonly target: string; readonly params: Record<string, string | string[]>; readonly signature: string };
type Seen = { readonly target: string; readonly request: PublicRequest | undefined };
type ProbeResponse = { readonly status: number; readonly type: string; readonly body: string; readonly trace: readonly string[] };
type Failed = Extract<SelfTestResult, { kind: 'failed' }>;

const timeoutMs = 10_000;
const maxResponseBytes = 4_096;
const traceHeaders = ['server', 'via', 'x-powered-by', 'cf-ray', 'x-served-by', 'location'];

/** What the test's own request is answered with: anything else was put in its place on the way. */
export function selfTestTwiml(): string {
  return emptyTwiml();
}

/**
 * Sends a request signed like Twilio's around through the public URL and compares what left with what arrived. The house must be able
 * to reach its own public address; some routers do not allow that, and then only a call from Twilio tells.
 */
export class SelfTest {
  readonly #deps: Deps;
  #probe: string | undefined;
  #seen: Seen | undefined;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Told of every request at the door. */
  observe(request: PublicRequest): void {
    const probe = this.#probe;
    if (probe === undefined) return;
    if (request.target.includes(probe) || request.form.some(([, value]) => value.includes(probe))) {
      this.#seen = { target: request.target, request };
    }
  }

  /** Told of every request that found no door. */
  observeUnhandled(target: string): void {
    if (this.#probe !== undefined && target.includes(this.#probe)) this.#seen = { target, request: undefined };
  }

  /** One at a time; never throws. */
  async run(): Promise<SelfTestResult> {
    const { settings, clock } = this.#deps;
    const { publicUrl } = settings.current;
    const token = settings.signingTokens[0];
    if (publicUrl === undefined) return failed('setup', 'There is no public URL set (option public_url)');
    if (token === undefined) return failed('setup', 'There is no auth token set, so nothing can be signed');
    if (this.#probe !== undefined) return failed('setup', 'The test is running already');
    const probe = randomBytes(12).toString('hex');
    this.#probe = probe;
    this.#seen = undefined;
    try {
      const started = clock.monotonic();
      const sent = sign({ publicUrl, token, probe });
      const response = await this.#send(publicUrl, sent);
      const result = 'kind' in response ? response : this.#evaluate(publicUrl, sent, response);
      const milliseconds = clock.monotonic() - started;
      const message = `A signed request went around through ${publicUrl} unchanged, in ${milliseconds} ms`;
      return result ?? { kind: 'passed', milliseconds, message };
    } finally {
      this.#probe = undefined;
      this.#seen = undefined;
    }
  }

  async #send(publicUrl: string, { target, params, signature }: Sent): Promise<ProbeResponse | Failed> {
    const { fetch = globalThis.fetch } = this.#deps;
    const body = new URLSearchParams();
    for (const [name, value] of Object.entries(params)) for (const one of [value].flat()) body.append(name, one);
    const headers = {
      'Content-Type': 'application/x-www-form-urlencoded; charset=UTF-8',
      'User-Agent': 'TwilioProxy/1.1 (GoSIP self-test)',
      'X-Twilio-Signature': signature,
    };
    try {
      const init = { method: 'POST', headers, body: body.toString(), redirect: 'manual' } as const;
      const response = await fetch(publicUrl + target, { ...init, signal: AbortSignal.timeout(timeoutMs) });
      const trace = traceHeaders.flatMap((name) => {
        const value = response.headers.get(name);
        return value === null ? [] : [`${name}: ${value.slice(0, 200)}`];
      });
      const text = (await response.text()).slice(0, maxResponseBytes);
      return { status: response.status, type: response.headers.get('content-type') ?? '', body: text, trace };
    } catch (error) {
      return unreachable(error, publicUrl);
    }
  }

  #evaluate(publicUrl: string, sent: Sent, response: ProbeResponse): Failed | undefined {
    const { trace, status } = response;
    const seen = this.#seen;
    if (status >= 300 && status < 400) {
      return failed('redirect', `The public URL answers with a redirect (${status}): set the address it leads to instead`, trace);
    }
    if (seen === undefined) return failed('other-server', wrongServerMessage(response), trace);
    const change = compare(publicUrl, sent, seen);
    if (change !== undefined) return { ...change, trace };
    if (status !== 200 || response.body !== selfTestTwiml() || !response.type.startsWith('text/xml')) {
      const what = `status ${status}, type ${response.type === '' ? 'none' : response.type}`;
      return failed('answer', `The request arrived whole, but our answer was changed on its way back (${what})`, trace);
    }
    return undefined;
  }
}

/** With everything that middle boxes are known to change. */
function sign({ publicUrl, token, probe }: { publicUrl: string; token: string; probe: string }): Sent {
  const target = `${webhookUrl('', webhookPaths.selfTest)}?probe=${probe}&space=a%20b&slash=a%2Fb&order=2&order=1&empty=`;
  const params = {
    AccountSid: `AC${'0'.repeat(32)}`,
    Body: '  caffè & ☎ 100%  ',
    Empty: '',
    MiXed: 'MiXed',
    Probe: probe,
    'a[b]': '1',
    Twice: ['2', '1'],
  };
  return { target, params, signature: getExpectedTwilioSignature(token, publicUrl + target, params) };
}

function compare(publicUrl: string, sent: Sent, { target, request }: Seen): Failed | undefined {
  const expected = split(sent.target);
  const arrived = split(target);
  // Either form is fine, see `publicUrls`.
  const isSame = publicUrls(publicUrl, target).includes(publicUrl + sent.target);
  if (request === undefined || (!isSame && !arrived.path.endsWith(expected.path))) {
    return failed('path', `The path was changed on the way: ${expected.path} left, ${arrived.path} arrived`);
  }
  if (!isSame && arrived.query === expected.query) {
    return failed('path', `The path was changed on the way: ${expected.path} left, ${arrived.path} arrived`);
  }
  if (arrived.query !== expected.query) {
    return failed('query', `The query was changed on the way: ${expected.query} left, ${arrived.query} arrived`);
  }
  const signature = request.headers.get('x-twilio-signature');
  if (signature === undefined) return failed('headers', 'The header X-Twilio-Signature was taken away on the way');
  if (signature !== sent.signature) return failed('headers', 'The header X-Twilio-Signature was changed on the way');
  const changed = changedField(sent.params, new WebhookForm(request.form).forSignature());
  return changed === undefined ? undefined : failed('body', `The body was changed on the way: ${changed}`);
}

function changedField(sent: Sent['params'], arrived: Record<string, string | string[]>): string | undefined {
  for (const [name, value] of Object.entries(sent)) {
    const other = arrived[name];
    if (other === undefined) return `the field ${name} is missing`;
    if ([value].flat().join('\n') !== [other].flat().join('\n')) {
      return `the field ${name} left as ${JSON.stringify(value)} and arrived as ${JSON.stringify(other)}`;
    }
  }
  const extra = Object.keys(arrived).find((name) => !(name in sent));
  return extra === undefined ? undefined : `the field ${extra.slice(0, 64)} was added`;
}

function split(target: string): { readonly path: string; readonly query: string } {
  const [path = '', ...rest] = target.slice(0, 1_000).split('?');
  return { path, query: rest.join('?') };
}

function wrongServerMessage({ status, type }: ProbeResponse): string {
  const said = `It answered with status ${status}${type === '' ? '' : ` and ${type}`}`;
  return `The request reached a server, but not this house: something in between answers the public URL itself. ${said}.`;
}

const certificateCodes = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS|ERR_SSL|EPROTO/;

function unreachable(error: unknown, publicUrl: string): Failed {
  const code = codeOf(error);
  const host = URL.canParse(publicUrl) ? new URL(publicUrl).host : publicUrl;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return failed('name', `Nobody knows the name ${host} (${code})`);
  if (certificateCodes.test(code)) {
    return failed('certificate', `The certificate of ${host} is not one that Twilio accepts (${code})`);
  }
  const why = code === 'TimeoutError' ? 'no answer came in 10 seconds' : code;
  const hint = 'If calls do come in, the router does not let the house reach its own public address.';
  return failed('network', `${host} cannot be reached from here: ${why}. ${hint}`);
}

function codeOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string') return cause.code;
  return cause instanceof Error ? cause.name : 'unknown reason';
}

function failed(hop: Failed['hop'], message: string, trace: readonly string[] = []): Failed {
  return { kind: 'failed', hop, message, trace };
}
