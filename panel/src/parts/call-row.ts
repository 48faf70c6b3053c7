import { mdiPhoneOutline } from '@mdi/js';
import { css, html, nothing } from 'lit';
import {
  callIcon,
  callTitle,
  isBad,
  otherSide,
  partyName,
  partyNumber,
  reasonText,
  resultText,
  sideToCall,
} from '../call-words.ts';
import { clock } from '../clock.ts';
import type { CallRecord } from '../data.ts';
import { openDial } from '../dialogs/open.ts';
import { formatDuration, formatMoment, formatWhen } from '../format.ts';
import { pathOf } from '../routes.ts';
import { me } from '../session.ts';
import { locale, t } from '../words.ts';
import './icon-button.ts';
import './icon.ts';

/** Of rows that are opened by a press anywhere on them, and hold buttons of their own. */
export const callRows = css`
  .call {
    position: relative;
  }
  .call:hover {
    background: var(--hover);
  }
  .call .open {
    color: inherit;
    text-decoration: none;
  }
  .call .open::after {
    content: '';
    position: absolute;
    inset: 0;
  }
  .call .open:focus-visible {
    outline: none;
  }
  .call .open:focus-visible::after {
    outline: 2px solid var(--accent);
    outline-offset: -2px;
  }
  .call gosip-icon-button {
    position: relative;
    z-index: 1;
    color: var(--accent);
  }
  .call .when {
    display: grid;
    justify-items: end;
    line-height: 20px;
    text-align: end;
  }
  @media (max-width: 599px) {
    .call .when {
      max-width: 10ch;
    }
  }
`;

/** A call in two lines. `query`: what its page is narrowed down to. */
export function renderCallRow(one: CallRecord, query: Readonly<Record<string, string>> = {}) {
  const more = [resultText(one), reasonText(one), partyNumber(otherSide(one))].filter((text) => text !== '').join(' · ');
  return html`<div class="row call">
    <gosip-icon class=${isBad(one) ? 'bad' : 'quiet'} .path=${callIcon(one)}></gosip-icon>
    <span class="text">
      <a class="main cut open" href=${pathOf('calls', one.id, query)}>${callTitle(one)}</a>
      <span class="more cut">${more}</span>
    </span>
    <span class="end">
      <span class="quiet when">${renderMoment(one)}<span class="number">${talkTime(one)}</span></span>
      ${renderCallBack(one)}
    </span>
  </div>`;
}

export function renderMoment({ startedAt }: CallRecord) {
  const at = Date.parse(startedAt);
  return html`<time datetime=${startedAt} title=${formatMoment(at, locale.value)}
    >${formatWhen(at, clock.now(), locale.value)}</time
  >`;
}

/** Empty where nobody talked, or still talks. */
export function talkTime({ answeredAt, endedAt, durationSeconds }: CallRecord): string {
  return answeredAt === null || endedAt === null ? '' : formatDuration(durationSeconds);
}

/** Calls whoever was on the other side; nothing where that cannot be. */
export function renderCallBack(one: CallRecord) {
  const side = sideToCall(one, me()?.person?.id);
  if (side === undefined) return nothing;
  return html`<gosip-icon-button
    .path=${mdiPhoneOutline}
    label=${t('dial.call', { name: partyName(side) })}
    @click=${() => void openDial(side.number, side.name)}
  ></gosip-icon-button>`;
}
