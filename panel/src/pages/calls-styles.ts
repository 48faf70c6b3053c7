import { css } from 'lit';

export const callsStyles = css`
  .filters {
    display: grid;
    gap: 12px;
    padding-bottom: 16px;
  }
  .search {
    display: flex;
    gap: 8px;
  }
  .search-field {
    flex: 1 1 160px;
  }
  .more-filters,
  .action {
    display: flex;
    align-items: center;
    gap: 8px;
    min-height: 44px;
    padding: 0 16px;
    border: 1px solid var(--line);
    border-radius: 999px;
    background: var(--card);
    cursor: pointer;
  }
  .action {
    border: 0;
    padding: 0 12px;
    background: none;
    text-decoration: none;
  }
  .more-filters:hover,
  .action:hover {
    background: var(--hover);
  }
  @media (max-width: 869px) {
    .action span,
    .more-filters span {
      position: absolute;
      clip-path: inset(50%);
    }
    .more-filters {
      padding: 0 12px;
    }
  }
`;
