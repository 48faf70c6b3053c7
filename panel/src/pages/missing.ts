import { mdiPhoneMissed } from '@mdi/js';
import { html } from 'lit';
import { customElement } from 'lit/decorators.js';
import { GosipElement } from '../parts/element.ts';
import '../parts/notice.ts';
import '../parts/page.ts';
import { t } from '../words.ts';

/** An address that leads nowhere. */
@customElement('gosip-missing')
export class GosipMissing extends GosipElement {
  override render() {
    return html`<gosip-page heading="GoSIP">
      <gosip-notice .path=${mdiPhoneMissed} heading=${t('missing.title')} text=${t('missing.text')}
        ><a href="./">${t('missing.action')}</a></gosip-notice
      >
    </gosip-page>`;
  }
}
