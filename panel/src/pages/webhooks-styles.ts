import { css } from 'lit';

export const webhooksStyles = css`
  .row > .end {
    display: grid;
    justify-items: end;
    gap: 4px;
  }
  .why {
    overflow-wrap: anywhere;
  }
  time {
    font-size: 13px;
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
