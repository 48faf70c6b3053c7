import { css } from 'lit';

export const voicemailDetailStyles = css`
  :host {
    display: grid;
    gap: 16px;
  }
  h2 {
    font-size: 20px;
    line-height: 28px;
    overflow-wrap: anywhere;
  }
  h2:focus {
    outline: none;
  }
  h3 {
    margin-bottom: 4px;
    color: var(--quiet);
    font-size: 13px;
    font-weight: 500;
  }
  blockquote {
    margin: 0;
    padding: 12px 16px;
    border-radius: 12px;
    background: var(--bg);
    font-size: 15px;
    line-height: 24px;
    overflow-wrap: anywhere;
    white-space: pre-line;
  }
  .no-audio {
    padding: 12px 16px;
    border-radius: 12px;
    background: var(--bg);
  }
  .play-on {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 16px;
    min-height: 44px;
  }
  .actions {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
    padding-top: 12px;
    border-top: 1px solid var(--line);
  }
`;
