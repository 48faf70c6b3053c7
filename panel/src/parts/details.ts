import { html } from 'lit';
import type { TemplateResult } from 'lit';
import { t } from '../words.ts';

/** What GoSIP itself says of something, in English as in its log: for whoever searches for it or asks somebody. */
export function renderDetails(message: string): TemplateResult {
  return html`<details>
    <summary>${t('details.title')}</summary>
    <p lang="en">${message}</p>
  </details>`;
}
