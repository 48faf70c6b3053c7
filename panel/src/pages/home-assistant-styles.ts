import { css } from 'lit';

export const homeAssistantStyles = css`
  .stack {
    display: grid;
    gap: 16px;
    max-width: 760px;
  }
  .row {
    align-items: flex-start;
    padding-block: 14px;
  }
  .row > gosip-icon {
    color: var(--accent);
  }
  .said {
    margin-top: 4px;
    overflow-wrap: anywhere;
  }
  .act {
    padding: 8px 16px 16px;
  }
  .well {
    padding: 4px 16px 20px;
  }
`;
