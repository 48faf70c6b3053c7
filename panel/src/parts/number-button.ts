import { html } from 'lit';
import type { TemplateResult } from 'lit';
import { openDial } from '../dialogs/open.ts';
import { t } from '../words.ts';

/** A number that is called by a press. `shown`: as it is read, where that is not the number itself. */
export function numberButton(number: string, name = '', shown = number): TemplateResult {
  return html`<button
    class="call-number number"
    title=${t('dial.call', { name: name === '' ? shown : name })}
    @click=${() => void openDial(number, name)}
  >
    ${shown}
  </button>`;
}
