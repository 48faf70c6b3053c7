import { mdiDownload, mdiHistory } from '@mdi/js';
import { html, nothing } from 'lit';
import type { PropertyValues } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { exportCallRecords, listCallRecords } from '#contract/calls.ts';
import { call } from '../api.ts';
import { allCalls, callFilters } from '../call-filters.ts';
import type { CallFilter } from '../call-filters.ts';
import { withMore, withNewest } from '../call-list.ts';
import { clock } from '../clock.ts';
import type { CallRecord } from '../data.ts';
import { openCall } from '../dialogs/open.ts';
import { isWide } from '../media.ts';
import { failedNotice } from '../parts/card.ts';
import { chips, renderChips } from '../parts/chips.ts';
import { renderCallRow } from '../parts/call-row.ts';
import { renderCallTable } from '../parts/call-table.ts';
import { GosipElement } from '../parts/element.ts';
import { textOf } from '../parts/form.ts';
import '../parts/loading.ts';
import { look, rows } from '../parts/look.ts';
import '../parts/notice.ts';
import '../parts/page.ts';
import { apiAddress } from '../place.ts';
import { toProblem } from '../problem.ts';
import type { Problem } from '../problem.ts';
import { problemText } from '../problem-words.ts';
import { requestPath } from '../request.ts';
import { closeDetail } from '../router.ts';
import { Shown } from '../shown.ts';
import { t } from '../words.ts';
import { callsStyles } from './calls-styles.ts';

const perPage = 50;
const typingMs = 300;

/** Every call, the newest first; more of them as somebody scrolls. */
@customElement('gosip-calls')
export class GosipCalls extends GosipElement {
  @property() openId: string | undefined;
  @state() private filter: CallFilter = allCalls;
  @state() private text = '';
  @state() private items: readonly CallRecord[] = [];
  @state() private isWhole = false;
  @state() private moreProblem: Problem | undefined;
  #isLoadingMore = false;
  #cancelTyping: (() => void) | undefined;
  private readonly newest = new Shown(this, () => this.readNewest(), ['call.started', 'call.changed', 'call.ended']);
  readonly #watch = new IntersectionObserver(
    (seen) => seen.some(({ isIntersecting }) => isIntersecting) && void this.readMore(),
    {
      rootMargin: '600px',
    },
  );

  static override styles = [look, rows, chips, callsStyles];

  override connectedCallback(): void {
    super.connectedCallback();
    this.whileShown(isWide.follow(() => this.requestUpdate()));
    this.whileShown(() => this.#watch.disconnect());
  }

  override updated(changed: PropertyValues): void {
    if (changed.has('openId') && this.openId !== undefined) void this.open(this.openId);
    this.#watch.disconnect();
    const end = this.renderRoot.querySelector('.more-to-come');
    if (end !== null) this.#watch.observe(end);
  }

  private async open(id: string): Promise<void> {
    const dialog = await openCall(id);
    dialog.addEventListener('closed', closeDetail);
  }

  private query() {
    const text = this.text.trim();
    return { ...this.filter.query, ...(text === '' ? {} : { text }) };
  }

  private async readNewest(): Promise<true> {
    const query = this.query();
    const { items, total } = await call(listCallRecords, { query: { ...query, per_page: perPage } });
    // Somebody may have chosen something else meanwhile; that is being read.
    if (JSON.stringify(query) !== JSON.stringify(this.query())) return true;
    this.items = withNewest(this.items, items);
    this.isWhole = this.items.length >= total;
    return true;
  }

  private async readMore(): Promise<void> {
    const last = this.items.at(-1);
    if (this.#isLoadingMore || this.isWhole || last === undefined) return;
    this.#isLoadingMore = true;
    const query = this.query();
    try {
      const { items } = await call(listCallRecords, { query: { ...query, to: last.startedAt, per_page: perPage } });
      if (JSON.stringify(query) === JSON.stringify(this.query())) {
        const before = this.items.length;
        this.items = withMore(this.items, items);
        this.isWhole = this.items.length === before;
      }
      this.moreProblem = undefined;
    } catch (error) {
      this.moreProblem = toProblem(error);
    }
    this.#isLoadingMore = false;
  }

  private choose(filter: CallFilter): void {
    this.filter = filter;
    this.begin();
  }

  private typed(event: Event): void {
    this.text = textOf(event);
    this.#cancelTyping?.();
    this.#cancelTyping = clock.after(typingMs, () => this.begin());
  }

  private begin(): void {
    this.items = [];
    this.isWhole = false;
    this.newest.value = undefined;
    void this.newest.reload();
  }

  override render() {
    const csv = apiAddress(requestPath(exportCallRecords, { query: this.query() })).href;
    return html`<gosip-page heading=${t('page.calls')}>
      <a slot="actions" class="csv" href=${csv} download
        ><gosip-icon .path=${mdiDownload}></gosip-icon><span>${t('calls.csv')}</span></a
      >
      <div class="filters">
        <input
          type="search"
          aria-label=${t('calls.search')}
          placeholder=${t('calls.search')}
          maxlength="64"
          .value=${this.text}
          @input=${this.typed}
        />
        ${renderChips(
          t('calls.filter'),
          callFilters.map(({ name, text }) => ({ value: name, text: t(text) })),
          { taken: this.filter.name, choose: (name) => this.choose(callFilters.find((one) => one.name === name) ?? allCalls) },
        )}
      </div>
      <div class="card">${this.renderList()}</div>
    </gosip-page>`;
  }

  private renderList() {
    const { value, problem } = this.newest;
    if (this.items.length === 0) {
      if (problem !== undefined) return failedNotice(problemText(problem));
      if (value === undefined) return html`<gosip-loading lines="6"></gosip-loading>`;
      const isFiltered = Object.keys(this.query()).length > 0;
      return html`<gosip-notice
        .path=${mdiHistory}
        heading=${isFiltered ? t('calls.noneFound') : t('recent.none')}
        text=${isFiltered ? '' : t('calls.none.text')}
      ></gosip-notice>`;
    }
    return html`${
      isWide.value
        ? renderCallTable(this.items)
        : html`<ul class="rows">
            ${this.items.map((one) => html`<li>${renderCallRow(one)}</li>`)}
          </ul>`
    }
    ${this.moreProblem === undefined ? nothing : failedNotice(problemText(this.moreProblem))}
    ${this.isWhole ? nothing : html`<div class="more-to-come"><gosip-loading lines="1"></gosip-loading></div>`}`;
  }
}
