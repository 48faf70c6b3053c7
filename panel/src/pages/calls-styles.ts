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
  .row > .when {
    display: grid;
    gap: 0;
    justify-items: end;
  }
  .rows > li {
    content-visibility: auto;
    contain-intrinsic-size: auto 65px;
  }
  table {
    width: 100%;
    border-collapse: collapse;
    table-layout: fixed;
  }
  th {
    padding: 14px 16px;
    color: var(--quiet);
    font-weight: 500;
    text-align: start;
  }
  td {
    height: 56px;
    padding: 8px 16px;
    border-top: 1px solid var(--line);
  }
  th:first-child {
    width: 36%;
  }
  th:nth-child(3) {
    width: 180px;
  }
  th:nth-child(4) {
    width: 110px;
  }
  td a {
    display: flex;
    align-items: center;
    gap: 16px;
    color: var(--text);
    text-decoration: none;
  }
  td a:hover .main {
    text-decoration: underline;
  }
  td .text {
    min-width: 0;
  }
  td.text > span,
  td .text > span {
    display: block;
  }
  td .main {
    font-size: 15px;
  }
  .last {
    text-align: end;
  }
  @media (max-width: 869px) {
    .csv span {
      position: absolute;
      clip-path: inset(50%);
    }
  }
`;
