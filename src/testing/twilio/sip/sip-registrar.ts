import { parseNameAddr, splitList } from '#sip-engine/message/fields.ts';
import type { SipMessage } from '#sip-engine/message/message.ts';
import { parseUri } from '#sip-engine/message/uri.ts';
import { responseTo } from './sip-build.ts';
import type { Challenger } from './sip-digest.ts';
import type { Edge } from './sip-edge.ts';
import { domainName } from './sip-names.ts';
import type { EdgeServerTransaction } from './sip-transactions.ts';
import type { WireFlow } from './sip-wire.ts';
import type { SipDomainFacts } from '#testing/twilio/base/voice-side.ts';

// The registrar of the SIP Domains: 407, at most ten bindings of a user, five requests a second.
// Called for every REGISTER.
// Must stay true: a binding is reached by the flow it registered over, whatever its Contact says.

export type Binding = {
  readonly contact: string;
  readonly flow: WireFlow;
  readonly expiresAt: number;
};

const minSeconds = 600;
const maxSeconds = 3600;
const maxBindings = 10;

type Refusal = { readonly status: number; readonly code?: number; readonly headers?: Readonly<Record<string, string>> };
type RequestedBinding = { readonly contact: string; readonly seconds: number };

export class SipRegistrar {
  readonly #edge: Edge;
  readonly #challenger: Challenger;
  /** By `user@domain`. */
  readonly #bindings = new Map<string, Binding[]>();
  readonly #times = new Map<string, number[]>();

  constructor(edge: Edge, challenger: Challenger) {
    this.#edge = edge;
    this.#challenger = challenger;
  }

  receive({ request, flow, respond }: EdgeServerTransaction): void {
    const refuse = ({ status, code, headers }: Refusal): void => {
      if (code !== undefined) this.#edge.deps.alert(code, `REGISTER of ${request.get('to') ?? ''}`);
      const error = code === undefined ? {} : { 'X-Twilio-Error': `${code} ${status}` };
      respond(responseTo(request, status, { headers: { ...error, ...headers } }));
    };
    const user = parseUri(request.to?.uri ?? '')?.user ?? '';
    const domain = this.#domainOf(request);
    if (typeof domain === 'number') refuse({ status: domain, ...(domain === 404 ? { code: 32_002 } : {}) });
    else {
      const address = `${user}@${domain.name}`;
      const refusal = this.refusalOf(request, { domain, user, address, flow });
      if (refusal) refuse(refusal);
      else this.#register(request, { address, flow, refuse, respond });
    }
  }

  /** Bindings that have not expired. */
  of(user: string, domain: string): readonly Binding[] {
    const now = this.#edge.deps.clock.now();
    return (this.#bindings.get(`${user}@${domain}`) ?? []).filter((binding) => binding.expiresAt > now);
  }

  clear(): void {
    this.#bindings.clear();
  }

  #domainOf(request: SipMessage): SipDomainFacts | number {
    const host = parseUri(request.requestUri)?.host ?? '';
    const name = domainName(host);
    if (name?.kind === 'trunk') return 405;
    return (name && this.#edge.deps.directory.domain(name.name)) ?? 404;
  }

  refusalOf(
    request: SipMessage,
    { domain, user, address, flow }: { domain: SipDomainFacts; user: string; address: string; flow: WireFlow },
  ): Refusal | undefined {
    if (this.#edge.deps.directory.isSuspended()) return { status: 403 };
    if (!domain.acceptsRegistrations) return { status: 403, code: 32_210 };
    if (domain.registrationCredentials === undefined) return { status: 403, code: 32_212 };
    if (domain.secure && flow.protocol !== 'tls') return { status: 403, code: 32_209 };
    if (this.#isRateLimited(address)) return { status: 503, code: 32_008, headers: { 'Retry-After': '1' } };
    if (request.has('authorization') && !request.has('proxy-authorization')) {
      this.#edge.trace.breach('REGISTER answers a 407 with Authorization');
    }
    const verdict = this.#challenger.check(request, domain.registrationCredentials);
    if (verdict.kind === 'challenge') {
      const isStale = verdict.isStale && this.#edge.switches.saysStale;
      return { status: 407, headers: { 'Proxy-Authenticate': this.#challenger.challenge({ isStale }) } };
    }
    if (verdict.kind === 'wrong') return { status: 403, code: 32_202 };
    return verdict.username === user ? undefined : { status: 403, code: 32_106 };
  }

  #register(
    request: SipMessage,
    {
      address,
      flow,
      refuse,
      respond,
    }: { address: string; flow: WireFlow; refuse: (refusal: Refusal) => void } & Pick<EdgeServerTransaction, 'respond'>,
  ): void {
    const { switches, deps } = this.#edge;
    const now = deps.clock.now();
    const requested = requestedBindings(request);
    const isShort = requested.some(({ seconds }) => seconds > 0 && seconds < minSeconds);
    if (isShort && switches.shortExpires === 'refuse') {
      refuse({ status: 423, headers: { 'Min-Expires': String(minSeconds) } });
      return;
    }
    const isWildcard = request.get('contact') === '*';
    const kept = (this.#bindings.get(address) ?? []).filter(
      (binding) => binding.expiresAt > now && !isWildcard && !requested.some(({ contact }) => contact === binding.contact),
    );
    const added = requested
      .filter(({ seconds }) => seconds > 0)
      .map(({ contact, seconds }) => {
        const granted = Math.min(maxSeconds, Math.max(minSeconds, seconds));
        return { contact, flow, expiresAt: now + granted * 1000 };
      });
    const all = [...kept, ...added];
    if (all.length > maxBindings) {
      refuse({ status: 403, code: 32_007 });
      return;
    }
    if (all.length === 0) this.#bindings.delete(address);
    else this.#bindings.set(address, all);
    const response = responseTo(request, 200);
    for (const { contact, expiresAt } of all) {
      response.append('contact', `<${contact}>;expires=${Math.round((expiresAt - now) / 1000)}`);
    }
    respond(response);
  }

  // Counted in real time: it is about packets.
  #isRateLimited(address: string): boolean {
    const now = this.#edge.wireClock.now();
    const recent = (this.#times.get(address) ?? []).filter((time) => time > now - 1000);
    recent.push(now);
    if (this.#times.size > 1000) this.#times.clear();
    this.#times.set(address, recent.slice(-1000));
    return recent.length > this.#edge.switches.maxRegistersPerSecond;
  }
}

function requestedBindings(request: SipMessage): RequestedBinding[] {
  const fallback = Number(request.get('expires') ?? maxSeconds);
  return request.getAll('contact').flatMap((line) =>
    splitList(line).flatMap((value) => {
      const contact = parseNameAddr(value);
      if (contact === undefined) return [];
      const seconds = Number(contact.params.get('expires') ?? fallback);
      return [{ contact: contact.uri, seconds: Number.isFinite(seconds) ? seconds : maxSeconds }];
    }),
  );
}
