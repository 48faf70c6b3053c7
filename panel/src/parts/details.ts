import { html } from 'lit';
import type { TemplateResult } from 'lit';
import { locale, t } from '../words.ts';

/** What GoSIP itself says of something, in English as in its log: for whoever searches for it or asks somebody. */
export function renderDetails(message: string): TemplateResult {
  return html`<details>
    <summary>${t('details.title')}</summary>
    <p lang="en">${message}</p>
  </details>`;
}

/** What only GoSIP itself or Twilio has words for: open to whoever reads English. */
export function renderSaid(message: string): TemplateResult {
  return locale.value.language === 'en' ? html`<span class="quiet more said">${message}</span>` : renderDetails(message);
}
