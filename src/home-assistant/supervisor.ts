// Owns what we ask the Supervisor, which installs and starts us as an app of Home Assistant.
// Called by app, where the variable SUPERVISOR_TOKEN is set.
// Must stay true: each call ends within its limit, with an answer of the expected shape or a SupervisorError; the token goes nowhere else.
import { parseJson } from '#base/json.ts';
import type { z } from 'zod';
import type { Clock } from '#base/clock.ts';
import { AppError } from '#base/errors.ts';
import { validate } from '#contract/validation.ts';
import type { Broker } from './broker.ts';
import { coreData, envelope, infoData, mqttData, networkData, selfData } from './supervisor-replies.ts';

export type SupervisorDeps = {
  /** Without a slash at the end: `http://supervisor`. */
  readonly url: string;
  /** Made anew for each start of ours. */
  readonly token: string;
  readonly clock: Clock;
};

/** `unavailable`: away or not ready, try again; `forbidden`: our config.yaml or token does not allow it; `internal`: an answer of another shape. */
export class SupervisorError extends AppError {
  declare readonly code: 'unavailable' | 'forbidden' | 'internal';

  constructor(code: SupervisorError['code'], message: string, cause?: unknown) {
    super(code, message, { cause });
  }
}

export type SupervisedSelf = {
  /** With the repository's part, such as `a0d7b954_gosip`: the panel is at `/app/<slug>`. */
  readonly slug: string;
  /** Where the Supervisor reaches us: with the host's network its gateway, 172.30.32.1. */
  readonly address: string;
  /** Undefined until it is chosen. */
  readonly ingressPort: number | undefined;
  /** The port map as the user edited it, such as `5060/udp` → 5062; null: switched off. */
  readonly network: Readonly<Record<string, number | null>>;
};

/** The addresses of the interface by which the machine reaches the house and the world. */
export type PrimaryInterface = { readonly name: string; readonly ipv4: string | undefined; readonly ipv6: string | undefined };

export type CoreInfo = {
  readonly version: string | undefined;
  readonly address: string;
  readonly port: number;
  readonly isSecure: boolean;
};

const limitMs = 5_000;

export class Supervisor {
  readonly #deps: SupervisorDeps;
  readonly #closing = new AbortController();

  constructor(deps: SupervisorDeps) {
    this.#deps = deps;
  }

  /** Aborts the requests in flight; later ones fail. */
  close(): void {
    this.#closing.abort();
  }

  async info(): Promise<{ readonly timeZone: string | undefined; readonly hostname: string | undefined }> {
    const { timezone, hostname } = await this.#get('/info', infoData);
    return { timeZone: timezone ?? undefined, hostname: hostname ?? undefined };
  }

  async self(): Promise<SupervisedSelf> {
    const self = await this.#get('/addons/self/info', selfData);
    // 0: not chosen yet.
    return {
      slug: self.slug,
      address: self.ip_address,
      ingressPort: self.ingress_port || undefined,
      network: self.network ?? {},
    };
  }

  /** Undefined while no app provides a broker, which also is so for a while after each boot of the machine. */
  async mqtt(): Promise<Broker | undefined> {
    const found = await this.#ask('/services/mqtt', mqttData);
    if (found.kind === 'refused') return undefined;
    const { host, port, ssl, username, password } = found.data;
    const url = `${ssl ? 'mqtts' : 'mqtt'}://${host.includes(':') ? `[${host}]` : host}:${port}`;
    const login = { ...(username === undefined ? {} : { username }), ...(password === undefined ? {} : { password }) };
    return { url, ...login, source: 'supervisor' };
  }

  /** Undefined where no interface is the primary one, such as without any network. */
  async network(): Promise<PrimaryInterface | undefined> {
    const { interfaces } = await this.#get('/network/info', networkData);
    const primary = interfaces.find((one) => one.primary && one.connected);
    if (primary === undefined) return undefined;
    const first = (addresses: readonly string[] | undefined) => addresses?.[0]?.split('/')[0];
    return { name: primary.interface, ipv4: first(primary.ipv4?.address), ipv6: first(primary.ipv6?.address) };
  }

  async coreInfo(): Promise<CoreInfo> {
    const { version, ip_address: address, port, ssl } = await this.#get('/core/info', coreData);
    return { version: version ?? undefined, address, port, isSecure: ssl };
  }

  async #get<Schema extends z.ZodType>(path: string, schema: Schema): Promise<z.output<Schema>> {
    const found = await this.#ask(path, schema);
    if (found.kind === 'data') return found.data;
    throw new SupervisorError('unavailable', `The Supervisor of Home Assistant refuses ${path}: ${found.message}`);
  }

  /** `refused`: status 400, which also says that a service has no provider. */
  async #ask<Schema extends z.ZodType>(path: string, schema: Schema) {
    const { status, text } = await this.#fetch(path);
    const answer = validate(envelope, parseJson(text));
    if (answer.kind === 'fits' && answer.value.result === 'error') return refusal(status, path, answer.value.message);
    if (status !== 200) return refusal(status, path, undefined);
    const data = validate(schema, answer.kind === 'fits' && answer.value.result === 'ok' ? answer.value.data : undefined);
    if (data.kind === 'fits') return { kind: 'data', data: data.value } as const;
    const problems = data.problems.map(({ field, message }) => `${field} ${message}`).join(', ');
    throw new SupervisorError('internal', `The Supervisor of Home Assistant answers ${path} in another shape: ${problems}`);
  }

  async #fetch(path: string): Promise<{ readonly status: number; readonly text: string }> {
    const { url, token, clock } = this.#deps;
    const tooLate = new AbortController();
    const limit = clock.after(limitMs, () => tooLate.abort());
    try {
      const headers = { Authorization: `Bearer ${token}` };
      const response = await fetch(`${url}${path}`, {
        headers,
        signal: AbortSignal.any([tooLate.signal, this.#closing.signal]),
        redirect: 'error',
      });
      return { status: response.status, text: await response.text() };
    } catch (error) {
      throw new SupervisorError('unavailable', `The Supervisor of Home Assistant does not answer ${path}`, error);
    } finally {
      limit.cancel();
    }
  }
}

/** While it starts it answers 400 to everything. */
const notReady = /^System is not ready/;

function refusal(status: number, path: string, message = `status ${status}`) {
  if (status === 400 && !notReady.test(message)) return { kind: 'refused', message } as const;
  const isForbidden = status === 401 || status === 403;
  throw new SupervisorError(
    isForbidden ? 'forbidden' : 'unavailable',
    `The Supervisor of Home Assistant refuses ${path}: ${message}`,
  );
}
