import { mdiMagnify, mdiMessageTextOutline } from '@mdi/js';
import { html, nothing } from 'lit';
import type { PropertyValues } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import { listConversations, listMessages } from '#contract/messages.ts';
import { call } from '../../api.ts';
import { clock } from '../../clock.ts';
import type { Conversation, Message, MessageNumbers } from '../../data.ts';
import { draftLine } from '../../message-drafts.ts';
import { conversationFacts } from '../../message-facts.ts';
import { notRead } from '../../parts/card.ts';
import { chips, renderChips } from '../../parts/chips.ts';
import { GosipElement } from '../../parts/element.ts';
import { textOf } from '../../parts/form.ts';
import { look, rows } from '../../parts/look.ts';
import '../../parts/notice.ts';
import { narrow } from '../../router.ts';
import { pathOf } from '../../routes.ts';
import { Shown } from '../../shown.ts';
import { t } from '../../words.ts';
import { renderConversation, renderFound } from './conversation-row.ts';
import { conversationRows } from './conversation-styles.ts';
import { listStyles } from './list-styles.ts';
import { renderSearch, searchField } from '../../parts/search-field.ts';

type Query = Readonly<Record<string, string>>;
type Seen = {
  readonly query: string;
  readonly conversations: readonly Conversation[];
  readonly total: number;
  readonly texts: readonly Message[];
};

const perPage = 50;
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
  #cancelTyping: (() => void) | undefined;
  #pages = 1;
  private readonly seen = new Shown(this, () => this.read(), conversationFacts);
  readonly #watch = new IntersectionObserver((seen) => seen.some(({ isIntersecting }) => isIntersecting) && this.readMore(), {
    rootMargin: '400px',
  });

  static override styles = [look, rows, chips, conversationRows, searchField, listStyles];

  override connectedCallback(): void {
    super.connectedCallback();
    this.whileShown(() => this.#cancelTyping?.());
    this.whileShown(() => this.#watch.disconnect());
  }

  protected override willUpdate(changed: PropertyValues): void {
    const before = changed.get('query') as Query | undefined;
    if (before === undefined || JSON.stringify(filterOf(before)) === JSON.stringify(filterOf(this.query))) return;
    this.#pages = 1;
    void this.seen.reload();
  }

  override updated(): void {
    this.#watch.disconnect();
    const end = this.renderRoot.querySelector('.more-to-come');
    if (end !== null) this.#watch.observe(end);
  }

  private async read(): Promise<Seen> {
    const { text, ...filter } = filterOf(this.query);
    const query = JSON.stringify(filterOf(this.query));
    const asked = { ...filter, ...(text === undefined ? {} : { text }) };
    const pages = Array.from({ length: this.#pages }, (_, index) =>
      call(listConversations, { query: { ...asked, page: index + 1, per_page: perPage } }),
    );
    const { unread: _unread, ...of } = filter;
    const found = text === undefined ? undefined : call(listMessages, { query: { ...of, text, per_page: perPage } });
    const read = await Promise.all(pages);
    const ids = new Map(read.flatMap(({ items }) => items).map((one) => [one.id, one]));
    return { query, conversations: [...ids.values()], total: read[0]?.total ?? 0, texts: (await found)?.items ?? [] };
  }

  private readMore(): void {
    const { value } = this.seen;
    if (value === undefined || value.conversations.length >= value.total || value.conversations.length < this.#pages * perPage)
      return;
    this.#pages += 1;
    void this.seen.reload();
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
    narrow(Object.fromEntries(query));
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
    const { value, problem } = this.seen;
    const isOld = value?.query !== JSON.stringify(filterOf(this.query));
    if (value === undefined || isOld) return notRead(problem);
    const { text } = filterOf(this.query);
    if (value.conversations.length + value.texts.length === 0) return this.renderNone(text !== undefined);
    return html`${
        text === undefined || value.conversations.length === 0 ? nothing : html`<h2>${t('messages.conversations')}</h2>`
      }
      <ul class="rows">
        ${value.conversations.map((one) => html`<li>${this.renderOne(one)}</li>`)}
      </ul>
      ${value.conversations.length < value.total ? html`<div class="more-to-come"><gosip-loading lines="1"></gosip-loading></div>` : nothing}
      ${
        value.texts.length === 0
          ? nothing
          : html`<h2>${t('page.messages')}</h2>
              <ul class="rows">
                ${value.texts.map((one) => html`<li>${renderFound(one, this.href(one.conversationId, one.id))}</li>`)}
              </ul>`
      }`;
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

/** What the house is asked for. */
function filterOf({ unread, number, text }: Query) {
  return {
    ...(number === allNumbers ? {} : number === undefined ? { mine: 'true' as const } : { number }),
    ...(unread === 'true' ? { unread: 'true' as const } : {}),
    ...(text === undefined || text.trim() === '' ? {} : { text: text.trim() }),
  };
}
