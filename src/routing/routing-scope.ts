import type { PersonId } from '#base/ids.ts';
import type { ruleOutcomes } from '#contract/routing-preview.ts';
import type { RoutingReason } from '#contract/routing-reasons.ts';
import type { CallQuestion, CallerFacts, RoutingFacts } from './decision.ts';
import type { RouteId } from './route.ts';
import { zoneTime } from './zone-time.ts';
import type { ZoneTime } from './zone-time.ts';

export type RuleOutcome = (typeof ruleOutcomes)[number];

/** One decision while it is made: the question, the facts, and the reasons so far. */
export class RoutingScope {
  readonly call: CallQuestion;
  readonly facts: RoutingFacts;
  readonly now: number;
  /** Of the rules that were looked at. */
  readonly ruleOutcomes = new Map<RouteId, RuleOutcome>();
  readonly #reasons = new Map<string, RoutingReason>();
  readonly #zones = new Map<string, ZoneTime>();
  #holidays: ReadonlySet<string> | undefined;

  constructor(call: CallQuestion, facts: RoutingFacts, now: number) {
    this.call = call;
    this.facts = facts;
    this.now = now;
  }

  /** The same thing is said once. */
  add(reason: RoutingReason): void {
    this.#reasons.set(JSON.stringify(reason), reason);
  }

  get reasons(): readonly RoutingReason[] {
    return [...this.#reasons.values()];
  }

  get holidays(): ReadonlySet<string> {
    this.#holidays ??= new Set(this.facts.settings.holidays);
    return this.#holidays;
  }

  get groups(): RoutingFacts['groups'] {
    return this.facts.groups;
  }

  /** The house's zone for `undefined`. */
  zone(timeZone: string = this.facts.settings.timeZone): ZoneTime {
    const zone = this.#zones.get(timeZone) ?? zoneTime(this.now, timeZone);
    this.#zones.set(timeZone, zone);
    return zone;
  }

  /** Who is called: the owner of the number or of the phone. */
  get owner(): PersonId | undefined {
    const { called } = this.call;
    if (called.kind === 'device') return called.device.personId;
    return called.kind === 'number' ? called.number.ownerPersonId : undefined;
  }

  hasMailbox(personId: PersonId): boolean {
    return this.facts.persons.some(({ id, hasMailbox }) => id === personId && hasMailbox);
  }
}

/** A phone of the house, a contact, or a number that the house has called of late. */
export function isTrusted({ kind, contact, dialledAt }: CallerFacts): boolean {
  return kind === 'device' || contact !== undefined || dialledAt !== undefined;
}

export function isAnonymous({ kind, isWithheld, number }: CallerFacts): boolean {
  return kind === 'outside' && (isWithheld || number === undefined);
}
