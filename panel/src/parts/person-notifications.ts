import { html } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Person } from '../data.ts';
import { notificationFacts, readNotifications } from '../notification-data.ts';
import { Shown } from '../shown.ts';
import { whenRead } from './card.ts';
import { GosipElement } from './element.ts';
import { look } from './look.ts';
import './notifications/kinds.ts';
import './notifications/quiet.ts';
import './notifications/targets.ts';

/** What somebody else is told, where and when; for administrators, in a dialog. */
@customElement('gosip-person-notifications')
export class GosipPersonNotifications extends GosipElement {
  @property() personId: Person['id'] | '' = '';
  private readonly seen = new Shown(this, () => readNotifications(this.personId as Person['id']), [
    ...notificationFacts,
    'person.changed',
  ]);

  static override styles = [look];

  override render() {
    const reload = () => this.seen.reload();
    return whenRead(
      this.seen,
      (of) =>
        html`<gosip-notification-targets flush .of=${of} .reload=${reload}></gosip-notification-targets>
          <gosip-notification-kinds flush .of=${of} .reload=${reload}></gosip-notification-kinds>
          <gosip-notification-quiet flush .of=${of} .reload=${reload}></gosip-notification-quiet>`,
    );
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'gosip-person-notifications': GosipPersonNotifications;
  }
}
