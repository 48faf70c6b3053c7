import { css } from 'lit';
import { entries } from './rule/entry.ts';

export const chainDialogStyles = [
  entries,
  css`
    fieldset {
      min-width: 0;
      margin: 0;
      padding: 0;
      border: 0;
    }
    legend {
      padding: 0;
      font-size: 16px;
      font-weight: 500;
      line-height: 24px;
    }
    .run {
      display: grid;
      gap: 12px;
      padding: 16px;
      border-radius: 12px;
      background: color-mix(in srgb, var(--warning) 12%, var(--card));
    }
    .hint {
      color: var(--quiet);
      font-size: 12px;
      line-height: 16px;
    }
    .acts {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 8px;
    }
    .danger {
      --md-outlined-button-label-text-color: var(--error);
    }
  `,
];
