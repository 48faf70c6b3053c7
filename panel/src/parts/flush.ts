import { css } from 'lit';

/** Cards in a dialog, whose edges are theirs: `flush` on their element. */
export const flush = css`
  :host([flush]) .card {
    border: 0;
    border-radius: 0;
    background: none;
    overflow: visible;
  }
  :host([flush]) .card > header {
    min-height: 0;
    padding-block: 20px 4px;
  }
  :host([flush]) .card > header h2 {
    font-size: 14px;
    line-height: 20px;
  }
  :host([flush]) .card > header,
  :host([flush]) .card > :not(header),
  :host([flush]) li,
  :host([flush]) .row {
    padding-inline: 0;
  }
`;
