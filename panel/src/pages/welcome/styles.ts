import { css } from 'lit';

export const welcomeStyles = css`
  .narrow {
    max-width: 720px;
    margin: 0 auto;
  }
  .bar {
    display: grid;
    grid-auto-flow: column;
    grid-auto-columns: 1fr;
    gap: 4px;
    margin: 8px 0 16px;
  }
  .bar i {
    height: 4px;
    border-radius: 2px;
    background: var(--line);
  }
  .bar i.on {
    background: var(--accent);
  }
  .step {
    padding: 24px;
    overflow: visible;
  }
  .step h2 {
    margin-bottom: 16px;
    font-size: 22px;
    font-weight: 400;
    line-height: 28px;
  }
  .step h2:focus {
    outline: none;
  }
  @media (max-width: 599px) {
    .step {
      padding: 16px;
    }
  }
`;

/** Of what a step is made of. */
export const stepStyles = css`
  :host {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 16px;
  }
  .ways {
    display: grid;
    gap: 12px;
  }
  .way {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr) auto;
    align-items: center;
    gap: 4px 16px;
    width: 100%;
    min-height: 72px;
    padding: 12px 16px;
    border: 1px solid var(--line);
    border-radius: 16px;
    background: var(--card);
    color: var(--text);
    text-align: start;
    text-decoration: none;
    cursor: pointer;
  }
  .way:hover {
    background: var(--hover);
  }
  .way gosip-icon:first-child {
    width: 32px;
    height: 32px;
    color: var(--accent);
  }
  .way .name {
    display: block;
    font-size: 16px;
    font-weight: 500;
    line-height: 24px;
  }
  .way .text {
    display: block;
    color: var(--quiet);
  }
  .acts {
    display: flex;
    flex-wrap: wrap;
    justify-content: flex-end;
    gap: 8px;
  }
`;
