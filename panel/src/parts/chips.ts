import { css, html } from 'lit';
import type { TemplateResult } from 'lit';

/** Choices beside each other, one of which is taken: what a list is narrowed down to. */
export const chips = css`
  .chips {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
  }
  .chips button {
    min-height: 36px;
    padding: 0 14px;
    border: 1px solid var(--line);
    border-radius: 999px;
    background: var(--card);
    cursor: pointer;
  }
  .chips button:hover {
    background: var(--hover);
  }
  .chips button[aria-pressed='true'] {
    border-color: var(--accent);
    background: var(--tint);
    font-weight: 500;
  }
  @media (max-width: 869px) {
    .chips {
      flex-wrap: nowrap;
      margin-inline: -12px;
      padding-inline: 12px;
      overflow-x: auto;
      scrollbar-width: none;
    }
    .chips button {
      flex: none;
    }
  }
`;

type Chip<Value extends string> = { readonly value: Value; readonly text: string };

/** `label`: what is chosen, for those who only hear it. */
export function renderChips<Value extends string>(
  label: string,
  all: readonly Chip<Value>[],
  { taken, choose }: { readonly taken: Value; readonly choose: (value: Value) => void },
): TemplateResult {
  return html`<div class="chips" role="group" aria-label=${label}>
    ${all.map(({ value, text }) => html`<button aria-pressed=${value === taken} @click=${() => choose(value)}>${text}</button>`)}
  </div>`;
}
