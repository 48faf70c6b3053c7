import '@material/web/button/filled-tonal-button.js';
import { html } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { createNotificationTarget, listNotificationTargets } from '#contract/notifications.ts';
import { call } from '../api.ts';
import type { Person } from '../data.ts';
import type { Target } from '../notification-data.ts';
import { Shown } from '../shown.ts';
import { t } from '../words.ts';
import { whenRead } from './card.ts';
import { field } from './field.ts';
import { fields, FormElement, problemLine } from './form.ts';
import { look } from './look.ts';
import './target-list.ts';

/** Where somebody else is told: an administrator sees all of it, adds a mail address and switches one off. */
@customElement('gosip-person-targets')
export class GosipPersonTargets extends FormElement {
  @property() personId: Person['id'] | '' = '';
  @state() private address = '';
  private readonly seen = new Shown(this, () => this.read(), ['notification-target.changed']);

  static override styles = [look, fields];

  private async read(): Promise<readonly Target[]> {
    const person = this.personId as Person['id'];
    return (await call(listNotificationTargets, { query: { person, per_page: 100 } })).items;
  }

  override render() {
    return html`${whenRead(
        this.seen,
        (targets) =>
          html`<gosip-target-list
            flush
            none=${t('person.targets.none')}
            .targets=${targets}
            @changed=${() => void this.seen.reload()}
          ></gosip-target-list>`,
      )}
      <form class="fields" @submit=${this.submit} @keydown=${this.submitOnEnter}>
        ${problemLine(this.wrongElsewhere('address'))}
        ${field({
          label: t('person.targets.mail'),
          name: 'address',
          type: 'email',
          inputMode: 'email',
          maxLength: 254,
          wrong: this.wrong('address'),
          value: this.address,
          changed: (typed) => (this.address = typed),
        })}
        <div>
          <md-filled-tonal-button type="button" ?disabled=${this.isBusy || this.address === ''} @click=${this.submit}
            >${t('person.targets.add')}</md-filled-tonal-button
          >
        </div>
      </form>`;
  }

  protected override async send(): Promise<void> {
    const personId = this.personId as Person['id'];
    await call(createNotificationTarget, { body: { channel: 'mail', address: this.address, personId } });
    this.address = '';
    await this.seen.reload();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'gosip-person-targets': GosipPersonTargets;
  }
}
