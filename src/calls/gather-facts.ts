// Owns the facts of a routing decision: whatever decide() may look at is gathered here, from memory and two indexed queries.
// Called for every call to the house, by SIP, webhook and phone alike, and by the preview, which may then change them.
// Must stay true: there is one decision and one way to its facts; a call and its preview differ in nothing else.
import type { NumberId, PersonId } from '#base/ids.ts';
import type { Device } from '#devices/device.ts';
import { destinationOf } from '#numbers/destination.ts';
import { decide } from '#routing/decide.ts';
import type { CallerFacts, CallQuestion, RoutingFacts } from '#routing/decision.ts';
import type { CallHistory } from './call-history.ts';
import type { DecideCall, HouseCall, HouseCaller } from './house-call.ts';
import type { RegistrationLookup } from './ports.ts';

export type FactSources = {
  readonly devices: { all(): readonly Device[] };
  readonly registrations: RegistrationLookup;
  readonly people: { all(): readonly { readonly id: PersonId; readonly name: string }[] };
  readonly routesOf: (numberId: NumberId) => RoutingFacts['routes'];
  readonly groups: () => RoutingFacts['groups'];
  readonly chains: () => RoutingFacts['chains'];
  readonly dnd: (at: number) => RoutingFacts['dnd'];
  /** Callers whom a parent lets through once. */
  readonly approvals: { linesFor(number: string): CallerFacts['approvedLines']; use(number: string): void };
  readonly childLines: () => RoutingFacts['childLines'];
  readonly settings: () => RoutingFacts['settings'];
  readonly states: RoutingFacts['states'];
  readonly history: Pick<CallHistory, 'dialledAt' | 'unansweredAt'>;
  /** Until when everything gets through after an emergency call. */
  readonly emergencyUntil: (now: number) => number | undefined;
  readonly mayForward: RoutingFacts['mayForward'];
  /** `personId`: who is called. */
  readonly blocklist: {
    match(number: string | undefined, personId?: PersonId): CallerFacts['blocked'];
    hit(entryId: string): void;
  };
  readonly spamLists: { match(number: string): CallerFacts['listed'] };
  readonly contacts: { byNumber(number: string | undefined, personId?: PersonId): CallerFacts['contact'] };
};

export type GatheredFacts = { readonly question: CallQuestion; readonly facts: RoutingFacts };

/** All that decide() needs to know of a call at this moment. */
export function gatherFacts(call: HouseCall, sources: FactSources, now: number): GatheredFacts {
  const { called, via, isReachable, isFull } = call;
  const { devices, registrations, people } = sources;
  const facts: RoutingFacts = {
    devices: devices.all().map((device) => ({ device, isRegistered: registrations.of(device.id).length > 0 })),
    persons: people.all().map(({ id, name }) => ({ id, name, hasMailbox: true })),
    routes: called.kind === 'number' ? sources.routesOf(called.number.id) : [],
    groups: sources.groups(),
    chains: sources.chains(),
    dnd: sources.dnd(now),
    childLines: sources.childLines(),
    states: sources.states,
    emergencyUntil: sources.emergencyUntil(now),
    settings: sources.settings(),
    mayForward: sources.mayForward,
    isReachable,
    isFull,
  };
  return { question: { called, via, caller: callerFacts(call, facts, { sources, now }) }, facts };
}

type Moment = { readonly sources: FactSources; readonly now: number };

const dayMs = 86_400_000;
const minuteMs = 60_000;

function callerFacts(
  { caller, called }: HouseCall,
  { settings }: Pick<RoutingFacts, 'settings'>,
  { sources, now }: Moment,
): CallerFacts {
  const { history } = sources;
  const { number } = caller;
  const screened = caller.kind === 'device' ? unscreened : screen(caller, { sources, personId: ownerOf(called) });
  return {
    ...caller,
    ...screened,
    country: number === undefined || caller.kind === 'device' ? undefined : destinationOf(number).country,
    dialledAt:
      number === undefined || caller.kind === 'device'
        ? undefined
        : history.dialledAt(number, now - settings.trustedDays * dayMs),
    lastCallAt:
      number === undefined
        ? undefined
        : history.unansweredAt({
            caller: number,
            called: shownNumber(called),
            since: now - settings.repeatedCallMinutes * minuteMs,
          }),
  };
}

const unscreened = { contact: undefined, houseContactGroups: [], approvedLines: [], blocked: undefined, listed: undefined };

function screen(
  { number }: HouseCaller,
  { sources, personId }: { readonly sources: FactSources; readonly personId?: PersonId | undefined },
) {
  const { blocklist, spamLists, contacts, approvals } = sources;
  return {
    contact: contacts.byNumber(number, personId),
    houseContactGroups: contacts.byNumber(number)?.groups ?? [],
    approvedLines: number === undefined ? [] : approvals.linesFor(number),
    blocked: blocklist.match(number, personId),
    listed: number === undefined ? undefined : spamLists.match(number),
  };
}

function ownerOf(called: CallQuestion['called']): PersonId | undefined {
  if (called.kind === 'number') return called.number.ownerPersonId;
  return called.kind === 'device' ? called.device.personId : undefined;
}

/** As a record has it: E.164, or an extension. */
function shownNumber(called: CallQuestion['called']): string {
  if (called.kind === 'number') return called.number.number;
  return called.kind === 'device' ? called.device.extension : (called.group.extension ?? '');
}

/** The decision by the facts of the moment. */
export function callDecider(sources: FactSources, clock: { now(): number }): DecideCall {
  return (call) => {
    const now = clock.now();
    const { question, facts } = gatherFacts(call, sources, now);
    const { contact, blocked, name } = question.caller;
    const decision = decide(question, facts, now);
    if (blocked !== undefined && decision.reasons.some(({ code }) => code === 'blocklist'))
      sources.blocklist.hit(blocked.entryId);
    if (question.caller.number !== undefined && decision.reasons.some(({ code }) => code === 'child-line-approved'))
      sources.approvals.use(question.caller.number);
    return { ...decision, caller: { name: contact?.name ?? name } };
  };
}
