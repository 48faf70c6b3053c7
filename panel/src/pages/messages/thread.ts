import { mdiArrowDown, mdiArrowLeft, mdiCloseOctagonOutline, mdiEmailMarkAsUnread, mdiPhoneOutline } from '@mdi/js';
import { html, nothing } from 'lit';
import type { PropertyValues } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { getConversation, readConversation, unreadConversation } from '#contract/messages.ts';
import { call } from '../../api.ts';
import { clock } from '../../clock.ts';
import { allPeople } from '../../data.ts';
import type { Conversation, Message, MessageNumbers, Person } from '../../data.ts';
import { openContact, openDial } from '../../dialogs/open.ts';
import { dayDistance, formatDay } from '../../format.ts';
import { isWide } from '../../media.ts';
import { conversationFacts } from '../../message-facts.ts';
import { farName } from '../../message-words.ts';
import { failedNotice, notRead } from '../../parts/card.ts';
import { GosipElement } from '../../parts/element.ts';
import '../../parts/icon-button.ts';
import '../../parts/icon.ts';
import '../../parts/loading.ts';
import { look } from '../../parts/look.ts';
import { numberButton } from '../../parts/number-button.ts';
import { say } from '../../parts/snackbar.ts';
import { toProblem } from '../../problem.ts';
import { problemText } from '../../problem-words.ts';
import { againOf, sendAgain } from '../../send-again.ts';
import { isAdmin, me } from '../../session.ts';
import { Shown } from '../../shown.ts';
import { readAround, readNewer, readNewest, readOlder } from '../../thread-pages.ts';
import { emptyWindow, withNewer, withNewest, withOlder, withSent } from '../../thread-window.ts';
import type { ThreadWindow } from '../../thread-window.ts';
import { locale, t } from '../../words.ts';
import './bubble.ts';
import './compose.ts';
import { Scrolling } from './scrolling.ts';
import { threadStyles } from './thread-styles.ts';

/** The messages with one number, the newest at the foot, and what is written to it. `back`: an event of whoever goes back to the list. */
@customElement('gosip-thread')
export class GosipThread extends GosipElement {
  @property() conversationId = '';
  /** The message that was searched for. */
  @property() at: string | undefined;
  @property({ attribute: false }) numbers: MessageNumbers | undefined;
  @state() private window: ThreadWindow = emptyWindow;
  @state() private conversation: Conversation | undefined;
  @state() private people: readonly Person[] = [];
  @state() private isFarUp = false;
  @query('.scroll') private scroller!: HTMLElement | null;
  /** Somebody wants to come back to it: it is not read by standing open. */
  #staysUnread = false;
  #isReading = false;
  readonly #scrolling = new Scrolling();
  private readonly seen = new Shown(this, () => this.read(), conversationFacts);

  static override styles = [look, threadStyles];

  override connectedCallback(): void {
    super.connectedCallback();
    const looked = () => void this.markRead();
    document.addEventListener('visibilitychange', looked);
    this.whileShown(() => document.removeEventListener('visibilitychange', looked));
    this.whileShown(isWide.follow(() => this.requestUpdate()));
    this.whileShown(() => this.#scrolling.stop());
    if (isAdmin())
      void allPeople().then(
        (people) => (this.people = people),
        () => {},
      );
  }

  private get ofId(): Conversation['id'] {
    return this.conversationId as Conversation['id'];
  }

  private async read(): Promise<true> {
    const isFirst = this.window.items.length === 0;
    const [conversation, newest] = await Promise.all([
      call(getConversation, { params: { id: this.ofId } }),
      readNewest(this.ofId),
    ]);
    this.conversation = conversation;
    if (isFirst && this.at !== undefined) this.window = await readAround(this.ofId, this.at as Message['id']);
    else this.window = withNewest(this.window, newest.items, newest.isEnd);
    void this.markRead();
    return true;
  }

  /** What somebody sees that it is meant for. */
  private async markRead(): Promise<void> {
    const { conversation } = this;
    if (conversation === undefined || conversation.unread === 0 || this.#staysUnread || this.ownerName !== '') return;
    if (document.visibilityState !== 'visible' || this.window.hasNewer || this.isFarUp) return;
    try {
      this.conversation = await call(readConversation, { params: { id: this.ofId } });
    } catch {
      // It stays unread, and is marked when it is next looked at.
    }
  }

  /** Whose messages these are, where they are somebody else’s; empty where not. */
  private get ownerName(): string {
    const owner = this.numbers?.items.find(({ number }) => number === this.conversation?.number)?.personId ?? null;
    if (owner === null || owner === me()?.person?.id) return '';
    return this.people.find(({ id }) => id === owner)?.name ?? '…';
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('window')) this.#scrolling.keep(this.scroller);
    if (changed.has('at') && this.at !== undefined && this.seen.value !== undefined) void this.goTo(this.at);
  }

  override updated(changed: PropertyValues): void {
    if (this.scroller === null) return;
    this.#scrolling.watch(this.scroller);
    if (!changed.has('window')) return;
    const before = changed.get('window') as ThreadWindow | undefined;
    const isFirst = before !== undefined && before.items.length === 0 && this.window.items.length > 0;
    if (isFirst && this.at !== undefined) this.showFound();
    else this.#scrolling.hold(this.scroller);
    // What was read may not have filled the screen.
    this.scrolled();
  }

  private async goTo(messageId: string): Promise<void> {
    if (!this.window.items.some(({ id }) => id === messageId)) {
      try {
        this.window = await readAround(this.ofId, messageId as Message['id']);
      } catch (error) {
        say({ text: problemText(toProblem(error)) });
      }
    }
    await this.updateComplete;
    this.showFound();
  }

  private showFound(): void {
    if (this.scroller !== null && this.at !== undefined) this.#scrolling.show(this.scroller, this.at);
  }

  private scrolled(): void {
    const { scroller } = this;
    if (scroller === null) return;
    const { scrollTop, scrollHeight, clientHeight } = scroller;
    const left = scrollHeight - clientHeight - scrollTop;
    const wasFarUp = this.isFarUp;
    this.isFarUp = left > clientHeight / 2;
    if (scrollTop < 2 * clientHeight && this.window.hasOlder) void this.readMore(readOlder, withOlder);
    else if (left < 2 * clientHeight && this.window.hasNewer) void this.readMore(readNewer, withNewer);
    if (wasFarUp && !this.isFarUp) void this.markRead();
  }

  private async readMore(read: typeof readOlder, join: typeof withOlder): Promise<void> {
    if (this.#isReading || this.window.items.length === 0) return;
    this.#isReading = true;
    try {
      const { items, isEnd } = await read(this.ofId, this.window);
      this.window = join(this.window, items, isEnd);
    } catch (error) {
      say({ text: problemText(toProblem(error)) });
    }
    this.#isReading = false;
  }

  private async toNewest(): Promise<void> {
    if (this.window.hasNewer) {
      const { items, isEnd } = await readNewest(this.ofId);
      this.window = withNewest(emptyWindow, items, isEnd);
      await this.updateComplete;
    }
    if (this.scroller !== null) this.#scrolling.toEnd(this.scroller);
  }

  private async sent(message: Message): Promise<void> {
    this.window = withSent(this.window, message);
    await this.updateComplete;
    await this.toNewest();
  }

  private async again(message: Message): Promise<void> {
    try {
      await this.sent(await sendAgain(message));
    } catch (error) {
      say({ text: problemText(toProblem(error)) });
    }
  }

  private async markUnread(): Promise<void> {
    this.#staysUnread = true;
    try {
      await call(unreadConversation, { params: { id: this.ofId } });
      this.dispatchEvent(new Event('back'));
    } catch (error) {
      this.#staysUnread = false;
      say({ text: problemText(toProblem(error)) });
    }
  }

  override render() {
    const { problem } = this.seen;
    if (problem?.code === 'NOT_FOUND') return failedNotice(t('problem.gone'));
    const { conversation } = this;
    if (conversation === undefined) return notRead(problem);
    const requests = this.window.items.flatMap(({ requestId }) => requestId ?? []);
    return html`${this.renderHead(conversation)}
      <div
        class="scroll"
        tabindex="0"
        role="region"
        aria-label=${t('messages.with', { name: farName(conversation) })}
        @scroll=${this.scrolled}
      >
        ${this.renderMessages(conversation)}
      </div>
      ${
        this.isFarUp || this.window.hasNewer
          ? html`<div class="down">
              <gosip-icon-button
                .path=${mdiArrowDown}
                label=${t('messages.toNewest')}
                @click=${this.toNewest}
              ></gosip-icon-button>
            </div>`
          : nothing
      }
      ${this.ownerName === '' ? nothing : html`<p class="note">${t('messages.others', { name: this.ownerName })}</p>`}
      ${
        conversation.optedOutAt === null
          ? html`<gosip-compose
              of=${conversation.id}
              from=${conversation.number}
              to=${conversation.farNumber}
              .known=${requests}
              .canSendMedia=${this.numbers?.canSendMedia ?? true}
              @sent=${(event: CustomEvent<Message>) => void this.sent(event.detail)}
            ></gosip-compose>`
          : this.renderOptedOut(conversation)
      }`;
  }

  private renderHead(conversation: Conversation) {
    const name = farName(conversation);
    const ours = this.numbers?.items.find(({ number }) => number === conversation.number);
    const by = (this.numbers?.items.length ?? 0) < 2 ? '' : (ours?.name ?? '') || conversation.number;
    return html`<header>
      ${
        isWide.value
          ? nothing
          : html`<gosip-icon-button
              .path=${mdiArrowLeft}
              label=${t('nav.back', { page: t('page.messages') })}
              @click=${() => this.dispatchEvent(new Event('back'))}
            ></gosip-icon-button>`
      }
      <div class="who">
        <h2 class="cut">${name}</h2>
        <p class="quiet cut">
          ${conversation.farName === '' ? this.renderAddName(conversation) : numberButton(conversation.farNumber, conversation.farName)}
          ${by}
        </p>
      </div>
      <gosip-icon-button
        .path=${mdiPhoneOutline}
        label=${t('dial.call', { name })}
        @click=${() => void openDial(conversation.farNumber, conversation.farName)}
      ></gosip-icon-button>
      <gosip-icon-button
        .path=${mdiEmailMarkAsUnread}
        label=${t('messages.markUnread')}
        @click=${this.markUnread}
      ></gosip-icon-button>
    </header>`;
  }

  private renderAddName({ farNumber }: Conversation) {
    return html`<button class="call-number" @click=${() => void openContact({ number: farNumber })}>
      ${t('messages.addName')}
    </button>`;
  }

  private renderMessages(conversation: Conversation) {
    const { items, hasOlder } = this.window;
    const lastOwn = items.findLast(({ direction }) => direction === 'outbound');
    const name = farName(conversation);
    const repeated = new Set(items.flatMap(({ requestId }) => requestId ?? []));
    return html`<div class="inner" aria-live="polite" aria-relevant="additions">
      ${hasOlder ? html`<gosip-loading lines="1"></gosip-loading>` : html`<p class="begins quiet">${t('messages.begins')}</p>`}
      ${repeat(
        items,
        ({ id }) => id,
        (one, index) =>
          html`<div data-key=${one.id}>
            ${this.renderDay(items[index - 1], one)}
            <gosip-bubble
              .message=${one}
              name=${name}
              by=${this.by(one)}
              .isLast=${one.id === lastOwn?.id}
              .isFound=${one.id === this.at}
              .isRepeated=${repeated.has(againOf(one))}
              @again=${() => void this.again(one)}
            ></gosip-bubble>
          </div>`,
      )}
    </div>`;
  }

  private renderDay(before: Message | undefined, { createdAt }: Message) {
    const at = Date.parse(createdAt);
    const isSame = before !== undefined && dayDistance(at, Date.parse(before.createdAt), locale.value) === 0;
    return isSame ? nothing : html`<h3 class="day">${formatDay(at, clock.now(), locale.value)}</h3>`;
  }

  private by({ direction, sentBy, autoReplyId }: Message): string {
    if (direction === 'inbound' || (sentBy !== null && sentBy === me()?.person?.id)) return '';
    if (sentBy === null) return autoReplyId === null ? t('messages.byItself') : t('messages.byAutoReply');
    const name = this.people.find(({ id }) => id === sentBy)?.name;
    return name === undefined ? '' : t('messages.by', { name });
  }

  private renderOptedOut(conversation: Conversation) {
    return html`<div class="note stop" role="note">
      <gosip-icon .path=${mdiCloseOctagonOutline}></gosip-icon>
      <p><strong>${t('messages.optedOut', { name: farName(conversation) })}</strong> ${t('messages.optedOut.text')}</p>
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'gosip-thread': GosipThread;
  }
}
