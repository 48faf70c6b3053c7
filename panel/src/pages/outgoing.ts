import '@material/web/button/filled-tonal-button.js';
import '@material/web/button/text-button.js';
import { html, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { listCallPermissions } from '#contract/call-permissions.ts';
import { listChildLines } from '#contract/child-lines.ts';
import type { EndpointReply } from '#contract/endpoint.ts';
import { listHotlines } from '#contract/hotlines.ts';
import { allowDestination, forbidDestination, getOutgoing } from '#contract/outgoing.ts';
import { call } from '../api.ts';
import { clock } from '../clock.ts';
import { allPhones } from '../data.ts';
import { formatWhen } from '../format.ts';
import { listFormat } from '../intl.ts';
import { childLineText, hotlineText, permissionText } from '../limit-words.ts';
import { destinationName } from '../destination-words.ts';
import { card, whenRead } from '../parts/card.ts';
import { field } from '../parts/field.ts';
import { fields, FormElement } from '../parts/form.ts';
import { look, rows } from '../parts/look.ts';
import { numberButton } from '../parts/number-button.ts';
import '../parts/page.ts';
import { say } from '../parts/snackbar.ts';
import { problemText } from '../problem-words.ts';
import { toProblem } from '../problem.ts';
import { pathOf } from '../routes.ts';
import { Shown } from '../shown.ts';
import { locale, t, tn } from '../words.ts';
import { outgoingStyles } from './outgoing-styles.ts';

type Outgoing = EndpointReply<typeof getOutgoing>;
type Limits = Awaited<ReturnType<typeof readLimits>>;

/** What calls outside may cost: where they may go, how many and how long, and who of the house may make them. */
@customElement('gosip-outgoing')
export class GosipOutgoing extends FormElement {
  @state() private wanted = '';
  private readonly seen = new Shown(this, () => call(getOutgoing), ['outgoing.refused', 'call.ended']);
  private readonly limits = new Shown(this, readLimits, ['child-line.changed', 'device.changed', 'person.changed']);

  static override styles = [look, rows, fields, outgoingStyles];

  override render() {
    return html`<gosip-page heading=${t('page.outgoing')}>
      <div class="stack">
        ${whenRead(
          this.seen,
          (outgoing) => html`${this.renderRefused(outgoing)} ${this.renderAllowed(outgoing)} ${renderLimits(outgoing)}`,
        )}
        ${whenRead(this.limits, (limits) => renderWho(limits))}
      </div>
    </gosip-page>`;
  }

  private renderRefused({ refused }: Outgoing) {
    const content =
      refused.length === 0
        ? html`<p class="body quiet">${t('outgoing.refused.none')}</p>`
        : html`<ul class="rows">
            ${refused.map((one) => this.renderRefusal(one))}
          </ul>`;
    return card(t('outgoing.refused'), content);
  }

  private renderRefusal({ deviceId, deviceName, number, reason, destination, times, at }: Outgoing['refused'][number]) {
    const when = formatWhen(Date.parse(at), clock.now(), locale.value);
    return html`<li class="row">
      <span class="text">
        <span class="main"
          >${numberButton(number, number)} · <a href=${pathOf('phones', deviceId)}><bdi>${deviceName}</bdi></a></span
        >
        <span class="more">${t(`reason.${reason}`)}</span>
        <span class="more">${tn('outgoing.times', times, { when })}</span>
      </span>
      ${
        destination === null
          ? nothing
          : html`<span class="end"
              ><md-filled-tonal-button @click=${() => void this.allow(destination)}
                >${t('outgoing.allow', { what: destinationName(destination) })}</md-filled-tonal-button
              ></span
            >`
      }
    </li>`;
  }

  private renderAllowed({ home, allowed }: Outgoing) {
    const names = listFormat(locale.value.tag).format(home.map(destinationName));
    return card(
      t('outgoing.allowed'),
      html`<p class="body quiet">${t('outgoing.home', { countries: names })}</p>
        <ul class="rows">
          ${allowed.map(
            ({ destination, because }) =>
              html`<li class="row">
                <span class="text"
                  ><span class="main">${destinationName(destination)}</span
                  ><span class="more">${t(`outgoing.because.${because}`)}</span></span
                >
                <span class="end"
                  ><md-text-button
                    aria-label=${t('outgoing.forbidNamed', { what: destinationName(destination) })}
                    @click=${() => void this.forbid(destination)}
                    >${t('outgoing.forbid')}</md-text-button
                  ></span
                >
              </li>`,
          )}
        </ul>
        <form class="body add" @submit=${this.submit} @keydown=${this.submitOnEnter}>
          ${field({
            label: t('outgoing.add'),
            name: 'destination',
            hint: t('outgoing.addHint'),
            maxLength: 40,
            wrong: this.wrong('destination') || this.wrongElsewhere('destination'),
            value: this.wanted,
            changed: (wanted) => (this.wanted = wanted),
          })}
          <md-filled-tonal-button ?disabled=${this.isBusy}>${t('outgoing.add.action')}</md-filled-tonal-button>
        </form>`,
    );
  }

  protected override async send(): Promise<void> {
    const destination = readDestination(this.wanted);
    await call(allowDestination, { params: { destination } });
    this.wanted = '';
    await this.seen.reload();
  }

  private async allow(destination: string): Promise<void> {
    await this.change(() => call(allowDestination, { params: { destination } }));
    const undo = () => void this.change(() => call(forbidDestination, { params: { destination } }));
    say({ text: t('outgoing.allowedNow', { what: destinationName(destination) }), undo });
  }

  private async forbid(destination: string): Promise<void> {
    await this.change(() => call(forbidDestination, { params: { destination } }));
    const undo = () => void this.change(() => call(allowDestination, { params: { destination } }));
    say({ text: t('outgoing.forbidden', { what: destinationName(destination) }), undo });
  }

  private async change(act: () => Promise<unknown>): Promise<void> {
    try {
      await act();
    } catch (error) {
      say({ text: problemText(toProblem(error)) });
    }
    await this.seen.reload();
  }
}

function renderLimits({ limits }: Outgoing) {
  const lines = [
    tn('outgoing.calls', limits.calls),
    tn('outgoing.callsPerPhone', limits.callsPerPhone),
    tn('outgoing.minutesADay', limits.minutesADay),
    tn('outgoing.minutesADayPerPhone', limits.minutesADayPerPhone),
    tn('outgoing.callMinutes', limits.callMinutes),
  ];
  return card(
    t('outgoing.limits'),
    html`<ul class="body lines">
        ${lines.map((line) => html`<li>${line}</li>`)}
      </ul>
      <p class="body quiet">${t('outgoing.limits.text')}</p>`,
  );
}

function renderWho({ permissions, lines, hotlines, phones }: Limits) {
  const target = (id: string) => phones.find((phone) => phone.id === id)?.name ?? t('hotline.group');
  const link = (one: { readonly deviceId: string | null; readonly personId?: string | null }) =>
    one.deviceId === null ? pathOf('people', one.personId ?? '') : pathOf('phones', one.deviceId);
  const all = [
    ...permissions.map((one) => ({ href: link(one), name: one.name, kind: t('permission.title'), text: permissionText(one) })),
    ...lines.map((one) => ({ href: link(one), name: one.name, kind: t('child.title'), text: childLineText(one) })),
    ...hotlines.map((one) => ({
      href: link(one),
      name: one.name,
      kind: t('hotline.title'),
      text: hotlineText(one, one.target.kind === 'number' ? '' : target(one.target.id)),
    })),
  ];
  const content =
    all.length === 0
      ? html`<p class="body quiet">${t('outgoing.who.none')}</p>`
      : html`<ul class="rows">
          ${all.map(
            ({ href, name, kind, text }) =>
              html`<li>
                <a class="row" href=${href}
                  ><span class="text"><span class="main cut">${name}</span><span class="more">${kind}: ${text}</span></span></a
                >
              </li>`,
          )}
        </ul>`;
  return card(t('outgoing.who'), content);
}

/** Countries by their two letters, numbers with or without blanks. */
function readDestination(text: string): string {
  const bare = text.replace(/[\s()/-]/g, '');
  if (/^[A-Za-z]{2}$/.test(bare)) return bare.toUpperCase();
  return /^\+?\d+$/.test(bare) ? bare : text.trim();
}

async function readLimits() {
  const [permissions, lines, hotlines, phones] = await Promise.all([
    call(listCallPermissions),
    call(listChildLines),
    call(listHotlines),
    allPhones(),
  ]);
  return { permissions: permissions.items, lines: lines.items, hotlines: hotlines.items, phones };
}
