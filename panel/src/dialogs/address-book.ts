import '@material/web/button/text-button.js';
import { html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
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
import { DraftDialog } from '../parts/draft-dialog.ts';
import { check, choice, field } from '../parts/field.ts';
import type { FieldOptions } from '../parts/field.ts';
import { fields, problemLine } from '../parts/form.ts';
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
export class GosipAddressBookDialog extends DraftDialog<Draft> {
  /** Empty for a new one. */
  @property() bookId = '';
  private readonly seen = new Shown<Seen>(this, () => this.read(), []);

  static override styles = [look, fields, danger];

  protected override readonly secrets = ['password'] as const;

  protected override get draftKey(): string {
    return `address-book ${this.bookId}`;
  }

  protected override get isNew(): boolean {
    return this.bookId === '';
  }

  protected override stored(): Draft | undefined {
    const { book } = this.seen.value ?? {};
    return book === undefined ? undefined : draftOf(book);
  }

  protected override fresh(): Draft {
    return empty;
  }

  private async read(): Promise<Seen> {
    const book = this.bookId === '' ? undefined : call(getAddressBook, { params: { id: this.bookId } });
    const [found, people] = await Promise.all([book, allPeople()]);
    return { book: found, people };
  }

  override render() {
    const book = this.seen.value?.book;
    const remove = (one: AddressBook) =>
      html`<md-text-button slot="actions" class="danger" @click=${() => this.removeBook(one)}
        >${t('action.delete')}</md-text-button
      >`;
    return this.renderDialog(
      this.bookId === '' ? t('books.new') : (book?.name ?? t('books.title')),
      whenRead(this.seen, (seen) => this.renderForm(seen)),
      {
        save: t(this.isBusy ? 'books.syncing' : 'action.save'),
        // Of one that is there, saving also reads it again.
        canSave: this.draft !== undefined || book !== undefined,
        other: book === undefined ? nothing : remove(book),
      },
    );
  }

  private renderForm({ book, people }: Seen) {
    const draft = this.current;
    const change = (part: Partial<Draft>) => this.change(part);
    const line = (name: (typeof shown)[number], more: Partial<FieldOptions> & { label: string }) =>
      field({ name, wrong: this.wrong(name), value: draft[name], changed: (value) => change({ [name]: value }), ...more });
    const problem = this.wrongElsewhere(...shown);
    return html`<form class="fields" @submit=${this.submit} @keydown=${this.submitOnEnter}>
      ${problemLine(problem)} ${this.renderMeanwhile()}
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
      ${this.renderUnsaved()}
    </form>`;
  }

  protected override async send(): Promise<void> {
    const book = this.seen.value?.book;
    const { personId, password, refreshHours, ...rest } = this.current;
    this.assertUnchanged();
    const body = { ...rest, refreshHours: Number(refreshHours) };
    const saved = await (book === undefined
      ? call(createAddressBook, {
          body: { ...body, password, personId: personId === '' ? null : (personId as Person['id']) },
          once: this.once(),
        })
      : call(changeAddressBook, { params: { id: book.id }, body: { ...body, ...(password === '' ? {} : { password }) } }));
    this.discard();
    this.bookId = saved.id;
    this.seen.value = { people: [], ...this.seen.value, book: saved };
    // What is wrong with the address or the password is said while both are still on the screen.
    const read = saved.enabled ? await call(syncAddressBook, { params: { id: saved.id } }) : saved;
    await this.seen.reload();
    if (read.problem !== null) throw new Problem('TOLD', bookProblemText(read.problem));
    say({ text: t('books.synced', { name: saved.name }) });
    this.close();
  }

  private removeBook({ id, name }: AddressBook): void {
    removeLater(id, t('books.deleted', { name }), () => call(deleteAddressBook, { params: { id } }));
    this.discard();
    this.close();
  }
}

function draftOf({ name, url, username, refreshHours, personId, enabled }: AddressBook): Draft {
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
