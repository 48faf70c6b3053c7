import { css } from 'lit';

/** Rows of conversations. */
export const conversationRows = css`
  .row > .end {
    display: grid;
    align-self: start;
    justify-items: end;
    gap: 4px;
    padding-top: 2px;
    font-size: 12px;
    line-height: 18px;
  }
  .row.unread .main,
  .row.unread .more {
    color: var(--text);
    font-weight: 500;
  }
  .row[aria-current='true'] {
    background: var(--tint);
    box-shadow: inset 4px 0 var(--accent);
  }
  .badge {
    min-width: 20px;
    padding: 0 6px;
    border-radius: 10px;
    background: var(--accent);
    color: var(--on-accent);
    font-weight: 500;
    line-height: 20px;
    text-align: center;
  }
  .ours {
    display: block;
    color: var(--quiet);
    font-size: 12px;
    line-height: 16px;
  }
  .row .more.two {
    display: -webkit-box;
    overflow: hidden;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 2;
    overflow-wrap: anywhere;
  }
`;
