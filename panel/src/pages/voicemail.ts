import { mdiArrowLeft, mdiCheckAll, mdiVoicemail } from '@mdi/js';
import { html, nothing } from 'lit';
import type { PropertyValues } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import { changeVoicemail, listVoicemails, readAllVoicemails } from '#contract/voicemails.ts';
import { call } from '../api.ts';
import { partyName } from '../call-words.ts';
import { clock } from '../clock.ts';
import { allPeople } from '../data.ts';
import type { Person, Voicemail } from '../data.ts';
import { formatDuration, formatMoment, formatWhen, spokenDuration } from '../format.ts';
import { isWide } from '../media.ts';
import { chips, renderChips } from '../parts/chips.ts';
import { GosipElement } from '../parts/element.ts';
import '../parts/endless-list.ts';
import { textOf } from '../parts/form.ts';
import '../parts/icon-button.ts';
import { look, rows } from '../parts/look.ts';
import { noneLeft, noneLeftStyles } from '../parts/none-left.ts';
import '../parts/notice.ts';
import '../parts/page.ts';
import '../parts/status.ts';
import '../parts/voicemail-detail.ts';
import type { GosipVoicemailDetail } from '../parts/voicemail-detail.ts';
import { removedNow } from '../removed.ts';
import { closeDetail, narrow, openDetail, place } from '../router.ts';
import { pathOf } from '../routes.ts';
import { pagesOf } from '../row-source.ts';
import { isAdmin, me } from '../session.ts';
import { Shown } from '../shown.ts';
import { sayDone, sayProblem } from '../undo.ts';
import { addressOf, filterOf, queryOf, voicemailViews } from '../voicemail-filters.ts';
import type { Mailbox, VoicemailFilter } from '../voicemail-filters.ts';
import { audioText, voicemailFacts, wordsOf } from '../voicemail-words.ts';
import { locale, t, tn } from '../words.ts';
import { voicemailStyles } from './voicemail-styles.ts';
import { renderSearch, searchField } from '../parts/search-field.ts';

const typingMs = 300;

/** Every message that callers left, the newest first, and one of them to be heard. */
@customElement('gosip-voicemail')
export class GosipVoicemail extends GosipElement {
  @property() openId: string | undefined;
  @state() private filter = filterOf(place.value.query);
  @state() private source = this.sourceNow();
  @query('gosip-voicemail-detail') private detail!: GosipVoicemailDetail | null;
  #cancelTyping: (() => void) | undefined;
  /** Where the list was scrolled to before a message took its place. */
  #scrollTop = 0;
  private readonly people = new Shown<readonly Person[]>(this, async () => (isAdmin() ? allPeople() : []), [
    'person.created',
    'person.changed',
    'person.deleted',
  ]);
  private readonly unheard = new Shown(this, () => this.countUnheard(), voicemailFacts);

  static override styles = [look, rows, noneLeftStyles, chips, searchField, voicemailStyles];

  override connectedCallback(): void {
    super.connectedCallback();
    this.whileShown(() => this.#cancelTyping?.());
    this.whileShown(isWide.follow(() => this.requestUpdate()));
    this.whileShown(removedNow.follow(() => this.requestUpdate()));
  }

  override willUpdate(changed: PropertyValues): void {
    const isFirst = changed.has('openId') && changed.get('openId') === undefined && this.openId !== undefined;
    if (isFirst && !isWide.value) this.#scrollTop = window.scrollY;
  }

  override updated(changed: PropertyValues): void {
    if (!changed.has('openId') || isWide.value) return;
    window.scrollTo({ top: this.openId === undefined ? this.#scrollTop : 0, behavior: 'instant' });
    this.detail?.focus();
  }

  /** Whose messages are marked together: those that are chosen, else one’s own, and never another person’s by accident. */
  private get markedPerson(): string | undefined {
    return this.filter.person ?? me()?.person?.id;
  }

  private async countUnheard(): Promise<number> {
    const person = this.markedPerson as Mailbox | undefined;
    if (person === undefined) return 0;
    return (await call(listVoicemails, { query: { heard: 'false', per_page: 1, person } })).total;
  }

  private sourceNow() {
    const asked = queryOf(this.filter);
    return pagesOf((page) => call(listVoicemails, { query: { ...asked, ...page } }));
  }

  private choose(part: Partial<VoicemailFilter>): void {
    this.filter = { ...this.filter, ...part };
    narrow('voicemail', addressOf(this.filter));
    this.source = this.sourceNow();
    void this.unheard.reload();
  }

  private typed(event: Event): void {
    const text = textOf(event);
    this.#cancelTyping?.();
    this.#cancelTyping = clock.after(typingMs, () => this.choose({ text }));
  }

  override render() {
    const count = this.unheard.value ?? 0;
    const isOpen = this.openId !== undefined;
    const isList = isWide.value || !isOpen;
    return html`<gosip-page heading=${t('page.voicemail')}>
      ${
        count === 0
          ? nothing
          : html`<gosip-icon-button
              slot="actions"
              .path=${mdiCheckAll}
              label=${this.markText(count)}
              @click=${() => void this.markAll()}
            ></gosip-icon-button>`
      }
      <div class="filters" ?hidden=${!isList}>${this.renderFilters()}</div>
      <div class="panes ${isWide.value ? 'two' : ''}">
        <div class="card" ?hidden=${!isList}>${this.renderList()}</div>
        ${isWide.value || isOpen ? html`<div class="card detail">${this.renderDetail()}</div>` : nothing}
      </div>
    </gosip-page>`;
  }

  private markText(count: number): string {
    const { person } = this.filter;
    const name = person === 'house' ? t('voicemail.ofHouse') : this.people.value?.find(({ id }) => id === person)?.name;
    return name === undefined ? tn('voicemail.markMine', count) : tn('voicemail.markOf', count, { name });
  }

  private renderFilters() {
    return html`${renderSearch(t('voicemail.search'), this.filter.text, this.typed)} ${this.renderPeople()}
    ${renderChips(
      t('voicemail.which'),
      voicemailViews.map(({ name, text }) => ({ value: name, text: t(text) })),
      { taken: this.filter.view, choose: (view) => this.choose({ view }) },
    )}`;
  }

  private renderPeople() {
    const people = this.people.value ?? [];
    if (people.length === 0) return nothing;
    return html`<select
      aria-label=${t('voicemail.whose')}
      @change=${(event: Event) => this.choose({ person: textOf(event) === '' ? undefined : textOf(event) })}
    >
      <option value="">${t('voicemail.everybody')}</option>
      ${people.map(({ id, name }) => html`<option value=${id} .selected=${live(id === this.filter.person)}>${name}</option>`)}
      <option value="house" .selected=${live(this.filter.person === 'house')}>${t('field.owner.nobody')}</option>
    </select>`;
  }

  private renderList() {
    const { view, text } = this.filter;
    const none = { all: t('voicemail.none'), new: t('voicemails.none'), archived: t('voicemail.noneArchived') }[view];
    const notice = html`<gosip-notice
      .path=${mdiVoicemail}
      heading=${text.trim() === '' ? none : t('voicemail.noneFound')}
      text=${view === 'all' && text.trim() === '' ? t('voicemail.none.text') : ''}
    ></gosip-notice>`;
    return html`<gosip-endless-list
        label=${t('page.voicemail')}
        .source=${this.source}
        @changed=${() => this.requestUpdate()}
        .facts=${voicemailFacts}
        .key=${({ id }: Voicemail) => id}
        .row=${(one: Voicemail) => this.renderRow(one)}
      >
        <div slot="empty">${notice}</div>
      </gosip-endless-list>
      ${noneLeft(this, notice)}`;
  }

  private renderRow(one: Voicemail) {
    if (removedNow.value.has(one.id)) return nothing;
    const at = Date.parse(one.leftAt);
    const isNew = one.heardAt === null;
    const words = [audioText(one), wordsOf(one)].find((text) => text !== '') ?? '';
    const isNobodys = isAdmin() && one.personId === null;
    const owner = isNobodys ? t('voicemail.ofHouse') : this.people.value?.find(({ id }) => id === one.personId)?.name;
    return html`<a
      class="row ${isNew ? 'new' : ''}"
      href=${pathOf('voicemail', one.id, addressOf(this.filter))}
      aria-current=${one.id === this.openId ? 'true' : nothing}
    >
      <gosip-icon class="quiet" .path=${mdiVoicemail}></gosip-icon>
      <span class="text">
        <span class="main cut">${partyName(one.caller)}</span>
        ${owner === undefined || this.filter.person !== undefined ? nothing : html`<span class="more cut">${t('voicemail.for', { name: owner })}</span>`}
        ${words === '' ? nothing : html`<span class="more words">${words}</span>`}
      </span>
      <span class="end quiet">
        <time datetime=${one.leftAt} title=${formatMoment(at, locale.value)}>${formatWhen(at, clock.now(), locale.value)}</time>
        <span class="number" aria-label=${spokenDuration(one.seconds, locale.value)}>${formatDuration(one.seconds)}</span>
        ${isNew ? html`<gosip-status tone="accent" text=${t('voicemail.isNew')}></gosip-status>` : nothing}
      </span>
    </a>`;
  }

  private renderDetail() {
    if (this.openId === undefined) return html`<p class="choose quiet">${t('voicemail.choose')}</p>`;
    return html`${
        isWide.value
          ? nothing
          : html`<a class="to-list" href=${pathOf('voicemail', undefined, addressOf(this.filter))}
              ><gosip-icon .path=${mdiArrowLeft}></gosip-icon>${t('voicemail.toList')}</a
            >`
      }
      <gosip-voicemail-detail
        voicemailId=${this.openId}
        .people=${this.people.value ?? []}
        @ended=${() => void this.playNext()}
        @put-away=${closeDetail}
      ></gosip-voicemail-detail>`;
  }

  /** The one below in the list, for whoever listens to them all. */
  private async playNext(): Promise<void> {
    const open = this.openId as Voicemail['id'] | undefined;
    if (open === undefined) return;
    const next = await this.below(open).catch(() => undefined);
    // Somebody may have gone on by themselves.
    if (next === undefined || this.openId !== open) return;
    openDetail(next);
    this.detail?.play(next);
  }

  private async below(id: Voicemail['id']): Promise<Voicemail['id'] | undefined> {
    const before = this.detail?.leftAt;
    if (before === undefined) return undefined;
    const { items } = await call(listVoicemails, { query: { ...queryOf(this.filter), to: before, per_page: 20 } });
    return items.find((one) => one.id !== id && one.audio === 'stored' && !removedNow.value.has(one.id))?.id;
  }

  private async markAll(): Promise<void> {
    const person = this.markedPerson as Mailbox | undefined;
    try {
      const { heard, ids } = await call(readAllVoicemails, { query: person === undefined ? {} : { person } });
      if (heard > 0) sayDone(tn('voicemail.marked', heard), () => markNew(ids));
    } catch (error) {
      sayProblem(error);
    }
  }
}

async function markNew(ids: readonly Voicemail['id'][]): Promise<void> {
  for (const id of ids) await call(changeVoicemail, { params: { id }, body: { heard: false } });
}
