import { css } from 'lit';

export const weekGridStyles = css`
  .hint {
    padding-bottom: 8px;
    color: var(--quiet);
    font-size: 12px;
    line-height: 16px;
  }
  table {
    width: 100%;
    border-collapse: collapse;
    table-layout: fixed;
    touch-action: pan-y;
    user-select: none;
  }
  th {
    padding: 0;
    color: var(--quiet);
    font-size: 11px;
    font-weight: 400;
    line-height: 24px;
  }
  thead th {
    overflow: hidden;
    text-overflow: clip;
    white-space: nowrap;
  }
  thead td,
  tbody th {
    width: 44px;
  }
  tbody th {
    padding-inline-end: 6px;
    text-align: end;
    white-space: nowrap;
    vertical-align: top;
    font-variant-numeric: tabular-nums;
  }
  tbody td {
    height: 26px;
    border: 1px solid var(--line);
    cursor: pointer;
  }
  tbody td:hover {
    background: var(--hover);
  }
  td.all {
    background: var(--accent);
  }
  td.part {
    background: repeating-linear-gradient(135deg, var(--accent) 0 3px, var(--card) 3px 7px);
  }
  td:focus-visible {
    outline-offset: -3px;
    outline-color: var(--text);
  }
  .copy {
    display: flex;
    flex-wrap: wrap;
    align-items: flex-end;
    gap: 8px;
    padding-top: 12px;
  }
  .copy .field {
    flex: 1 1 160px;
  }
  @media (forced-colors: active) {
    td.all,
    td.part {
      background: Highlight;
      forced-color-adjust: none;
    }
  }
`;
