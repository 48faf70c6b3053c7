import { css } from 'lit';

export const dndStyles = css`
  li + li {
    border-top: 1px solid var(--line);
  }
  .line {
    display: flex;
    align-items: center;
    gap: 16px;
    min-height: 64px;
    padding: 10px 16px;
  }
  .text {
    flex: 1;
    min-width: 0;
  }
  .main,
  .more {
    display: block;
  }
  .main {
    font-size: 15px;
    line-height: 22px;
    overflow-wrap: anywhere;
  }
  .choices {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
    padding: 0 16px 16px;
  }
  .choices button {
    min-height: 36px;
    padding: 0 14px;
    border: 1px solid var(--line);
    border-radius: 999px;
    background: none;
    cursor: pointer;
  }
  .choices button:hover {
    background: var(--hover);
  }
`;
