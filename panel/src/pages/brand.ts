import { css } from 'lit';

/** The one box in the middle of the page, before somebody is signed in. */
export const brand = css`
  :host {
    display: grid;
    place-items: center;
    min-height: 100dvh;
    padding: 24px 16px;
  }
  .panel {
    width: min(420px, 100%);
    padding: 32px;
    border: 1px solid var(--line);
    border-radius: 28px;
    background: var(--card);
  }
  .mark {
    display: grid;
    place-items: center;
    width: 56px;
    height: 56px;
    margin-bottom: 16px;
    border-radius: 16px;
    background: var(--accent);
    color: var(--on-accent);
  }
  .mark gosip-icon {
    width: 32px;
    height: 32px;
  }
  h1 {
    margin-bottom: 8px;
    font-size: 24px;
    font-weight: 400;
    line-height: 32px;
  }
  .foot {
    margin-top: 20px;
    font-size: 13px;
  }
  form .fields {
    padding-top: 16px;
  }
  @media (max-width: 479px) {
    .panel {
      padding: 24px 20px;
    }
  }
`;
