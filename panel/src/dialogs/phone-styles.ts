import { css } from 'lit';

export const phoneDialogStyles = css`
  .now {
    display: grid;
    gap: 8px;
    padding: 16px;
    border-radius: 12px;
    background: var(--bg);
  }
  h3 {
    margin: 0 0 8px;
    font-size: 14px;
    font-weight: 500;
    line-height: 20px;
  }
  .part {
    margin-top: 20px;
    padding-top: 20px;
    border-top: 1px solid var(--line);
  }
  .why {
    margin: 4px 0 0 -12px;
  }
  gosip-fault {
    margin-top: 8px;
  }
  .now ul {
    display: grid;
    gap: 12px;
  }
  .where {
    overflow-wrap: anywhere;
  }
  dl {
    display: flex;
    flex-wrap: wrap;
    gap: 8px 32px;
    margin-top: 8px;
  }
  dt {
    color: var(--quiet);
    font-size: 12px;
    line-height: 16px;
  }
  dd {
    font-size: 15px;
    overflow-wrap: anywhere;
  }
  .save {
    display: flex;
    justify-content: flex-end;
    gap: 8px;
  }
  .acts {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
    margin-top: 20px;
    padding-top: 20px;
    border-top: 1px solid var(--line);
  }
  .danger {
    --md-outlined-button-label-text-color: var(--error);
    --md-outlined-button-hover-label-text-color: var(--error);
    --md-outlined-button-focus-label-text-color: var(--error);
    --md-outlined-button-pressed-label-text-color: var(--error);
  }
  .question {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: flex-end;
    gap: 8px;
    width: 100%;
    padding: 12px 16px;
    border-radius: 12px;
    background: var(--bg);
  }
  .question p {
    flex: 1 1 240px;
  }
`;
