// The lists that routing is made of, whole: a house has few numbers, rules and groups.
import { listContacts } from '#contract/contacts.ts';
import type { getContact } from '#contract/contacts.ts';
import type { EndpointReply } from '#contract/endpoint.ts';
import { listEscalationChains } from '#contract/escalation-chains.ts';
import type { getEscalationChain } from '#contract/escalation-chains.ts';
import type { FactName } from '#contract/facts.ts';
import { listNumbers } from '#contract/numbers.ts';
import type { getNumber } from '#contract/numbers.ts';
import { listRingGroups } from '#contract/ring-groups.ts';
import type { getRingGroup } from '#contract/ring-groups.ts';
import { listRoutes } from '#contract/routes.ts';
import { call } from './api.ts';
import { beside } from './beside.ts';
import { allPeople, allPhones, everyPage } from './data.ts';
import type { Person, Phone } from './data.ts';
import type { HouseNames, Rule } from './rules/rule.ts';

export type OurNumber = EndpointReply<typeof getNumber>;
export type RingGroup = EndpointReply<typeof getRingGroup>;
export type EscalationChain = EndpointReply<typeof getEscalationChain>;
export type Contact = EndpointReply<typeof getContact>;

export const numberFacts: readonly FactName[] = ['number.created', 'number.changed', 'number.deleted'];
export const targetFacts: readonly FactName[] = [
  ...(['device.created', 'device.changed', 'device.deleted'] as const),
  ...(['person.created', 'person.changed', 'person.deleted'] as const),
  ...(['ring-group.created', 'ring-group.changed', 'ring-group.deleted'] as const),
  ...(['escalation-chain.created', 'escalation-chain.changed', 'escalation-chain.deleted'] as const),
];

const whole = { per_page: 100, order: 'asc' } as const;

export function allNumbers(): Promise<readonly OurNumber[]> {
  return everyPage((page) => call(listNumbers, { query: { ...whole, page, sort: 'createdAt' } }));
}

export function allRingGroups(): Promise<readonly RingGroup[]> {
  return everyPage((page) => call(listRingGroups, { query: { ...whole, page, sort: 'name' } }));
}

export function allChains(): Promise<readonly EscalationChain[]> {
  return everyPage((page) => call(listEscalationChains, { query: { ...whole, page, sort: 'name' } }));
}

/** In the order in which they are looked at. */
export function rulesOf(number: OurNumber['id']): Promise<readonly Rule[]> {
  return everyPage((page) => call(listRoutes, { query: { ...whole, page, number } }));
}

/** What a rule, a group or a chain may name. */
export type Targets = {
  readonly people: readonly Person[];
  readonly phones: readonly Phone[];
  readonly groups: readonly RingGroup[];
  readonly chains: readonly EscalationChain[];
};

export async function allTargets(): Promise<Targets> {
  const [people, phones, groups, chains] = await Promise.all([allPeople(), allPhones(), allRingGroups(), allChains()]);
  return { people, phones, groups, chains };
}

export function namesOf({ people, phones, groups, chains }: Targets): HouseNames {
  const byId = (all: readonly { readonly id: string; readonly name: string }[]) => new Map(all.map(({ id, name }) => [id, name]));
  return { people: byId(people), phones: byId(phones), groups: byId(groups), chains: byId(chains) };
}

/** An address book may be long: as many as somebody would look through. */
const maxContacts = 500;

export async function someContacts(): Promise<readonly Contact[]> {
  return everyPage((page) => call(listContacts, { query: { ...whole, page } }), maxContacts);
}

/** Of the address book, each once. */
export function contactGroups(contacts: readonly Contact[]): readonly string[] {
  return [...new Set(contacts.flatMap(({ groups }) => groups))].toSorted((a, b) => a.localeCompare(b));
}

/** How a number is shown where it has a name. */
export function numberTitle({ name, number }: Pick<OurNumber, 'name' | 'number'>): string {
  return beside(name, number);
}
