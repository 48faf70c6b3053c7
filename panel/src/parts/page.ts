import { mdiArrowLeft, mdiDialpad, mdiMagnify, mdiMenu } from '@mdi/js';
import { css, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { frame, toggleMenu } from '../home-assistant.ts';
import { isWide } from '../media.ts';
import { pageAbove } from '../navigation.ts';
import { place } from '../router.ts';
import { pathOf, titles } from '../routes.ts';
import { t } from '../words.ts';
import { GosipElement } from './element.ts';
import './icon-button.ts';
import './icon.ts';
import { look } from './look.ts';
import { openDial, openSearch } from '../dialogs/open.ts';

let wasVisited = false;

/** A page: its heading with the actions of it, and what it shows below. */
@customElement('gosip-page')
export class GosipPage extends GosipElement {
  @property() heading = '';
  @state() private isNarrowFrame = false;

  static override styles = [
    look,
    css`
      :host {
        display: block;
      }
      header {
        position: sticky;
        top: 0;
        z-index: 2;
        background: var(--bg);
        padding: var(--safe-top, 0px) 24px 0;
      }
      .bar {
        display: flex;
        align-items: center;
        gap: 8px;
        min-height: 72px;
        max-width: var(--page-width, 1040px);
        margin: 0 auto;
      }
      h1 {
        flex: 1;
        min-width: 0;
        font-size: 24px;
        font-weight: 400;
        line-height: 32px;
      }
      h1:focus {
        outline: none;
      }
      .content {
        max-width: calc(var(--page-width, 1040px) + 48px);
        margin: 0 auto;
        padding: 0 24px 32px;
      }
      .back {
        display: grid;
        place-items: center;
        width: 40px;
        height: 40px;
        margin-inline-start: -8px;
        border-radius: 50%;
        color: var(--text);
      }
      .back:hover {
        background: var(--hover);
      }
      @media (max-width: 869px) {
        header {
          padding-inline: 8px;
        }
        .bar {
          min-height: 56px;
          padding-inline: 8px 0;
        }
        h1 {
          font-size: 20px;
        }
        .content {
          padding: 4px 12px 24px;
        }
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    this.isNarrowFrame = frame.value?.narrow ?? false;
    this.whileShown(isWide.follow(() => this.requestUpdate()));
    this.whileShown(frame.follow((properties) => (this.isNarrowFrame = properties?.narrow ?? false)));
  }

  /** Who goes to another page is there at once, also by ear; not where the page is the first one, or a dialog has the focus. */
  override firstUpdated(): void {
    const isLeftBehind = document.activeElement?.localName === 'gosip-app' && wasVisited;
    wasVisited = true;
    if (isLeftBehind) this.renderRoot.querySelector<HTMLElement>('h1')?.focus();
  }

  override render() {
    return html`<header>
        <div class="bar">
          ${this.isNarrowFrame ? html`<gosip-icon-button .path=${mdiMenu} label=${t('nav.menu')} @click=${toggleMenu}></gosip-icon-button>` : nothing}
          ${this.renderBack()}
          <h1 class="cut" tabindex="-1">${this.heading}</h1>
          <slot name="actions"></slot>
          ${isWide.value ? nothing : this.renderTools()}
        </div>
      </header>
      <div class="content"><slot></slot></div>`;
  }

  private above() {
    const { page } = place.value;
    return page === 'missing' || page === 'design' ? undefined : pageAbove(page);
  }

  private renderBack() {
    const up = this.above();
    if (up === undefined) return nothing;
    const name = t('nav.back', { page: t(titles[up]) });
    return html`<a class="back" href=${pathOf(up) || './'} aria-label=${name} title=${name}>
      <gosip-icon .path=${mdiArrowLeft}></gosip-icon>
    </a>`;
  }

  /** What stands beside the page where it is wide. */
  private renderTools() {
    // Below another page the heading needs the room.
    const dial = this.above() === undefined;
    return html`${dial ? html`<gosip-icon-button .path=${mdiDialpad} label=${t('nav.dial')} @click=${() => void openDial()}></gosip-icon-button>` : nothing}
      <gosip-icon-button .path=${mdiMagnify} label=${t('nav.search')} @click=${() => void openSearch()}></gosip-icon-button>`;
  }
}
