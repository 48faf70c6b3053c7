import { mdiAccount, mdiBookAccountOutline, mdiDeskphone, mdiMessageTextOutline, mdiVoicemail } from '@mdi/js';
import { listCallRecords } from '#contract/calls.ts';
import { listContacts } from '#contract/contacts.ts';
import { listMessages } from '#contract/messages.ts';
import { listVoicemails } from '#contract/voicemails.ts';
import { call } from '../api.ts';
import { beside } from '../beside.ts';
import { callIcon, callTitle, dispositionText, partyName } from '../call-words.ts';
import { clock } from '../clock.ts';
import { allPeople, allPhones } from '../data.ts';
import type { Person, Phone } from '../data.ts';
import { formatWhen } from '../format.ts';
import { farName } from '../message-words.ts';
import { pathOf } from '../routes.ts';
import { locale, t } from '../words.ts';
import { perSource } from './found.ts';
import type { Found, Source } from './found.ts';
import { excerpt, matches } from './match.ts';
import { settingsFound } from './settings.ts';

/** In the order in which they are shown. Of what is read whole, once for as long as they are kept. */
export function sourcesOfHouse(): readonly Source[] {
  const people = once(allPeople);
  const phones = once(allPhones);
  return [
    { heading: 'search.pages', find: settingsFound },
    { heading: 'page.people', isForAdmins: true, find: async (text) => peopleFound(await people(), text) },
    { heading: 'page.phones', find: async (text) => phonesFound(await phones(), text) },
    { heading: 'page.contacts', find: findContacts },
    { heading: 'page.calls', find: findCalls },
    { heading: 'page.voicemail', find: findVoicemails },
    { heading: 'page.messages', find: findMessages },
  ];
}

/** What could not be read is read again. */
function once<Value>(read: () => Promise<Value>): () => Promise<Value> {
  let kept: Promise<Value> | undefined;
  return () => {
    kept ??= read().catch((error: unknown) => {
      kept = undefined;
      throw error;
    });
    return kept;
  };
}

function peopleFound(people: readonly Person[], text: string): readonly Found[] {
  return people
    .filter(({ name, username }) => matches(`${name} ${username}`, text))
    .slice(0, perSource)
    .map(({ id, name, username }) => ({ icon: mdiAccount, title: name, more: username, path: pathOf('people', id) }));
}

function phonesFound(phones: readonly Phone[], text: string): readonly Found[] {
  return phones
    .filter(({ name, extension, username }) => matches(`${name} ${extension} ${username}`, text) || extension === text.trim())
    .slice(0, perSource)
    .map(({ id, name, extension }) => ({
      icon: mdiDeskphone,
      title: name,
      more: t('phone.extension', { extension }),
      path: pathOf('phones', id),
    }));
}

async function findContacts(text: string): Promise<readonly Found[]> {
  const { items } = await call(listContacts, { query: { text, per_page: perSource } });
  return items.map(({ id, name, numbers }) => ({
    icon: mdiBookAccountOutline,
    title: name,
    more: beside(...numbers.map(({ number }) => number)),
    path: pathOf('contacts', id),
  }));
}

async function findCalls(text: string): Promise<readonly Found[]> {
  const { items } = await call(listCallRecords, { query: { text, per_page: perSource } });
  return items.map((one) => ({
    icon: callIcon(one),
    title: callTitle(one),
    more: beside(dispositionText(one), when(one.startedAt)),
    path: pathOf('calls', one.id),
  }));
}

async function findVoicemails(text: string): Promise<readonly Found[]> {
  const { items } = await call(listVoicemails, { query: { text, per_page: perSource } });
  return items.map(({ id, caller, leftAt, transcript }) => ({
    icon: mdiVoicemail,
    title: partyName(caller),
    more: beside(when(leftAt), transcript === null ? '' : excerpt(transcript, text)),
    path: pathOf('voicemail', id),
  }));
}

async function findMessages(text: string): Promise<readonly Found[]> {
  const { items } = await call(listMessages, { query: { text, per_page: perSource } });
  return items.map((one) => ({
    icon: mdiMessageTextOutline,
    title: farName(one),
    more: beside(when(one.createdAt), excerpt(one.body, text)),
    path: pathOf('messages', one.conversationId),
  }));
}

function when(at: string): string {
  return formatWhen(Date.parse(at), clock.now(), locale.value);
}
