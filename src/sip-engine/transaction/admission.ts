import type { EngineClock } from '../runtime/clock.ts';
import type { EngineLog } from '../runtime/engine-log.ts';
import type { SipMessage } from '../message/message.ts';
import type { SourceLimits } from '../transport/source-limits.ts';
import type { Standing } from '../transport/known-sources.ts';
import type { Flow } from '../transport/transport.ts';
import { parseUri } from '../message/uri.ts';

// Owns who gets on to the applications, and what their answers say about who asked.
// Called by the transaction layer and the user agent core.
// Must stay true: calls for help have room of their own, by whatever way they come and go.

type Options = {
  readonly clock: EngineClock;
  readonly log: EngineLog;
  readonly sources: Pick<SourceLimits, 'standingOf' | 'admitRequest' | 'prove'>;
  /** What is dialled for help, digits only. */
  readonly emergencyNumbers: readonly string[];
};

const tellAgainMs = 60_000;

export class Admission {
  readonly #options: Options;
  readonly #emergencyNumbers: ReadonlySet<string>;
  #toldAt = 0;
  #refused = 0;

  constructor(options: Options) {
    this.#options = options;
    this.#emergencyNumbers = new Set(options.emergencyNumbers);
  }

  standingOf(flow: Flow): Standing {
    return this.#options.sources.standingOf(flow);
  }

  /** Whether a request outside any dialog may be given to an application now. */
  admits(request: SipMessage, flow: Flow): boolean {
    if (this.#options.sources.admitRequest(flow, this.isEmergency(request))) return true;
    this.#refused += 1;
    this.#tell(flow);
    return false;
  }

  /** An application accepted something by which its sender proved itself. */
  accepted(flow: Flow): void {
    flow.prove?.();
    this.#options.sources.prove(flow);
  }

  isEmergency({ method, requestUri }: SipMessage): boolean {
    if (method !== 'INVITE' || this.#emergencyNumbers.size === 0) return false;
    const user = parseUri(requestUri)?.user.split(';')[0] ?? '';
    return this.#emergencyNumbers.has(user.replace(/[-.() ]/g, ''));
  }

  get refused(): number {
    return this.#refused;
  }

  #tell(flow: Flow): void {
    const { clock, log } = this.#options;
    const now = clock.monotonic();
    if (this.#toldAt !== 0 && now - this.#toldAt < tellAgainMs) return;
    this.#toldAt = now;
    const facts = { refused: this.#refused, address: flow.remoteAddress, standing: this.standingOf(flow) };
    log.warn(facts, 'More requests come than are taken from their sources');
  }
}
