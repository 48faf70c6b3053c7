import { mdiHistory, mdiPhoneOutline } from '@mdi/js';
import { css, html, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { listCallRecords } from '#contract/calls.ts';
import { call } from '../api.ts';
import { beside } from '../beside.ts';
import { callIcon, callTitle, dispositionText, isBad, reasonText } from '../call-words.ts';
import { clock } from '../clock.ts';
import { allPhones, phoneFacts } from '../data.ts';
import type { CallRecord } from '../data.ts';
import { isWide } from '../media.ts';
import { pathOf } from '../routes.ts';
import { pagesOf } from '../row-source.ts';
import { Shown } from '../shown.ts';
import { t } from '../words.ts';
import { renderMoment } from './call-row.ts';
import { whenRead } from './card.ts';
import { chips, renderChips } from './chips.ts';
import { GosipElement } from './element.ts';
import './endless-list.ts';
import { textOf } from './form.ts';
import './icon.ts';
import { look, rows } from './look.ts';
import './notice.ts';
import { renderSearch, searchField } from './search-field.ts';

const typingMs = 300;
const facts = ['call.started', 'call.changed', 'call.ended'] as const;

/** Which call or phone somebody wonders about. */
@customElement('gosip-why-choice')
export class GosipWhyChoice extends GosipElement {
  @state() private what: 'calls' | 'phones' = 'calls';
  @state() private text = '';
  @state() private source = sourceOf('');
  #cancelTyping: (() => void) | undefined;
  private readonly phones = new Shown(this, allPhones, phoneFacts);

  static override styles = [
    look,
    rows,
    chips,
    searchField,
    css`
      p {
        padding-bottom: 12px;
      }
      .end {
        max-width: 10ch;
        text-align: end;
      }
      .search {
        padding: 12px 0 16px;
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    this.whileShown(isWide.follow(() => this.requestUpdate()));
    this.whileShown(() => this.#cancelTyping?.());
  }

  override render() {
    const isCalls = this.what === 'calls';
    return html`<p>${t('why.choose')}</p>
      ${renderChips(
        t('why.what'),
        [
          { value: 'calls', text: t('why.calls') },
          { value: 'phones', text: t('why.phones') },
        ] as const,
        { taken: this.what, choose: (what) => (this.what = what) },
      )}
      <div class="search">${isCalls ? renderSearch(t('calls.search'), this.text, this.typed) : nothing}</div>
      <div class="card">${isCalls ? this.renderCalls() : this.renderPhones()}</div>`;
  }

  private typed(event: Event): void {
    this.text = textOf(event);
    this.#cancelTyping?.();
    this.#cancelTyping = clock.after(typingMs, () => (this.source = sourceOf(this.text.trim())));
  }

  private renderCalls() {
    return html`<gosip-endless-list
      label=${t('page.calls')}
      .source=${this.source}
      .facts=${facts}
      .key=${({ id }: CallRecord) => id}
      .row=${(one: CallRecord) =>
        html`<a class="row" href=${pathOf('why', one.id)}>
          <gosip-icon class=${isBad(one) ? 'bad' : 'quiet'} .path=${callIcon(one)}></gosip-icon>
          <span class="text">
            <span class="main cut">${callTitle(one)}</span>
            <span class="more cut">${beside(dispositionText(one), reasonText(one))}</span>
          </span>
          <span class="end quiet">${renderMoment(one)}</span>
        </a>`}
    >
      <gosip-notice
        slot="empty"
        .path=${mdiHistory}
        heading=${this.text === '' ? t('recent.none') : t('calls.noneFound')}
      ></gosip-notice>
    </gosip-endless-list>`;
  }

  private renderPhones() {
    return whenRead(this.phones, (phones) =>
      phones.length === 0
        ? html`<gosip-notice .path=${mdiPhoneOutline} heading=${t('phones.none')} text=${t('phones.none.text')}></gosip-notice>`
        : html`<ul class="rows">
            ${phones.map(
              ({ id, name, extension }) =>
                html`<li>
                  <a class="row" href=${pathOf('why', id)}>
                    <gosip-icon class="quiet" .path=${mdiPhoneOutline}></gosip-icon>
                    <span class="text"
                      ><span class="main">${name}</span><span class="more">${t('phone.extension', { extension })}</span></span
                    >
                  </a>
                </li>`,
            )}
          </ul>`,
    );
  }
}

function sourceOf(text: string) {
  return pagesOf((asked) => call(listCallRecords, { query: { ...asked, ...(text === '' ? {} : { text }) } }));
}
