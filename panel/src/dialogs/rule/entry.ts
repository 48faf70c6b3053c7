import { mdiClose } from '@mdi/js';
import { css, html } from 'lit';
import type { TemplateResult } from 'lit';
import '../../parts/icon-button.ts';
import { t } from '../../words.ts';

/** One condition of several, with a way to take it out. `title`: what it says. */
export function entry(title: string, remove: () => void, content: unknown): TemplateResult {
  return html`<section class="entry" aria-label=${title}>
    <header>
      <h3>${title}</h3>
      <gosip-icon-button .path=${mdiClose} label=${t('ruleEdit.remove', { what: title })} @click=${remove}></gosip-icon-button>
    </header>
    <div class="fields">${content}</div>
  </section>`;
}

export const entries = css`
  .entry {
    padding: 4px 4px 16px 16px;
    border: 1px solid var(--line);
    border-radius: 12px;
  }
  .entry > header {
    display: flex;
    align-items: center;
    gap: 8px;
  }
  .entry > .fields {
    gap: 16px;
    padding: 4px 12px 0 0;
  }
  .entry h3 {
    flex: 1;
    min-width: 0;
    margin: 0;
    font-size: 14px;
    font-weight: 500;
    line-height: 20px;
    overflow-wrap: anywhere;
  }
`;
