import { css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { GosipElement } from './element.ts';
import { look } from './look.ts';

export type Tone = 'good' | 'bad' | 'warning' | 'quiet' | 'accent';

/** A state in words; the dot is for those who look fast, and says nothing of its own. */
@customElement('gosip-status')
export class GosipStatus extends GosipElement {
  @property() tone: Tone = 'quiet';
  @property() text = '';
  @property({ type: Boolean }) plain = false;

  static override styles = [
    look,
    css`
      :host {
        display: inline-flex;
      }
      span.pill {
        display: inline-flex;
        align-items: center;
        gap: 8px;
        padding: 3px 10px 3px 8px;
        border-radius: 999px;
        background: color-mix(in srgb, var(--tone) 10%, var(--card));
        color: var(--text);
        font-size: 13px;
        line-height: 20px;
        white-space: nowrap;
      }
      span.pill.plain {
        background: none;
        padding-inline: 0;
      }
      i {
        width: 8px;
        height: 8px;
        border-radius: 50%;
        background: var(--tone);
      }
      .good {
        --tone: var(--success);
      }
      .bad {
        --tone: var(--error);
      }
      .warning {
        --tone: var(--warning);
      }
      .quiet {
        --tone: var(--quiet);
      }
      .quiet i {
        background: none;
        border: 2px solid var(--quiet);
      }
      .accent {
        --tone: var(--accent);
      }
    `,
  ];

  override render() {
    if (this.text === '') return nothing;
    return html`<span class="pill ${this.tone} ${this.plain ? 'plain' : ''}"><i></i>${this.text}</span>`;
  }
}
