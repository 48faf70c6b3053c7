import { mdiClose } from '@mdi/js';
import { css, html } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { t } from '../words.ts';
import { GosipElement } from './element.ts';
import './icon-button.ts';
import { look } from './look.ts';
import './snackbar.ts';

/** How much of the foot of the screen a short word takes. */
const saidPx = 80;

/** A dialog of the browser's own: it keeps the focus, Escape closes it, the focus goes back. Fills a narrow screen from below. */
@customElement('gosip-dialog')
export class GosipDialog extends GosipElement {
  @property() heading = '';
  /** Closes by its buttons alone: what is typed is not lost by a press beside it. */
  @property({ type: Boolean }) firm = false;
  @state() private hasActions = false;
  /** Whether it reaches to the foot of the screen, where short words are said: they are said within it then, and cover nothing. */
  @state() private isAtFoot = false;
  @query('dialog') private dialog!: HTMLDialogElement;

  static override styles = [
    look,
    css`
      dialog {
        width: min(560px, calc(100vw - 48px));
        max-height: min(840px, calc(100dvh - 48px));
        padding: 0;
        border: 0;
        border-radius: 28px;
        background: var(--card);
        color: var(--text);
        box-shadow: 0 12px 48px #0006;
        overflow: hidden;
      }
      dialog[open] {
        display: flex;
        flex-direction: column;
        animation: rise 180ms cubic-bezier(0.2, 0, 0, 1);
      }
      dialog:focus-visible {
        outline: none;
      }
      dialog::backdrop {
        background: #0008;
        animation: appear 180ms;
      }
      header {
        display: flex;
        align-items: center;
        gap: 8px;
        padding: 16px 12px 8px 24px;
      }
      h2 {
        flex: 1;
        min-width: 0;
        font-size: 20px;
        font-weight: 400;
        line-height: 28px;
        overflow-wrap: anywhere;
      }
      .body {
        padding: 8px 24px 20px;
        overflow: auto;
        overscroll-behavior: contain;
      }
      gosip-snackbar.within {
        position: static;
        flex: none;
      }
      footer {
        display: flex;
        flex-wrap: wrap;
        justify-content: flex-end;
        gap: 8px;
        padding: 8px 24px 20px;
      }
      @keyframes rise {
        from {
          opacity: 0;
          transform: translateY(24px);
        }
      }
      @keyframes appear {
        from {
          opacity: 0;
        }
      }
      @media (max-width: 599px) {
        dialog {
          width: 100%;
          max-width: 100%;
          max-height: calc(100dvh - 24px);
          margin-bottom: 0;
          border-radius: 24px 24px 0 0;
        }
        footer {
          padding-bottom: calc(16px + var(--safe-bottom, 0px));
        }
      }
    `,
  ];

  override firstUpdated(): void {
    this.dialog.showModal();
    const placed = () => (this.isAtFoot = this.dialog.getBoundingClientRect().bottom > window.innerHeight - saidPx);
    const sizes = new ResizeObserver(placed);
    sizes.observe(this.dialog);
    window.addEventListener('resize', placed);
    this.whileShown(() => {
      sizes.disconnect();
      window.removeEventListener('resize', placed);
    });
  }

  close(): void {
    this.dialog.close();
  }

  override render() {
    return html`<dialog aria-labelledby="heading" @cancel=${this.askToClose} @click=${this.pressedBeside} @close=${this.closed}>
      <header role="none">
        <h2 id="heading">${this.heading}</h2>
        <gosip-icon-button .path=${mdiClose} label=${t('action.close')} @click=${this.askToClose}></gosip-icon-button>
      </header>
      <div class="body"><slot @slotchange=${this.focusFirst}></slot></div>
      <gosip-snackbar class=${this.isAtFoot ? 'within' : ''}></gosip-snackbar>
      <footer role="none" ?hidden=${!this.hasActions}><slot name="actions" @slotchange=${this.countActions}></slot></footer>
    </dialog>`;
  }

  private pressedBeside(event: MouseEvent): void {
    if (!this.firm && event.target === this.dialog) this.askToClose(event);
  }

  /** What comes after the dialog has opened, such as a form that had to be read first, gets the focus that nobody took elsewhere. */
  private focusFirst(event: Event): void {
    const active = (this.getRootNode() as ShadowRoot | Document).activeElement;
    if (active !== null && active !== this && active !== document.body) return;
    const shown = (event.target as HTMLSlotElement).assignedElements();
    const first = shown.map((one) => one.querySelector<HTMLElement>('[autofocus]')).find((one) => one !== null);
    first?.focus();
  }

  private countActions(event: Event): void {
    this.hasActions = (event.target as HTMLSlotElement).assignedElements().length > 0;
  }

  /** `closing` may be prevented. */
  private askToClose(event: Event): void {
    event.preventDefault();
    if (this.dispatchEvent(new Event('closing', { cancelable: true }))) this.dialog.close();
  }

  private closed(): void {
    this.dispatchEvent(new Event('closed'));
  }
}
