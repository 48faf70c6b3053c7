// Owns the answer to REGISTER: who may bind which contacts to which device, for how long (RFC 3261 section 10).
// Called by sip with a parsed request; writes registrations, where calls looks up whom to ring.
// Must stay true: a 200 is sent only after the registration is stored, or once storage has failed and memory must do.
import type { Clock } from '#base/clock.ts';
import type { NewId } from '#base/ids.ts';
import type { Log } from '#base/log.ts';
import { LogThrottle } from '#base/throttle.ts';
import type { AuthDecision, Authenticator } from './authenticator.ts';
import { readContactUri, uriUser } from './contact-uri.ts';
import type { Device } from './device.ts';
import { faultOfRejection, readRefused } from './device-fault.ts';
import type { DeviceNames } from './device-fault.ts';
import type { DeviceFaults } from './device-faults.ts';
import type { RegisterDecision, RegisterRequest } from './register-request.ts';
import { decideBindings } from './registrar-decision.ts';
import type { Rejection } from './registrar-decision.ts';
import type { Registration } from './registration.ts';
import type { Registrations } from './registrations.ts';

export type RegistrarDeps = {
  readonly authenticator: Authenticator;
  readonly registrations: Registrations;
  readonly devices: DeviceNames;
  readonly faults: Pick<DeviceFaults, 'failed' | 'failedUnknown' | 'registered'>;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly log: Log;
};

type Accepted = Extract<AuthDecision, { kind: 'accepted' }>;

export class Registrar {
  readonly #deps: RegistrarDeps;
  readonly #logThrottle: LogThrottle;

  constructor(deps: RegistrarDeps) {
    this.#deps = deps;
    this.#logThrottle = new LogThrottle({ clock: deps.clock });
  }

  async register(request: RegisterRequest): Promise<RegisterDecision> {
    const { requestUri, toUri, authorization, source } = request;
    const user = uriUser(toUri);
    const auth = this.#deps.authenticator.authenticate({
      method: 'REGISTER',
      requestUri,
      authorization,
      source: source.address,
      callId: request.callId,
      kind: 'www',
      user,
    });
    if (auth.kind !== 'accepted') this.#noteRefused(auth, request, user);
    if (auth.kind === 'challenge') {
      // A stale nonce is routine.
      if (auth.reason === 'wrong-credentials')
        this.#warn({ source, user }, 'A phone was refused: unknown name, wrong password or switched off');
      if (auth.reason === 'weak-algorithm') this.#warn({ source, user }, 'A phone that is set to SHA-256 answered with MD5');
      return { kind: 'challenge', challenges: auth.challenges };
    }
    if (auth.kind === 'slow-down') {
      this.#warn(
        { source, user, retryAfterSeconds: auth.retryAfterSeconds },
        'Too many wrong passwords from this source for this device',
      );
      return { kind: 'slow-down', retryAfterSeconds: auth.retryAfterSeconds };
    }
    const refused = mayRegister(auth.device, request, user);
    if (refused === undefined) return this.#bind(auth, request);
    return this.#refuse(auth.device, request, refused);
  }

  #noteRefused(auth: Exclude<AuthDecision, Accepted>, request: RegisterRequest, user: string): void {
    const { devices, faults } = this.#deps;
    const refused = readRefused(auth, user, devices);
    if (refused === undefined) return;
    if ('device' in refused) faults.failed(refused.device.id, refused.fault, request);
    else faults.failedUnknown(refused.unknownName, request);
  }

  #refuse(device: Device, request: RegisterRequest, refused: Rejection): Rejection {
    const { id, name } = device;
    const { source } = request;
    const fault = faultOfRejection(refused, source.protocol, device);
    if (fault !== undefined) this.#deps.faults.failed(id, fault, request);
    this.#warn({ device: id, name, source, status: refused.status, reason: refused.reason }, 'A REGISTER was refused');
    return refused;
  }

  /** Once a minute for one source: a phone that retries must not fill the log. */
  #warn(facts: { readonly source: RegisterRequest['source']; readonly [name: string]: unknown }, sentence: string): void {
    const { user = '', device = '' } = facts;
    if (this.#logThrottle.shouldLog(`${sentence} ${facts.source.address} ${String(user)} ${String(device)}`)) {
      this.#deps.log.warn(facts, sentence);
    }
  }

  async #bind({ device, nonceSerial, lastNonceSerial }: Accepted, request: RegisterRequest): Promise<RegisterDecision> {
    const { registrations, clock, newId, log } = this.#deps;
    const bindings = registrations.of(device.id);
    const now = clock.now();
    const facts = { deviceId: device.id, bindings, request, nonceSerial, lastNonceSerial, now, newId: () => newId('reg') };
    const decision = decideBindings(facts);
    if (decision.kind === 'rejected') return this.#refuse(device, request, decision);
    if (decision.kind === 'fetch') return registered(device, bindings, { now, path: [], isOutbound: false });
    try {
      await registrations.apply({ deviceId: device.id, ...decision });
    } catch (error) {
      log.error({ device: device.id, err: error }, 'Registration not stored');
      return { kind: 'rejected', status: 500, reason: 'Server Internal Error' };
    }
    this.#deps.faults.registered(device.id, request.source);
    const [untrusted] = request.untrustedPath;
    if (untrusted !== undefined) {
      const { source } = request;
      this.#warn(
        { device: device.id, name: device.name, source, path: untrusted },
        'Path ignored: its sender is not one of sip_edge_proxies',
      );
    }
    // Returned to phones that support it (RFC 3327 section 5.3).
    const path = request.supported.includes('path') ? request.path : [];
    return registered(device, decision.bindings, { now, path, isOutbound: decision.isOutbound });
  }
}

/** Why this device may not register like this, though its password is right (RFC 3261 section 10.3, steps 4 and 5). */
function mayRegister(device: Device, { toUri, source }: RegisterRequest, user: string): Rejection | undefined {
  if (readContactUri(toUri) === undefined) return { kind: 'rejected', status: 400, reason: 'Bad To Header' };
  if (user !== device.username && user !== device.extension) return { kind: 'rejected', status: 403, reason: 'Forbidden' };
  if (!device.transports.includes(source.protocol)) return { kind: 'rejected', status: 403, reason: 'Transport Not Allowed' };
  return undefined;
}

type RegisteredFields = { readonly now: number; readonly path: readonly string[]; readonly isOutbound: boolean };

function registered(
  device: Device,
  bindings: readonly Registration[],
  { now, path, isOutbound }: RegisteredFields,
): RegisterDecision {
  const contacts = bindings.map(({ contactUri, expiresAt, q, params }) => ({
    uri: contactUri,
    expiresSeconds: Math.ceil((expiresAt - now) / 1000),
    q,
    params,
  }));
  return { kind: 'registered', deviceId: device.id, contacts, path, isOutbound };
}
