import { css } from 'lit';

export const callsStyles = css`
  .filters {
    display: flex;
    flex-wrap: wrap;
    gap: 12px;
    align-items: center;
    padding-bottom: 16px;
  }
  input {
    flex: 1 1 240px;
    min-width: 0;
    height: 44px;
    padding: 0 16px;
    border: 1px solid var(--md-sys-color-outline);
    border-radius: 999px;
    background: var(--card);
    color: var(--text);
    font: inherit;
  }
  input::placeholder {
    color: var(--quiet);
    opacity: 1;
  }
  .csv {
    display: flex;
    align-items: center;
    gap: 8px;
    min-height: 40px;
    padding: 0 12px;
    border-radius: 999px;
    text-decoration: none;
  }
  .csv:hover {
    background: var(--hover);
  }
  @media (max-width: 869px) {
    .csv span {
      position: absolute;
      clip-path: inset(50%);
    }
  }
`;
