import { css } from 'lit';

export const playerStyles = css`
  :host {
    container-type: inline-size;
  }
  .player {
    display: grid;
    grid-template-columns: 48px minmax(0, 1fr);
    column-gap: 12px;
    align-items: center;
  }
  .play {
    display: grid;
    place-items: center;
    width: 48px;
    height: 48px;
    padding: 0;
    border: 0;
    border-radius: 50%;
    background: var(--accent);
    color: var(--on-accent);
    cursor: pointer;
  }
  .play:hover {
    background: color-mix(in srgb, var(--accent) 88%, var(--text));
  }
  .wave {
    position: relative;
    height: 48px;
  }
  gosip-waveform {
    position: absolute;
    inset: 0;
    pointer-events: none;
  }
  input[type='range'] {
    appearance: none;
    margin: 0;
    background: none;
    cursor: pointer;
  }
  .wave input {
    position: absolute;
    inset: 0;
    width: 100%;
    height: 100%;
    border-radius: 6px;
  }
  /* As narrow as what is drawn: the place that is pressed is the place that is heard. */
  .wave input::-webkit-slider-thumb {
    appearance: none;
    width: 1px;
    height: 48px;
    background: none;
  }
  .wave input::-moz-range-thumb {
    width: 1px;
    height: 48px;
    border: 0;
    background: none;
  }
  .below {
    grid-column: 2;
    display: flex;
    align-items: center;
    gap: 4px;
    min-height: 44px;
    color: var(--quiet);
    font-size: 13px;
  }
  .below .time {
    flex: 1;
    min-width: 0;
  }
  select {
    min-width: 44px;
    min-height: 44px;
    padding: 0 12px;
    border: 6px solid transparent;
    border-radius: 22px;
    background: var(--hover) padding-box;
    color: var(--text);
    font: inherit;
    font-weight: 500;
    text-align: center;
    text-align-last: center;
    appearance: none;
    cursor: pointer;
  }
  select:hover {
    background-color: var(--tint);
  }
  .volume {
    display: flex;
    align-items: center;
  }
  .volume input {
    width: 88px;
    height: 44px;
  }
  .volume input::-webkit-slider-runnable-track {
    height: 4px;
    border-radius: 2px;
    background: var(--outline);
  }
  .volume input::-moz-range-track {
    height: 4px;
    border-radius: 2px;
    background: var(--outline);
  }
  .volume input::-webkit-slider-thumb {
    appearance: none;
    width: 16px;
    height: 16px;
    margin-top: -6px;
    border-radius: 50%;
    background: var(--accent);
  }
  .volume input::-moz-range-thumb {
    width: 16px;
    height: 16px;
    border: 0;
    border-radius: 50%;
    background: var(--accent);
  }
  /* Where there is no room for it, the keys of the device are at hand. */
  @container (max-width: 339px) {
    .volume input {
      display: none;
    }
  }
  @media (forced-colors: active) {
    /* There no border is transparent. */
    select {
      border-width: 1px;
      background: none;
    }
    .volume input {
      forced-color-adjust: none;
    }
    .volume input::-webkit-slider-runnable-track {
      background: CanvasText;
    }
    .volume input::-webkit-slider-thumb {
      background: Highlight;
    }
  }
  .broken {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 16px;
  }
  .broken a,
  .broken .again {
    min-height: 44px;
    align-content: center;
  }
  .broken .again {
    padding: 0;
    border: 0;
    background: none;
    color: var(--accent);
    text-decoration: underline;
    cursor: pointer;
  }
`;
