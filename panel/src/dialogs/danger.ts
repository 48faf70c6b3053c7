import { css } from 'lit';

/** A button that takes something away. */
export const danger = css`
  .danger {
    --md-text-button-label-text-color: var(--error);
    --md-text-button-hover-label-text-color: var(--error);
    --md-text-button-focus-label-text-color: var(--error);
    --md-text-button-pressed-label-text-color: var(--error);
  }
`;
