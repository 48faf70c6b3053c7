import { css } from 'lit';

/** What every element of the panel looks alike by. Sizes are of a grid of four. */
export const look = css`
  :host {
    display: block;
    box-sizing: border-box;
    min-width: 0;
  }
  :host([hidden]),
  [hidden] {
    display: none !important;
  }
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  h1,
  h2,
  h3,
  p,
  ul,
  ol,
  dl,
  dd,
  figure {
    margin: 0;
    padding: 0;
  }
  ul,
  ol {
    list-style: none;
  }
  h2 {
    font-size: 16px;
    font-weight: 500;
    line-height: 24px;
  }
  a {
    color: var(--accent);
  }
  button {
    font: inherit;
    color: inherit;
  }
  :focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }
  .card {
    background: var(--card);
    border: 1px solid var(--line);
    border-radius: var(--radius);
    overflow: hidden;
    overflow-wrap: anywhere;
  }
  .card > header {
    display: flex;
    align-items: center;
    gap: 12px;
    min-height: 56px;
    padding: 8px 16px;
  }
  .card > header h2 {
    flex: 1;
    min-width: 0;
  }
  .none {
    padding: 0 16px 16px;
  }
  .quiet {
    color: var(--quiet);
    /* Often a number behind a name, which may read from right to left. */
    unicode-bidi: isolate;
  }
  .bad {
    color: var(--error);
  }
  .good {
    color: var(--success);
  }
  .cut {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .spoken {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  .number {
    font-variant-numeric: tabular-nums;
  }
  .call-number {
    min-height: 24px;
    padding: 0 4px;
    margin-inline: -4px;
    border: 0;
    border-radius: 6px;
    background: none;
    color: var(--accent);
    text-align: start;
    overflow-wrap: anywhere;
    cursor: pointer;
  }
  .call-number:hover {
    background: var(--hover);
    text-decoration: underline;
  }
  details {
    margin-top: 4px;
    color: var(--quiet);
    font-size: 13px;
    overflow-wrap: anywhere;
  }
  summary {
    width: fit-content;
    min-height: 24px;
    cursor: pointer;
  }
  /* Where the person’s own colours take the place of all backgrounds, what they say is said by lines. */
  @media (forced-colors: active) {
    button {
      outline: 1px solid ButtonBorder;
      outline-offset: -1px;
    }
    [aria-pressed='true'],
    [aria-current='page'],
    [aria-selected='true'] {
      outline: 3px solid Highlight;
      outline-offset: -3px;
    }
    :focus-visible {
      outline: 3px solid CanvasText;
      outline-offset: 0;
    }
  }
  @media (prefers-reduced-motion: reduce) {
    * {
      animation-duration: 1ms !important;
      animation-iteration-count: 1 !important;
      transition: none !important;
    }
  }
`;

/** A list whose rows are buttons or links: icon, two lines, something at the end. */
export const rows = css`
  .rows > li + li {
    border-top: 1px solid var(--line);
  }
  .row {
    display: flex;
    align-items: center;
    gap: 16px;
    width: 100%;
    min-height: 64px;
    padding: 10px 16px;
    border: 0;
    background: none;
    text-align: start;
    text-decoration: none;
    color: inherit;
  }
  a.row,
  button.row {
    cursor: pointer;
  }
  a.row:hover,
  button.row:hover {
    background: var(--hover);
  }
  a.row:focus-visible,
  button.row:focus-visible {
    outline-offset: -2px;
  }
  .row > .text {
    flex: 1;
    min-width: 0;
    overflow-wrap: anywhere;
  }
  .row .main,
  .row .more {
    display: block;
  }
  .row .main {
    font-size: 15px;
    line-height: 22px;
  }
  .row .more {
    color: var(--quiet);
    line-height: 20px;
  }
  .row > .end {
    flex: none;
    display: flex;
    align-items: center;
    gap: 8px;
  }
`;

/** Cards below each other. */
export const stack = css`
  .stack {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 16px;
  }
`;
