import { mdiCheck, mdiContentCopy } from '@mdi/js';
import { css, html } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { clock } from '../clock.ts';
import { t } from '../words.ts';
import { GosipElement } from './element.ts';
import './icon-button.ts';
import { look } from './look.ts';

const shownMs = 2_000;

/** A value that somebody types into a phone or copies. */
@customElement('gosip-copy')
export class GosipCopy extends GosipElement {
  @property() label = '';
  @property() value = '';
  @state() private isCopied = false;
  @query('output') private output!: HTMLOutputElement;

  static override styles = [
    look,
    css`
      :host {
        display: flex;
        align-items: center;
        gap: 8px;
        min-height: 56px;
        padding: 6px 4px 6px 16px;
      }
      .text {
        flex: 1;
        min-width: 0;
      }
      .label {
        display: block;
        color: var(--quiet);
        font-size: 12px;
        line-height: 16px;
      }
      output {
        display: block;
        font:
          15px/22px ui-monospace,
          'Roboto Mono',
          monospace;
        overflow-wrap: anywhere;
        user-select: all;
      }
    `,
  ];

  override render() {
    const label = this.isCopied ? t('action.copied') : t('action.copy', { what: this.label });
    return html`<div class="text">
        <span class="label" id="label">${this.label}</span><output aria-labelledby="label">${this.value}</output>
      </div>
      <gosip-icon-button
        .path=${this.isCopied ? mdiCheck : mdiContentCopy}
        label=${label}
        @click=${this.copy}
      ></gosip-icon-button>`;
  }

  private async copy(): Promise<void> {
    if (!(await copyText(this.value, this.renderRoot))) {
      this.select();
      return;
    }
    this.isCopied = true;
    clock.after(shownMs, () => (this.isCopied = false));
  }

  /** Over plain HTTP a browser gives no clipboard: what is selected is copied by hand. */
  private select(): void {
    const selection = window.getSelection();
    selection?.selectAllChildren(this.output);
  }
}

export async function copyText(text: string, near: DocumentFragment | HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text, near);
  }
}

function copyBySelection(text: string, near: DocumentFragment | HTMLElement): boolean {
  const field = document.createElement('textarea');
  field.value = text;
  near.append(field);
  field.select();
  const isDone = document.execCommand('copy');
  field.remove();
  return isDone;
}
