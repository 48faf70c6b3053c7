import type { EngineClock } from '../runtime/clock.ts';
import type { EngineLog } from '../runtime/engine-log.ts';
import type { SipMessage } from '../message/message.ts';
import type { SourceLimits } from '../transport/source-limits.ts';
import type { Standing } from '../transport/known-sources.ts';
import type { Flow } from '../transport/transport.ts';
import { parseUri } from '../message/uri.ts';

// Owns which requests reach the applications, and what is learned about their sources from what becomes of them.
// Called by the transaction layer and the user agent core.
// Must stay true: emergency calls have room of their own, inbound and outbound.

type AdmissionDeps = {
  readonly clock: EngineClock;
  readonly log: EngineLog;
  readonly sources: Pick<
    SourceLimits,
    'standingOf' | 'admitRequest' | 'markAuthenticated' | 'creditAnswer' | 'creditRetransmission'
  >;
  /** The emergency numbers, digits only. */
  readonly emergencyNumbers: readonly string[];
};

const warnAgainMs = 60_000;

export class Admission {
  readonly #deps: AdmissionDeps;
  readonly #emergencyNumbers: ReadonlySet<string>;
  #warnedAt = 0;
  #refused = 0;

  constructor(deps: AdmissionDeps) {
    this.#deps = deps;
    this.#emergencyNumbers = new Set(deps.emergencyNumbers);
  }

  standingOf(flow: Flow): Standing {
    return this.#deps.sources.standingOf(flow);
  }

  /** Whether a request outside any dialog may be given to an application now. */
  admits(request: SipMessage, flow: Flow): boolean {
    if (this.#deps.sources.admitRequest(flow, this.isEmergency(request))) return true;
    this.#refused += 1;
    this.#warn(flow);
    return false;
  }

  /** An application accepted a request that authenticates its sender. */
  accepted(flow: Flow): void {
    flow.markAuthenticated?.();
    this.#deps.sources.markAuthenticated(flow);
  }

  /** The final response to a request of ours came by this flow. */
  answered(flow: Flow): void {
    this.#deps.sources.creditAnswer(flow);
  }

  /** A transaction absorbed a retransmission that came by this flow. */
  retransmitted(flow: Flow): void {
    this.#deps.sources.creditRetransmission(flow);
  }

  isEmergency({ method, requestUri }: SipMessage): boolean {
    if (method !== 'INVITE' || this.#emergencyNumbers.size === 0) return false;
    const user = parseUri(requestUri)?.user.split(';')[0] ?? '';
    return this.#emergencyNumbers.has(user.replace(/[-.() ]/g, ''));
  }

  get refused(): number {
    return this.#refused;
  }

  #warn(flow: Flow): void {
    const { clock, log } = this.#deps;
    const now = clock.monotonic();
    if (this.#warnedAt !== 0 && now - this.#warnedAt < warnAgainMs) return;
    this.#warnedAt = now;
    const facts = { refused: this.#refused, address: flow.remoteAddress, standing: this.standingOf(flow) };
    log.warn(facts, 'Requests over the rate limit of their source are refused');
  }
}
