import { css } from 'lit';

export const connectStyles = css`
  fieldset {
    min-width: 0;
    margin: 0;
    padding: 0;
    border: 0;
  }
  legend {
    padding: 0 0 4px;
    font-size: 13px;
    font-weight: 500;
  }
  .acts {
    display: flex;
    flex-wrap: wrap;
    justify-content: flex-end;
    gap: 8px;
    padding-top: 8px;
  }
  .report {
    display: grid;
    gap: 8px;
    margin-bottom: 8px;
  }
  .report strong {
    font-size: 16px;
    font-weight: 500;
    overflow-wrap: anywhere;
  }
  .account-problem {
    padding: 12px 16px;
    border-radius: 12px;
    background: color-mix(in srgb, var(--warning) 12%, var(--card));
  }
  .account-problem.stops {
    background: color-mix(in srgb, var(--error) 10%, var(--card));
  }
  summary {
    min-height: 44px;
    align-content: center;
    cursor: pointer;
    font-weight: 500;
  }
  .changes {
    display: grid;
    gap: 8px;
    padding: 0 0 8px;
  }
  .changes li {
    overflow-wrap: anywhere;
  }
  .values,
  .said {
    display: block;
    overflow-wrap: anywhere;
  }
  .steps {
    display: grid;
    gap: 8px;
  }
  .steps li {
    display: flex;
    gap: 12px;
  }
  .steps gosip-icon {
    flex: none;
    color: var(--quiet);
  }
  .steps .done gosip-icon,
  .steps .unchanged gosip-icon {
    color: var(--success);
  }
  .steps .failed gosip-icon {
    color: var(--error);
  }
`;
