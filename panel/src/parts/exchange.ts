import { css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';

export const exchangeStyles = css`
  .exchange pre {
    margin: 0;
    padding: 12px;
    border-radius: 8px;
    background: var(--hover);
    color: var(--text);
    font:
      13px/20px ui-monospace,
      'Roboto Mono',
      monospace;
    overflow-wrap: anywhere;
    white-space: pre-wrap;
    unicode-bidi: plaintext;
  }
  .facts {
    display: grid;
    grid-template-columns: max-content minmax(0, 1fr);
    gap: 8px 16px;
    padding-bottom: 12px;
  }
  .facts dt {
    color: var(--quiet);
  }
  .facts dd {
    overflow-wrap: anywhere;
  }
  @media (max-width: 599px) {
    .facts {
      grid-template-columns: minmax(0, 1fr);
      gap: 0;
    }
    .facts dd {
      padding-bottom: 8px;
    }
  }
`;

/** What went over the line, letter by letter; nothing where there is none. */
export function renderExchange(heading: string, text: string | null): TemplateResult | typeof nothing {
  if (text === null || text === '') return nothing;
  return html`<details class="exchange">
    <summary>${heading}</summary>
    <pre lang="en">${text}</pre>
  </details>`;
}

/** Names and what they are, those without a value left out. */
export function renderFacts(facts: readonly (readonly [string, unknown])[]): TemplateResult {
  return html`<dl class="facts">
    ${facts.map(([name, value]) =>
      value === '' || value === null
        ? nothing
        : html`<dt>${name}</dt>
            <dd>${value}</dd>`,
    )}
  </dl>`;
}
