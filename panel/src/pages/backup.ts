import { html } from 'lit';
import { customElement } from 'lit/decorators.js';
import { failedNotice } from '../parts/card.ts';
import { GosipElement } from '../parts/element.ts';
import { look, stack } from '../parts/look.ts';
import '../parts/page.ts';
import { isAdmin } from '../session.ts';
import { t } from '../words.ts';
import './backup/restore.ts';
import './backup/take.ts';

/** The whole house in one file, and back. */
@customElement('gosip-backup')
export class GosipBackup extends GosipElement {
  static override styles = [look, stack];

  override render() {
    const page = isAdmin()
      ? html`<div class="stack"><gosip-take-backup></gosip-take-backup><gosip-restore></gosip-restore></div>`
      : html`<div class="card">${failedNotice(t('problem.forbidden'))}</div>`;
    return html`<gosip-page heading=${t('page.backup')}>${page}</gosip-page>`;
  }
}
