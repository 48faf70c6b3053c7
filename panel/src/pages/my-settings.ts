import { css, html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import { card } from '../parts/card.ts';
import { GosipElement } from '../parts/element.ts';
import { look } from '../parts/look.ts';
import '../parts/greeting.ts';
import '../parts/page.ts';
import '../parts/sessions.ts';
import { me } from '../session.ts';
import { t } from '../words.ts';
import './dashboard/do-not-disturb.ts';
import './my-settings/account.ts';
import './my-settings/numbers.ts';
import '../parts/person-phones.ts';

/** What is somebody's own: who they are here, when they are left in peace, their phones and numbers, where they are signed in. */
@customElement('gosip-my-settings')
export class GosipMySettings extends GosipElement {
  static override styles = [
    look,
    css`
      .columns {
        display: grid;
        grid-template-columns: repeat(2, minmax(0, 1fr));
        gap: 16px;
        align-items: start;
      }
      .column {
        display: grid;
        gap: 16px;
        min-width: 0;
      }
      .greeting {
        padding: 0 16px 16px;
      }
      @media (max-width: 869px) {
        .columns {
          grid-template-columns: minmax(0, 1fr);
        }
      }
    `,
  ];

  override render() {
    const person = me()?.person ?? undefined;
    return html`<gosip-page heading=${t('page.mySettings')}>
      <div class="columns">
        <div class="column">
          <gosip-my-account></gosip-my-account>
          ${
            person === undefined
              ? nothing
              : html`<gosip-do-not-disturb mine></gosip-do-not-disturb>
                  <gosip-person-phones .personId=${person.id}></gosip-person-phones>
                  <gosip-my-numbers></gosip-my-numbers>`
          }
        </div>
        ${
          person === undefined
            ? nothing
            : html`<div class="column">
                ${card(t('greeting.card'), html`<gosip-greeting class="greeting" .personId=${person.id}></gosip-greeting>`)}
                ${card(t('sessions.title'), html`<gosip-sessions .personId=${person.id}></gosip-sessions>`)}
              </div>`
        }
      </div>
    </gosip-page>`;
  }
}
