import type { EngineClock } from '../runtime/clock.ts';
import type { SipMessage } from '../message/message.ts';
import type { ForkTarget } from './fork.ts';

const lifetimeMs = 2_000;
const challenges = ['www-authenticate', 'proxy-authenticate'];
const answers = ['authorization', 'proxy-authorization'];

/** Which target sent a challenge, for as long as the caller needs to answer it, so that the credentials go to that target alone. */
export class Challenges {
  readonly #clock: EngineClock;
  readonly #limit: number;
  readonly #targets = new Map<string, { readonly target: ForkTarget; readonly until: number }>();

  constructor(clock: EngineClock, limit: number) {
    this.#clock = clock;
    this.#limit = limit;
  }

  remember(response: SipMessage, target: ForkTarget): void {
    this.#sweep();
    for (const key of challenges) {
      const nonce = nonceOf(response.get(key) ?? '');
      if (nonce !== undefined) this.#targets.set(nonce, { target, until: this.#clock.monotonic() + lifetimeMs });
    }
  }

  /** The target whose challenge this request answers. */
  targetOf(request: SipMessage): ForkTarget | undefined {
    this.#sweep();
    for (const key of answers) {
      const known = this.#targets.get(nonceOf(request.get(key) ?? '') ?? '');
      if (known) return known.target;
    }
    return undefined;
  }

  get size(): number {
    this.#sweep();
    return this.#targets.size;
  }

  /** Ordered by age, as all live equally long. */
  #sweep(): void {
    const now = this.#clock.monotonic();
    for (const [nonce, { until }] of this.#targets) {
      if (until > now && this.#targets.size <= this.#limit) return;
      this.#targets.delete(nonce);
    }
  }
}

/** The nonce of a challenge or of credentials, not the cnonce. */
function nonceOf(value: string): string | undefined {
  for (let at = value.indexOf('nonce="'); at !== -1; at = value.indexOf('nonce="', at + 1)) {
    if (at > 0 && value[at - 1]?.toLowerCase() === 'c') continue;
    const end = value.indexOf('"', at + 7);
    return end === -1 ? undefined : value.slice(at + 7, end);
  }
  return undefined;
}
