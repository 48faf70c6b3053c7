import { css } from 'lit';

export const channelsStyles = css`
  .body {
    padding: 0 16px 12px;
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
`;
