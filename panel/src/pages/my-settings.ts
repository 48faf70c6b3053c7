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
import './my-settings/phones.ts';

/** What is somebody's own: who they are here, when they are left in peace, their phones and numbers, where they are signed in. */
@customElement('gosip-my-settings')
export class GosipMySettings extends GosipElement {
  static override styles = [
    look,
    css`
      .columns {
        columns: 2;
        column-gap: 16px;
      }
      .columns > * {
        break-inside: avoid;
        margin-bottom: 16px;
      }
      .greeting {
        padding: 0 16px 16px;
      }
      @media (max-width: 869px) {
        .columns {
          columns: 1;
        }
      }
    `,
  ];

  override render() {
    const person = me()?.person ?? undefined;
    return html`<gosip-page heading=${t('page.mySettings')}>
      <div class="columns">
        <gosip-my-account></gosip-my-account>
        ${
          person === undefined
            ? nothing
            : html`<gosip-do-not-disturb mine></gosip-do-not-disturb>
                <gosip-my-phones .personId=${person.id}></gosip-my-phones>
                <gosip-my-numbers></gosip-my-numbers>
                ${card(t('greeting.card'), html`<gosip-greeting class="greeting" .personId=${person.id}></gosip-greeting>`)}
                ${card(t('sessions.title'), html`<gosip-sessions .personId=${person.id}></gosip-sessions>`)}`
        }
      </div>
    </gosip-page>`;
  }
}
