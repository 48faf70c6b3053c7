import { html } from 'lit';
import { callIcon, callTitle, dispositionText, isBad, otherSide, partyNumber, reasonText } from '../call-words.ts';
import { clock } from '../clock.ts';
import type { CallRecord } from '../data.ts';
import { formatDuration, formatMoment, formatWhen } from '../format.ts';
import { pathOf } from '../routes.ts';
import { locale } from '../words.ts';
import './icon.ts';

/** A call in two lines. */
export function renderCallRow(one: CallRecord) {
  const at = Date.parse(one.startedAt);
  const more = [dispositionText(one), reasonText(one), partyNumber(otherSide(one))].filter((text) => text !== '').join(' · ');
  return html`<a class="row" href=${pathOf('calls', one.id)}>
    <gosip-icon class=${isBad(one) ? 'bad' : 'quiet'} .path=${callIcon(one)}></gosip-icon>
    <span class="text"><span class="main cut">${callTitle(one)}</span><span class="more cut">${more}</span></span>
    <span class="end quiet when">
      <time datetime=${one.startedAt} title=${formatMoment(at, locale.value)}>${formatWhen(at, clock.now(), locale.value)}</time>
      ${one.answeredAt === null || one.endedAt === null ? '' : html`<span class="number">${formatDuration(one.durationSeconds)}</span>`}
    </span>
  </a>`;
}
