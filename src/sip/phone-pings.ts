// Owns the question whether a registered phone is there: one OPTIONS outside of any dialog (RFC 3261 section 11).
// Called by the routes of test calls; however often it is asked, a phone gets one in `keptMs`.
// Must stay true: any final response counts, 481 and 405 too; it ends within `timeoutMs`.
import { randomBytes, randomUUID } from 'node:crypto';
import type { Clock } from '#base/clock.ts';
import type { Registration } from '#devices/registration.ts';
import type { SrfConnection } from '#sip/dialog/srf-connection.ts';
import { nextHopTo, requestUriOf } from '#sip/message/source.ts';
import type { IsEdgeProxy } from '#sip/message/source.ts';

type PhonePingsDeps = {
  readonly clock: Clock;
  readonly connection: Pick<SrfConnection, 'send'>;
  readonly isEdgeProxy: IsEdgeProxy;
};

type Asked = { readonly at: number; readonly milliseconds: Promise<number | undefined> };

const keptMs = 5_000;
const timeoutMs = 3_000;
/** The engine answers 408 by itself where nobody does, and 503 where no connection is. */
const goneStatuses: ReadonlySet<number> = new Set([408, 430, 503]);

export class PhonePings {
  readonly #deps: PhonePingsDeps;
  readonly #asked = new Map<string, Asked>();

  constructor(deps: PhonePingsDeps) {
    this.#deps = deps;
  }

  /** Milliseconds until it answered, not older than a few seconds; undefined where it did not. Never rejects. */
  ping(registration: Registration): Promise<number | undefined> {
    const at = this.#deps.clock.monotonic();
    for (const [id, asked] of this.#asked) if (at - asked.at >= keptMs) this.#asked.delete(id);
    const asked = this.#asked.get(registration.id) ?? { at, milliseconds: this.#ask(registration, at) };
    this.#asked.set(registration.id, asked);
    return asked.milliseconds;
  }

  #ask({ contactUri, path, source }: Registration, at: number): Promise<number | undefined> {
    const { clock, connection, isEdgeProxy } = this.#deps;
    const { promise, resolve } = Promise.withResolvers<number | undefined>();
    const timer = clock.after(timeoutMs, () => resolve(undefined));
    const end = (isThere: boolean) => {
      timer.cancel();
      resolve(isThere ? Math.max(1, Math.round(clock.monotonic() - at)) : undefined);
    };
    const tag = randomBytes(8).toString('hex');
    connection.send(
      {
        method: 'OPTIONS',
        uri: requestUriOf(contactUri),
        proxy: nextHopTo({ contactUri, path, source }, isEdgeProxy),
        headers: { From: `<sip:house@localhost>;tag=${tag}`, 'Call-ID': randomUUID(), 'Max-Forwards': '70' },
      },
      {
        response: ({ status }) => {
          if (status >= 200) end(!goneStatuses.has(status));
        },
        failed: () => end(false),
      },
    );
    return promise;
  }
}
