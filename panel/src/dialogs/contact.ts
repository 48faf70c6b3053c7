import '@material/web/button/filled-button.js';
import '@material/web/button/filled-tonal-button.js';
import '@material/web/button/text-button.js';
import { mdiMessageTextOutline } from '@mdi/js';
import { html, nothing } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import { changeContact, createContact, deleteContact, getContact, listContacts } from '#contract/contacts.ts';
import { call } from '../api.ts';
import { draftOf, emptyDraft, withoutBlanks, withTypedGroup } from '../contact-draft.ts';
import type { ContactDraft } from '../contact-draft.ts';
import { groupText, kindText } from '../contact-words.ts';
import { allPeople, contactFacts } from '../data.ts';
import type { Contact, Person } from '../data.ts';
import { failedNotice, notRead } from '../parts/card.ts';
import { chips } from '../parts/chips.ts';
import '../parts/dialog.ts';
import type { GosipDialog } from '../parts/dialog.ts';
import { DraftForm } from '../parts/draft-form.ts';
import { fields } from '../parts/form.ts';
import '../parts/icon-button.ts';
import { initialsStyles, renderInitials } from '../parts/initials.ts';
import { look, rows } from '../parts/look.ts';
import { numberButton } from '../parts/number-button.ts';
import { removeLater } from '../removed.ts';
import { go } from '../router.ts';
import { isAdmin, me } from '../session.ts';
import { Shown } from '../shown.ts';
import { sayDone } from '../undo.ts';
import { t } from '../words.ts';
import { renderContactForm } from './contact-form.ts';
import { contactStyles } from './contact-styles.ts';
import { danger } from './danger.ts';

/** `groupTyped`: not added yet. */
type Draft = ContactDraft & { readonly groupTyped: string };
type Seen = { readonly contact: Contact | undefined; readonly people: readonly Person[] };

/** One contact: to call and to write to; to change it where one may. */
@customElement('gosip-contact-dialog')
export class GosipContactDialog extends DraftForm<Draft> {
  /** Empty for a new one, or for whoever has the number. */
  @property() contactId = '';
  @property() number = '';
  /** What a new one may be called. */
  @property() name = '';
  @query('gosip-dialog') private dialog!: GosipDialog;
  private readonly seen = new Shown(this, () => this.read(), contactFacts);

  static override styles = [look, rows, fields, chips, initialsStyles, danger, contactStyles];

  protected override get draftKey(): string {
    return `contact ${this.contactId || this.number}`;
  }

  protected override stored(): Draft | undefined {
    const { contact } = this.seen.value ?? {};
    return contact === undefined ? undefined : typed(draftOf(contact));
  }

  protected override fresh(): Draft {
    const personId = isAdmin() ? null : (me()?.person?.id ?? null);
    return typed(emptyDraft({ name: this.name, number: this.number, personId }));
  }

  private async read(): Promise<Seen> {
    const [contact, people] = await Promise.all([this.readContact(), isAdmin() ? allPeople() : []]);
    return { contact, people };
  }

  private async readContact(): Promise<Contact | undefined> {
    if (this.contactId !== '') return call(getContact, { params: { id: this.contactId } });
    if (this.number === '') return undefined;
    const { items } = await call(listContacts, { query: { number: this.number } });
    this.contactId = items[0]?.id ?? '';
    return items[0];
  }

  override render() {
    const { value } = this.seen;
    const isForm = value !== undefined && (this.draft !== undefined || value.contact === undefined);
    const heading = value?.contact?.name ?? (value === undefined ? t('page.contacts') : t('contact.new'));
    return html`<gosip-dialog heading=${heading} ?firm=${isForm} @closed=${() => this.dispatchEvent(new Event('closed'))}>
      ${isForm ? this.renderForm(value) : this.renderSeen()} ${isForm ? this.renderFormActions(value) : this.renderActions()}
    </gosip-dialog>`;
  }

  private renderSeen() {
    const { value, problem } = this.seen;
    if (problem?.code === 'NOT_FOUND') return failedNotice(t('contact.gone'));
    if (value?.contact === undefined) return notRead(problem);
    const { name, groups, numbers } = value.contact;
    return html`<div class="who">
        ${renderInitials(name)}
        <div>
          ${
            groups.length === 0
              ? nothing
              : html`<ul class="tags" aria-label=${t('contact.groups')}>
                  ${groups.map((group) => html`<li>${groupText(group)}</li>`)}
                </ul>`
          }
          <p class="quiet">${whoseText(value.contact, value.people)}</p>
        </div>
      </div>
      <ul class="rows numbers" aria-label=${t('contact.numbers')}>
        ${numbers.map(({ number, label }) => this.renderNumber(number, label, name))}
      </ul>`;
  }

  private renderNumber(number: string, label: string, name: string) {
    return html`<li class="row">
      <span class="text">
        ${numberButton(number, name)} ${label === '' ? nothing : html`<span class="more">${kindText(label)}</span>`}
      </span>
      <gosip-icon-button
        class="end"
        .path=${mdiMessageTextOutline}
        label=${t('contact.write', { number })}
        @click=${() => this.write(number)}
      ></gosip-icon-button>
    </li>`;
  }

  private renderActions() {
    const contact = this.seen.value?.contact;
    if (contact === undefined || !mayChange(contact)) return nothing;
    return html`${
        contact.addressBookId === null
          ? html`<md-text-button slot="actions" class="danger" @click=${this.removeContact}
              >${t('action.delete')}</md-text-button
            >`
          : nothing
      }<md-filled-tonal-button slot="actions" @click=${() => this.change({})}
        >${t(contact.addressBookId === null ? 'contact.edit' : 'contact.editGroups')}</md-filled-tonal-button
      >`;
  }

  private renderForm({ contact, people }: Seen) {
    return renderContactForm({
      draft: this.current,
      contact,
      people,
      groupTyped: this.current.groupTyped,
      notes: html`${this.renderMeanwhile()} ${this.renderUnsaved()}`,
      problem: this.wrongElsewhere('name', 'numbers', ...(this.draft?.numbers ?? []).map((_one, at) => `numbers.${at}.number`)),
      wrong: (field) => this.wrong(field),
      change: (draft) => this.change(draft),
      typeGroup: (groupTyped) => this.change({ groupTyped }),
      submit: this.submit,
      submitOnEnter: this.submitOnEnter,
      isAdmin: isAdmin(),
      ownId: me()?.person?.id,
    });
  }

  private renderFormActions({ contact }: Seen) {
    const away = () => {
      this.discard();
      if (contact === undefined) this.dialog.close();
    };
    return html`<md-text-button slot="actions" @click=${away}
        >${t(this.draft === undefined ? 'action.close' : 'action.discard')}</md-text-button
      >
      <md-filled-button slot="actions" ?disabled=${this.isBusy} @click=${this.submit}>${t('action.save')}</md-filled-button>`;
  }

  protected override async send(): Promise<void> {
    this.assertUnchanged();
    const { groupTyped, ...written } = this.current;
    const draft = withTypedGroup(withoutBlanks(written), groupTyped);
    this.change(typed(draft));
    const before = this.seen.value?.contact;
    await (before === undefined ? add(draft, this.once()) : change(before, draft));
    this.discard();
    this.dialog.close();
  }

  private write(number: string): void {
    this.dialog.close();
    go('messages', undefined, { to: number });
  }

  private removeContact = (): void => {
    const contact = this.seen.value?.contact;
    if (contact === undefined) return;
    const { id, name } = contact;
    removeLater(id, t('contact.deleted', { name }), () => call(deleteContact, { params: { id } }));
    this.discard();
    this.dialog.close();
  };
}

function typed(draft: ContactDraft): Draft {
  return { ...draft, groupTyped: '' };
}

async function add({ name, numbers, groups, personId }: ContactDraft, once: string): Promise<void> {
  const body = { name, numbers: [...numbers], groups: [...groups], personId: personId as Person['id'] | null };
  const { id } = await call(createContact, { body, once });
  sayDone(t('contact.added', { name }), () => call(deleteContact, { params: { id } }));
}

/** What is not changed is not sent: of a contact of an address book the groups alone can be. */
async function change(contact: Contact, draft: ContactDraft): Promise<void> {
  const params = { id: contact.id };
  const [before, after] = [bodyOf(draftOf(contact), draft), bodyOf(draft, draftOf(contact))];
  if (Object.keys(after).length === 0) return;
  await call(changeContact, { params, body: after });
  sayDone(t('contact.saved', { name: draft.name }), () => call(changeContact, { params, body: before }));
}

/** What of `draft` differs from `other`. */
function bodyOf(draft: ContactDraft, other: ContactDraft) {
  const { name, numbers, groups, personId } = draft;
  const isSame = (one: unknown, two: unknown) => JSON.stringify(one) === JSON.stringify(two);
  return {
    ...(name === other.name ? {} : { name }),
    ...(isSame(numbers, other.numbers) ? {} : { numbers: [...numbers] }),
    ...(isSame(groups, other.groups) ? {} : { groups: [...groups] }),
    ...(personId === other.personId ? {} : { personId: personId as Person['id'] | null }),
  };
}

function mayChange({ personId }: Contact): boolean {
  return isAdmin() || personId !== null;
}

/** Who sees it, and where it is from. */
function whoseText({ personId, addressBookName }: Contact, people: readonly Person[]): string {
  const other = people.find(({ id }) => id === personId)?.name ?? '';
  const whose =
    personId === null
      ? t('contact.ofHouse')
      : personId === me()?.person?.id
        ? t('contact.ofMe')
        : t('contact.ofOther', { name: other });
  return addressBookName === null ? whose : `${whose} ${t('contact.ofThisBook', { name: addressBookName })}`;
}

declare global {
  interface HTMLElementTagNameMap {
    'gosip-contact-dialog': GosipContactDialog;
  }
}
