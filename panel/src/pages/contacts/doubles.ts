import '@material/web/button/filled-button.js';
import '@material/web/button/text-button.js';
import { mdiCheckCircleOutline } from '@mdi/js';
import { css, html, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { live } from 'lit/directives/live.js';
import { listContactDoubles, mergeContacts } from '#contract/contacts.ts';
import { call } from '../../api.ts';
import { beside, isolated } from '../../beside.ts';
import { groupText, kindText } from '../../contact-words.ts';
import { contactFacts } from '../../data.ts';
import type { Contact, ContactDoubles } from '../../data.ts';
import { keep, kept } from '../../kept.ts';
import { whenRead } from '../../parts/card.ts';
import { GosipElement } from '../../parts/element.ts';
import { look } from '../../parts/look.ts';
import { removeAllLater, removedNow } from '../../removed.ts';
import { Shown } from '../../shown.ts';
import { t } from '../../words.ts';

/** Those that somebody wants to keep apart, in this browser. */
const apartKey = 'gosip-contacts-apart';
const maxApart = 500;

/** Contacts that are twice, side by side; one press makes one of them. */
@customElement('gosip-contact-doubles')
export class GosipContactDoubles extends GosipElement {
  /** Whose name is kept, by the ids of all. */
  @state() private chosen: ReadonlyMap<string, string> = new Map();
  @state() private apart: readonly string[] = (kept(apartKey) ?? '').split('\n').filter((key) => key !== '');
  private readonly seen = new Shown(this, () => call(listContactDoubles), contactFacts);

  static override styles = [
    look,
    css`
      :host {
        display: grid;
        gap: 16px;
      }
      .all {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(220px, 100%), 1fr));
        gap: 12px;
        margin: 0;
        padding: 0 16px;
        border: 0;
      }
      label {
        position: relative;
        display: grid;
        align-content: start;
        grid-template-columns: auto minmax(0, 1fr);
        gap: 4px 12px;
        padding: 12px 16px;
        border: 1px solid var(--line);
        border-radius: 12px;
        cursor: pointer;
      }
      label:hover {
        background: var(--hover);
      }
      label:has(:checked) {
        border-color: var(--accent);
        background: var(--tint);
      }
      label:has(:focus-visible) {
        outline: 2px solid var(--accent);
        outline-offset: 2px;
      }
      input {
        width: 20px;
        height: 20px;
        margin: 2px 0 0;
        accent-color: var(--accent);
      }
      .main {
        font-size: 15px;
        line-height: 22px;
        overflow-wrap: anywhere;
      }
      .more {
        grid-column: 2;
        overflow-wrap: anywhere;
      }
      footer {
        display: flex;
        flex-wrap: wrap;
        justify-content: flex-end;
        gap: 8px;
        padding: 12px 16px 16px;
      }
      .text {
        color: var(--quiet);
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    this.whileShown(removedNow.follow(() => this.requestUpdate()));
  }

  override render() {
    return whenRead(this.seen, ({ items }) => {
      const open = items.filter((one) => this.isOpen(one));
      if (open.length > 0)
        return html`<p class="text">${t('doubles.text')}</p>
          ${repeat(open, keyOf, (one) => this.renderDoubles(one))}`;
      return html`<div class="card">
        <gosip-notice .path=${mdiCheckCircleOutline} heading=${t('doubles.none')} text=${t('doubles.none.text')}></gosip-notice>
      </div>`;
    });
  }

  private isOpen(one: ContactDoubles): boolean {
    return !this.apart.includes(keyOf(one)) && !one.contacts.some(({ id }) => removedNow.value.has(id));
  }

  private renderDoubles(one: ContactDoubles) {
    const key = keyOf(one);
    const heading = one.number === null ? t('doubles.sameName') : t('doubles.sameNumber', { number: one.number });
    const isChosen = (at: number, { id }: Contact) => (this.chosen.has(key) ? this.chosen.get(key) === id : at === 0);
    return html`<section class="card" aria-label=${heading}>
      <header>
        <h2>${heading}</h2>
      </header>
      <fieldset class="all">
        <legend class="spoken">${t('doubles.keepName')}</legend>
        ${one.contacts.map(
          (contact, at) =>
            html`<label>
              <input
                type="radio"
                name=${key}
                .checked=${live(isChosen(at, contact))}
                ?disabled=${(one.contacts[0]?.addressBookId ?? null) !== null && at > 0}
                @change=${() => (this.chosen = new Map([...this.chosen, [key, contact.id]]))}
              />
              <span class="main">${contact.name}</span>
              ${contact.numbers.map(
                ({ number, label }) => html`<span class="more number quiet">${beside(number, kindText(label))}</span>`,
              )}
              ${contact.groups.length === 0 ? nothing : html`<span class="more quiet">${contact.groups.map((group) => isolated(groupText(group))).join(', ')}</span>`}
              ${
                contact.addressBookName === null
                  ? nothing
                  : html`<span class="more quiet">${t('contact.ofThisBook', { name: contact.addressBookName })}</span>`
              }
            </label>`,
        )}
      </fieldset>
      <footer>
        <md-text-button @click=${() => this.keepApart(key)}>${t('doubles.apart')}</md-text-button>
        <md-filled-button @click=${() => this.merge(one)}>${t('doubles.merge')}</md-filled-button>
      </footer>
    </section>`;
  }

  private keepApart(key: string): void {
    this.apart = [...this.apart, key].slice(-maxApart);
    keep(apartKey, this.apart.join('\n'));
  }

  private merge(one: ContactDoubles): void {
    const chosen = this.chosen.get(keyOf(one));
    const first = one.contacts.find(({ id }) => id === chosen) ?? one.contacts[0];
    if (first === undefined) return;
    const others = one.contacts.filter(({ id }) => id !== first.id).map(({ id }) => id);
    const ids = [first.id, ...others];
    removeAllLater(others, t('doubles.merged', { name: first.name }), () => call(mergeContacts, { body: { ids } }));
  }
}

function keyOf({ contacts }: ContactDoubles): string {
  return contacts
    .map(({ id }) => id)
    .toSorted()
    .join(' ');
}
