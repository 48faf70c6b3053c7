import { mdiDownload, mdiHelpCircleOutline, mdiHistory, mdiTune } from '@mdi/js';
import { html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { exportCallRecords, listCallRecords } from '#contract/calls.ts';
import { call } from '../api.ts';
import { isSetUp, noteFollowed } from '../call-set-ups.ts';
import type { Followed } from '../call-set-ups.ts';
import { callFilters, filterTexts, isQuick } from '../call-filters.ts';
import { askedCalls, readCallQuery, withFilters } from '../call-query.ts';
import type { CallQuery } from '../call-query.ts';
import { clock } from '../clock.ts';
import { allPeople, allPhones, phoneFacts } from '../data.ts';
import type { CallRecord } from '../data.ts';
import { Detail } from '../detail.ts';
import { openCall, openCallFilters } from '../dialogs/open.ts';
import { isWide } from '../media.ts';
import { activeFilters, renderActiveFilters } from '../parts/active-filters.ts';
import { chips, renderChips } from '../parts/chips.ts';
import { callRows, renderCallRow } from '../parts/call-row.ts';
import { callTable, renderCallHead, renderCallLine } from '../parts/call-table.ts';
import { GosipElement } from '../parts/element.ts';
import '../parts/endless-list.ts';
import type { GosipEndlessList } from '../parts/endless-list.ts';
import { textOf } from '../parts/form.ts';
import { look, rows } from '../parts/look.ts';
import '../parts/notice.ts';
import '../parts/page.ts';
import { apiAddress } from '../place.ts';
import type { Problem } from '../problem.ts';
import { problemText } from '../problem-words.ts';
import { requestPath } from '../request.ts';
import { narrow, place } from '../router.ts';
import { pathOf } from '../routes.ts';
import { pagesOf } from '../row-source.ts';
import { isAdmin } from '../session.ts';
import { Shown } from '../shown.ts';
import { locale, t, tn } from '../words.ts';
import { callsStyles } from './calls-styles.ts';
import { renderSearch, searchField } from '../parts/search-field.ts';

const typingMs = 300;
const facts = ['call.started', 'call.changed', 'call.ended'] as const;

/** Every call, the newest first, and what they are narrowed down to. */
@customElement('gosip-calls')
export class GosipCalls extends GosipElement {
  @property() openId: string | undefined;
  protected readonly detail = new Detail(this, openCall);
  /** What was typed, until the address has it. */
  @state() private typedText: string | undefined;
  @state() private total: number | undefined;
  readonly #followed: Followed = new Set();
  #asked = '';
  #source = this.sourceOf({});
  #cancelTyping: (() => void) | undefined;
  private readonly names = new Shown(this, () => this.readNames(), phoneFacts);

  static override styles = [look, rows, chips, activeFilters, callRows, callTable, searchField, callsStyles];

  override connectedCallback(): void {
    super.connectedCallback();
    this.whileShown(isWide.follow(() => this.requestUpdate()));
    this.whileShown(place.follow(() => this.moved()));
    this.whileShown(() => this.#cancelTyping?.());
  }

  /** While another page is being loaded, the address is that one’s already. */
  private moved(): void {
    if (place.value.page !== 'calls') return;
    this.requestUpdate();
    const { person, device } = this.filters;
    if (person !== undefined || device !== undefined) void this.names.reload();
  }

  private get filters(): CallQuery {
    return place.value.page === 'calls' ? readCallQuery(place.value.query) : {};
  }

  private get asked() {
    return askedCalls(this.filters, locale.value.timeZone);
  }

  private sourceOf(query: Readonly<Record<string, string>>) {
    return pagesOf(async (asked) => {
      const page = await call(listCallRecords, { query: { ...query, ...asked } as never });
      noteFollowed(page.items, this.#followed);
      return page;
    });
  }

  /** The same one for as long as the same is asked for. */
  private get source() {
    const asked = JSON.stringify(this.asked);
    if (asked !== this.#asked) {
      this.#asked = asked;
      this.#source = this.sourceOf(this.asked);
    }
    return this.#source;
  }

  /** Of what the address names by its id alone. */
  private async readNames() {
    const { person, device } = this.filters;
    const [people, phones] = await Promise.all([
      person !== undefined && isAdmin() ? allPeople() : [],
      device === undefined ? [] : allPhones(),
    ]);
    return [...people, ...phones];
  }

  private nameOf = (id: string): string => this.names.value?.find((one) => one.id === id)?.name ?? '…';

  private set = (changed: CallQuery): void => narrow('calls', withFilters(this.filters, changed));

  private typed(event: Event): void {
    this.typedText = textOf(event);
    this.#cancelTyping?.();
    this.#cancelTyping = clock.after(typingMs, () => {
      this.set({ text: this.typedText ?? '' });
      this.typedText = undefined;
    });
  }

  override render() {
    const csv = apiAddress(requestPath(exportCallRecords, { query: this.asked })).href;
    return html`<gosip-page heading=${t('page.calls')}>
      <a slot="actions" class="action" href=${pathOf('why')}
        ><gosip-icon .path=${mdiHelpCircleOutline}></gosip-icon><span>${t('page.why')}</span></a
      >
      <a slot="actions" class="action" href=${csv} download
        ><gosip-icon .path=${mdiDownload}></gosip-icon><span>${t('calls.csv')}</span></a
      >
      ${this.renderFilters()}
      <div class="card">${this.renderList()}</div>
    </gosip-page>`;
  }

  private renderFilters() {
    const { filters } = this;
    const taken = callFilters.find((one) => isQuick(one, filters))?.name ?? 'none';
    const isHidden = (name: string) => name === 'text' || (taken !== 'none' && (name === 'direction' || name === 'disposition'));
    const active = filterTexts(filters, { t, tag: locale.value.tag, nameOf: this.nameOf })
      .filter(({ name }) => !isHidden(name))
      .map(({ name, text }) => ({ text, remove: () => this.set({ [name]: '' }) }));
    return html`<div class="filters">
        <div class="search">
          ${renderSearch(t('calls.search'), this.typedText ?? filters.text ?? '', this.typed)}
          <button class="more-filters" aria-haspopup="dialog" @click=${() => void openCallFilters()}>
            <gosip-icon .path=${mdiTune}></gosip-icon><span>${t('calls.filter.more')}</span>
          </button>
        </div>
        ${renderChips(
          t('calls.filter'),
          callFilters.map(({ name, text }) => ({ value: name, text: t(text) })),
          {
            taken,
            choose: (name) =>
              this.set({ direction: '', disposition: '', ...callFilters.find((one) => one.name === name)?.query }),
          },
        )}
      </div>
      ${renderActiveFilters(active, () => narrow('calls', {}))}
      <p class="spoken" role="status">${this.total === undefined ? '' : tn('calls.count', this.total)}</p>`;
  }

  private renderOne(one: CallRecord, query: Readonly<Record<string, string>>) {
    if (isSetUp(one, this.#followed)) return nothing;
    return isWide.value ? renderCallLine(one, query) : renderCallRow(one, query);
  }

  private renderList() {
    const isFiltered = Object.keys(this.filters).length > 0;
    const query = withFilters(this.filters, {});
    return html`<gosip-endless-list
      label=${t('page.calls')}
      ?table=${isWide.value}
      .source=${this.source}
      .facts=${facts}
      .key=${({ id }: CallRecord) => id}
      .row=${(one: CallRecord) => this.renderOne(one, query)}
      .explain=${explain}
      @changed=${(event: Event) => (this.total = (event.target as GosipEndlessList).total)}
    >
      ${isWide.value ? renderCallHead() : ''}
      <gosip-notice
        slot="empty"
        .path=${mdiHistory}
        heading=${isFiltered ? t('calls.noneFound') : t('recent.none')}
        text=${isFiltered ? '' : t('calls.none.text')}
      ></gosip-notice>
    </gosip-endless-list>`;
  }
}

/** Home Assistant’s proxy refuses addresses that look like an attack, whoever wrote them. */
function explain(problem: Problem): string {
  return problem.code === 'REFUSED' ? t('calls.refused') : problemText(problem);
}
