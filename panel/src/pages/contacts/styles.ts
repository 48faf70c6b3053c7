import { css } from 'lit';

export const contactsStyles = css`
  .filters {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 12px;
    padding-bottom: 16px;
  }
  .chips button {
    min-height: 44px;
  }
  .ways {
    display: flex;
    flex-wrap: wrap;
    gap: 0 4px;
    margin-inline: -12px;
  }
  .ways > * {
    display: inline-flex;
    align-items: center;
    gap: 8px;
    min-height: 44px;
    padding: 0 12px;
    border: 0;
    border-radius: 999px;
    background: none;
    color: var(--accent);
    text-decoration: none;
    cursor: pointer;
  }
  .ways > *:hover {
    background: var(--hover);
  }
  .ways gosip-icon {
    width: 20px;
    height: 20px;
  }
  .line {
    display: flex;
    align-items: center;
  }
  .line > a {
    flex: 1;
    min-width: 0;
  }
  .line > gosip-icon-button {
    flex: none;
    padding-inline-end: 8px;
  }
  .tags {
    display: flex;
    flex-wrap: wrap;
    justify-content: flex-end;
    gap: 4px;
    max-width: 40%;
  }
  .tag {
    max-width: 16ch;
    padding: 1px 10px;
    border-radius: 999px;
    background: var(--tint);
    font-size: 13px;
    line-height: 20px;
  }
  @media (max-width: 599px) {
    .row {
      gap: 12px;
    }
    .tags {
      max-width: 30%;
    }
    .tag {
      max-width: 9ch;
    }
  }
`;
