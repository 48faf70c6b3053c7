import { css } from 'lit';

export const composeStyles = css`
  :host {
    padding: 8px 12px;
    border-top: 1px solid var(--line);
  }
  .line {
    display: flex;
    align-items: flex-end;
    gap: 4px;
  }
  textarea {
    flex: 1;
    min-width: 0;
    min-height: 44px;
    max-height: 30dvh;
    padding: 10px 16px;
    border: 1px solid var(--outline);
    border-radius: 22px;
    background: var(--card);
    color: var(--text);
    font: inherit;
    font-size: 16px;
    line-height: 22px;
    field-sizing: content;
    resize: none;
  }
  textarea::placeholder {
    color: var(--quiet);
    opacity: 1;
  }
  textarea:focus-visible {
    outline-offset: -1px;
  }
  .send {
    flex: none;
    display: grid;
    place-items: center;
    width: 44px;
    height: 44px;
    margin-inline-start: 4px;
    border: 0;
    border-radius: 50%;
    background: var(--accent);
    color: var(--on-accent);
    cursor: pointer;
  }
  .send:disabled {
    background: color-mix(in srgb, var(--text) 12%, var(--card));
    color: var(--quiet);
    cursor: default;
  }
  .count {
    display: flex;
    flex-wrap: wrap;
    justify-content: flex-end;
    gap: 0 12px;
    min-height: 16px;
    padding: 4px 56px 0;
    font-size: 12px;
    line-height: 16px;
    text-align: end;
  }
  .files {
    display: grid;
    gap: 4px;
    padding-bottom: 8px;
    max-height: 30dvh;
    overflow-y: auto;
  }
  .files li {
    display: flex;
    align-items: center;
    gap: 12px;
    min-height: 48px;
    padding: 4px 4px 4px 12px;
    border: 1px solid var(--line);
    border-radius: 12px;
  }
  .files .text {
    flex: 1;
    min-width: 0;
    display: grid;
  }
  .files .quiet {
    font-size: 12px;
    line-height: 16px;
  }
  progress {
    width: 100%;
    height: 4px;
    accent-color: var(--accent);
  }
  .problem {
    margin-bottom: 8px;
    padding: 12px 16px;
    border-radius: 12px;
    background: color-mix(in srgb, var(--error) 10%, var(--card));
    color: var(--text);
  }
  @media (max-width: 479px) {
    :host {
      padding-inline: 4px;
    }
    .count {
      padding-inline: 12px;
    }
  }
`;
