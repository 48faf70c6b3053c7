import { css } from 'lit';

export const dashboardStyles = css`
  .columns {
    display: grid;
    grid-template-columns: repeat(2, minmax(0, 1fr));
    gap: 16px;
  }
  .column {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    align-content: start;
    gap: 16px;
  }
  @media (max-width: 719px) {
    .columns {
      grid-template-columns: minmax(0, 1fr);
    }
  }
`;
