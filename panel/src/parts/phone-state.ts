import { html } from 'lit';
import type { Phone } from '../data.ts';
import { phoneStates } from '../phone-words.ts';
import { t } from '../words.ts';
import './status.ts';

/** Whether a phone can ring. */
export function renderPhoneState({ state }: Pick<Phone, 'state'>, isPlain = false) {
  const { text, tone } = phoneStates[state];
  return html`<gosip-status ?plain=${isPlain} tone=${tone} text=${t(text)}></gosip-status>`;
}
