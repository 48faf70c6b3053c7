import '@material/web/button/filled-button.js';
import '@material/web/button/text-button.js';
import { mdiMessagePlusOutline, mdiMessageTextOutline, mdiReplyOutline } from '@mdi/js';
import { html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { keyed } from 'lit/directives/keyed.js';
import { listMessageNumbers } from '#contract/messages.ts';
import { call } from '../api.ts';
import type { MessageNumbers } from '../data.ts';
import { isWide } from '../media.ts';
import { notRead } from '../parts/card.ts';
import '../parts/action.ts';
import { GosipElement } from '../parts/element.ts';
import '../parts/icon-button.ts';
import '../parts/icon.ts';
import { look } from '../parts/look.ts';
import '../parts/notice.ts';
import '../parts/page.ts';
import { go, place } from '../router.ts';
import { pathOf } from '../routes.ts';
import { isAdmin } from '../session.ts';
import { Shown } from '../shown.ts';
import { t } from '../words.ts';
import './messages/conversations.ts';
import './messages/new-conversation.ts';
import './messages/thread.ts';
import { messagesStyles } from './messages-styles.ts';

/** The conversations and the one that is open, beside each other where there is room. */
@customElement('gosip-messages')
export class GosipMessages extends GosipElement {
  @property() openId: string | undefined;
  #wasAlone = false;
  #scrollTop = 0;
  private readonly numbers = new Shown(this, () => call(listMessageNumbers), ['person.changed']);

  static override styles = [look, messagesStyles];

  override connectedCallback(): void {
    super.connectedCallback();
    this.whileShown(isWide.follow(() => this.requestUpdate()));
    this.whileShown(place.follow(() => this.requestUpdate()));
  }

  private get filter(): Readonly<Record<string, string>> {
    const kept = Object.entries(place.value.query).filter(([name]) => name !== 'to' && name !== 'at');
    return Object.fromEntries(kept);
  }

  private get isAlone(): boolean {
    return !isWide.value && (this.openId !== undefined || place.value.query['to'] !== undefined);
  }

  /** On a narrow screen the list is where it was, when what covered it is closed. */
  protected override willUpdate(): void {
    if (this.isAlone && !this.#wasAlone) this.#scrollTop = window.scrollY;
  }

  protected override updated(): void {
    const { isAlone } = this;
    if (isAlone === this.#wasAlone) return;
    this.#wasAlone = isAlone;
    window.scrollTo({ top: isAlone ? 0 : this.#scrollTop, behavior: 'instant' });
  }

  private back(): void {
    go('messages', undefined, this.filter);
  }

  private write(): void {
    go('messages', undefined, { ...this.filter, to: '' });
  }

  override render() {
    const { value, problem } = this.numbers;
    const isOpen = this.openId !== undefined || place.value.query['to'] !== undefined;
    const { isAlone } = this;
    return html`<gosip-page heading=${t('page.messages')} class=${isOpen ? 'open' : ''}>
      ${isAlone || value === undefined || value.total === 0 ? nothing : this.renderActions()}
      ${value === undefined ? html`<div class="card">${notRead(problem)}</div>` : this.renderBoth(value, isAlone)}
    </gosip-page>`;
  }

  private renderActions() {
    const replies = t('page.autoReplies');
    return html`<a slot="actions" class="link" href=${pathOf('auto-replies')} title=${replies}
        ><gosip-icon .path=${mdiReplyOutline}></gosip-icon><span>${replies}</span></a
      >
      <gosip-action
        slot="actions"
        .path=${mdiMessagePlusOutline}
        label=${t('messages.new')}
        @click=${this.write}
      ></gosip-action>`;
  }

  private renderBoth(numbers: MessageNumbers, isAlone: boolean) {
    if (numbers.total === 0) return this.renderNoNumber(numbers);
    return html`<div class="whole ${isAlone ? 'alone' : ''}">
      <div class="both">
        <div class=${isAlone ? 'away' : ''}>
          ${numbers.canSend ? nothing : this.renderNotSetUp()}
          <gosip-conversations
            class="card"
            openId=${this.openId ?? ''}
            .query=${place.value.query}
            .numbers=${numbers.items}
          ></gosip-conversations>
        </div>
        ${isWide.value || isAlone ? html`<div class="card thread">${this.renderOpen(numbers)}</div>` : nothing}
      </div>
    </div>`;
  }

  private renderOpen(numbers: MessageNumbers) {
    const { to, at } = place.value.query;
    if (this.openId !== undefined)
      return keyed(
        this.openId,
        html`<gosip-thread conversationId=${this.openId} .at=${at} .numbers=${numbers} @back=${this.back}></gosip-thread>`,
      );
    if (to !== undefined) return keyed(to, html`<gosip-new-conversation to=${to} .numbers=${numbers}></gosip-new-conversation>`);
    return html`<gosip-notice .path=${mdiMessageTextOutline} heading=${t('messages.choose')}></gosip-notice>`;
  }

  private renderNotSetUp() {
    return html`<div class="banner" role="note">
      <p>${t('messages.notSetUp')}</p>
      ${isAdmin() ? html`<md-text-button @click=${() => go('twilio')}>${t('messages.toTwilio')}</md-text-button>` : nothing}
    </div>`;
  }

  /** Without a number nobody can write: what helps depends on what is there. */
  private renderNoNumber({ canSend }: MessageNumbers) {
    const heading = isAdmin() ? t('messages.noNumber') : t('messages.noNumber.user');
    const text = isAdmin() ? t('messages.noNumber.text') : t('messages.noNumber.userText');
    return html`<div class="card">
      <gosip-notice .path=${mdiMessageTextOutline} heading=${heading} text=${text}>
        ${
          isAdmin()
            ? html`<md-filled-button @click=${() => go(canSend ? 'numbers' : 'twilio')}
                >${canSend ? t('messages.toNumbers') : t('messages.toTwilio')}</md-filled-button
              >`
            : nothing
        }
      </gosip-notice>
    </div>`;
  }
}
