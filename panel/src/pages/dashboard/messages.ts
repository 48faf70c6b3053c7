import { html } from 'lit';
import { customElement } from 'lit/decorators.js';
import { readUnread } from '../../dashboard-data.ts';
import { conversationFacts } from '../../message-facts.ts';
import { card, nothingThere, whenRead } from '../../parts/card.ts';
import { GosipElement } from '../../parts/element.ts';
import { look, rows } from '../../parts/look.ts';
import { pathOf } from '../../routes.ts';
import { Shown } from '../../shown.ts';
import { t, tn } from '../../words.ts';
import { renderConversation } from '../messages/conversation-row.ts';
import { conversationRows } from '../messages/conversation-styles.ts';

const maxShown = 5;

/** Whom somebody has not read yet. */
@customElement('gosip-unread-messages')
export class GosipUnreadMessages extends GosipElement {
  private readonly seen = new Shown(this, readUnread, conversationFacts);

  static override styles = [look, rows, conversationRows];

  override render() {
    const total = this.seen.value?.reduce((sum, { unread }) => sum + unread, 0) ?? 0;
    return card(
      t('page.messages'),
      whenRead(this.seen, (items) =>
        items.length === 0
          ? nothingThere(t('messages.noneUnread'))
          : html`<ul class="rows">
              ${items.slice(0, maxShown).map((one) => html`<li>${renderConversation(one, pathOf('messages', one.id))}</li>`)}
            </ul>`,
      ),
      html`<span class="quiet" aria-live="polite">${total === 0 ? '' : tn('messages.unread', total)}</span>
        <a href=${pathOf('messages')}>${t('recent.all')}</a>`,
    );
  }
}
