import { css, html, nothing } from 'lit';
import type { LitElement, TemplateResult } from 'lit';
import { removedNow } from '../removed.ts';

export const noneLeftStyles = css`
  .none-left {
    display: none;
  }
  gosip-endless-list:has(> [data-endless]):not(:has(> [data-endless] > *)) + .none-left {
    display: block;
  }
`;

/**
 * What stands right after an endless list where every row that there is waits to be deleted. The list itself knows no row is left only when the
 * house does: until then it is told by its rows, which are empty.
 */
export function noneLeft(page: LitElement, notice: TemplateResult): TemplateResult | typeof nothing {
  const list = page.renderRoot.querySelector('gosip-endless-list');
  return removedNow.value.size === 0 || list?.total === 0 ? nothing : html`<div class="none-left">${notice}</div>`;
}
