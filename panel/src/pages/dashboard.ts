import { html } from 'lit';
import { customElement } from 'lit/decorators.js';
import { loadLater } from '../later.ts';
import { GosipElement } from '../parts/element.ts';
import { look } from '../parts/look.ts';
import '../parts/page.ts';
import { isAdmin } from '../session.ts';
import { isUnfinished } from '../welcome-place.ts';
import { t } from '../words.ts';
import { dashboardStyles } from './dashboard-styles.ts';
import './dashboard/approvals.ts';
import './dashboard/calls-now.ts';
import './dashboard/messages.ts';
import './dashboard/needs-attention.ts';
import './dashboard/phones-online.ts';
import './dashboard/recent-calls.ts';
import './dashboard/voicemails.ts';

/** What matters now: who rings and talks, who may be disturbed, what came in. */
@customElement('gosip-dashboard')
export class GosipDashboard extends GosipElement {
  static override styles = [look, dashboardStyles];

  override connectedCallback(): void {
    super.connectedCallback();
    loadLater(() => import('../second.ts'));
    if (isUnfinished()) loadLater(() => import('./dashboard/setup-unfinished.ts'));
  }

  override render() {
    return html`<gosip-page heading=${t('page.dashboard')}>
      <gosip-calls-now></gosip-calls-now>
      <gosip-approvals></gosip-approvals>
      ${isAdmin() ? html`<gosip-needs-attention></gosip-needs-attention><gosip-setup-unfinished></gosip-setup-unfinished>` : ''}
      <div class="columns">
        <div class="column">
          <gosip-voicemails></gosip-voicemails>
          <gosip-unread-messages></gosip-unread-messages>
          <gosip-phones-online></gosip-phones-online>
        </div>
        <div class="column">
          <gosip-recent-calls></gosip-recent-calls>
          <gosip-do-not-disturb></gosip-do-not-disturb>
        </div>
      </div>
    </gosip-page>`;
  }
}
