import { css } from 'lit';

export const homeAssistantStyles = css`
  .row {
    align-items: flex-start;
    padding-block: 14px;
  }
  .there {
    display: grid;
    gap: 12px;
    padding: 16px;
    border-top: 1px solid var(--line);
  }
  .there li {
    display: flex;
    gap: 16px;
  }
  .there gosip-icon {
    color: var(--accent);
  }
  .act {
    padding: 0 16px 16px;
  }
  .intro {
    padding: 0 16px 16px;
    color: var(--quiet);
  }
  .warning {
    margin: 0 16px 16px;
    padding: 12px 16px;
    border-radius: 12px;
    background: color-mix(in srgb, var(--warning) 12%, var(--card));
  }
  @media (max-width: 599px) {
    .row.buttoned {
      flex-wrap: wrap;
    }
    .row.buttoned > .text {
      flex-basis: 100%;
    }
  }
`;
