import '@material/web/button/filled-button.js';
import { mdiPhonePlusOutline } from '@mdi/js';
import { css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { beside } from '../beside.ts';
import { listUnknownPhones } from '#contract/devices.ts';
import type { EndpointReply } from '#contract/endpoint.ts';
import { call } from '../api.ts';
import { allPeople, allPhones, phoneFacts } from '../data.ts';
import type { Person, Phone } from '../data.ts';
import { Detail } from '../detail.ts';
import { openAddPhone, openPhone } from '../dialogs/open.ts';
import { faultText } from '../fault-words.ts';
import '../parts/action.ts';
import { notRead } from '../parts/card.ts';
import { GosipElement } from '../parts/element.ts';
import '../parts/icon.ts';
import { look, rows } from '../parts/look.ts';
import '../parts/notice.ts';
import '../parts/page.ts';
import { renderPhoneState } from '../parts/phone-state.ts';
import { kindOf } from '../phone-kinds.ts';
import { removedNow } from '../removed.ts';
import { pathOf } from '../routes.ts';
import { isAdmin } from '../session.ts';
import { Shown } from '../shown.ts';
import { t, tn } from '../words.ts';

type Unknown = EndpointReply<typeof listUnknownPhones>['items'][number];
type Seen = { readonly phones: readonly Phone[]; readonly people: readonly Person[]; readonly unknown: readonly Unknown[] };

async function readAll(): Promise<Seen> {
  const [phones, people, unknown] = await Promise.all([
    allPhones(),
    isAdmin() ? allPeople() : [],
    isAdmin() ? call(listUnknownPhones) : { items: [] },
  ]);
  return { phones, people, unknown: unknown.items };
}

/** The phones of the house, who has them, and whether they can ring. */
@customElement('gosip-phones')
export class GosipPhones extends GosipElement {
  @property() openId: string | undefined;
  protected readonly detail = new Detail(this, (id) => openPhone(id));
  private readonly seen = new Shown(this, readAll, [...phoneFacts, 'device.unknown']);

  static override styles = [
    look,
    rows,
    css`
      .kind {
        display: grid;
        place-items: center;
        width: 40px;
        height: 40px;
        border-radius: 50%;
        background: var(--tint);
        color: var(--accent);
      }
      .off .kind {
        background: var(--hover);
        color: var(--quiet);
      }
      .wrong {
        color: var(--text);
      }
      .wrong::before {
        content: '⚠ ' / '';
        color: var(--warning);
      }
      .unknown {
        display: grid;
        gap: 8px;
        margin-bottom: 16px;
        padding: 12px 16px;
        border-radius: 12px;
        background: color-mix(in srgb, var(--warning) 12%, var(--card));
        overflow-wrap: anywhere;
      }
      .sum {
        padding: 0 4px 12px;
        color: var(--quiet);
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    this.whileShown(removedNow.follow(() => this.requestUpdate()));
  }

  override render() {
    return html`<gosip-page heading=${t('page.phones')}>
      ${isAdmin() ? html`<gosip-action slot="actions" label=${t('phones.add')} @click=${openAddPhone}></gosip-action>` : nothing}
      ${this.renderList()}
    </gosip-page>`;
  }

  private renderList() {
    const { value, problem } = this.seen;
    if (value === undefined) return html`<div class="card">${notRead(problem)}</div>`;
    const phones = value.phones.filter(({ id }) => !removedNow.value.has(id));
    if (phones.length === 0) return this.renderEmpty();
    const online = phones.filter(({ state }) => state === 'online').length;
    return html`<p class="sum" aria-live="polite">${tn('phones.online', online, { all: phones.length })}</p>
      ${renderUnknown(value.unknown)}
      <div class="card">
        <ul class="rows">
          ${phones.map((phone) => this.renderPhone(phone, value.people))}
        </ul>
      </div>`;
  }

  private renderEmpty() {
    const text = isAdmin() ? t('phones.empty.text') : t('phones.none.text');
    return html`<div class="card">
      <gosip-notice .path=${mdiPhonePlusOutline} heading=${isAdmin() ? t('phones.empty') : t('phones.none')} text=${text}>
        ${isAdmin() ? html`<md-filled-button @click=${openAddPhone}>${t('phones.addFirst')}</md-filled-button>` : nothing}
      </gosip-notice>
    </div>`;
  }

  private renderPhone(phone: Phone, people: readonly Person[]) {
    const owner = people.find(({ id }) => id === phone.personId)?.name;
    const more = beside(t('phone.extension', { extension: phone.extension }), owner ?? t(kindOf(phone.type).name));
    return html`<li>
      <a class="row ${phone.state === 'online' ? '' : 'off'}" href=${pathOf('phones', phone.id)}>
        <span class="kind"><gosip-icon .path=${kindOf(phone.type).icon}></gosip-icon></span>
        <span class="text">
          <span class="main cut">${phone.name}</span>
          <span class="more cut">${more}</span>
          ${phone.fault === null || phone.state === 'online' ? nothing : html`<span class="more wrong">${faultText(phone.fault)}</span>`}
        </span>
        <span class="end">${renderPhoneState(phone)}</span>
      </a>
    </li>`;
  }
}

/** What something in the house signs in as, that is none of these phones. */
function renderUnknown(unknown: Seen['unknown']) {
  if (unknown.length === 0) return nothing;
  return html`<div class="unknown" role="status">
    <ul>
      ${unknown.map(({ name, address }) => html`<li>${t('phones.unknown', { name, address })}</li>`)}
    </ul>
  </div>`;
}
