import { css } from 'lit';

/** Rows that are opened by a press, with a switch beside each. */
export const switchRows = css`
  li {
    display: flex;
    align-items: center;
    padding-inline-end: 16px;
  }
  li:hover {
    background: var(--hover);
  }
  .row:hover {
    background: none;
  }
  .row {
    flex: 1;
    min-width: 0;
  }
  .off .main {
    color: var(--quiet);
  }
  gosip-switch {
    flex: none;
  }
`;

/** Rows with an icon, whose end goes below the text where it is narrow. */
export const iconRows = css`
  .row > gosip-icon {
    flex: none;
    color: var(--accent);
  }
  @media (max-width: 599px) {
    .row {
      flex-wrap: wrap;
      column-gap: 16px;
      row-gap: 4px;
    }
    .row > .text {
      flex-basis: calc(100% - 40px);
    }
    .row > .end {
      margin-inline-start: 40px;
    }
  }
`;
