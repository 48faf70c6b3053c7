import '@material/web/button/filled-tonal-button.js';
import { mdiDeleteOutline } from '@mdi/js';
import { css, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import type { EndpointReply } from '#contract/endpoint.ts';
import {
  changeNotificationTarget,
  createNotificationTarget,
  deleteNotificationTarget,
  listNotificationTargets,
} from '#contract/notifications.ts';
import { call } from '../api.ts';
import type { Person } from '../data.ts';
import { problemText } from '../problem-words.ts';
import { toProblem } from '../problem.ts';
import { removedNow, removeLater } from '../removed.ts';
import { Shown } from '../shown.ts';
import { t } from '../words.ts';
import { whenRead } from './card.ts';
import { field } from './field.ts';
import { fields, FormElement, problemLine } from './form.ts';
import './icon-button.ts';
import { look, rows } from './look.ts';
import { say } from './snackbar.ts';
import './switch.ts';

type Target = EndpointReply<typeof listNotificationTargets>['items'][number];

/** Where somebody else is told: an administrator sees all of it, adds a mail address and switches one off. */
@customElement('gosip-person-targets')
export class GosipPersonTargets extends FormElement {
  @property() personId: Person['id'] | '' = '';
  @state() private address = '';
  private readonly seen = new Shown(this, () => this.read(), ['notification-target.changed']);

  static override styles = [
    look,
    rows,
    fields,
    css`
      .row {
        padding-inline: 0;
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    this.whileShown(removedNow.follow(() => this.requestUpdate()));
  }

  private async read(): Promise<readonly Target[]> {
    const person = this.personId as Person['id'];
    return (await call(listNotificationTargets, { query: { person, per_page: 100 } })).items;
  }

  override render() {
    return html`${whenRead(this.seen, (targets) => this.renderTargets(targets.filter(({ id }) => !removedNow.value.has(id))))}
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

  private renderTargets(targets: readonly Target[]) {
    if (targets.length === 0) return html`<p class="quiet">${t('person.targets.none')}</p>`;
    return html`<ul class="rows">
      ${targets.map((one) => this.renderTarget(one))}
    </ul>`;
  }

  private renderTarget({ id, channel, name, address, isEnabled, problem }: Target) {
    return html`<li class="row">
      <span class="text">
        <span class="main cut"><bdi>${name}</bdi></span>
        <span class="more">${t(`channel.${channel}`)}${name === address ? nothing : html`: ${address}`}</span>
        ${problem === null ? nothing : html`<span class="more bad">${t(`delivery.reason.${problem}`)}</span>`}
      </span>
      <span class="end">
        <gosip-switch
          aria-label="${t('channel.enabled')}: ${name}"
          .selected=${live(isEnabled)}
          @change=${(event: Event) => void this.turn(id, (event.target as HTMLElement & { selected: boolean }).selected)}
        ></gosip-switch>
        <gosip-icon-button
          .path=${mdiDeleteOutline}
          label="${t('action.delete')}: ${name}"
          @click=${() => removeLater(id, t('person.targets.deleted', { name }), () => call(deleteNotificationTarget, { params: { id } }))}
        ></gosip-icon-button>
      </span>
    </li>`;
  }

  private async turn(id: Target['id'], isEnabled: boolean): Promise<void> {
    try {
      await call(changeNotificationTarget, { params: { id }, body: { isEnabled } });
    } catch (error) {
      say({ text: problemText(toProblem(error)) });
    }
    await this.seen.reload();
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
