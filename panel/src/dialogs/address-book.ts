import '@material/web/button/filled-button.js';
import '@material/web/button/text-button.js';
import { html, nothing } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import {
  changeAddressBook,
  createAddressBook,
  deleteAddressBook,
  getAddressBook,
  syncAddressBook,
} from '#contract/address-books.ts';
import { call } from '../api.ts';
import { bookProblemText } from '../book-words.ts';
import { allPeople } from '../data.ts';
import type { AddressBook, Person } from '../data.ts';
import { whenRead } from '../parts/card.ts';
import '../parts/dialog.ts';
import type { GosipDialog } from '../parts/dialog.ts';
import { check, choice, field } from '../parts/field.ts';
import type { FieldOptions } from '../parts/field.ts';
import { fields, FormElement, problemLine } from '../parts/form.ts';
import { look } from '../parts/look.ts';
import { say } from '../parts/snackbar.ts';
import { Problem } from '../problem.ts';
import { removeLater } from '../removed.ts';
import { me } from '../session.ts';
import { Shown } from '../shown.ts';
import { t } from '../words.ts';
import { danger } from './danger.ts';

type Draft = {
  readonly name: string;
  readonly url: string;
  readonly username: string;
  readonly password: string;
  readonly refreshHours: string;
  readonly personId: string;
  readonly enabled: boolean;
};
type Seen = { readonly book: AddressBook | undefined; readonly people: readonly Person[] };

const empty: Draft = { name: '', url: '', username: '', password: '', refreshHours: '24', personId: '', enabled: true };
const shown = ['name', 'url', 'username', 'password'] as const;
const everyHours = ['1', '6', '24', '168'] as const;

/** An address book on a server: where it is, and who may read it. */
@customElement('gosip-address-book-dialog')
export class GosipAddressBookDialog extends FormElement {
  /** Empty for a new one. */
  @property() bookId = '';
  @state() private draft: Draft | undefined;
  @query('gosip-dialog') private dialog!: GosipDialog;
  private readonly seen = new Shown<Seen>(this, () => this.read(), []);

  static override styles = [look, fields, danger];

  private async read(): Promise<Seen> {
    const book = this.bookId === '' ? undefined : call(getAddressBook, { params: { id: this.bookId } });
    const [found, people] = await Promise.all([book, allPeople()]);
    return { book: found, people };
  }

  override render() {
    const book = this.seen.value?.book;
    return html`<gosip-dialog
      firm
      heading=${this.bookId === '' ? t('books.new') : (book?.name ?? t('books.title'))}
      @closed=${() => this.dispatchEvent(new Event('closed'))}
    >
      ${whenRead(this.seen, (seen) => this.renderForm(seen))}
      ${
        book === undefined
          ? nothing
          : html`<md-text-button slot="actions" class="danger" @click=${() => this.removeBook(book)}
              >${t('action.delete')}</md-text-button
            >`
      }
      <md-text-button slot="actions" @click=${() => this.dialog.close()}>${t('action.cancel')}</md-text-button>
      <md-filled-button slot="actions" ?disabled=${this.isBusy} @click=${this.submit}
        >${t(this.isBusy ? 'books.syncing' : 'action.save')}</md-filled-button
      >
    </gosip-dialog>`;
  }

  private renderForm({ book, people }: Seen) {
    const draft = this.draft ?? draftOf(book);
    const change = (part: Partial<Draft>) => (this.draft = { ...draft, ...part });
    const line = (name: (typeof shown)[number], more: Partial<FieldOptions> & { label: string }) =>
      field({ name, wrong: this.wrong(name), value: draft[name], changed: (value) => change({ [name]: value }), ...more });
    const problem = this.wrongElsewhere(...shown);
    return html`<form class="fields" @submit=${this.submit} @keydown=${this.submitOnEnter}>
      ${problemLine(problem)}
      ${line('name', { label: t('field.name'), hint: t('books.nameHint'), capitals: 'words', maxLength: 80, hasFocus: true })}
      ${line('url', { label: t('books.url'), hint: t('books.urlHint'), type: 'url', inputMode: 'url', maxLength: 500 })}
      ${line('username', { label: t('field.username'), maxLength: 200 })}
      ${line('password', {
        label: t('field.password'),
        type: 'password',
        autocomplete: 'new-password',
        hint: t(book === undefined ? 'books.passwordHint' : 'person.passwordKept'),
        maxLength: 500,
      })}
      ${
        book === undefined
          ? choice({
              label: t('contact.whose'),
              name: 'owner',
              value: draft.personId,
              changed: (personId) => change({ personId }),
              choices: ownerChoices(people),
            })
          : nothing
      }
      ${choice({
        label: t('books.every'),
        name: 'every',
        value: draft.refreshHours,
        changed: (refreshHours) => change({ refreshHours }),
        choices: [...new Set([...everyHours, draft.refreshHours])].map((value) => ({ value, text: everyText(value) })),
      })}
      ${check({ label: t('books.enabled'), name: 'enabled', isOn: draft.enabled, changed: (enabled) => change({ enabled }) })}
    </form>`;
  }

  protected override async send(): Promise<void> {
    const book = this.seen.value?.book;
    const { personId, password, refreshHours, ...rest } = this.draft ?? draftOf(book);
    const body = { ...rest, refreshHours: Number(refreshHours) };
    const saved = await (book === undefined
      ? call(createAddressBook, {
          body: { ...body, password, personId: personId === '' ? null : (personId as Person['id']) },
        })
      : call(changeAddressBook, { params: { id: book.id }, body: { ...body, ...(password === '' ? {} : { password }) } }));
    this.bookId = saved.id;
    // What is wrong with the address or the password is said while both are still on the screen.
    const read = saved.enabled ? await call(syncAddressBook, { params: { id: saved.id } }) : saved;
    await this.seen.reload();
    this.draft = undefined;
    if (read.problem !== null) throw new Problem('TOLD', bookProblemText(read.problem));
    say({ text: t('books.synced', { name: saved.name }) });
    this.dialog.close();
  }

  private removeBook({ id, name }: AddressBook): void {
    removeLater(id, t('books.deleted', { name }), () => call(deleteAddressBook, { params: { id } }));
    this.dialog.close();
  }
}

function draftOf(book: AddressBook | undefined): Draft {
  if (book === undefined) return empty;
  const { name, url, username, refreshHours, personId, enabled } = book;
  return { name, url, username, password: '', refreshHours: String(refreshHours), personId: personId ?? '', enabled };
}

function ownerChoices(people: readonly Person[]): readonly { readonly value: string; readonly text: string }[] {
  const own = me()?.person?.id;
  const person = ({ id, name }: Person) => (id === own ? t('contact.whose.me') : t('contact.whose.other', { name }));
  return [{ value: '', text: t('contact.whose.house') }, ...people.map((one) => ({ value: one.id, text: person(one) }))];
}

function everyText(hours: string): string {
  if (hours === '1') return t('books.everyHour');
  if (hours === '24') return t('books.everyDay');
  return hours === '168' ? t('books.everyWeek') : t('books.everyHours', { count: hours });
}

declare global {
  interface HTMLElementTagNameMap {
    'gosip-address-book-dialog': GosipAddressBookDialog;
  }
}
