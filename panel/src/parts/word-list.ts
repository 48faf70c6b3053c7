import '@material/web/button/outlined-button.js';
import { mdiClose } from '@mdi/js';
import { css, html } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { t } from '../words.ts';
import { GosipElement } from './element.ts';
import { field } from './field.ts';
import { fields } from './form.ts';
import './icon-button.ts';
import { look } from './look.ts';

/** Several short texts, added and taken out one by one. `changed`: `value` is another one. */
@customElement('gosip-word-list')
export class GosipWordList extends GosipElement {
  @property() label = '';
  @property() hint = '';
  /** What is there instead of a list that is empty. */
  @property() none = '';
  @property() add = '';
  @property({ attribute: false }) value: readonly string[] = [];
  @property({ attribute: false }) suggestions: readonly string[] = [];
  @property() wrong = '';
  @state() private typed = '';

  static override styles = [
    look,
    fields,
    css`
      .words {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
        padding: 8px 0 0;
      }
      .words li {
        display: flex;
        align-items: center;
        max-width: 100%;
        min-height: 44px;
        padding-inline-start: 14px;
        border: 1px solid var(--line);
        border-radius: 999px;
        background: var(--tint);
        overflow-wrap: anywhere;
      }
      .new {
        display: flex;
        flex-wrap: wrap;
        align-items: flex-start;
        gap: 8px;
      }
      .new md-outlined-button {
        margin-top: 28px;
      }
      .new .field {
        flex: 1 1 16ch;
      }
    `,
  ];

  override render() {
    const left = this.suggestions.filter((one) => !this.value.includes(one));
    return html`<div class="new" @keydown=${this.addOnEnter}>
        ${field({
          label: this.label,
          name: 'new',
          hint: this.hint,
          wrong: this.wrong,
          maxLength: 80,
          suggestions: left,
          value: this.typed,
          changed: (typed) => (this.typed = typed),
        })}
        <md-outlined-button type="button" ?disabled=${this.typed.trim() === ''} @click=${this.take}
          >${this.add}</md-outlined-button
        >
      </div>
      ${
        this.value.length === 0
          ? html`<p class="quiet">${this.none}</p>`
          : html`<ul class="words">
              ${this.value.map(
                (word, index) =>
                  html`<li>
                    <span>${word}</span>
                    <gosip-icon-button
                      .path=${mdiClose}
                      label=${t('targets.remove', { name: word })}
                      @click=${() => this.change(this.value.toSpliced(index, 1))}
                    ></gosip-icon-button>
                  </li>`,
              )}
            </ul>`
      }`;
  }

  private readonly addOnEnter = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || event.isComposing || !(event.target instanceof HTMLInputElement)) return;
    event.preventDefault();
    event.stopPropagation();
    this.take();
  };

  private readonly take = (): void => {
    const word = this.typed.trim();
    if (word === '') return;
    this.typed = '';
    if (!this.value.includes(word)) this.change([...this.value, word]);
  };

  private change(value: readonly string[]): void {
    this.value = value;
    this.dispatchEvent(new Event('changed'));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'gosip-word-list': GosipWordList;
  }
}
