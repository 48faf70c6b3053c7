import { css, html } from 'lit';
import { callIcon, callTitle, resultText, isBad, otherSide, partyNumber, reasonText } from '../call-words.ts';
import type { CallRecord } from '../data.ts';
import { pathOf } from '../routes.ts';
import { t } from '../words.ts';
import { renderCallBack, renderMoment, talkTime } from './call-row.ts';
import './icon.ts';

export const callTable = css`
  .line {
    display: grid;
    grid-template-columns: minmax(0, 5fr) minmax(0, 6fr) minmax(120px, 2fr) 80px 48px;
    align-items: center;
    gap: 16px;
    min-height: 64px;
    padding: 8px 12px 8px 16px;
  }
  .line.head {
    min-height: 48px;
    color: var(--quiet);
    font-weight: 500;
  }
  .line .who {
    display: flex;
    align-items: center;
    gap: 16px;
  }
  .line .text {
    min-width: 0;
  }
  .line .text > * {
    display: block;
  }
  .line .open {
    font-size: 15px;
  }
  .line .last {
    text-align: end;
  }
  /* Beside the navigation there is room for whole numbers only where everything else is narrow. */
  @media (max-width: 1099px) {
    .line {
      grid-template-columns: minmax(0, 6fr) minmax(0, 5fr) 96px 56px 40px;
      gap: 8px;
      padding-inline: 12px 8px;
    }
    .line .who {
      gap: 8px;
    }
  }
`;

/** What the columns of calls are, where there is room for a table. */
export function renderCallHead() {
  return html`<div class="line head" role="row" slot="head" aria-rowindex="1">
    <span role="columnheader">${t('calls.column.who')}</span>
    <span role="columnheader">${t('calls.column.how')}</span>
    <span role="columnheader">${t('calls.column.when')}</span>
    <span role="columnheader" class="last">${t('calls.column.length')}</span>
    <span role="columnheader"><span class="spoken">${t('calls.callBack')}</span></span>
  </div>`;
}

/** A call as a row of a table. `query`: what its page is narrowed down to. */
export function renderCallLine(one: CallRecord, query: Readonly<Record<string, string>>) {
  return html`<div class="line call" role="presentation">
    <span role="cell" class="who">
      <gosip-icon class=${isBad(one) ? 'bad' : 'quiet'} .path=${callIcon(one)}></gosip-icon>
      <span class="text">
        <a class="open cut" href=${pathOf('calls', one.id, query)}>${callTitle(one)}</a>
        <span class="quiet cut">${partyNumber(otherSide(one))}</span>
      </span>
    </span>
    <span role="cell" class="text">
      <span class=${isBad(one) ? 'bad' : ''}>${resultText(one)}</span>
      <span class="quiet cut">${reasonText(one)}</span>
    </span>
    <span role="cell">${renderMoment(one)}</span>
    <span role="cell" class="last number">${talkTime(one)}</span>
    <span role="cell">${renderCallBack(one)}</span>
  </div>`;
}
