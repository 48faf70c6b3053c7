import {
  mdiAccountPlusOutline,
  mdiAccountQuestionOutline,
  mdiBookSyncOutline,
  mdiContentDuplicate,
  mdiFileMoveOutline,
  mdiPhone,
  mdiPhoneCancelOutline,
} from '@mdi/js';
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { listCallApprovals } from '#contract/call-approvals.ts';
import { listContactDoubles, listContactGroups, listContacts } from '#contract/contacts.ts';
import { call } from '../api.ts';
import { clock } from '../clock.ts';
import { isIn } from '../contact-draft.ts';
import { addressOf, contactQuery, filterOf, groupValue } from '../contact-filters.ts';
import type { ContactFilter } from '../contact-filters.ts';
import { groupText } from '../contact-words.ts';
import { contactFacts } from '../data.ts';
import type { Contact } from '../data.ts';
import { Detail } from '../detail.ts';
import { openContact, openContactFiles, openDial } from '../dialogs/open.ts';
import { chips, renderChips } from '../parts/chips.ts';
import '../parts/action.ts';
import { GosipElement } from '../parts/element.ts';
import '../parts/endless-list.ts';
import { textOf } from '../parts/form.ts';
import '../parts/icon-button.ts';
import '../parts/icon.ts';
import { initialsStyles, renderInitials } from '../parts/initials.ts';
import { look, rows } from '../parts/look.ts';
import { noneLeft, noneLeftStyles } from '../parts/none-left.ts';
import '../parts/notice.ts';
import '../parts/page.ts';
import { removedNow } from '../removed.ts';
import { narrow, place } from '../router.ts';
import { pathOf } from '../routes.ts';
import { pagesOf } from '../row-source.ts';
import { isAdmin, me } from '../session.ts';
import { Shown } from '../shown.ts';
import { t, tn } from '../words.ts';
import './contacts/address-books.ts';
import './dashboard/approvals.ts';
import './contacts/doubles.ts';
import { contactsStyles } from './contacts/styles.ts';
import { renderSearch, searchField } from '../parts/search-field.ts';

const typingMs = 300;
/** What of the page has an address of its own; ids of contacts are none of these. */
const views = { doubles: 'doubles.title', 'address-books': 'books.title', approvals: 'approvals.title' } as const;

/** Whom the house and its people know. */
@customElement('gosip-contacts')
export class GosipContacts extends GosipElement {
  @property() openId: string | undefined;
  protected readonly detail = new Detail(this, async (contactId) =>
    contactId in views ? undefined : openContact({ contactId }),
  );
  @state() private filter: ContactFilter = filterOf(place.value.query);
  @state() private source = this.sourceNow();
  #cancelTyping: (() => void) | undefined;
  private readonly groups = new Shown(this, () => call(listContactGroups), contactFacts);
  private readonly approvals = new Shown(this, () => call(listCallApprovals, { query: { per_page: 1 } }), [
    'call-approval.changed',
  ]);
  private readonly doubles = new Shown(this, () => call(listContactDoubles), contactFacts);

  static override styles = [look, rows, noneLeftStyles, chips, initialsStyles, searchField, contactsStyles];

  override connectedCallback(): void {
    super.connectedCallback();
    this.whileShown(() => this.#cancelTyping?.());
    this.whileShown(removedNow.follow(() => this.requestUpdate()));
  }

  private sourceNow() {
    const query = contactQuery(this.filter);
    return pagesOf((asked) => call(listContacts, { query: { ...query, ...asked, sort: 'name', order: 'asc' } }));
  }

  private show(filter: ContactFilter): void {
    this.filter = filter;
    narrow('contacts', addressOf(filter));
    this.source = this.sourceNow();
  }

  private typed(event: Event): void {
    this.filter = { ...this.filter, text: textOf(event) };
    this.#cancelTyping?.();
    this.#cancelTyping = clock.after(typingMs, () => this.show(this.filter));
  }

  override render() {
    const view = Object.entries(views).find(([id]) => id === this.openId);
    if (view === undefined) return this.renderList();
    return html`<gosip-page heading=${t(view[1])}>
      <p class="ways"><a href=${pathOf('contacts')}>${t('contacts.back')}</a></p>
      ${this.renderView()}
    </gosip-page>`;
  }

  private renderView() {
    if (this.openId === 'doubles') return html`<gosip-contact-doubles></gosip-contact-doubles>`;
    if (this.openId === 'approvals') return html`<gosip-approvals whole></gosip-approvals>`;
    return html`<gosip-address-books></gosip-address-books>`;
  }

  private renderList() {
    return html`<gosip-page heading=${t('page.contacts')}>
      <gosip-action slot="actions" label=${t('contact.new')} @click=${() => void openContact()}></gosip-action>
      <div class="filters">
        ${renderSearch(t('contacts.search'), this.filter.text, this.typed)} ${this.renderChips()} ${this.renderWays()}
      </div>
      <div class="card">${this.renderRows()}</div>
    </gosip-page>`;
  }

  private renderChips() {
    const groups = (this.groups.value?.items ?? []).map(({ name }) => name);
    const { shown } = this.filter;
    const asked = shown.startsWith('group:') ? shown.slice('group:'.length) : undefined;
    // A group that is empty by now is still what is shown.
    const all = asked === undefined || isIn(groups, asked) ? groups : [...groups, asked];
    return renderChips(
      t('contacts.filter'),
      [
        { value: 'all', text: t('contacts.all') },
        { value: 'house', text: t('contacts.house') },
        ...(me()?.person?.id === undefined ? [] : [{ value: 'me', text: t('contacts.me') }]),
        ...all.map((group) => ({ value: groupValue(group), text: groupText(group) })),
      ],
      { taken: shown, choose: (value) => this.show({ ...this.filter, shown: value }) },
    );
  }

  private renderWays() {
    const found = this.doubles.value?.total ?? 0;
    return html`<nav class="ways" aria-label=${t('contacts.ways')}>
      ${
        found === 0
          ? nothing
          : html`<a href=${pathOf('contacts', 'doubles')}
              ><gosip-icon .path=${mdiContentDuplicate}></gosip-icon>${tn('doubles.found', found)}</a
            >`
      }
      ${
        (this.approvals.value?.total ?? 0) === 0
          ? nothing
          : html`<a href=${pathOf('contacts', 'approvals')}
              ><gosip-icon .path=${mdiAccountQuestionOutline}></gosip-icon>${t('approvals.title')}</a
            >`
      }
      <button @click=${() => void openContactFiles()}>
        <gosip-icon .path=${mdiFileMoveOutline}></gosip-icon>${t('files.way')}
      </button>
      ${
        isAdmin()
          ? html`<a href=${pathOf('contacts', 'address-books')}
              ><gosip-icon .path=${mdiBookSyncOutline}></gosip-icon>${t('books.title')}</a
            >`
          : nothing
      }
      <a href=${pathOf('blocklist')}><gosip-icon .path=${mdiPhoneCancelOutline}></gosip-icon>${t('page.blocklist')}</a>
    </nav>`;
  }

  private renderRows() {
    const isNarrowed = Object.keys(addressOf(this.filter)).length > 0;
    const notice = html`<gosip-notice
      .path=${mdiAccountPlusOutline}
      heading=${t(isNarrowed ? 'contacts.noneFound' : 'contacts.none')}
      text=${isNarrowed ? '' : t('contacts.none.text')}
    ></gosip-notice>`;
    return html`<gosip-endless-list
        label=${t('page.contacts')}
        .source=${this.source}
        @changed=${() => this.requestUpdate()}
        .facts=${contactFacts}
        .key=${({ id }: Contact) => id}
        .row=${(one: Contact) => (removedNow.value.has(one.id) ? nothing : renderContact(one))}
      >
        <div slot="empty">${notice}</div>
      </gosip-endless-list>
      ${noneLeft(this, notice)}`;
  }
}

function renderContact({ id, name, numbers, groups, personId }: Contact): TemplateResult {
  const [first] = numbers;
  const rest = numbers.length > 1 ? ` · ${t('contacts.more', { count: numbers.length - 1 })}` : '';
  const whose = personId === null ? '' : personId === me()?.person?.id ? t('contacts.me') : t('contacts.other');
  const tags = [...groups.map(groupText), ...(whose === '' ? [] : [whose])];
  return html`<div class="line">
    <a class="row" href=${pathOf('contacts', id, place.value.query)}>
      ${renderInitials(name)}
      <span class="text">
        <span class="main cut">${name}</span>
        <span class="more cut number">${first?.number ?? ''}${rest}</span>
      </span>
      <span class="tags">${tags.map((tag) => html`<span class="tag cut">${tag}</span>`)}</span>
    </a>
    ${
      first === undefined
        ? nothing
        : html`<gosip-icon-button
            .path=${mdiPhone}
            label=${t('dial.call', { name })}
            @click=${() => void openDial(first.number, name)}
          ></gosip-icon-button>`
    }
  </div>`;
}
