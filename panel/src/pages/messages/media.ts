import { css, html } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { getMessageMedia } from '#contract/messages.ts';
import type { Message } from '../../data.ts';
import { formatBytes } from '../../format.ts';
import { mediaKind } from '../../message-words.ts';
import { GosipElement } from '../../parts/element.ts';
import '../../parts/icon.ts';
import { look } from '../../parts/look.ts';
import { apiAddress } from '../../place.ts';
import { requestPath } from '../../request.ts';
import { locale, t } from '../../words.ts';

/** A picture, a sound or a file of a message: shown where the browser can, else to be downloaded. Its size never changes, so that nothing jumps. */
@customElement('gosip-message-media')
export class GosipMessageMedia extends GosipElement {
  @property({ attribute: false }) message!: Pick<Message, 'id'>;
  @property({ attribute: false }) media!: Message['media'][number];
  /** From whom it is. */
  @property() name = '';
  @state() private isBroken = false;

  static override styles = [
    look,
    css`
      .picture,
      video {
        display: block;
        width: min(280px, 100%);
        height: 200px;
        border-radius: 12px;
        background: color-mix(in srgb, var(--text) 8%, var(--card));
      }
      img {
        display: block;
        width: 100%;
        height: 100%;
        border-radius: inherit;
        object-fit: cover;
      }
      audio {
        display: block;
        width: min(280px, 100%);
        height: 48px;
      }
      .file {
        display: flex;
        align-items: center;
        gap: 12px;
        min-height: 48px;
        padding: 8px 16px 8px 12px;
        border: 1px solid var(--line);
        border-radius: 12px;
        background: var(--card);
        color: var(--text);
        text-decoration: none;
      }
      a.file:hover {
        text-decoration: underline;
      }
      .file span {
        min-width: 0;
      }
      .file .more {
        display: block;
        color: var(--quiet);
        font-size: 12px;
      }
    `,
  ];

  override render() {
    const { state: has, contentType } = this.media;
    if (has === 'lost') return html`<p class="quiet">${t('messages.media.lost')}</p>`;
    if (has === 'fetching') return html`<p class="quiet">${t('messages.media.fetching')}</p>`;
    const { kind, key } = mediaKind(contentType);
    const label = t('messages.media.from', { what: t(key), name: this.name });
    const broke = () => (this.isBroken = true);
    if (kind === 'file' || this.isBroken) return this.renderFile();
    if (kind === 'sound')
      return html`<audio controls preload="none" src=${this.address} aria-label=${label} @error=${broke}></audio>`;
    if (kind === 'video')
      return html`<video controls preload="none" src=${this.address} aria-label=${label} @error=${broke}></video>`;
    return html`<a class="picture" href=${this.address} target="_blank" rel="noopener"
      ><img src=${this.address} alt=${label} loading="lazy" @error=${broke}
    /></a>`;
  }

  private renderFile() {
    const { contentType, bytes } = this.media;
    const { key, icon } = mediaKind(contentType);
    const size = bytes === null ? '' : ` · ${formatBytes(bytes, locale.value)}`;
    return html`<a class="file" href=${this.address} download>
      <gosip-icon .path=${icon}></gosip-icon>
      <span
        >${t(key)}<span class="more"
          >${this.isBroken ? t('messages.media.broken') : ''} ${t('messages.media.download')}${size}</span
        ></span
      >
    </a>`;
  }

  private get address(): string {
    return apiAddress(requestPath(getMessageMedia, { params: { id: this.message.id, n: this.media.n } })).href;
  }
}
