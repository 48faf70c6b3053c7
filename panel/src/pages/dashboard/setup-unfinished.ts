import '@material/web/button/filled-tonal-button.js';
import '@material/web/button/text-button.js';
import { css, html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import { GosipElement } from '../../parts/element.ts';
import { look } from '../../parts/look.ts';
import { go } from '../../router.ts';
import { finishWelcome, isUnfinished } from '../../welcome-place.ts';
import { t } from '../../words.ts';

/** The way back to a set-up that was left; nothing at all where none was. */
@customElement('gosip-setup-unfinished')
export class GosipSetupUnfinished extends GosipElement {
  static override styles = [
    look,
    css`
      .card {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px;
        margin-bottom: 16px;
        padding: 12px 16px;
      }
      p {
        flex: 1 1 200px;
      }
    `,
  ];

  override render() {
    if (!isUnfinished()) return nothing;
    return html`<section class="card" aria-label=${t('welcome.unfinished')}>
      <p>${t('welcome.unfinished')}</p>
      <md-text-button @click=${this.finish}>${t('welcome.notNow')}</md-text-button>
      <md-filled-tonal-button @click=${() => go('welcome')}>${t('welcome.continue')}</md-filled-tonal-button>
    </section>`;
  }

  private finish = (): void => {
    finishWelcome();
    this.requestUpdate();
  };
}
