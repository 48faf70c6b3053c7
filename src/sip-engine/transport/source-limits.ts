import { addressBytes } from '../message/addresses.ts';
import type { EngineClock } from '../runtime/clock.ts';
import { KnownSources } from './known-sources.ts';
import type { MessageSource, Standing } from './known-sources.ts';
import type { Limits } from '../runtime/limits.ts';
import { RateLimit } from './rate-limit.ts';
import type { Rate } from './rate-limit.ts';

// Owns the rate limits of each source, by its standing: messages that are parsed, and new requests for the applications.
// Called by the transport layer for every message, and through the admission by the transaction layer and the user agent core.
// Must stay true: its tables are bounded whatever addresses are forged; untrusted sources never use up what belongs to known ones.

type SourceLimitsOptions = {
  readonly clock: EngineClock;
  readonly limits: Pick<Limits, 'requestsPerSecond' | 'requestBurst' | 'limitedSources'>;
};

/** All sources of one standing together, since addresses may be forged. Known sources have none: their address and port would have to be guessed. */
type Totals = Readonly<Partial<Record<Standing, RateLimit>>>;

/**
 * Credit for one transaction that did its work: a request that an application accepted, or an answer to a request of ours. It covers a
 * challenge, provisional responses and ACKs, so that a phone is limited by its calls and not by what they take.
 */
const messagesPerTransaction = 10;
const requestsPerAuthentication = 4;
/**
 * RFC 3261 section 17.2: a retransmission is absorbed by its transaction and costs little, and a source sends more of them the later we
 * answer. So it does not count, up to this rate; beyond it a source repeats itself for no reason.
 */
const retransmissionRate: Rate = { perSecond: 500, burst: 4_000 };
/** A subscriber often has a whole IPv6 /56 (RIPE-690): it is allowed this many times the rate of a /64. */
const widePrefixFactor = 2;

const messageRates: Readonly<Record<'trunk' | 'known' | 'sameAddress', Rate>> = {
  trunk: { perSecond: 2_000, burst: 8_000 },
  known: { perSecond: 500, burst: 4_000 },
  sameAddress: { perSecond: 500, burst: 2_000 },
};
const messageTotals = { sameAddress: { perSecond: 2_000, burst: 8_000 }, untrusted: { perSecond: 4_000, burst: 8_000 } };
const requestRates: Readonly<Record<Standing, Rate>> = {
  trunk: { perSecond: 50, burst: 1_000 },
  known: { perSecond: 100, burst: 2_000 },
  sameAddress: { perSecond: 50, burst: 200 },
  untrusted: { perSecond: 50, burst: 200 },
};
const requestTotals = {
  trunk: { perSecond: 200, burst: 2_000 },
  sameAddress: { perSecond: 300, burst: 1_000 },
  untrusted: { perSecond: 300, burst: 1_000 },
};
/** Emergency calls that come after the rest is used up. */
const emergencyRates: Readonly<Record<Standing, Rate>> = {
  trunk: { perSecond: 20, burst: 50 },
  known: { perSecond: 20, burst: 50 },
  sameAddress: { perSecond: 20, burst: 50 },
  untrusted: { perSecond: 5, burst: 20 },
};

export class SourceLimits {
  readonly known: KnownSources;
  readonly #messages: Readonly<Record<Standing, RateLimit>>;
  readonly #retransmissions: RateLimit;
  readonly #widePrefixes: RateLimit;
  readonly #messageTotals: Totals;
  readonly #requests: Readonly<Record<Standing, RateLimit>>;
  readonly #requestTotals: Totals;
  readonly #emergencies: Readonly<Record<Standing, RateLimit>>;

  constructor({ clock, limits }: SourceLimitsOptions) {
    const { requestsPerSecond: perSecond, requestBurst: burst, limitedSources: keys } = limits;
    const limit = (rate: Rate) => new RateLimit({ clock, rate, keys });
    const untrusted = { perSecond, burst };
    this.known = new KnownSources({ clock, limit: keys });
    this.#messages = limitEach({ ...messageRates, untrusted }, limit);
    this.#retransmissions = limit(retransmissionRate);
    this.#widePrefixes = limit({ perSecond: perSecond * widePrefixFactor, burst: burst * widePrefixFactor });
    this.#messageTotals = { sameAddress: limit(messageTotals.sameAddress), untrusted: limit(messageTotals.untrusted) };
    this.#requests = limitEach(requestRates, limit);
    this.#requestTotals = {
      trunk: limit(requestTotals.trunk),
      sameAddress: limit(requestTotals.sameAddress),
      untrusted: limit(requestTotals.untrusted),
    };
    this.#emergencies = limitEach(emergencyRates, limit);
  }

  standingOf(source: MessageSource): Standing {
    return this.known.standingOf(source);
  }

  /** Counts one message, before it is parsed; false when there were too many. */
  admitMessage(source: MessageSource): boolean {
    const standing = this.standingOf(source);
    if (!this.#messages[standing].tryConsume(keyOf(standing, source))) return false;
    if (standing === 'untrusted' && !this.#isPrefixAdmitted(source.remoteAddress)) return false;
    return this.#messageTotals[standing]?.tryConsume(transportClassOf(source)) ?? true;
  }

  /**
   * Counts one request outside any dialog, before an application gets it; false when there were too many. An emergency call over the limit
   * of its standing has a small limit of its own.
   */
  admitRequest(source: MessageSource, isEmergency: boolean): boolean {
    const standing = this.standingOf(source);
    const key = keyOf(standing, source);
    const transportClass = transportClassOf(source);
    if (this.#requests[standing].tryConsume(key) && (this.#requestTotals[standing]?.tryConsume(transportClass) ?? true))
      return true;
    return isEmergency && this.#emergencies[standing].tryConsume(standing === 'untrusted' ? transportClass : key);
  }

  /** An application accepted a request that came by this flow. */
  markAuthenticated(source: MessageSource): void {
    this.known.markAuthenticated(source);
    const standing = this.standingOf(source);
    // A trunk is known by its address, which over UDP may be forged: that is no proof.
    if (standing !== 'known') return;
    const key = keyOf(standing, source);
    this.#messages[standing].credit(key, messagesPerTransaction);
    this.#requests[standing].credit(key, requestsPerAuthentication);
  }

  /** By this flow came the final response to a request of ours. Its branch was random, so only the peer that got the request can earn this. */
  creditAnswer(source: MessageSource): void {
    const standing = this.standingOf(source);
    if (standing !== 'known' && standing !== 'trunk') return;
    this.#messages[standing].credit(keyOf(standing, source), messagesPerTransaction);
  }

  /** A transaction absorbed a retransmission that came by this flow: it does not count, within a limit of its own. */
  creditRetransmission(source: MessageSource): void {
    const standing = this.standingOf(source);
    if (standing !== 'known') return;
    const key = keyOf(standing, source);
    if (this.#retransmissions.tryConsume(key)) this.#messages[standing].credit(key, 1);
  }

  sizes(): { limitedSources: number; authenticatedSources: number } {
    const tables = [...Object.values(this.#messages), this.#retransmissions, this.#widePrefixes];
    return { limitedSources: tables.reduce((sum, { size }) => sum + size, 0), authenticatedSources: this.known.size };
  }

  #isPrefixAdmitted(address: string): boolean {
    return !address.includes(':') || this.#widePrefixes.tryConsume(widePrefixKey(address));
  }
}

function limitEach(rates: Readonly<Record<Standing, Rate>>, limit: (rate: Rate) => RateLimit): Record<Standing, RateLimit> {
  const { trunk, known, sameAddress, untrusted } = rates;
  return { trunk: limit(trunk), known: limit(known), sameAddress: limit(sameAddress), untrusted: limit(untrusted) };
}

/** A known source is one address and port; for the others one address is one source. */
function keyOf(standing: Standing, source: MessageSource): string {
  const { protocol, remoteAddress, remotePort } = source;
  return standing === 'known'
    ? `${protocol} ${remoteAddress} ${remotePort}`
    : `${transportClassOf(source)} ${sourceKey(remoteAddress)}`;
}

/** The source of a connection cannot be forged: forged datagrams must not use up the limits of connections. */
function transportClassOf({ protocol }: MessageSource): 'datagrams' | 'connections' {
  return protocol === 'udp' ? 'datagrams' : 'connections';
}

/** An IPv6 subscriber has a /64 at least: it counts as one source. */
export function sourceKey(address: string): string {
  return prefixOf(address, 8);
}

/** The IPv6 /56 of an address; an IPv4 address as it is. */
export function widePrefixKey(address: string): string {
  return prefixOf(address, 7);
}

function prefixOf(address: string, bytes: number): string {
  if (!address.includes(':')) return address;
  return addressBytes(address)?.slice(0, bytes).join('.') ?? address;
}
