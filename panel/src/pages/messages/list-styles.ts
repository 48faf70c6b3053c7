import { css } from 'lit';

export const listStyles = css`
  .filters {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 12px;
    padding: 12px;
    border-bottom: 1px solid var(--line);
  }
  .filters .both {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
  }
  .filters .chips {
    margin: 0;
    padding: 0;
  }
  .filters select {
    flex: 1 1 120px;
    min-width: 0;
    height: 36px;
    padding: 0 12px;
    border: 1px solid var(--outline);
    border-radius: 999px;
    background: var(--card);
    color: var(--text);
    font: inherit;
    text-overflow: ellipsis;
  }
  h2 {
    padding: 16px 16px 4px;
    color: var(--quiet);
    font-size: 13px;
    line-height: 20px;
  }
`;
