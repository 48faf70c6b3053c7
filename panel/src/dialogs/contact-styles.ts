import { css } from 'lit';

export const contactStyles = css`
  .who {
    display: flex;
    align-items: center;
    gap: 16px;
    margin-bottom: 16px;
  }
  .who .initials {
    width: 56px;
    height: 56px;
    font-size: 20px;
  }
  .who > div {
    display: grid;
    gap: 8px;
    min-width: 0;
  }
  .tags {
    display: flex;
    flex-wrap: wrap;
    gap: 4px 8px;
  }
  .tags li {
    padding: 2px 10px;
    border-radius: 999px;
    background: var(--tint);
    font-size: 13px;
    line-height: 20px;
    overflow-wrap: anywhere;
  }
  .numbers {
    border: 1px solid var(--line);
    border-radius: 12px;
  }
  .numbers .call-number {
    min-height: 32px;
    font-size: 16px;
  }
  fieldset {
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
  .line {
    display: grid;
    grid-template-columns: minmax(0, 3fr) minmax(0, 2fr) 48px;
    gap: 8px;
    align-items: end;
    margin-bottom: 12px;
  }
  .line gosip-icon-button {
    align-self: end;
    height: 48px;
    display: grid;
    place-items: center;
  }
  .line:has(.wrong) {
    align-items: start;
  }
  .line:has(.wrong) gosip-icon-button {
    align-self: start;
    margin-top: 24px;
  }
  .chips {
    margin-inline: 0;
    padding-inline: 0;
    flex-wrap: wrap;
  }
  .chips button {
    min-height: 44px;
    max-width: 100%;
    overflow-wrap: anywhere;
  }
  .another {
    display: grid;
    grid-template-columns: minmax(0, 1fr) auto;
    gap: 8px;
    align-items: end;
    margin-top: 12px;
  }
  .another md-outlined-button {
    margin-bottom: 4px;
  }
  .hint {
    margin-top: 8px;
    color: var(--quiet);
    font-size: 12px;
    line-height: 16px;
  }
  @media (max-width: 479px) {
    .line {
      grid-template-columns: minmax(0, 1fr) 48px;
      padding-bottom: 12px;
      border-bottom: 1px solid var(--line);
    }
    .line > :first-child {
      grid-column: 1 / -1;
    }
  }
`;
