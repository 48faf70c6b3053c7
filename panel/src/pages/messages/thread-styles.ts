import { css } from 'lit';

export const threadStyles = css`
  :host {
    position: relative;
    display: flex;
    flex-direction: column;
    height: 100%;
    min-height: 0;
  }
  header {
    display: flex;
    align-items: center;
    gap: 8px;
    min-height: 64px;
    padding: 8px 8px 8px 16px;
    border-bottom: 1px solid var(--line);
  }
  .who {
    flex: 1;
    min-width: 0;
  }
  .scroll {
    flex: 1;
    min-height: 120px;
    padding: 8px 16px;
    overflow-y: auto;
    overflow-anchor: none;
    overscroll-behavior: contain;
  }
  .scroll:focus-visible {
    outline-offset: -2px;
  }
  .begins,
  .day {
    margin: 16px 0 8px;
    color: var(--quiet);
    font-size: 12px;
    font-weight: 500;
    line-height: 16px;
    text-align: center;
  }
  .down {
    position: relative;
    height: 0;
  }
  .down gosip-icon-button {
    position: absolute;
    inset: auto 16px 8px auto;
    border: 1px solid var(--line);
    border-radius: 50%;
    background: var(--card);
    box-shadow: 0 2px 8px #0004;
  }
  .note {
    display: flex;
    align-items: center;
    gap: 12px;
    padding: 12px 16px;
    border-top: 1px solid var(--line);
    color: var(--quiet);
  }
  .stop {
    color: var(--text);
    background: color-mix(in srgb, var(--warning) 10%, var(--card));
  }
  .stop strong {
    display: block;
    font-weight: 500;
  }
  .stop gosip-icon {
    color: var(--warning);
  }
  @media (max-width: 869px) {
    header {
      padding-inline-start: 4px;
    }
    .scroll {
      padding-inline: 12px;
    }
  }
`;
