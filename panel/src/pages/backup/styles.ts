import { css } from 'lit';

export const backupStyles = css`
  .body {
    display: grid;
    gap: 16px;
    padding: 0 16px 16px;
  }
  .body > p {
    max-width: 72ch;
  }
  .acts {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px;
  }
  .warning {
    padding: 12px 16px;
    border-radius: 12px;
    background: color-mix(in srgb, var(--warning) 12%, var(--card));
  }
  progress {
    width: 100%;
    height: 8px;
    accent-color: var(--accent);
  }
  dl {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(160px, 1fr));
    gap: 12px;
  }
  dt {
    color: var(--quiet);
    font-size: 12px;
    line-height: 16px;
  }
  dd {
    overflow-wrap: anywhere;
  }
  .file {
    display: grid;
    gap: 6px;
    font-weight: 500;
    font-size: 13px;
  }
  .file input {
    min-height: 48px;
    padding: 10px;
    width: 100%;
    max-width: 100%;
    border: 1px dashed var(--outline);
    border-radius: 10px;
    font: inherit;
    color: var(--text);
  }
  .undo {
    padding-top: 16px;
    border-top: 1px solid var(--line);
  }
  .field {
    max-width: 480px;
  }
`;
