import { css } from 'lit';

export const outgoingStyles = css`
  .stack {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 16px;
  }
  .body {
    padding: 0 16px 16px;
  }
  .lines {
    display: grid;
    gap: 4px;
  }
  .row {
    flex-wrap: wrap;
  }
  .row > .text {
    flex-basis: 160px;
    overflow-wrap: anywhere;
  }
  .row .main::first-letter {
    text-transform: uppercase;
  }
  .add {
    display: flex;
    flex-wrap: wrap;
    align-items: flex-start;
    gap: 12px;
    padding-top: 12px;
    border-top: 1px solid var(--line);
  }
  .add .field {
    flex: 1 1 240px;
  }
  .add md-filled-tonal-button {
    margin-top: 28px;
  }
  @media (max-width: 479px) {
    .add md-filled-tonal-button {
      margin-top: 0;
    }
  }
`;
