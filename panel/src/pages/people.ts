import { mdiAccountPlusOutline } from '@mdi/js';
import { html, nothing } from 'lit';
import type { LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { beside } from '../beside.ts';
import { allPeople } from '../data.ts';
import type { Person } from '../data.ts';
import { Detail } from '../detail.ts';
import { openPerson } from '../dialogs/open.ts';
import '../parts/action.ts';
import { whenRead } from '../parts/card.ts';
import { GosipElement } from '../parts/element.ts';
import { initialsStyles, renderInitials } from '../parts/initials.ts';
import { look, rows } from '../parts/look.ts';
import '../parts/page.ts';
import '../parts/status.ts';
import { removedNow } from '../removed.ts';
import { pathOf } from '../routes.ts';
import { isAdmin, me } from '../session.ts';
import { Shown } from '../shown.ts';
import { t } from '../words.ts';

/** The people of the house; for administrators. */
@customElement('gosip-people')
export class GosipPeople extends GosipElement {
  @property() openId: string | undefined;
  protected readonly detail = new Detail(this, (id) => this.open(id));
  private readonly seen = new Shown(this, allPeople, ['person.created', 'person.changed', 'person.deleted']);

  static override styles = [look, rows, initialsStyles];

  override connectedCallback(): void {
    super.connectedCallback();
    this.whileShown(removedNow.follow(() => this.requestUpdate()));
  }

  private async open(id?: string): Promise<LitElement> {
    const dialog = await openPerson(id);
    dialog.addEventListener('closed', () => void this.seen.reload());
    return dialog;
  }

  override render() {
    return html`<gosip-page heading=${t('page.people')}>
      ${
        isAdmin()
          ? html`<gosip-action slot="actions" label=${t('people.add')} @click=${() => void this.open()}></gosip-action>`
          : nothing
      }
      <div class="card">
        ${whenRead(this.seen, (people) => this.renderPeople(people.filter(({ id }) => !removedNow.value.has(id))))}
      </div>
    </gosip-page>`;
  }

  private renderPeople(people: readonly Person[]) {
    if (people.length > 0)
      return html`<ul class="rows">
        ${people.map((one) => this.renderPerson(one))}
      </ul>`;
    return html`<gosip-notice
      .path=${mdiAccountPlusOutline}
      heading=${t('people.empty')}
      text=${t('people.empty.text')}
    ></gosip-notice>`;
  }

  private renderPerson({ id, name, username, role, hasPassword, homeAssistantUserId }: Person) {
    const ways = [hasPassword ? t('people.hasPassword') : '', homeAssistantUserId === null ? '' : t('people.homeAssistant')];
    const more = beside(username, ...ways);
    return html`<li>
      <a class="row" href=${pathOf('people', id)}>
        ${renderInitials(name)}
        <span class="text">
          <span class="main cut"
            >${name}${id === me()?.person?.id ? html` <span class="quiet">${t('people.you')}</span>` : nothing}</span
          >
          <span class="more cut">${more}</span>
        </span>
        <span class="end"
          >${role === 'admin' ? html`<gosip-status tone="accent" text=${t('role.admin')}></gosip-status>` : nothing}</span
        >
      </a>
    </li>`;
  }
}
