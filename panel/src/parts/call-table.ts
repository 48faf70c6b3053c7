import { html } from 'lit';
import { callIcon, callTitle, dispositionText, isBad, otherSide, partyNumber, reasonText } from '../call-words.ts';
import { clock } from '../clock.ts';
import type { CallRecord } from '../data.ts';
import { formatDuration, formatMoment, formatWhen } from '../format.ts';
import { pathOf } from '../routes.ts';
import { locale, t } from '../words.ts';
import './icon.ts';

/** Calls where there is room for a table. */
export function renderCallTable(calls: readonly CallRecord[]) {
  return html`<table>
    <thead>
      <tr>
        <th scope="col">${t('calls.column.who')}</th>
        <th scope="col">${t('calls.column.how')}</th>
        <th scope="col">${t('calls.column.when')}</th>
        <th scope="col" class="last">${t('calls.column.length')}</th>
      </tr>
    </thead>
    <tbody>
      ${calls.map((one) => renderCall(one))}
    </tbody>
  </table>`;
}

function renderCall(one: CallRecord) {
  const at = Date.parse(one.startedAt);
  return html`<tr>
    <td>
      <a href=${pathOf('calls', one.id)}>
        <gosip-icon class=${isBad(one) ? 'bad' : 'quiet'} .path=${callIcon(one)}></gosip-icon>
        <span class="text"
          ><span class="main cut">${callTitle(one)}</span><span class="quiet cut">${partyNumber(otherSide(one))}</span></span
        >
      </a>
    </td>
    <td class="text">
      <span class=${isBad(one) ? 'bad' : ''}>${dispositionText(one)}</span>
      <span class="quiet cut">${reasonText(one)}</span>
    </td>
    <td>
      <time datetime=${one.startedAt} title=${formatMoment(at, locale.value)}>${formatWhen(at, clock.now(), locale.value)}</time>
    </td>
    <td class="last number">${one.answeredAt === null || one.endedAt === null ? '' : formatDuration(one.durationSeconds)}</td>
  </tr>`;
}
