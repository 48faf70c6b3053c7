// Opens dialogs, each of which is loaded when it is first asked for.
import type { LitElement } from 'lit';
import { notificationChannels } from '#contract/notification-kinds.ts';
import type { Person } from '../data.ts';
import type { NavigationEntry } from '../navigation.ts';
import type { AddedChannel, Target } from '../notification-data.ts';
import type { GosipDialog } from '../parts/dialog.ts';
import { openLayer } from '../layers.ts';
import { place } from '../router.ts';
import type { Place } from '../routes.ts';

type Tags = { readonly [Tag in keyof HTMLElementTagNameMap]: HTMLElementTagNameMap[Tag] };

/** Where a dialog is being opened that the address names. */
let naming: Place | undefined;

/** Opens what the address names: it is closed with its address, and is no step of its own in the history. */
export async function openNamed<Dialog>(open: () => Promise<Dialog>): Promise<Dialog> {
  const here = place.value;
  naming = here;
  try {
    return await open();
  } finally {
    if (naming === here) naming = undefined;
  }
}

/** Puts the dialog on the page; it removes itself when it is closed, also by going back. */
export function show<Tag extends keyof Tags>(tag: Tag, values: Partial<Tags[Tag]> = {}): Tags[Tag] {
  const dialog = Object.assign(document.createElement(tag), values);
  const isNamed = naming !== undefined && naming.page === place.value.page && naming.id === place.value.id;
  naming = undefined;
  const end = isNamed ? closeWithAddress(dialog) : openLayer(() => close(dialog));
  dialog.addEventListener('closed', () => {
    end();
    dialog.remove();
  });
  dialog.toggleAttribute('data-dialog', true);
  document.body.append(dialog);
  return dialog;
}

/** Returns the end of it. */
function closeWithAddress(dialog: HTMLElement): () => void {
  const { page, id } = place.value;
  const wentBack = () => {
    if (place.value.page === page && place.value.id === id) return;
    // The address is another one already: nobody has to put it back.
    dialog.addEventListener('closed', (event) => event.stopImmediatePropagation(), { capture: true });
    window.removeEventListener('popstate', wentBack);
    close(dialog);
  };
  window.addEventListener('popstate', wentBack);
  return () => window.removeEventListener('popstate', wentBack);
}

function close(dialog: HTMLElement): void {
  dialog.shadowRoot?.querySelector<GosipDialog>('gosip-dialog')?.close();
  dialog.remove();
}

export async function openMore(entries: readonly NavigationEntry[]): Promise<LitElement> {
  await import('./more.ts');
  return show('gosip-more-dialog', { entries });
}

export async function openSearch(): Promise<LitElement> {
  await import('./search.ts');
  return show('gosip-search-dialog');
}

/** To call a number, an extension or a person from here. `number`: as it is dialled; `name`: of whom it is, where that is known. */
export async function openDial(number = '', name = ''): Promise<LitElement> {
  await import('./dial.ts');
  return show('gosip-dial-dialog', { number, name });
}

/** Somewhere else where somebody is reached. */
export async function openAddTarget(channel: AddedChannel, personId: 'me' | Person['id']): Promise<LitElement> {
  await import('./add-target.ts');
  return show('gosip-add-target-dialog', { channel, personId });
}

/** What somewhere is called where somebody is reached. */
export async function openTarget(target: Target): Promise<LitElement> {
  await import('./target.ts');
  return show('gosip-target-dialog', { target });
}

export async function openAddPhone(): Promise<LitElement> {
  await import('./add-phone.ts');
  return show('gosip-add-phone-dialog');
}

/** `asksForPassword`: whether to make a new one. */
export async function openPhone(phoneId: string, asksForPassword = false): Promise<LitElement> {
  await import('./phone.ts');
  return show('gosip-phone-dialog', { phoneId, asksForPassword });
}

/** One trunk; undefined: adds one. */
export async function openTrunk(trunkId: string | undefined): Promise<LitElement> {
  if (trunkId === undefined) {
    await import('./add-trunk.ts');
    return show('gosip-add-trunk-dialog');
  }
  await import('./trunk.ts');
  return show('gosip-trunk-dialog', { trunkId });
}

/** What a phone or a person may call, whom a child's line knows, or where a phone calls by itself. */
export async function openLimit(
  kind: 'permission' | 'child' | 'hotline',
  of: { readonly phoneId?: string; readonly personId?: string },
): Promise<LitElement> {
  switch (kind) {
    case 'permission':
      await import('./call-permission.ts');
      return show('gosip-call-permission-dialog', of);
    case 'child':
      await import('./child-line.ts');
      return show('gosip-child-line-dialog', of);
    case 'hotline':
      await import('./hotline.ts');
      return show('gosip-hotline-dialog', of);
  }
}

export async function openPerson(personId: string | undefined): Promise<LitElement> {
  await import('./person.ts');
  return show('gosip-person-dialog', personId === undefined ? {} : { personId });
}

export async function openCallFilters(): Promise<LitElement> {
  await import('./call-filters.ts');
  return show('gosip-call-filters-dialog');
}

export async function openCall(callId: string): Promise<LitElement> {
  await import('./call.ts');
  return show('gosip-call-dialog', { callId });
}

/** To change the password of whoever is signed in. */
export async function openPassword(): Promise<LitElement> {
  await import('./password.ts');
  return show('gosip-password-dialog');
}

/** A contact, or a new one. `number`: whose it is; where it is nobody's yet, a contact with it is added, whose name may be `name`. */
export async function openContact(asked: { contactId?: string; number?: string; name?: string } = {}): Promise<LitElement> {
  await import('./contact.ts');
  return show('gosip-contact-dialog', asked);
}

/** `ruleId`: an existing rule; else a new one of the number. */
export async function openRule(which: { readonly ruleId?: string; readonly numberId?: string | undefined }): Promise<LitElement> {
  await import('./rule.ts');
  const { ruleId = '', numberId = '' } = which;
  return show('gosip-rule-dialog', { ruleId, numberId });
}

/** When do not disturb is on by itself. `personId`: empty for the house. */
export async function openDndSchedule(personId: string, name: string): Promise<LitElement> {
  await import('./dnd-schedule.ts');
  return show('gosip-dnd-schedule-dialog', { personId, name });
}

/** To make a token for a program. `people`: for whom it may be. */
export async function openApiToken(people: readonly Person[]): Promise<LitElement> {
  await import('./api-token.ts');
  return show('gosip-api-token-dialog', { people });
}

/** One of the house's numbers, or a new one. */
export async function openNumber(numberId = ''): Promise<LitElement> {
  await import('./number.ts');
  return show('gosip-number-dialog', { numberId });
}

export async function openRingGroup(groupId = ''): Promise<LitElement> {
  await import('./ring-group.ts');
  return show('gosip-ring-group-dialog', { groupId });
}

export async function openChain(chainId = ''): Promise<LitElement> {
  await import('./chain.ts');
  return show('gosip-chain-dialog', { chainId });
}

/** Brings files of contacts in, and gives them out. */
export async function openContactFiles(): Promise<LitElement> {
  const [{ contactFiles }] = await Promise.all([import('../contact-files.ts'), import('./files.ts')]);
  return show('gosip-files-dialog', { facts: contactFiles() });
}

/** To add an address book on a server, or to change one. */
export async function openAddressBook(bookId = ''): Promise<LitElement> {
  await import('./address-book.ts');
  return show('gosip-address-book-dialog', { bookId });
}

/** To block callers, or to change who is blocked. */
export async function openBlocklistEntry(entryId = ''): Promise<LitElement> {
  await import('./blocklist-entry.ts');
  return show('gosip-blocklist-entry-dialog', { entryId });
}

export async function openBlocklistFiles(): Promise<LitElement> {
  const [{ blocklistFiles }] = await Promise.all([import('../contact-files.ts'), import('./files.ts')]);
  return show('gosip-files-dialog', { facts: blocklistFiles() });
}

/** To add a list of reported numbers, or to change one. */
export async function openSpamList(listId = ''): Promise<LitElement> {
  await import('./spam-list.ts');
  return show('gosip-spam-list-dialog', { listId });
}

export async function openSpamFile(list: { readonly id: string; readonly name: string }): Promise<LitElement> {
  const [{ spamListFile }] = await Promise.all([import('../contact-files.ts'), import('./files.ts')]);
  return show('gosip-files-dialog', { facts: spamListFile(list) });
}

export async function openAutoReply(replyId = ''): Promise<LitElement> {
  await import('./auto-reply.ts');
  return show('gosip-auto-reply-dialog', { replyId });
}

/** The settings of one way to reach people; undefined where there is no such way. */
export async function openChannel(id: string): Promise<LitElement | undefined> {
  const channel = notificationChannels.find((one) => one === id);
  if (channel === undefined) return undefined;
  await import('./channel.ts');
  return show('gosip-channel-dialog', { channel });
}

export async function openDelivery(deliveryId: string): Promise<LitElement> {
  await import('./delivery.ts');
  return show('gosip-delivery-dialog', { deliveryId });
}

/** What the list of notifications is narrowed down to. */
export async function openDeliveryFilters(): Promise<LitElement> {
  await import('./delivery-filters.ts');
  return show('gosip-delivery-filters-dialog');
}

/** To send again what did not arrive. */
export async function openResend(): Promise<LitElement> {
  await import('./resend.ts');
  return show('gosip-resend-dialog');
}

/** A destination of webhooks, or a new one. */
export async function openWebhook(destinationId = ''): Promise<LitElement> {
  await import('./webhook.ts');
  return show('gosip-webhook-dialog', { destinationId });
}
