import { css } from 'lit';

export const logsStyles = css`
  .filter {
    display: grid;
    grid-template-columns: minmax(0, 1fr) minmax(0, 1fr) minmax(0, 2fr);
    align-items: end;
    gap: 12px;
  }
  .bar {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px 12px;
    padding: 12px 0;
  }
  .follow {
    display: flex;
    align-items: center;
    gap: 12px;
    min-height: 44px;
  }
  .count {
    flex: 1;
  }
  .lines li {
    padding: 8px 16px;
    border-inline-start: 4px solid transparent;
    overflow-wrap: anywhere;
  }
  .lines li + li {
    border-top: 1px solid var(--line);
  }
  .lines li.bad {
    border-inline-start-color: var(--error);
  }
  .lines li.warning {
    border-inline-start-color: var(--warning);
  }
  .head {
    display: flex;
    align-items: center;
    gap: 12px;
    color: var(--quiet);
    font-size: 13px;
  }
  time {
    font-variant-numeric: tabular-nums;
  }
  pre {
    margin: 4px 0 0;
    max-height: 320px;
    overflow: auto;
    white-space: pre-wrap;
    font:
      13px/20px ui-monospace,
      'Roboto Mono',
      monospace;
  }
  .link {
    min-height: 32px;
    padding: 0;
    border: 0;
    background: none;
    color: var(--accent);
    text-decoration: underline;
    cursor: pointer;
  }
  @media (max-width: 599px) {
    .filter {
      grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
    }
    .filter > :nth-child(n + 3) {
      grid-column: 1 / -1;
    }
  }
`;
