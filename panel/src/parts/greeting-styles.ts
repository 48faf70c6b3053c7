import { css } from 'lit';

export const greetingStyles = css`
  :host {
    display: grid;
    gap: 16px;
  }
  fieldset {
    display: grid;
    gap: 8px;
    min-width: 0;
    margin: 0;
    padding: 0;
    border: 0;
  }
  legend {
    padding: 0 0 8px;
    font-size: 13px;
    font-weight: 500;
  }
  .kind {
    display: flex;
    align-items: start;
    gap: 12px;
    min-height: 48px;
    padding: 12px 16px;
    border: 1px solid var(--line);
    border-radius: 12px;
    cursor: pointer;
  }
  .kind:hover {
    background: var(--hover);
  }
  .kind:has(:checked) {
    border-color: var(--accent);
    background: var(--tint);
  }
  .kind input {
    flex: none;
    width: 20px;
    height: 20px;
    margin: 2px 0;
    accent-color: var(--accent);
  }
  .kind span {
    display: block;
  }
  .own {
    display: grid;
    gap: 16px;
  }
  .own h3 {
    font-size: 13px;
    font-weight: 500;
  }
  .line {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px 12px;
  }
  .upload {
    position: relative;
    display: inline-flex;
    align-items: center;
    gap: 8px;
    min-height: 44px;
    padding: 0 16px;
    border-radius: 999px;
    color: var(--accent);
    font-weight: 500;
    cursor: pointer;
  }
  .upload:hover {
    background: var(--hover);
  }
  .upload input {
    position: absolute;
    inset: 0;
    width: 100%;
    opacity: 0;
    cursor: pointer;
  }
  .upload:focus-within {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }
`;
