import { css } from 'lit';

export const voicemailStyles = css`
  .filters {
    display: flex;
    flex-wrap: wrap;
    gap: 12px;
    align-items: center;
    padding-bottom: 16px;
  }
  .search-field {
    flex: 1 1 240px;
  }
  .filters select {
    flex: 0 1 auto;
    max-width: min(100%, 240px);
    min-width: 0;
    height: 44px;
    padding: 0 16px;
    border: 1px solid var(--outline);
    border-radius: 999px;
    background: var(--card);
    color: var(--text);
    font: inherit;
  }
  .panes.two {
    display: grid;
    grid-template-columns: minmax(280px, 5fr) minmax(0, 6fr);
    gap: 16px;
    align-items: start;
  }
  .two .detail {
    position: sticky;
    top: 80px;
    max-height: calc(100dvh - 96px);
    overflow: auto;
  }
  .detail {
    padding: 16px;
  }
  .to-list {
    display: inline-flex;
    align-items: center;
    gap: 8px;
    min-height: 44px;
    padding-inline-end: 12px;
    text-decoration: none;
  }
  .row {
    align-items: start;
  }
  .row > gosip-icon {
    margin-top: 10px;
  }
  .row.new .main {
    font-weight: 600;
  }
  .row[aria-current='true'] {
    background: var(--tint);
  }
  @media (forced-colors: active) {
    .row[aria-current='true'] {
      outline: 2px solid Highlight;
      outline-offset: -2px;
    }
  }
  .row .words {
    display: -webkit-box;
    overflow: hidden;
    overflow-wrap: anywhere;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 2;
  }
  .row > .end {
    display: grid;
    gap: 2px;
    justify-items: end;
  }
  .choose {
    padding: 48px 24px;
    text-align: center;
  }
`;
