import { css } from 'lit';

export const searchStyles = css`
  form {
    display: flex;
    align-items: center;
    gap: 12px;
    padding: 0 16px;
    border: 1px solid var(--outline);
    border-radius: 999px;
  }
  form:focus-within {
    outline: 2px solid var(--accent);
    outline-offset: -1px;
  }
  input {
    flex: 1;
    min-width: 0;
    height: 48px;
    border: 0;
    outline: none;
    background: none;
    color: var(--text);
    font: inherit;
    font-size: 16px;
  }
  input::placeholder {
    color: var(--quiet);
    opacity: 1;
  }
  h3 {
    margin: 20px 0 4px;
    color: var(--quiet);
    font-size: 13px;
    font-weight: 500;
    line-height: 20px;
  }
  .hint {
    padding: 16px 4px 8px;
  }
  .row {
    min-height: 56px;
    padding-inline: 8px;
    border-radius: 12px;
  }
  .dial {
    margin-top: 12px;
    color: var(--accent);
    font-weight: 500;
  }
`;
