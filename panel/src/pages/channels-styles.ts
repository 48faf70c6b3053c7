import { css } from 'lit';

export const channelsStyles = css`
  .body {
    padding: 0 16px 12px;
  }
  .row > gosip-icon {
    flex: none;
    color: var(--accent);
  }
  .row .trouble {
    color: var(--text);
  }
  .links {
    padding: 16px;
  }
  .links a {
    display: inline-block;
    padding-block: 12px;
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
