import { mdiAccountGroupOutline } from '@mdi/js';
import { css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { Detail } from '../detail.ts';
import { openRingGroup } from '../dialogs/open.ts';
import { whenRead } from '../parts/card.ts';
import { addLink } from '../parts/add-link.ts';
import { GosipElement } from '../parts/element.ts';
import '../parts/icon.ts';
import { look, rows } from '../parts/look.ts';
import '../parts/notice.ts';
import '../parts/page.ts';
import '../parts/status.ts';
import { removedNow } from '../removed.ts';
import { pathOf } from '../routes.ts';
import { allTargets, namesOf, targetFacts } from '../routing-data.ts';
import type { RingGroup, Targets } from '../routing-data.ts';
import { ringText } from '../rules/rule-words.ts';
import { Shown } from '../shown.ts';
import { speech } from '../speech-of.ts';
import { t } from '../words.ts';

/** Groups of people and phones that ring under one name; for administrators. */
@customElement('gosip-ring-groups')
export class GosipRingGroups extends GosipElement {
  @property() openId: string | undefined;
  protected readonly detail = new Detail(this, (id) => openRingGroup(id === 'new' ? undefined : id));
  private readonly seen = new Shown(this, allTargets, targetFacts);

  static override styles = [
    look,
    rows,
    css`
      .row .more {
        overflow-wrap: anywhere;
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    this.whileShown(removedNow.follow(() => this.requestUpdate()));
  }

  override render() {
    return html`<gosip-page heading=${t('page.ringGroups')}>
      ${addLink(t('groups.add'), 'ring-groups')}
      <div class="card">${whenRead(this.seen, (targets) => this.renderGroups(targets))}</div>
    </gosip-page>`;
  }

  private renderGroups(targets: Targets) {
    const groups = targets.groups.filter(({ id }) => !removedNow.value.has(id));
    if (groups.length === 0) {
      return html`<gosip-notice
        .path=${mdiAccountGroupOutline}
        heading=${t('groups.empty')}
        text=${t('groups.empty.text')}
      ></gosip-notice>`;
    }
    return html`<ul class="rows">
      ${groups.map((group) => this.renderGroup(group, targets))}
    </ul>`;
  }

  private renderGroup({ id, name, extension, members, order, seconds, problems }: RingGroup, targets: Targets) {
    const rung = ringText({ targets: members, order, seconds }, { speech: speech(), names: namesOf(targets) });
    const isBroken = problems.some(({ severity }) => severity === 'broken');
    return html`<li>
      <a class="row" href=${pathOf('ring-groups', id)}>
        <gosip-icon class="quiet" .path=${mdiAccountGroupOutline}></gosip-icon>
        <span class="text">
          <span class="main cut">${name}</span>
          <span class="more">${rung}</span>
        </span>
        <span class="end">
          ${isBroken ? html`<gosip-status tone="bad" text=${t('routing.broken')}></gosip-status>` : nothing}
          ${extension === null ? nothing : html`<span class="quiet number">${extension}</span>`}
        </span>
      </a>
    </li>`;
  }
}
