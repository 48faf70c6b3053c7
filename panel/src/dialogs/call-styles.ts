import { css } from 'lit';

export const callDialogStyles = css`
  .result {
    padding: 12px 16px;
    border-radius: 12px;
    background: var(--bg);
    font-size: 15px;
  }
  .result strong {
    display: block;
    font-weight: 500;
  }
  .acts {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
    margin-top: 16px;
  }
  dl {
    display: grid;
    grid-template-columns: minmax(72px, auto) minmax(0, 1fr);
    gap: 8px 24px;
    margin: 20px 0 16px;
  }
  dt {
    color: var(--quiet);
  }
  dd {
    overflow-wrap: anywhere;
  }
  h3 {
    margin: 20px 0 8px;
    font-size: 14px;
    font-weight: 500;
  }
  li {
    display: flex;
    gap: 8px;
    padding: 4px 0;
    overflow-wrap: anywhere;
  }
  li > span {
    min-width: 0;
  }
  li > gosip-icon {
    flex: none;
    width: 20px;
    height: 20px;
    color: var(--quiet);
  }
  .moments li {
    gap: 16px;
  }
  .moments time {
    flex: none;
    min-width: 64px;
  }
`;
