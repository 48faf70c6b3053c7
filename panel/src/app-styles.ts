import { css } from 'lit';

export const appStyles = css`
  :host {
    display: block;
    min-height: 100dvh;
  }
  .frame {
    display: grid;
    grid-template-columns: 232px minmax(0, 1fr);
    min-height: 100dvh;
  }
  nav {
    position: sticky;
    top: 0;
    display: flex;
    flex-direction: column;
    height: 100dvh;
    padding: var(--safe-top, 0px) 12px 12px;
    border-inline-end: 1px solid var(--line);
    background: var(--card);
  }
  .brand {
    display: flex;
    align-items: center;
    gap: 12px;
    min-height: 72px;
    padding-inline: 8px;
    font-size: 18px;
    font-weight: 500;
  }
  .mark {
    display: grid;
    place-items: center;
    width: 36px;
    height: 36px;
    border-radius: 10px;
    background: var(--accent);
    color: var(--on-accent);
  }
  nav ul {
    flex: 1;
    overflow-y: auto;
    display: grid;
    align-content: start;
    gap: 4px;
  }
  .find,
  .dial {
    display: flex;
    align-items: center;
    gap: 12px;
    min-height: 44px;
    margin-bottom: 12px;
    padding: 0 12px;
    border: 1px solid var(--line);
    border-radius: 999px;
    background: var(--bg);
    color: var(--quiet);
    cursor: pointer;
  }
  .find span {
    flex: 1;
    text-align: start;
  }
  kbd {
    padding: 0 8px;
    border: 1px solid var(--line);
    border-radius: 6px;
    font: inherit;
    font-size: 12px;
  }
  .dial {
    justify-content: center;
    margin: 12px 0 8px;
    border-color: transparent;
    background: var(--accent);
    color: var(--on-accent);
    font-weight: 500;
  }
  .find:hover {
    border-color: var(--outline);
  }
  nav a,
  nav .more {
    display: flex;
    align-items: center;
    gap: 16px;
    width: 100%;
    min-height: 48px;
    padding: 0 12px;
    border: 0;
    border-radius: 12px;
    background: none;
    color: var(--text);
    text-align: start;
    text-decoration: none;
    cursor: pointer;
  }
  nav .pill {
    display: grid;
    color: var(--quiet);
  }
  nav .who {
    min-height: 48px;
  }
  .who gosip-icon {
    color: var(--quiet);
  }
  nav a:hover {
    background: var(--hover);
  }
  nav a[aria-current='page'] {
    background: var(--tint);
    font-weight: 500;
  }
  nav a[aria-current='page'] .pill {
    color: var(--accent);
  }
  main {
    min-width: 0;
  }
  .middle {
    display: grid;
    place-items: center;
    min-height: 100dvh;
  }
  .cover {
    width: 100vw;
    height: 100dvh;
    max-width: none;
    max-height: none;
    padding: 0;
    border: 0;
    overflow: auto;
    background: none;
    color: var(--text);
  }
  .cover::backdrop {
    background: color-mix(in srgb, var(--bg) 75%, transparent);
    backdrop-filter: blur(6px);
  }
  .away-place {
    position: fixed;
    inset: calc(var(--safe-top, 0px) + 12px) 0 auto;
    z-index: 9;
    display: grid;
    justify-content: center;
    pointer-events: none;
  }
  .away {
    display: flex;
    align-items: center;
    gap: 12px;
    max-width: calc(100vw - 24px);
    padding: 10px 20px 10px 16px;
    border-radius: 999px;
    background: var(--inverse);
    color: var(--on-inverse);
    box-shadow: 0 4px 16px #0005;
  }
  .again {
    min-height: 40px;
    padding: 0 24px;
    border: 0;
    border-radius: 999px;
    background: var(--accent);
    color: var(--on-accent);
    font-weight: 500;
    cursor: pointer;
  }
  @media (max-width: 869px) {
    :host {
      --bottom-bar: 72px;
    }
    .frame {
      display: block;
      padding-bottom: calc(72px + var(--safe-bottom, 0px));
    }
    nav {
      position: fixed;
      inset: auto 0 0;
      z-index: 4;
      height: auto;
      padding: 0 4px var(--safe-bottom, 0px);
      border: 0;
      border-top: 1px solid var(--line);
    }
    nav ul {
      overflow: visible;
      display: flex;
      gap: 0;
      height: 72px;
    }
    nav li {
      flex: 1;
      /* A word such as “Nachrichten” takes what others leave. */
      min-width: min-content;
    }
    nav a,
    nav .more {
      flex-direction: column;
      justify-content: flex-start;
      gap: 2px;
      height: 100%;
      padding: 8px 0 0;
      font-size: clamp(11px, 3.5vw, 12px);
      line-height: 13px;
      text-align: center;
    }
    nav a,
    nav a:hover,
    nav a[aria-current='page'] {
      background: none;
    }
    nav .pill {
      display: grid;
      place-items: center;
      width: 56px;
      height: 32px;
      border-radius: 16px;
    }
    nav a[aria-current='page'] .pill,
    nav .more.here .pill {
      background: var(--tint);
    }
    nav .words {
      max-width: 100%;
    }
  }
`;
