import { css } from 'lit';

export const ruleDialogStyles = css`
  fieldset {
    min-width: 0;
    margin: 0;
    padding: 0;
    border: 0;
  }
  legend {
    padding: 0;
    font-size: 16px;
    font-weight: 500;
    line-height: 24px;
  }
  .then {
    padding: 0 16px 16px;
    border: 1px solid var(--line);
    border-radius: 12px;
  }
  .then legend {
    padding: 0 4px;
    font-size: 13px;
    line-height: 18px;
  }
  .sentence {
    padding: 12px 16px;
    border-radius: 12px;
    background: var(--tint);
    overflow-wrap: anywhere;
  }
  .sentence h3 {
    margin: 0 0 4px;
    color: var(--quiet);
    font-size: 12px;
    font-weight: 500;
    line-height: 16px;
  }
  .hint,
  .note {
    color: var(--quiet);
    font-size: 12px;
    line-height: 16px;
  }
  .sentence .hint {
    padding-top: 8px;
  }
  .pair {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(136px, 1fr));
    gap: 12px;
  }
  .adds {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
  }
  .range .check {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 8px;
  }
  details summary {
    min-height: 32px;
    font-size: 13px;
    font-weight: 500;
    line-height: 32px;
    cursor: pointer;
  }
  .fields > md-text-button {
    width: auto;
    justify-self: start;
  }
`;
