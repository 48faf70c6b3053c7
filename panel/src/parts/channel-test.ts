import '@material/web/button/filled-tonal-button.js';
import { css, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { EndpointReply } from '#contract/endpoint.ts';
import { testChannel } from '#contract/notification-channels.ts';
import type { ChannelId } from '#contract/notification-kinds.ts';
import { listNotificationTargets } from '#contract/notifications.ts';
import { call } from '../api.ts';
import { allPeople } from '../data.ts';
import { me } from '../session.ts';
import { Shown } from '../shown.ts';
import { t } from '../words.ts';
import { notRead } from './card.ts';
import { renderSaid } from './details.ts';
import { choice, field } from './field.ts';
import { fields, FormElement, problemLine } from './form.ts';
import { look } from './look.ts';

type Target = EndpointReply<typeof listNotificationTargets>['items'][number];
type Tried = EndpointReply<typeof testChannel> & { readonly to: string };

/** Sends a test by what is saved of a channel, and says what became of it. */
@customElement('gosip-channel-test')
export class GosipChannelTest extends FormElement {
  @property() channel: ChannelId = 'mail';
  @state() private written: string | undefined;
  @state() private tried: Tried | undefined;
  private readonly seen = new Shown(this, () => this.read(), ['notification-target.changed', 'person.changed']);

  static override styles = [
    look,
    fields,
    css`
      :host {
        padding-top: 20px;
      }
      .result {
        padding-top: 12px;
        overflow-wrap: anywhere;
      }
      .answer {
        display: block;
        color: var(--quiet);
      }
    `,
  ];

  private async read() {
    const { channel } = this;
    const [{ items: targets }, people] = await Promise.all([
      call(listNotificationTargets, { query: { channel, per_page: 100 } }),
      allPeople(),
    ]);
    return targets.map((one) => ({ ...one, person: people.find(({ id }) => id === one.personId)?.name ?? '' }));
  }

  private get to(): string {
    if (this.written !== undefined) return this.written;
    const own = this.seen.value?.find(({ personId }) => personId === me()?.person?.id);
    if (this.channel === 'mail') return own?.address ?? '';
    return own?.id ?? this.seen.value?.[0]?.id ?? '';
  }

  override render() {
    const { value, problem } = this.seen;
    if (value === undefined) return notRead(problem);
    if (this.channel !== 'mail' && value.length === 0)
      return html`<p class="quiet">${t('channel.test.none', { page: t('page.notifications') })}</p>`;
    return html`<form class="fields" @submit=${this.submit} @keydown=${this.submitOnEnter}>
        ${problemLine(this.wrongElsewhere('address'))}
        ${this.channel === 'mail' ? this.renderAddress() : this.renderTargets(value)}
        <div>
          <md-filled-tonal-button type="button" ?disabled=${this.isBusy || this.to === ''} @click=${this.submit}
            >${t(this.isBusy ? 'channel.test.sending' : 'channel.test')}</md-filled-tonal-button
          >
        </div>
      </form>
      <div class="result" role="status">${this.tried === undefined ? nothing : renderTried(this.channel, this.tried)}</div>`;
  }

  private renderAddress() {
    return field({
      label: t('channel.test.to'),
      name: 'address',
      type: 'email',
      inputMode: 'email',
      maxLength: 254,
      wrong: this.wrong('address'),
      value: this.to,
      changed: (written) => (this.written = written),
    });
  }

  private renderTargets(targets: readonly (Target & { readonly person: string })[]) {
    return choice({
      label: t('channel.test.target'),
      name: 'targetId',
      value: this.to,
      changed: (written) => (this.written = written),
      choices: targets.map(({ id, person, name }) => ({ value: id, text: `${person}: ${name}` })),
    });
  }

  protected override async send(): Promise<void> {
    const { channel, to } = this;
    this.tried = undefined;
    const body = channel === 'mail' ? { address: to } : { targetId: to as Target['id'] };
    const tried = await call(testChannel, { params: { channel }, body });
    const name = channel === 'mail' ? to : (this.seen.value?.find(({ id }) => id === to)?.name ?? '');
    this.tried = { ...tried, to: name };
  }
}

function renderTried(channel: ChannelId, { isDelivered, reason, detail, reply, to }: Tried) {
  if (isDelivered)
    return html`<p class="good">${t(channel === 'mail' ? 'channel.test.mailOk' : 'channel.test.pushOk', { to })}</p>`;
  const said = [detail, reply ?? ''].filter((text, at, all) => text !== '' && all.indexOf(text) === at).join('\n');
  return html`<p class="bad">${t('channel.test.failed')} ${reason === null ? nothing : t(`delivery.reason.${reason}`)}</p>
    ${said === '' ? nothing : renderSaid(said)}`;
}

declare global {
  interface HTMLElementTagNameMap {
    'gosip-channel-test': GosipChannelTest;
  }
}
