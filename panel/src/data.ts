// The lists of the house, whole: a house has few phones and people.
import type { getAutoReply } from '#contract/auto-replies.ts';
import type { getCall, listCallRecords } from '#contract/calls.ts';
import { listDevices } from '#contract/devices.ts';
import type { getDevice, getSipServer, resetDeviceSecret } from '#contract/devices.ts';
import type { EndpointReply } from '#contract/endpoint.ts';
import type { FactName } from '#contract/facts.ts';
import type { getConversation, getMessage, listMessageNumbers } from '#contract/messages.ts';
import { listPeople } from '#contract/people.ts';
import type { getPerson } from '#contract/people.ts';
import type { getAddressBook } from '#contract/address-books.ts';
import type { getBlocklistEntry } from '#contract/blocklist.ts';
import type { getContact, listContactDoubles } from '#contract/contacts.ts';
import type { getCallApproval } from '#contract/call-approvals.ts';
import type { getSpamList } from '#contract/spam-lists.ts';
import type { getVoicemail } from '#contract/voicemails.ts';
import { call } from './api.ts';

export type Phone = EndpointReply<typeof getDevice>;
export type PhoneLogin = EndpointReply<typeof resetDeviceSecret>;
export type SipServer = EndpointReply<typeof getSipServer>;
export type Person = EndpointReply<typeof getPerson>;
export type CallRecord = EndpointReply<typeof listCallRecords>['items'][number];
export type CallInProgress = EndpointReply<typeof getCall>;
export type AddressBook = EndpointReply<typeof getAddressBook>;
export type ContactDoubles = EndpointReply<typeof listContactDoubles>['items'][number];
export type Contact = EndpointReply<typeof getContact>;
export type CallApproval = EndpointReply<typeof getCallApproval>;
export type SpamList = EndpointReply<typeof getSpamList>;
export type BlocklistEntry = EndpointReply<typeof getBlocklistEntry>;
export type AutoReply = EndpointReply<typeof getAutoReply>;
export type Message = EndpointReply<typeof getMessage>;
export type Conversation = EndpointReply<typeof getConversation>;
export type MessageNumbers = EndpointReply<typeof listMessageNumbers>;
export type Voicemail = EndpointReply<typeof getVoicemail>;

export const phoneFacts: readonly FactName[] = [
  'device.created',
  'device.changed',
  'device.deleted',
  'device.registered',
  'device.unregistered',
  'device.revoked',
  'device.refused',
  'device.responding',
];

export const addressBookFacts: readonly FactName[] = ['address-book.changed', 'contacts.imported'];

export const blocklistFacts: readonly FactName[] = [
  'blocklist-entry.created',
  'blocklist-entry.changed',
  'blocklist-entry.deleted',
  'blocklist.imported',
  // A call that was blocked counts.
  'call.ended',
];

export const contactFacts: readonly FactName[] = ['contact.created', 'contact.changed', 'contact.deleted', 'contacts.imported'];

/** By name. */
export async function allPhones(): Promise<readonly Phone[]> {
  return everyPage((page) => call(listDevices, { query: { page, per_page: 100, sort: 'name', order: 'asc' } }));
}

/** By name; for administrators alone. */
export async function allPeople(): Promise<readonly Person[]> {
  return everyPage((page) => call(listPeople, { query: { page, per_page: 100, sort: 'name', order: 'asc' } }));
}

type Page<Item> = { readonly items: readonly Item[]; readonly total: number };

/** All of a list, or about the first `max` of it. */
export async function everyPage<Item>(
  read: (page: number) => Promise<Page<Item>>,
  max = Number.POSITIVE_INFINITY,
): Promise<readonly Item[]> {
  const items: Item[] = [];
  for (let page = 1; ; page += 1) {
    const got = await read(page);
    items.push(...got.items);
    if (got.items.length === 0 || items.length >= Math.min(got.total, max)) return items;
  }
}
