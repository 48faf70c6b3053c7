import { css, html } from 'lit';
import type { TemplateResult } from 'lit';

/** A line above a list by which it is narrowed down. */
export const searchField = css`
  .search-field {
    width: 100%;
    min-width: 0;
    height: 44px;
    padding: 0 16px;
    border: 1px solid var(--outline);
    border-radius: 999px;
    background: var(--card);
    color: var(--text);
    font: inherit;
    font-size: 16px;
  }
  .search-field::placeholder {
    color: var(--quiet);
    opacity: 1;
  }
`;

/** `label`: what it is searched by, shown while it is empty. */
export function renderSearch(label: string, text: string, typed: (event: Event) => void): TemplateResult {
  return html`<input
    class="search-field"
    type="search"
    aria-label=${label}
    placeholder=${label}
    maxlength="64"
    .value=${text}
    @input=${typed}
  />`;
}
