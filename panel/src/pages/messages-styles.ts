import { css } from 'lit';

export const messagesStyles = css`
  gosip-page {
    --page-width: 1200px;
  }
  .whole.alone {
    display: flex;
    flex-direction: column;
  }
  .both {
    position: relative;
    flex: 1;
    min-height: 0;
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 16px;
  }
  .whole.alone {
    height: calc(100dvh - 84px - var(--bottom-bar, 0px) - var(--safe-top, 0px) - var(--safe-bottom, 0px));
    min-height: 420px;
  }
  /* As wide as it was, so that the rows of the list keep their heights. */
  .away {
    position: absolute;
    inset: 0 0 auto;
    height: 0;
    overflow: hidden;
    visibility: hidden;
  }
  .thread {
    display: flex;
    flex-direction: column;
    min-height: 0;
  }
  .thread > * {
    flex: 1;
    min-height: 0;
  }
  .thread > gosip-notice {
    align-content: center;
  }
  .link {
    display: flex;
    align-items: center;
    gap: 8px;
    min-height: 40px;
    padding: 0 12px;
    border-radius: 999px;
    text-decoration: none;
  }
  .link:hover {
    background: var(--hover);
  }
  .banner {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px 16px;
    margin-bottom: 16px;
    padding: 12px 16px;
    border-radius: 12px;
    background: color-mix(in srgb, var(--warning) 10%, var(--card));
  }
  .banner p {
    flex: 1 1 240px;
  }
  .alone .both {
    grid-template-rows: minmax(0, 1fr);
  }
  @media (min-width: 870px) {
    .both {
      grid-template-columns: minmax(280px, 360px) minmax(0, 1fr);
      align-items: start;
    }
    .both > .thread {
      position: sticky;
      top: calc(80px + var(--safe-top, 0px));
      height: calc(100dvh - 104px - var(--safe-top, 0px));
      min-height: 480px;
    }
  }
  @media (max-width: 869px) {
    .link span {
      position: absolute;
      clip-path: inset(50%);
    }
  }
`;
