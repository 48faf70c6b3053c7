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
import { formatWhen } from '../format.ts';
import { farName } from '../message-words.ts';
import { pathOf } from '../routes.ts';
import { locale, t } from '../words.ts';
import { perSource } from './found.ts';
import type { Found, Source } from './found.ts';
import { excerpt, matches } from './match.ts';
import { settingsFound } from './settings.ts';

/** In the order in which they are shown. */
export const sources: readonly Source[] = [
  { heading: 'search.pages', find: settingsFound },
  { heading: 'page.people', isForAdmins: true, find: findPeople },
  { heading: 'page.phones', find: findPhones },
  { heading: 'page.contacts', find: findContacts },
  { heading: 'page.calls', find: findCalls },
  { heading: 'page.voicemail', find: findVoicemails },
  { heading: 'page.messages', find: findMessages },
];

async function findPeople(text: string): Promise<readonly Found[]> {
  const people = await allPeople();
  return people
    .filter(({ name, username }) => matches(`${name} ${username}`, text))
    .slice(0, perSource)
    .map(({ id, name, username }) => ({ icon: mdiAccount, title: name, more: username, path: pathOf('people', id) }));
}

async function findPhones(text: string): Promise<readonly Found[]> {
  const phones = await allPhones();
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
