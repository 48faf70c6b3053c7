import { css } from 'lit';

export const webhooksStyles = css`
  li {
    display: flex;
    align-items: center;
    padding-inline-end: 16px;
  }
  li:hover {
    background: var(--hover);
  }
  .row:hover {
    background: none;
  }
  .row {
    flex: 1;
    min-width: 0;
  }
  .row > .end {
    display: grid;
    justify-items: end;
    gap: 4px;
  }
  .off .main {
    color: var(--quiet);
  }
  .why {
    overflow-wrap: anywhere;
  }
  time {
    font-size: 13px;
  }
  gosip-switch {
    flex: none;
  }
  @media (max-width: 599px) {
    .row {
      flex-wrap: wrap;
      row-gap: 4px;
    }
    .row > .text {
      flex-basis: 100%;
    }
    .row > .end {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 4px 12px;
    }
  }
`;
