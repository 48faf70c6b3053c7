import { mdiArrowLeft } from '@mdi/js';
import { css, html, nothing } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { listConversations } from '#contract/messages.ts';
import { call } from '../../api.ts';
import type { Message, MessageNumbers } from '../../data.ts';
import { emptyDraft } from '../../message-draft.ts';
import { keepMessageDraft, takeMessageDraft } from '../../message-drafts.ts';
import { isWide } from '../../media.ts';
import { choice } from '../../parts/field.ts';
import { fields } from '../../parts/form.ts';
import { GosipElement } from '../../parts/element.ts';
import '../../parts/icon-button.ts';
import { look } from '../../parts/look.ts';
import { go } from '../../router.ts';
import { me } from '../../session.ts';
import { t } from '../../words.ts';
import './compose.ts';
import type { GosipCompose } from './compose.ts';
import './recipient.ts';
import type { GosipRecipient, Recipient } from './recipient.ts';

/** A message to somebody to whom none was sent yet; to others the conversation that there is is opened. */
@customElement('gosip-new-conversation')
export class GosipNewConversation extends GosipElement {
  /** As the address says it; empty where it does not. */
  @property() to = '';
  @property({ attribute: false }) numbers!: MessageNumbers;
  @state() private number = '';
  @state() private from = '';
  /** Under which what is written is kept: what was begun to somebody else goes to nobody but them. */
  private draftOf = '';
  @query('gosip-recipient') private recipient!: GosipRecipient;
  @query('gosip-compose') private compose!: GosipCompose;

  static override styles = [
    look,
    fields,
    css`
      :host {
        display: flex;
        flex-direction: column;
        height: 100%;
      }
      header {
        display: flex;
        align-items: center;
        gap: 8px;
        min-height: 64px;
        padding: 8px 16px;
        border-bottom: 1px solid var(--line);
      }
      .fields {
        flex: 1;
        align-content: start;
        padding: 16px;
      }
      @media (max-width: 869px) {
        header {
          padding-inline-start: 4px;
        }
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    const begun = takeMessageDraft('');
    const isToAnother = this.to !== '' && begun.to !== '' && begun.to !== this.to;
    this.draftOf = isToAnother ? `to ${this.to}` : '';
    const kept = isToAnother ? takeMessageDraft(this.draftOf) : begun;
    this.number = this.to === '' ? kept.to : this.to;
    const isOurs = this.numbers.items.some(({ number }) => number === kept.from);
    this.from = isOurs ? kept.from : this.usual;
    if (this.to !== '') void this.findConversation();
    this.whileShown(isWide.follow(() => this.requestUpdate()));
  }

  /** One’s own number, else the first of the house. */
  private get usual(): string {
    const { items } = this.numbers;
    return (items.find(({ personId }) => personId !== null && personId === me()?.person?.id) ?? items[0])?.number ?? '';
  }

  override firstUpdated(): void {
    const first = this.number === '' ? this.recipient : this.compose;
    void first.updateComplete.then(() => first.focus());
  }

  private chosen({ number, name }: Recipient): void {
    this.number = number;
    if (name === '') return;
    this.compose.focus();
    void this.findConversation();
  }

  /** With somebody who was written to before, what was written is shown; what was typed comes along. */
  private async findConversation(): Promise<void> {
    const [number, from] = [this.number, this.from];
    try {
      const { items } = await call(listConversations, { query: { number: from, text: number } });
      const found = items.find(({ farNumber }) => farNumber === number);
      if (found === undefined || number !== this.number || from !== this.from || !this.isConnected) return;
      const { text, media } = takeMessageDraft(this.draftOf);
      const before = takeMessageDraft(found.id);
      const both = [before.text, text].filter((one) => one !== '').join('\n');
      keepMessageDraft(found.id, { ...emptyDraft, text: both, media: [...before.media, ...media] });
      keepMessageDraft(this.draftOf, emptyDraft);
      go('messages', found.id);
    } catch {
      // A new one is found to be the same by the house.
    }
  }

  override render() {
    const { items } = this.numbers;
    return html`<header>
        ${
          isWide.value
            ? nothing
            : html`<gosip-icon-button
                .path=${mdiArrowLeft}
                label=${t('nav.back', { page: t('page.messages') })}
                @click=${() => go('messages')}
              ></gosip-icon-button>`
        }
        <h2>${t('messages.new')}</h2>
      </header>
      <div class="fields">
        <gosip-recipient
          value=${this.number}
          @chosen=${(event: CustomEvent<Recipient>) => this.chosen(event.detail)}
        ></gosip-recipient>
        ${
          items.length < 2
            ? nothing
            : choice({
                label: t('messages.from'),
                name: 'from',
                value: this.from,
                changed: (from) => (this.from = from),
                choices: items.map(({ number, name }) => ({ value: number, text: name === '' ? number : `${name} (${number})` })),
              })
        }
      </div>
      <gosip-compose
        of=${this.draftOf}
        from=${this.from}
        to=${this.number}
        .canSendMedia=${this.numbers.canSendMedia}
        @sent=${(event: CustomEvent<Message>) => go('messages', event.detail.conversationId)}
      ></gosip-compose>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'gosip-new-conversation': GosipNewConversation;
  }
}
