import type { DeviceId, Id } from '#base/ids.ts';
import { isSameContact, readContactUri } from './contact-uri.ts';
import type { RegisterRequest } from './register-request.ts';
import { isSameSource, noParams } from './registration.ts';
import type { ContactParams, Registration } from './registration.ts';

const registrarLimits = { minSeconds: 60, maxSeconds: 3600, defaultSeconds: 3600, maxContacts: 10 } as const;

/** All that the decision depends on. `bindings` are those of the device that are live now. */
export type RegisterFacts = {
  readonly deviceId: DeviceId;
  readonly bindings: readonly Registration[];
  readonly request: RegisterRequest;
  /** The number of the nonce it was proven with, and the highest given out until now. */
  readonly nonceSerial: number;
  readonly lastNonceSerial: number;
  readonly now: number;
  readonly newId: () => Id<'reg'>;
};

export type Rejection = {
  readonly kind: 'rejected';
  readonly status: number;
  readonly reason: string;
  readonly headers?: Readonly<Record<string, string>>;
};

export type BindingDecision =
  | Rejection
  /** A REGISTER without a Contact only asks. */
  | { readonly kind: 'fetch' }
  | {
      readonly kind: 'update';
      /** All bindings of the device afterwards. */
      readonly bindings: readonly Registration[];
      /** Those of `bindings` that are new or changed, to be stored. */
      readonly stored: readonly Registration[];
      readonly removed: readonly Registration[];
      readonly isOutbound: boolean;
    };

type RequestedBinding = {
  readonly uri: string;
  readonly seconds: number;
  readonly q: number;
  readonly instanceId: string | undefined;
  readonly regId: number | undefined;
  readonly params: ContactParams;
};

const supportedExtensions = new Set(['path', 'outbound']);

/** The registrar's processing of an authenticated REGISTER (RFC 3261 section 10.3, RFC 5626 section 6), all or nothing. */
export function decideBindings(facts: RegisterFacts): BindingDecision {
  const { request } = facts;
  const isPathTrusted = request.untrustedPath.length === 0;
  const unknown = request.required.filter((tag) => !supportedExtensions.has(tag) || (tag === 'path' && !isPathTrusted));
  if (unknown.length > 0) return rejected(420, 'Bad Extension', { Unsupported: unknown.join(', ') });
  if (request.isWildcard) return removeAll(facts);
  if (request.contacts.length === 0) return { kind: 'fetch' };
  if (request.contacts.length > registrarLimits.maxContacts) return rejected(403, 'Too Many Contacts');
  const wanted: RequestedBinding[] = [];
  for (const contact of request.contacts) {
    const read = readContact(contact, request);
    if ('kind' in read) return read;
    wanted.push(read);
  }
  return checkOutbound(wanted, request) ?? update(facts, wanted);
}

/** `Contact: *` takes everything back, and only so (RFC 3261 section 10.3, step 6). */
function removeAll(facts: RegisterFacts): BindingDecision {
  const { bindings, request } = facts;
  if (request.expires !== 0 || request.contacts.length > 0) return rejected(400, 'Bad Contact Header');
  if (bindings.some((binding) => isOutOfOrder(binding, facts))) return outOfOrder;
  return { kind: 'update', bindings: [], stored: [], removed: bindings, isOutbound: false };
}

function readContact(
  { uri, params }: RegisterRequest['contacts'][number],
  request: RegisterRequest,
): RequestedBinding | Rejection {
  if (readContactUri(uri) === undefined) return rejected(400, 'Bad Contact Header');
  const asked = params.get('expires');
  // One that cannot be read counts as an hour (RFC 3261 section 20.10).
  const ownSeconds = asked === undefined ? undefined : (readCount(asked) ?? registrarLimits.defaultSeconds);
  const seconds = Math.min(ownSeconds ?? request.expires ?? registrarLimits.defaultSeconds, registrarLimits.maxSeconds);
  if (seconds > 0 && seconds < registrarLimits.minSeconds) {
    return rejected(423, 'Interval Too Brief', { 'Min-Expires': String(registrarLimits.minSeconds) });
  }
  const kept = [...params].filter(([name]) => name !== 'expires' && name !== 'q');
  const instanceId = params.get('+sip.instance') ?? undefined;
  return {
    uri,
    seconds,
    q: readQ(params.get('q')),
    instanceId,
    regId: instanceId === undefined ? undefined : readCount(params.get('reg-id') ?? null),
    params: kept.length === 0 ? noParams : new Map(kept),
  };
}

function checkOutbound(wanted: readonly RequestedBinding[], { supported, path }: RegisterRequest): Rejection | undefined {
  const flows = wanted.filter(({ regId, seconds }) => regId !== undefined && seconds > 0);
  if (flows.length === 0 || !supported.includes('outbound')) return undefined;
  if (flows.length > 1) return rejected(400, 'Several Contacts With reg-id');
  const firstHop = path.at(-1);
  // Without `ob` the phone's own proxy cannot keep the flow (RFC 5626 section 6).
  if (firstHop !== undefined && !/;ob(?:[;=?]|$)/i.test(firstHop)) return rejected(439, 'First Hop Lacks Outbound Support');
  return undefined;
}

function update(facts: RegisterFacts, wanted: readonly RequestedBinding[]): BindingDecision {
  const { request, bindings } = facts;
  const stored = new Map<string, Registration>();
  const named = new Set(bindings.filter((binding) => wanted.some((contact) => isSameBinding(binding, contact, request))));
  let remaining = [...bindings];
  for (const contact of wanted) {
    const match = remaining.find((binding) => isSameBinding(binding, contact, request));
    if (match !== undefined && !stored.has(match.id) && isOutOfOrder(match, facts)) return outOfOrder;
    if (contact.seconds === 0) {
      remaining = remaining.filter((binding) => binding !== match);
      continue;
    }
    const binding = bind(facts, contact, match);
    const isGone = (other: Registration) =>
      other === match || (!named.has(other) && !stored.has(other.id) && isStaleBinding(other, contact, request));
    remaining = [...remaining.filter((other) => !isGone(other)), binding];
    stored.set(binding.id, binding);
  }
  remaining = withinLimit(remaining, stored);
  const left = new Set(remaining.map(({ id }) => id));
  return {
    kind: 'update',
    bindings: remaining,
    stored: remaining.filter(({ id }) => stored.has(id)),
    removed: bindings.filter(({ id }) => !left.has(id)),
    isOutbound: request.supported.includes('outbound') && wanted.some(({ regId }) => regId !== undefined),
  };
}

function bind(facts: RegisterFacts, contact: RequestedBinding, match: Registration | undefined): Registration {
  const { deviceId, request, lastNonceSerial, now, newId } = facts;
  return {
    id: match?.id ?? newId(),
    deviceId,
    contactUri: contact.uri,
    q: contact.q,
    params: contact.params,
    path: request.path,
    instanceId: contact.instanceId,
    regId: contact.regId,
    source: request.source,
    userAgent: request.userAgent,
    callId: request.callId,
    cseq: request.cseq,
    lastNonceSerial,
    registeredAt: now,
    expiresAt: now + contact.seconds * 1000,
  };
}

/** A flow is known by its instance and number, whatever its URI became (RFC 5626 section 6); any other contact by its URI. */
function isSameBinding(binding: Registration, contact: RequestedBinding, request: RegisterRequest): boolean {
  if (contact.regId !== undefined && binding.regId !== undefined) {
    return binding.instanceId === contact.instanceId && binding.regId === contact.regId;
  }
  return isSameContact(binding.contactUri, contact.uri) && !isAnotherPhone(binding, contact, request);
}

/** Two homes of one family may both have a phone at 192.168.1.10: its instance and its source identify it. */
function isAnotherPhone(binding: Registration, { instanceId }: RequestedBinding, { source }: RegisterRequest): boolean {
  const isOther = instanceId !== undefined && binding.instanceId !== undefined && instanceId !== binding.instanceId;
  return isOther && !isSameSource(binding.source, source);
}

/**
 * Whether a binding that the request does not name is one this phone left behind. Its instance decides, whatever the Call-ID: phones keep
 * it over a reconnection and a restart (RFC 3261 section 10.2), and two phones of one device have two instances. Where one of the two has
 * no instance: no two phones share a source, so another Call-ID from there means the phone restarted (section 10.2.4). Behind a proxy all
 * share one source.
 */
function isStaleBinding(binding: Registration, contact: RequestedBinding, request: RegisterRequest): boolean {
  if (contact.instanceId !== undefined && binding.instanceId !== undefined) {
    return binding.instanceId === contact.instanceId && (binding.regId === undefined || contact.regId === undefined);
  }
  return !request.isByProxy && isSameSource(binding.source, request.source) && binding.callId !== request.callId;
}

/**
 * Under the same Call-ID the CSeq must increase (RFC 3261 section 10.3, step 7), unless the nonce proves that the request is newer: it
 * was issued after the binding was last refreshed. So a phone that counts from 1 again after a power cut is accepted at once, while an
 * overtaken datagram changes nothing (and a replayed one is not accepted at all).
 */
function isOutOfOrder(binding: Registration, { request, nonceSerial }: RegisterFacts): boolean {
  return binding.callId === request.callId && request.cseq <= binding.cseq && nonceSerial <= binding.lastNonceSerial;
}

/** Makes room by dropping those refreshed longest ago: a phone that forgets its contacts must not shut itself out. */
function withinLimit(bindings: readonly Registration[], stored: ReadonlyMap<string, Registration>): Registration[] {
  const excess = bindings.length - registrarLimits.maxContacts;
  if (excess <= 0) return [...bindings];
  const oldest = bindings.filter(({ id }) => !stored.has(id)).toSorted((one, other) => one.registeredAt - other.registeredAt);
  const gone = new Set(oldest.slice(0, excess));
  return bindings.filter((binding) => !gone.has(binding));
}

function readCount(text: string | null): number | undefined {
  return text !== null && /^\d{1,10}$/.test(text) ? Number(text) : undefined;
}

/** 1 where it is missing or cannot be read. */
function readQ(text: string | null | undefined): number {
  return typeof text === 'string' && /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(text) ? Number(text) : 1;
}

function rejected(status: number, reason: string, headers?: Readonly<Record<string, string>>): Rejection {
  return headers === undefined ? { kind: 'rejected', status, reason } : { kind: 'rejected', status, reason, headers };
}

const outOfOrder: Rejection = rejected(500, 'CSeq Out Of Order');
