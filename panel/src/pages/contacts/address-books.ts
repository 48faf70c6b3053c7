import '@material/web/button/filled-button.js';
import '@material/web/button/outlined-button.js';
import { mdiBookSyncOutline, mdiPlus } from '@mdi/js';
import { css, html } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { listAddressBooks, syncAddressBook } from '#contract/address-books.ts';
import { beside } from '../../beside.ts';
import { bookProblemText } from '../../book-words.ts';
import { call } from '../../api.ts';
import { clock } from '../../clock.ts';
import { addressBookFacts, allPeople } from '../../data.ts';
import type { AddressBook, Person } from '../../data.ts';
import { openAddressBook } from '../../dialogs/open.ts';
import { formatWhen } from '../../format.ts';
import { whenRead } from '../../parts/card.ts';
import { GosipElement } from '../../parts/element.ts';
import { look, rows } from '../../parts/look.ts';
import { say } from '../../parts/snackbar.ts';
import '../../parts/status.ts';
import { removedNow } from '../../removed.ts';
import { isAdmin } from '../../session.ts';
import { Shown } from '../../shown.ts';
import { sayProblem } from '../../undo.ts';
import { locale, t } from '../../words.ts';

/** Address books on servers, and how old what was read from them is. */
@customElement('gosip-address-books')
export class GosipAddressBooks extends GosipElement {
  @state() private busy: ReadonlySet<string> = new Set();
  private readonly seen = new Shown(this, readAll, addressBookFacts);

  static override styles = [
    look,
    rows,
    css`
      .text {
        overflow-wrap: anywhere;
      }
      .row {
        flex-wrap: wrap;
      }
      .row .more.bad {
        color: var(--error);
      }
      .row > .text {
        flex-basis: 200px;
      }
      .add {
        display: flex;
        justify-content: flex-end;
        padding: 8px 0 16px;
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    this.whileShown(removedNow.follow(() => this.requestUpdate()));
  }

  override render() {
    return html`${
        isAdmin()
          ? html`<div class="add">
              <md-filled-button has-icon @click=${() => void openAddressBook()}
                ><gosip-icon slot="icon" .path=${mdiPlus}></gosip-icon>${t('books.add')}</md-filled-button
              >
            </div>`
          : ''
      }
      <div class="card">
        ${whenRead(this.seen, ({ books, people }) => {
          const shown = books.filter(({ id }) => !removedNow.value.has(id));
          if (shown.length === 0)
            return html`<gosip-notice
              .path=${mdiBookSyncOutline}
              heading=${t('books.none')}
              text=${t('books.none.text')}
            ></gosip-notice>`;
          return html`<ul class="rows">
            ${shown.map((one) => this.renderBook(one, people))}
          </ul>`;
        })}
      </div>`;
  }

  private renderBook(one: AddressBook, people: readonly Person[]) {
    const { id, name, enabled, problem } = one;
    const isBusy = this.busy.has(id);
    return html`<li class="row">
      <span class="text">
        <span class="main">${name}</span>
        <span class="more">${beside(whoseText(one, people), stateText(one))}</span>
        ${problem === null ? '' : html`<span class="more bad" role="status">${bookProblemText(problem)}</span>`}
      </span>
      <span class="end">
        ${enabled ? '' : html`<gosip-status tone="warning" text=${t('state.off')}></gosip-status>`}
        <md-outlined-button
          ?disabled=${isBusy}
          aria-label=${t('contact.actionOf', { action: t(isBusy ? 'books.syncing' : 'books.sync'), name })}
          @click=${() => void this.sync(one)}
          >${t(isBusy ? 'books.syncing' : 'books.sync')}</md-outlined-button
        >
        <md-outlined-button
          aria-label=${t('contact.actionOf', { action: t('contact.edit'), name })}
          @click=${() => void openAddressBook(id)}
          >${t('contact.edit')}</md-outlined-button
        >
      </span>
    </li>`;
  }

  private async sync({ id, name }: AddressBook): Promise<void> {
    this.busy = new Set([...this.busy, id]);
    try {
      const { problem } = await call(syncAddressBook, { params: { id } });
      say({ text: problem === null ? t('books.synced', { name }) : bookProblemText(problem) });
    } catch (error) {
      sayProblem(error);
    }
    this.busy = new Set([...this.busy].filter((one) => one !== id));
    await this.seen.reload();
  }
}

async function readAll() {
  const [books, people] = await Promise.all([call(listAddressBooks, { query: { per_page: 100, order: 'asc' } }), allPeople()]);
  return { books: books.items, people };
}

function whoseText({ personId }: AddressBook, people: readonly Person[]): string {
  if (personId === null) return t('books.house');
  return t('books.person', { name: people.find(({ id }) => id === personId)?.name ?? '' });
}

function stateText({ syncedAt }: AddressBook): string {
  if (syncedAt === null) return t('books.never');
  return t('books.read', { when: formatWhen(Date.parse(syncedAt), clock.now(), locale.value) });
}
