import { css } from 'lit';

export const endlessStyles = css`
  :host {
    /* The list itself keeps what somebody looks at where it is. */
    overflow-anchor: none;
  }
  .frame {
    position: relative;
  }
  ::slotted([data-endless]) {
    position: absolute;
    inset: 0 0 auto;
    box-sizing: border-box;
    contain: layout style;
  }
  ::slotted([data-endless][hidden]) {
    display: none;
  }
  ::slotted([data-endless]:not([data-endless='0'])) {
    border-top: 1px solid var(--line);
  }
  .failed {
    position: sticky;
    bottom: calc(var(--bottom-bar, 0px) + 8px);
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: center;
    gap: 8px 16px;
    padding: 16px;
    background: var(--card);
  }
  .failed button {
    min-height: 44px;
    padding: 0 20px;
    border: 1px solid var(--outline);
    border-radius: 999px;
    background: none;
    color: var(--accent);
    font-weight: 500;
    cursor: pointer;
  }
`;
