import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { go } from '../router.ts';
import type { PageName } from '../routes.ts';
import { isAdmin } from '../session.ts';
import './action.ts';

/** Opens the dialog for a new one of a page of administrators, from its heading. */
export function addLink(
  text: string,
  page: PageName,
  query: Readonly<Record<string, string>> = {},
): TemplateResult | typeof nothing {
  if (!isAdmin()) return nothing;
  return html`<gosip-action slot="actions" label=${text} @click=${() => go(page, 'new', query)}></gosip-action>`;
}
