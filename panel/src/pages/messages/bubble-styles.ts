import { css } from 'lit';

export const bubbleStyles = css`
  :host {
    display: flex;
    flex-direction: column;
    padding-block: 2px;
  }
  article {
    position: relative;
    display: grid;
    gap: 8px;
    justify-items: start;
    align-self: flex-start;
    max-width: min(85%, 560px);
    padding: 8px 12px;
    border-radius: 4px 16px 16px;
    background: color-mix(in srgb, var(--text) 7%, var(--card));
  }
  article.own {
    align-self: flex-end;
    border-radius: 16px 4px 16px 16px;
    background: var(--tint);
  }
  article.found {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }
  gosip-message-media {
    max-width: 100%;
  }
  .text {
    max-width: 100%;
    font-size: 15px;
    line-height: 22px;
    white-space: pre-wrap;
    overflow-wrap: anywhere;
    unicode-bidi: isolate;
  }
  .text a {
    color: inherit;
    text-decoration: underline;
  }
  .meta {
    display: flex;
    flex-wrap: wrap;
    gap: 0 8px;
    justify-self: end;
    color: var(--quiet);
    font-size: 12px;
    line-height: 16px;
  }
  .state {
    display: inline-flex;
    align-items: center;
    gap: 4px;
  }
  .state gosip-icon {
    width: 16px;
    height: 16px;
  }
  .why {
    font-size: 13px;
    line-height: 18px;
  }
  .code {
    display: inline-flex;
    align-items: center;
    gap: 8px;
    min-height: 44px;
    padding: 0 16px 0 12px;
    border: 1px solid var(--outline);
    border-radius: 999px;
    background: var(--card);
    color: var(--text);
    font-weight: 500;
    font-variant-numeric: tabular-nums;
    cursor: pointer;
  }
  .code gosip-icon {
    width: 20px;
    height: 20px;
  }
  .code:hover {
    background: var(--tint);
  }
  md-text-button {
    justify-self: end;
    margin: -4px -8px -4px 0;
  }
`;
