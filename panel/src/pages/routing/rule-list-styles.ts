import { css } from 'lit';

export const ruleListStyles = css`
  .hint {
    padding: 0 16px 12px;
    color: var(--quiet);
  }
  ol > li {
    display: grid;
    grid-template-columns: 44px minmax(0, 1fr) auto;
    align-items: center;
    column-gap: 4px;
    padding: 8px 16px 4px 4px;
    border-top: 1px solid var(--line);
    background: var(--card);
  }
  .rule {
    grid-column: 2 / span 2;
    min-width: 0;
  }
  .name {
    padding-block: 8px;
    font-size: 15px;
    font-weight: 500;
    line-height: 24px;
    color: var(--text);
    text-decoration: none;
    overflow-wrap: anywhere;
  }
  .name:hover {
    text-decoration: underline;
  }
  .place {
    color: var(--quiet);
    font-variant-numeric: tabular-nums;
  }
  .rule p,
  .otherwise p,
  .problems {
    overflow-wrap: anywhere;
  }
  .off p,
  .off .name {
    color: var(--quiet);
  }
  .states {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
    padding-top: 8px;
  }
  .problems {
    padding-top: 4px;
    color: var(--quiet);
  }
  .acts {
    display: flex;
    flex-wrap: wrap;
    margin-inline-start: -10px;
    color: var(--quiet);
  }
  gosip-switch {
    margin-inline-start: 8px;
  }
  .otherwise {
    padding: 16px 16px 20px;
    border-top: 1px solid var(--line);
    background: var(--tint);
  }
  h3 {
    margin: 0 0 4px;
    font-size: 14px;
    font-weight: 500;
    line-height: 20px;
  }
  .unsaved {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px;
    padding: 12px 16px;
    border-top: 1px solid var(--line);
    background: color-mix(in srgb, var(--warning) 10%, var(--card));
  }
  .unsaved span {
    flex: 1 1 12ch;
  }
`;
