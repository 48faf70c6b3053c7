import { addressBytes } from '../message/addresses.ts';
import type { EngineClock } from '../runtime/clock.ts';
import { KnownSources } from './known-sources.ts';
import type { MessageSource, Standing } from './known-sources.ts';
import type { Limits } from '../runtime/limits.ts';
import { RateLimit } from './rate-limit.ts';
import type { Rate } from './rate-limit.ts';

// Owns how much each source may ask of us, by what is known of it: messages to be read, and new requests for the applications.
// Called by the transport layer for every message, and by the user agent core for every request outside a dialog.
// Must stay true: its tables are bounded whatever addresses are forged; what strangers use up is never missing to those who are known.

type SourceLimitsOptions = {
  readonly clock: EngineClock;
  readonly limits: Pick<Limits, 'requestsPerSecond' | 'requestBurst' | 'limitedSources'>;
};

/** Everybody of one standing together: sources may be forged. Who is known has no common limit, as its very place would have to be guessed. */
type Totals = Readonly<Partial<Record<Standing, RateLimit>>>;

/** What accepting one request is worth: a phone that proves itself a hundred times a second may ask that often. */
const messagesForAuthentication = 10;
const requestsForAuthentication = 4;
/** A subscriber often has a whole IPv6 /56 (RIPE-690): together they are allowed this many times what a /64 is. */
const widePrefixFactor = 2;

const messageRates: Readonly<Record<'trunk' | 'known' | 'neighbour', Rate>> = {
  trunk: { perSecond: 2_000, burst: 8_000 },
  known: { perSecond: 500, burst: 4_000 },
  neighbour: { perSecond: 500, burst: 2_000 },
};
const messageTotals = { neighbour: { perSecond: 2_000, burst: 8_000 }, stranger: { perSecond: 4_000, burst: 8_000 } };
const requestRates: Readonly<Record<Standing, Rate>> = {
  trunk: { perSecond: 50, burst: 1_000 },
  known: { perSecond: 100, burst: 2_000 },
  neighbour: { perSecond: 50, burst: 200 },
  stranger: { perSecond: 50, burst: 200 },
};
const requestTotals = {
  trunk: { perSecond: 200, burst: 2_000 },
  neighbour: { perSecond: 300, burst: 1_000 },
  stranger: { perSecond: 300, burst: 1_000 },
};
/** Calls for help that came after the rest was used up. */
const emergencyRates: Readonly<Record<Standing, Rate>> = {
  trunk: { perSecond: 20, burst: 50 },
  known: { perSecond: 20, burst: 50 },
  neighbour: { perSecond: 20, burst: 50 },
  stranger: { perSecond: 5, burst: 20 },
};

export class SourceLimits {
  readonly known: KnownSources;
  readonly #messages: Readonly<Record<Standing, RateLimit>>;
  readonly #widePrefixes: RateLimit;
  readonly #messageTotals: Totals;
  readonly #requests: Readonly<Record<Standing, RateLimit>>;
  readonly #requestTotals: Totals;
  readonly #emergencies: Readonly<Record<Standing, RateLimit>>;

  constructor({ clock, limits }: SourceLimitsOptions) {
    const { requestsPerSecond: perSecond, requestBurst: burst, limitedSources: keys } = limits;
    const limit = (rate: Rate) => new RateLimit({ clock, rate, keys });
    const stranger = { perSecond, burst };
    this.known = new KnownSources({ clock, limit: keys });
    this.#messages = limitEach({ ...messageRates, stranger }, limit);
    this.#widePrefixes = limit({ perSecond: perSecond * widePrefixFactor, burst: burst * widePrefixFactor });
    this.#messageTotals = { neighbour: limit(messageTotals.neighbour), stranger: limit(messageTotals.stranger) };
    this.#requests = limitEach(requestRates, limit);
    this.#requestTotals = {
      trunk: limit(requestTotals.trunk),
      neighbour: limit(requestTotals.neighbour),
      stranger: limit(requestTotals.stranger),
    };
    this.#emergencies = limitEach(emergencyRates, limit);
  }

  standingOf(source: MessageSource): Standing {
    return this.known.standingOf(source);
  }

  /** Counts one message, before it is read; false when there were too many. */
  admitMessage(source: MessageSource): boolean {
    const standing = this.standingOf(source);
    if (!this.#messages[standing].tryConsume(keyOf(standing, source))) return false;
    if (standing === 'stranger' && !this.#isPrefixAdmitted(source.remoteAddress)) return false;
    return this.#messageTotals[standing]?.tryConsume(transportClassOf(source)) ?? true;
  }

  /**
   * Counts one request outside any dialog, before an application gets it; false when there were too many. A call for help that finds no
   * room among the others of its standing has a little room of its own.
   */
  admitRequest(source: MessageSource, isEmergency: boolean): boolean {
    const standing = this.standingOf(source);
    const key = keyOf(standing, source);
    const transportClass = transportClassOf(source);
    if (this.#requests[standing].tryConsume(key) && (this.#requestTotals[standing]?.tryConsume(transportClass) ?? true))
      return true;
    return isEmergency && this.#emergencies[standing].tryConsume(standing === 'stranger' ? transportClass : key);
  }

  /** An application accepted a request that came by this flow. */
  markAuthenticated(source: MessageSource): void {
    this.known.markAuthenticated(source);
    const standing = this.standingOf(source);
    // A trunk is believed by its address, which over UDP may be forged: that is no proof.
    if (standing !== 'known') return;
    const key = keyOf(standing, source);
    this.#messages[standing].credit(key, messagesForAuthentication);
    this.#requests[standing].credit(key, requestsForAuthentication);
  }

  sizes(): { limitedSources: number; authenticatedSources: number } {
    const tables = [...Object.values(this.#messages), this.#widePrefixes];
    return { limitedSources: tables.reduce((sum, { size }) => sum + size, 0), authenticatedSources: this.known.size };
  }

  #isPrefixAdmitted(address: string): boolean {
    return !address.includes(':') || this.#widePrefixes.tryConsume(widePrefixKey(address));
  }
}

function limitEach(rates: Readonly<Record<Standing, Rate>>, limit: (rate: Rate) => RateLimit): Record<Standing, RateLimit> {
  const { trunk, known, neighbour, stranger } = rates;
  return { trunk: limit(trunk), known: limit(known), neighbour: limit(neighbour), stranger: limit(stranger) };
}

/** Who is known is so at one place; everybody else at one address is one source. */
function keyOf(standing: Standing, source: MessageSource): string {
  const { protocol, remoteAddress, remotePort } = source;
  return standing === 'known'
    ? `${protocol} ${remoteAddress} ${remotePort}`
    : `${transportClassOf(source)} ${sourceKey(remoteAddress)}`;
}

/** Over a connection no source can be forged: datagrams take nothing from those who come by one. */
function transportClassOf({ protocol }: MessageSource): 'datagrams' | 'connections' {
  return protocol === 'udp' ? 'datagrams' : 'connections';
}

/** One IPv6 network has a /64 at least: it counts as one source. */
export function sourceKey(address: string): string {
  return prefixOf(address, 8);
}

export function widePrefixKey(address: string): string {
  return prefixOf(address, 7);
}

function prefixOf(address: string, bytes: number): string {
  if (!address.includes(':')) return address;
  return addressBytes(address)?.slice(0, bytes).join('.') ?? address;
}
