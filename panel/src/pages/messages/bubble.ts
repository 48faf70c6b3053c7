import '@material/web/button/text-button.js';
import { mdiCheck, mdiContentCopy } from '@mdi/js';
import { html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { clock } from '../../clock.ts';
import type { Message } from '../../data.ts';
import { formatMoment, formatTime } from '../../format.ts';
import { splitLinks } from '../../links.ts';
import { messageProblem, messageState } from '../../message-words.ts';
import { copyText } from '../../parts/copy.ts';
import { GosipElement } from '../../parts/element.ts';
import '../../parts/icon.ts';
import { look } from '../../parts/look.ts';
import { locale, t } from '../../words.ts';
import { bubbleStyles } from './bubble-styles.ts';
import './media.ts';

const copiedMs = 2_000;

/** One message: what was written, what was sent along, and what became of it. `again`: an event of whoever wants it sent once more. */
@customElement('gosip-bubble')
export class GosipBubble extends GosipElement {
  @property({ attribute: false }) message!: Message;
  /** Of the other side. */
  @property() name = '';
  /** Who sent it, where that was not the reader; empty where it was. */
  @property() by = '';
  /** Whether its state is written beside it. */
  @property({ type: Boolean }) isLast = false;
  @property({ type: Boolean }) isFound = false;
  /** Whether it was sent once more already. */
  @property({ type: Boolean }) isRepeated = false;
  @state() private isCopied = false;

  static override styles = [look, bubbleStyles];

  override render() {
    const { direction, body, media, oneTimeCode } = this.message;
    const isOwn = direction === 'outbound';
    return html`<article class=${[isOwn ? 'own' : '', this.isFound ? 'found' : ''].join(' ')}>
      <span class="spoken">${isOwn ? (this.by === '' ? t('messages.me') : '') : this.name}</span>
      ${media.map(
        (one) =>
          html`<gosip-message-media
            .message=${this.message}
            .media=${one}
            name=${isOwn ? t('messages.me') : this.name}
          ></gosip-message-media>`,
      )}
      ${body === '' ? nothing : html`<p class="text" dir="auto">${splitLinks(body).map(renderStretch)}</p>`}
      ${oneTimeCode === null ? nothing : this.renderCode(oneTimeCode)} ${this.renderMeta(isOwn)} ${this.renderProblem()}
    </article>`;
  }

  private renderMeta(isOwn: boolean) {
    const { createdAt } = this.message;
    const at = Date.parse(createdAt);
    return html`<p class="meta">
      ${this.by === '' ? nothing : html`<span>${this.by}</span>`}
      <time datetime=${createdAt} title=${formatMoment(at, locale.value)}>${formatTime(at, locale.value)}</time>
      ${isOwn ? this.renderState() : nothing}
    </p>`;
  }

  private renderState() {
    const { icon, key, isBad } = messageState(this.message);
    const isWritten = this.isLast || isBad === true;
    return html`<span class="state ${isBad === true ? 'bad' : ''}" title=${t(key)}
      ><gosip-icon .path=${icon}></gosip-icon><span class=${isWritten ? '' : 'spoken'}>${t(key)}</span></span
    >`;
  }

  private renderProblem() {
    if (this.message.direction !== 'outbound' || messageState(this.message).isBad === undefined) return nothing;
    const text = messageProblem(this.message);
    return html`${text === '' ? nothing : html`<p class="why">${text}</p>`}
    ${
      this.isRepeated
        ? nothing
        : html`<md-text-button @click=${() => this.dispatchEvent(new Event('again'))}>${t('messages.again')}</md-text-button>`
    }`;
  }

  private renderCode(code: string) {
    return html`<button class="code" @click=${() => void this.copy(code)}>
      <gosip-icon .path=${this.isCopied ? mdiCheck : mdiContentCopy}></gosip-icon
      ><span>${this.isCopied ? t('action.copied') : t('action.copy', { what: code })}</span>
    </button>`;
  }

  private async copy(code: string): Promise<void> {
    if (!(await copyText(code, this.renderRoot))) return;
    this.isCopied = true;
    clock.after(copiedMs, () => (this.isCopied = false));
  }
}

function renderStretch({ text, href }: { readonly text: string; readonly href?: string }) {
  return href === undefined
    ? text
    : html`<a href=${href} target="_blank" rel="noopener noreferrer nofollow" title=${new URL(href).host}>${text}</a>`;
}
