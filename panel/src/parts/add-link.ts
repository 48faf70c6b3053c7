import '@material/web/button/filled-button.js';
import { mdiPlus } from '@mdi/js';
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { isWide } from '../media.ts';
import { go } from '../router.ts';
import { pathOf } from '../routes.ts';
import { isAdmin } from '../session.ts';
import type { PageName } from '../routes.ts';
import './icon-button.ts';
import './icon.ts';

/** Opens the dialog for a new one of a page of administrators, from its heading; on a narrow screen without words. */
export function addLink(
  text: string,
  page: PageName,
  query: Readonly<Record<string, string>> = {},
): TemplateResult | typeof nothing {
  if (!isAdmin()) return nothing;
  if (!isWide.value) {
    return html`<gosip-icon-button
      slot="actions"
      .path=${mdiPlus}
      label=${text}
      @click=${() => go(page, 'new', query)}
    ></gosip-icon-button>`;
  }
  return html`<md-filled-button slot="actions" has-icon href=${pathOf(page, 'new', query)}>
    <gosip-icon slot="icon" .path=${mdiPlus}></gosip-icon>${text}
  </md-filled-button>`;
}
