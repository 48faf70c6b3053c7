// The events of the house by what they are about, for whoever chooses among them.
import type { EventName } from '#contract/facts.ts';
import type { StringKey } from './strings/en.ts';

type Group = { readonly title: StringKey; readonly events: readonly EventName[] };

/** By the first part of their names; what is not named here is the house's. */
const subjects: Readonly<Record<string, StringKey>> = {
  call: 'hook.group.calls',
  leg: 'hook.group.calls',
  'call-approval': 'hook.group.calls',
  outgoing: 'hook.group.calls',
  escalation: 'hook.group.calls',
  'test-call': 'hook.group.calls',
  voicemail: 'hook.group.voicemail',
  recording: 'hook.group.voicemail',
  message: 'hook.group.messages',
  'auto-replies': 'hook.group.messages',
  device: 'hook.group.phones',
  trunk: 'hook.group.phones',
  number: 'hook.group.phones',
  twilio: 'hook.group.phones',
  person: 'hook.group.people',
  dnd: 'hook.group.people',
  contact: 'hook.group.people',
  contacts: 'hook.group.people',
  'address-book': 'hook.group.people',
};

const order = ['calls', 'voicemail', 'messages', 'phones', 'people', 'house'] as const;

export function eventGroups(names: readonly EventName[]): readonly Group[] {
  const titleOf = (name: EventName) => subjects[name.split('.')[0] ?? ''] ?? 'hook.group.house';
  return order
    .map((id) => `hook.group.${id}` as const)
    .map((title) => ({ title, events: names.filter((name) => titleOf(name) === title) }))
    .filter(({ events }) => events.length > 0);
}
