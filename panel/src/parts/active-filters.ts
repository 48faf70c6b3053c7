import { mdiClose } from '@mdi/js';
import { css, html, nothing } from 'lit';
import { t } from '../words.ts';
import './icon.ts';

/** What a list is narrowed down to, beside each other; a press takes one away. */
export const activeFilters = css`
  .active-filters {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
    padding-bottom: 12px;
  }
  .active-filters button {
    display: flex;
    align-items: center;
    gap: 8px;
    max-width: 100%;
    min-height: 44px;
    padding: 0 12px 0 16px;
    border: 1px solid var(--accent);
    border-radius: 999px;
    background: var(--tint);
    cursor: pointer;
  }
  .active-filters .clear {
    border-color: transparent;
    background: none;
    color: var(--accent);
    font-weight: 500;
  }
  .active-filters gosip-icon {
    flex: none;
    width: 18px;
    height: 18px;
  }
`;

export type ActiveFilter = { readonly text: string; readonly remove: () => void };

export function renderActiveFilters(active: readonly ActiveFilter[], clear: () => void) {
  if (active.length === 0) return nothing;
  return html`<div class="active-filters" role="group" aria-label=${t('calls.filter.more')}>
    ${active.map(
      ({ text, remove }) =>
        html`<button aria-label=${t('calls.filter.remove', { filter: text })} @click=${remove}>
          <span class="cut">${text}</span><gosip-icon .path=${mdiClose}></gosip-icon>
        </button>`,
    )}
    ${active.length > 1 ? html`<button class="clear" @click=${clear}>${t('calls.filter.clear')}</button>` : nothing}
  </div>`;
}
