import { html, nothing } from 'lit';
import { clock } from '../../clock.ts';
import type { Conversation, Message } from '../../data.ts';
import { formatMoment, formatWhen } from '../../format.ts';
import { farName, messageLine } from '../../message-words.ts';
import { locale, t, tn } from '../../words.ts';

/** A conversation in two lines. `draft`: what was begun to be written; `ours`: by which of our numbers, where there are several. */
export function renderConversation(one: Conversation, href: string, { isOpen = false, ours = '', draft = '' } = {}) {
  const { unread, lastAt, lastMessage } = one;
  const more = draft === '' ? (lastMessage === null ? '' : messageLine(lastMessage)) : t('messages.draft', { text: draft });
  return html`<a class="row ${unread > 0 ? 'unread' : ''}" href=${href} aria-current=${isOpen ? 'true' : 'false'}>
    <span class="text">
      <span class="main cut">${farName(one)}</span>
      <span class="more cut">${more}</span>
      ${ours === '' ? nothing : html`<span class="ours cut">${ours}</span>`}
    </span>
    <span class="end">
      ${renderWhen(Date.parse(lastAt), lastAt)}
      ${
        unread > 0
          ? html`<span class="badge number"
              ><span aria-hidden="true">${unread}</span><span class="spoken">${tn('messages.unread', unread)}</span></span
            >`
          : nothing
      }
    </span>
  </a>`;
}

/** A message that was found, in two lines. */
export function renderFound(one: Message, href: string) {
  return html`<a class="row" href=${href}>
    <span class="text">
      <span class="main cut">${farName(one)}</span>
      <span class="more two">${messageLine(one)}</span>
    </span>
    <span class="end">${renderWhen(Date.parse(one.createdAt), one.createdAt)}</span>
  </a>`;
}

function renderWhen(at: number, iso: string) {
  return html`<time class="quiet" datetime=${iso} title=${formatMoment(at, locale.value)}
    >${formatWhen(at, clock.now(), locale.value)}</time
  >`;
}
