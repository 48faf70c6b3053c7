import { mdiMagnify, mdiMessageTextOutline } from '@mdi/js';
import { html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import { listConversations, listMessages } from '#contract/messages.ts';
import { call } from '../../api.ts';
import { clock } from '../../clock.ts';
import type { Conversation, Message, MessageNumbers } from '../../data.ts';
import { draftLine } from '../../message-drafts.ts';
import { conversationFacts } from '../../message-facts.ts';
import { chips, renderChips } from '../../parts/chips.ts';
import { GosipElement } from '../../parts/element.ts';
import '../../parts/endless-list.ts';
import type { GosipEndlessList } from '../../parts/endless-list.ts';
import { textOf } from '../../parts/form.ts';
import { look, rows } from '../../parts/look.ts';
import '../../parts/notice.ts';
import { narrow } from '../../router.ts';
import { pathOf } from '../../routes.ts';
import { pagesOf } from '../../row-source.ts';
import type { RowSource } from '../../row-source.ts';
import { t } from '../../words.ts';
import { renderConversation, renderFound } from './conversation-row.ts';
import { conversationRows } from './conversation-styles.ts';
import { listStyles } from './list-styles.ts';
import { renderSearch, searchField } from '../../parts/search-field.ts';

type Query = Readonly<Record<string, string>>;
/** How many are found of each; undefined where that is not read yet. */
type Found = { readonly conversations?: number | undefined; readonly texts?: number | undefined };

const typingMs = 300;
/** Of `number` in the address: those of everybody. */
export const allNumbers = 'all';

/** Conversations, the one with the newest message first, and what is searched for in them. */
@customElement('gosip-conversations')
export class GosipConversations extends GosipElement {
  @property() openId: string | undefined;
  /** What the address narrows the list down to: `unread`, `number`, `text`. */
  @property({ attribute: false }) query: Query = {};
  @property({ attribute: false }) numbers: MessageNumbers['items'] = [];
  @state() private typed: string | undefined;
  @state() private found: Found = {};
  #cancelTyping: (() => void) | undefined;
  #asked: string | undefined;
  #conversations: RowSource<Conversation> | undefined;
  /** Where something is searched for. */
  #texts: RowSource<Message> | undefined;

  static override styles = [look, rows, chips, conversationRows, searchField, listStyles];

  override connectedCallback(): void {
    super.connectedCallback();
    this.whileShown(() => this.#cancelTyping?.());
  }

  protected override willUpdate(): void {
    const filter = filterOf(this.query);
    const asked = JSON.stringify(filter);
    if (asked === this.#asked) return;
    this.#asked = asked;
    this.found = {};
    this.#conversations = pagesOf((page) => call(listConversations, { query: { ...filter, ...page } }));
    const { text, unread: _unread, ...of } = filter;
    this.#texts = text === undefined ? undefined : pagesOf((page) => call(listMessages, { query: { ...of, text, ...page } }));
  }

  private type(event: Event): void {
    this.typed = textOf(event);
    this.#cancelTyping?.();
    this.#cancelTyping = clock.after(typingMs, () => {
      const text = (this.typed ?? '').trim();
      this.typed = undefined;
      this.narrow({ text });
    });
  }

  private narrow(change: Query): void {
    const query = Object.entries({ ...this.query, ...change }).filter(([, value]) => value !== '');
    narrow('messages', Object.fromEntries(query));
  }

  override render() {
    const taken = this.query['unread'] === 'true' ? 'unread' : 'all';
    return html`<div class="filters">
        ${renderSearch(t('messages.search'), this.typed ?? this.query['text'] ?? '', this.type)}
        <div class="both">
          ${renderChips(
            t('messages.filter'),
            [
              { value: 'all', text: t('messages.all') },
              { value: 'unread', text: t('messages.unread') },
            ],
            { taken, choose: (value) => this.narrow({ unread: value === 'unread' ? 'true' : '' }) },
          )}
          ${this.renderNumbers()}
        </div>
      </div>
      <div class="list">${this.renderList()}</div>`;
  }

  private renderNumbers() {
    if (this.numbers.length < 2) return nothing;
    const chosen = this.query['number'] ?? '';
    const all = [
      { value: '', text: t('messages.numbers.mine') },
      { value: allNumbers, text: t('messages.numbers.all') },
      ...this.numbers.map(({ number, name }) => ({ value: number, text: name === '' ? number : `${name} (${number})` })),
    ];
    return html`<select aria-label=${t('messages.number')} @change=${(event: Event) => this.narrow({ number: textOf(event) })}>
      ${all.map(({ value, text }) => html`<option value=${value} .selected=${live(value === chosen)}>${text}</option>`)}
    </select>`;
  }

  private renderList() {
    const { conversations, texts } = this.found;
    const isSearch = this.#texts !== undefined;
    return html`${isSearch && conversations !== 0 ? html`<h2>${t('messages.conversations')}</h2>` : nothing}
      <gosip-endless-list
        label=${t('messages.conversations')}
        .source=${this.#conversations}
        .facts=${conversationFacts}
        .key=${({ id }: Conversation) => id}
        .row=${(one: Conversation) => this.renderOne(one)}
        @changed=${(event: Event) => (this.found = { ...this.found, conversations: totalOf(event) })}
      >
        <div slot="empty">${isSearch ? nothing : this.renderNone(false)}</div>
      </gosip-endless-list>
      ${isSearch ? this.renderTexts() : nothing}
      ${isSearch && conversations === 0 && texts === 0 ? this.renderNone(true) : nothing}`;
  }

  private renderTexts() {
    return html`${this.found.texts === 0 ? nothing : html`<h2>${t('page.messages')}</h2>`}
      <gosip-endless-list
        label=${t('page.messages')}
        .source=${this.#texts}
        .facts=${conversationFacts}
        .key=${({ id }: Message) => id}
        .row=${(one: Message) => renderFound(one, this.href(one.conversationId, one.id))}
        @changed=${(event: Event) => (this.found = { ...this.found, texts: totalOf(event) })}
      ></gosip-endless-list>`;
  }

  private renderOne(one: Conversation) {
    const { number, name } = this.numbers.find((ours) => ours.number === one.number) ?? { number: one.number, name: '' };
    const ours = this.numbers.length < 2 ? '' : name === '' ? number : name;
    const isOpen = one.id === this.openId;
    return renderConversation(one, this.href(one.id), { isOpen, ours, draft: isOpen ? '' : draftLine(one.id) });
  }

  private href(id: string, at = ''): string {
    const kept = Object.entries(this.query).filter(([name]) => name !== 'to' && name !== 'at');
    const rest: Query = Object.fromEntries(kept);
    return pathOf('messages', id, at === '' ? rest : { ...rest, at });
  }

  private renderNone(isSearch: boolean) {
    if (isSearch) return html`<gosip-notice .path=${mdiMagnify} heading=${t('messages.noneFound')}></gosip-notice>`;
    const isUnread = this.query['unread'] === 'true';
    return html`<gosip-notice
      .path=${mdiMessageTextOutline}
      heading=${isUnread ? t('messages.noneUnread') : t('messages.none')}
      text=${isUnread ? '' : t('messages.none.text')}
    ></gosip-notice>`;
  }
}

function totalOf(event: Event): number | undefined {
  return (event.target as GosipEndlessList).total;
}

/** What the house is asked for. */
function filterOf({ unread, number, text }: Query) {
  return {
    ...(number === allNumbers ? {} : number === undefined ? { mine: 'true' as const } : { number }),
    ...(unread === 'true' ? { unread: 'true' as const } : {}),
    ...(text === undefined || text.trim() === '' ? {} : { text: text.trim() }),
  };
}
