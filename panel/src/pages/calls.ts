import { mdiDownload, mdiHistory } from '@mdi/js';
import { html } from 'lit';
import type { PropertyValues } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { exportCallRecords, listCallRecords } from '#contract/calls.ts';
import { call } from '../api.ts';
import { allCalls, callFilters } from '../call-filters.ts';
import type { CallFilter } from '../call-filters.ts';
import { clock } from '../clock.ts';
import type { CallRecord } from '../data.ts';
import { openCall } from '../dialogs/open.ts';
import { isWide } from '../media.ts';
import { chips, renderChips } from '../parts/chips.ts';
import { callRows, renderCallRow } from '../parts/call-row.ts';
import { callTable, renderCallHead, renderCallLine } from '../parts/call-table.ts';
import { GosipElement } from '../parts/element.ts';
import '../parts/endless-list.ts';
import { textOf } from '../parts/form.ts';
import { look, rows } from '../parts/look.ts';
import '../parts/notice.ts';
import '../parts/page.ts';
import { apiAddress } from '../place.ts';
import { requestPath } from '../request.ts';
import { closeDetail } from '../router.ts';
import { pagesOf } from '../row-source.ts';
import { t } from '../words.ts';
import { callsStyles } from './calls-styles.ts';

const typingMs = 300;
const facts = ['call.started', 'call.changed', 'call.ended'] as const;

/** Every call, the newest first; more of them as somebody scrolls. */
@customElement('gosip-calls')
export class GosipCalls extends GosipElement {
  @property() openId: string | undefined;
  @state() private filter: CallFilter = allCalls;
  @state() private text = '';
  @state() private source = this.sourceNow();
  #cancelTyping: (() => void) | undefined;

  static override styles = [look, rows, chips, callRows, callTable, callsStyles];

  override connectedCallback(): void {
    super.connectedCallback();
    this.whileShown(isWide.follow(() => this.requestUpdate()));
  }

  override updated(changed: PropertyValues): void {
    if (changed.has('openId') && this.openId !== undefined) void this.open(this.openId);
  }

  private async open(id: string): Promise<void> {
    const dialog = await openCall(id);
    dialog.addEventListener('closed', closeDetail);
  }

  private query() {
    const text = this.text.trim();
    return { ...this.filter.query, ...(text === '' ? {} : { text }) };
  }

  private sourceNow() {
    const query = this.query();
    return pagesOf((asked) => call(listCallRecords, { query: { ...query, ...asked } }));
  }

  private choose(filter: CallFilter): void {
    this.filter = filter;
    this.source = this.sourceNow();
  }

  private typed(event: Event): void {
    this.text = textOf(event);
    this.#cancelTyping?.();
    this.#cancelTyping = clock.after(typingMs, () => (this.source = this.sourceNow()));
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
    const isFiltered = Object.keys(this.query()).length > 0;
    return html`<gosip-endless-list
      label=${t('page.calls')}
      ?table=${isWide.value}
      .source=${this.source}
      .facts=${facts}
      .key=${({ id }: CallRecord) => id}
      .row=${(one: CallRecord) => (isWide.value ? renderCallLine(one, {}) : renderCallRow(one))}
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
