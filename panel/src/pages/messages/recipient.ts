import { css, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import { listContacts } from '#contract/contacts.ts';
import { call } from '../../api.ts';
import { beside } from '../../beside.ts';
import { clock } from '../../clock.ts';
import { GosipElement } from '../../parts/element.ts';
import { fields, textOf } from '../../parts/form.ts';
import { look } from '../../parts/look.ts';
import { t } from '../../words.ts';

export type Recipient = { readonly number: string; readonly name: string };
type Found = Recipient & { readonly label: string };

const typingMs = 200;

/** To whom a message goes: a number that is typed, or one of a contact that is looked for by name. `chosen`: a CustomEvent with a Recipient. */
@customElement('gosip-recipient')
export class GosipRecipient extends GosipElement {
  @property() value = '';
  /** What is wrong with it; empty where nothing is. */
  @property() wrong = '';
  @state() private found: readonly Found[] = [];
  @state() private active = -1;
  #cancelTyping: (() => void) | undefined;

  static override styles = [
    look,
    fields,
    css`
      :host {
        position: relative;
      }
      ul {
        position: absolute;
        inset: auto 0 auto;
        z-index: 3;
        max-height: 40dvh;
        margin-top: 4px;
        overflow-y: auto;
        border: 1px solid var(--line);
        border-radius: 12px;
        background: var(--card);
        box-shadow: 0 4px 16px #0004;
      }
      li {
        display: grid;
        min-height: 52px;
        align-content: center;
        padding: 6px 16px;
        cursor: pointer;
      }
      li[aria-selected='true'],
      li:hover {
        background: var(--tint);
      }
      .field:has(+ ul) .hint {
        visibility: hidden;
      }
      ul {
        top: 72px;
      }
    `,
  ];

  override focus(): void {
    this.renderRoot.querySelector('input')?.focus();
  }

  override render() {
    const isOpen = this.found.length > 0;
    return html`<div class="field">
        <label for="to">${t('messages.to')}</label>
        <input
          id="to"
          type="text"
          role="combobox"
          autocomplete="off"
          autocapitalize="words"
          spellcheck="false"
          maxlength="80"
          aria-expanded=${isOpen ? 'true' : 'false'}
          aria-controls="found"
          aria-autocomplete="list"
          aria-activedescendant=${this.active >= 0 ? `found-${this.active}` : ''}
          aria-invalid=${this.wrong === '' ? 'false' : 'true'}
          aria-describedby="to-more"
          .value=${live(this.value)}
          @input=${(event: Event) => this.typed(textOf(event))}
          @keydown=${this.pressed}
          @blur=${() => (this.found = [])}
        />
        <p id="to-more" class=${this.wrong === '' ? 'hint' : 'wrong'}>
          ${this.wrong === '' ? t('messages.to.hint') : this.wrong}
        </p>
      </div>
      ${
        isOpen
          ? html`<ul id="found" role="listbox" aria-label=${t('messages.to.found')}>
              ${this.found.map((one, index) => this.renderFound(one, index))}
            </ul>`
          : nothing
      }`;
  }

  private renderFound(one: Found, index: number) {
    const more = beside(one.number, one.label);
    return html`<li
      id="found-${index}"
      role="option"
      aria-selected=${index === this.active ? 'true' : 'false'}
      @mousedown=${(event: Event) => event.preventDefault()}
      @click=${() => this.choose(one)}
    >
      <span class="cut">${one.name}</span><span class="cut quiet">${more}</span>
    </li>`;
  }

  private typed(value: string): void {
    this.value = value;
    this.tell({ number: value, name: '' });
    this.#cancelTyping?.();
    this.#cancelTyping = clock.after(typingMs, () => void this.look());
  }

  private async look(): Promise<void> {
    const text = this.value.trim();
    try {
      const { items } =
        text === '' ? { items: [] } : await call(listContacts, { query: { text, per_page: 8, sort: 'name', order: 'asc' } });
      if (text !== this.value.trim()) return;
      this.found = items.flatMap(({ name, numbers }) => numbers.map((one) => ({ ...one, name })));
      this.active = -1;
    } catch {
      // A number can be typed without an address book.
      this.found = [];
    }
  }

  private pressed(event: KeyboardEvent): void {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    const chosen = this.found[this.active];
    if (step !== 0 && this.found.length > 0) {
      event.preventDefault();
      this.active = (this.active + step + this.found.length) % this.found.length;
      void this.updateComplete.then(() =>
        this.renderRoot.querySelector(`#found-${this.active}`)?.scrollIntoView({ block: 'nearest' }),
      );
    } else if (event.key === 'Enter' && chosen !== undefined) {
      event.preventDefault();
      this.choose(chosen);
    } else if (event.key === 'Escape' && this.found.length > 0) {
      event.preventDefault();
      this.found = [];
    }
  }

  private choose({ number, name }: Found): void {
    this.value = number;
    this.found = [];
    this.tell({ number, name });
  }

  private tell(detail: Recipient): void {
    this.dispatchEvent(new CustomEvent<Recipient>('chosen', { detail }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'gosip-recipient': GosipRecipient;
  }
}
