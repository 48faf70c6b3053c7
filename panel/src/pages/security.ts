import { html } from 'lit';
import { customElement } from 'lit/decorators.js';
import { allPeople } from '../data.ts';
import { card } from '../parts/card.ts';
import { GosipElement } from '../parts/element.ts';
import { look, stack } from '../parts/look.ts';
import '../parts/page.ts';
import '../parts/sessions.ts';
import { Shown } from '../shown.ts';
import { t } from '../words.ts';
import './security/api-tokens.ts';
import './security/lockouts.ts';

/** Who may come in: locked out addresses, where people are signed in, programs with a token. */
@customElement('gosip-security')
export class GosipSecurity extends GosipElement {
  private readonly people = new Shown(this, allPeople, ['person.created', 'person.changed', 'person.deleted']);

  static override styles = [look, stack];

  override render() {
    const people = this.people.value ?? [];
    return html`<gosip-page heading=${t('page.security')}>
      <div class="stack">
        <gosip-lockouts></gosip-lockouts>
        ${card(t('security.sessions'), html`<gosip-sessions .people=${people}></gosip-sessions>`)}
        <gosip-api-tokens .people=${people}></gosip-api-tokens>
      </div>
    </gosip-page>`;
  }
}
