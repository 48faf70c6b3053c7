import { randomBytes } from 'node:crypto';
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js';
import type { Clock } from '#base/clock.ts';
import type { PublicRequest } from '#contract/public-request.ts';
import { publicUrls } from './signature.ts';
import type { LiveTwilioSettings } from '#twilio/api/settings.ts';
import { emptyTwiml } from './twiml.ts';
import { WebhookForm } from './webhook-form.ts';
import { webhookPaths, webhookUrl } from './webhook-paths.ts';

/** Where a request through the public URL was lost or changed. */
export type SelfTestResult =
  | { readonly kind: 'passed'; readonly milliseconds: number; readonly message: string }
  | {
      readonly kind: 'failed';
      /** `setup` is ours; the others name the part of the request that was changed, and thereby who changed it. */
      readonly hop:
        | 'setup'
        | 'dns'
        | 'network'
        | 'certificate'
        | 'redirect'
        | 'wrong-server'
        | 'path'
        | 'query'
        | 'headers'
        | 'body'
        | 'response';
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

/** The response to the self-test's own request: any other was substituted on the way. */
export function selfTestTwiml(): string {
  return emptyTwiml();
}

/**
 * Sends a request signed like Twilio's through the public URL to ourselves and compares what was sent with what arrived. This needs a
 * router that lets the house reach its own public address (hairpin NAT); without, only a call from Twilio can tell.
 */
export class SelfTest {
  readonly #deps: Deps;
  #probe: string | undefined;
  #seen: Seen | undefined;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Called for every webhook request. */
  observe(request: PublicRequest): void {
    const probe = this.#probe;
    if (probe === undefined) return;
    if (request.target.includes(probe) || request.form.some(([, value]) => value.includes(probe))) {
      this.#seen = { target: request.target, request };
    }
  }

  /** Called for every request without a route. */
  observeUnhandled(target: string): void {
    if (this.#probe !== undefined && target.includes(this.#probe)) this.#seen = { target, request: undefined };
  }

  /** One at a time; never throws. */
  async run(): Promise<SelfTestResult> {
    const { settings, clock } = this.#deps;
    const { publicUrl } = settings.current;
    const token = settings.signingTokens[0];
    if (publicUrl === undefined) return failed('setup', 'No public URL is set (option public_url)');
    if (token === undefined) return failed('setup', 'No auth token is set, so nothing can be signed');
    if (this.#probe !== undefined) return failed('setup', 'The self-test is running already');
    const probe = randomBytes(12).toString('hex');
    this.#probe = probe;
    this.#seen = undefined;
    try {
      const started = clock.monotonic();
      const sent = sign({ publicUrl, token, probe });
      const response = await this.#send(publicUrl, sent);
      const result = 'kind' in response ? response : this.#evaluate(publicUrl, sent, response);
      const milliseconds = clock.monotonic() - started;
      const message = `A signed request came back through ${publicUrl} unchanged, in ${milliseconds} ms`;
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
      return failed('redirect', `The public URL redirects (${status}): set the URL it redirects to instead`, trace);
    }
    if (seen === undefined) return failed('wrong-server', wrongServerMessage(response), trace);
    const change = compare(publicUrl, sent, seen);
    if (change !== undefined) return { ...change, trace };
    if (status !== 200 || response.body !== selfTestTwiml() || !response.type.startsWith('text/xml')) {
      const what = `status ${status}, type ${response.type === '' ? 'none' : response.type}`;
      return failed('response', `The request arrived intact, but our response was changed on the way back (${what})`, trace);
    }
    return undefined;
  }
}

/** With everything that proxies are known to change. */
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
  // Both forms are valid, see `publicUrls`.
  const isSame = publicUrls(publicUrl, target).includes(publicUrl + sent.target);
  if (request === undefined || (!isSame && !arrived.path.endsWith(expected.path))) {
    return failed('path', `The path was changed on the way: ${expected.path} was sent, ${arrived.path} arrived`);
  }
  if (!isSame && arrived.query === expected.query) {
    return failed('path', `The path was changed on the way: ${expected.path} was sent, ${arrived.path} arrived`);
  }
  if (arrived.query !== expected.query) {
    return failed('query', `The query was changed on the way: ${expected.query} was sent, ${arrived.query} arrived`);
  }
  const signature = request.headers.get('x-twilio-signature');
  if (signature === undefined) return failed('headers', 'The header X-Twilio-Signature was removed on the way');
  if (signature !== sent.signature) return failed('headers', 'The header X-Twilio-Signature was changed on the way');
  const changed = changedField(sent.params, new WebhookForm(request.form).forSignature());
  return changed === undefined ? undefined : failed('body', `The body was changed on the way: ${changed}`);
}

function changedField(sent: Sent['params'], arrived: Record<string, string | string[]>): string | undefined {
  for (const [name, value] of Object.entries(sent)) {
    const other = arrived[name];
    if (other === undefined) return `the field ${name} is missing`;
    if ([value].flat().join('\n') !== [other].flat().join('\n')) {
      return `the field ${name} was sent as ${JSON.stringify(value)} and arrived as ${JSON.stringify(other)}`;
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
  return `The request reached another server, not this house: a proxy in between answers the public URL itself. ${said}.`;
}

const certificateCodes = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS|ERR_SSL|EPROTO/;

function unreachable(error: unknown, publicUrl: string): Failed {
  const code = codeOf(error);
  const host = URL.canParse(publicUrl) ? new URL(publicUrl).host : publicUrl;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return failed('dns', `The name ${host} does not resolve (${code})`);
  if (certificateCodes.test(code)) {
    return failed('certificate', `The certificate of ${host} is not accepted by Twilio (${code})`);
  }
  const why = code === 'TimeoutError' ? 'no response within 10 seconds' : code;
  const hint = 'If inbound calls work, the router does not support hairpin NAT: the house cannot reach its own public address.';
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
