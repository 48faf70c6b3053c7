import '@material/web/button/filled-button.js';
import '@material/web/button/outlined-button.js';
import '@material/web/button/text-button.js';
import { mdiCheckCircleOutline, mdiHelpCircleOutline, mdiPhoneOutline } from '@mdi/js';
import { html, nothing } from 'lit';
import type { PropertyValues } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { getCallRecord } from '#contract/calls.ts';
import { getDevice, getSipServer } from '#contract/devices.ts';
import { diagnoseCall, diagnosePhone } from '#contract/diagnosis.ts';
import { call } from '../api.ts';
import { beside } from '../beside.ts';
import { clock } from '../clock.ts';
import { phoneFacts } from '../data.ts';
import type { CallRecord, Phone, SipServer } from '../data.ts';
import { openDial } from '../dialogs/open.ts';
import { causeText, mendingText } from '../diagnosis-words.ts';
import type { Diagnosis, Mending } from '../diagnosis-words.ts';
import { formatWhen, spokenDuration } from '../format.ts';
import { mend } from '../mend.ts';
import { callRows, renderCallRow } from '../parts/call-row.ts';
import { failedNotice, notRead } from '../parts/card.ts';
import { GosipElement } from '../parts/element.ts';
import '../parts/fault.ts';
import { look, rows } from '../parts/look.ts';
import '../parts/page.ts';
import '../parts/status.ts';
import { mainPlace } from '../phone-server.ts';
import { offlineHelp, offlineText } from '../phone-words.ts';
import { pathOf } from '../routes.ts';
import { isAdmin } from '../session.ts';
import { Shown } from '../shown.ts';
import { locale, t } from '../words.ts';
import '../parts/why-choice.ts';
import { whyStyles } from './why-styles.ts';

type Subject = { readonly call: CallRecord; readonly phone?: undefined } | { readonly phone: Phone; readonly call?: undefined };
type Away = Diagnosis['offline'][number];
type Seen = Diagnosis & { readonly subject: Subject; readonly server: SipServer | undefined };

const facts = [
  ...phoneFacts,
  'call.ended',
  'call.changed',
  'dnd.changed',
  'child-line.changed',
  'routes.changed',
  'routing-settings.changed',
  'ring-group.changed',
  'blocklist-entry.changed',
  'blocklist-entry.deleted',
] as const;

/** Why a call or a phone did not ring: one sentence, and what helps. */
@customElement('gosip-why')
export class GosipWhy extends GosipElement {
  @property() openId: string | undefined;
  @state() private isBusy = false;
  private readonly seen = new Shown(this, () => read(this.openId), facts);

  static override styles = [look, rows, callRows, whyStyles];

  override willUpdate(changed: PropertyValues): void {
    if (!changed.has('openId') || !this.hasUpdated) return;
    this.seen.value = undefined;
    void this.seen.reload();
  }

  override render() {
    return html`<gosip-page heading=${t('page.why')}
      >${this.openId === undefined ? this.renderChoice() : this.renderAnswer()}</gosip-page
    >`;
  }

  private renderChoice() {
    return html`<gosip-why-choice></gosip-why-choice>`;
  }

  private renderAnswer() {
    const { value, problem } = this.seen;
    const other = html`<p class="other"><a href=${pathOf('why')}>${t('why.other')}</a></p>`;
    if (value === undefined)
      return html`<div class="card">${problem?.code === 'NOT_FOUND' ? failedNotice(t('why.gone')) : notRead(problem)}</div>
        ${other}`;
    return html`<section class="card answer" aria-live="polite">
        ${this.renderSubject(value.subject)}
        <p class="cause">
          <gosip-icon
            class=${isFine(value) ? 'good' : 'accent'}
            .path=${isFine(value) ? mdiCheckCircleOutline : mdiHelpCircleOutline}
          ></gosip-icon>
          <strong>${causeText(value.cause, this.speech, this.when)}</strong>
        </p>
        ${value.isMended ? html`<p class="mended"><gosip-status tone="good" text=${t('why.isMended')}></gosip-status></p>` : nothing}
        ${this.renderOffline(value)} ${this.renderMendings(value)}
      </section>
      ${this.renderPhones(value)}${other}`;
  }

  private get speech() {
    return { ...locale.value, t };
  }

  private when = (at: number): string => formatWhen(at, clock.now(), locale.value);

  private renderSubject({ call: one, phone }: Subject) {
    if (one !== undefined) return html`<div class="subject">${renderCallRow(one)}</div>`;
    return html`<a class="row subject" href=${pathOf('phones', phone.id)}>
      <gosip-icon class="quiet" .path=${mdiPhoneOutline}></gosip-icon>
      <span class="text"
        ><span class="main">${phone.name}</span
        ><span class="more">${t('phone.extension', { extension: phone.extension })}</span></span
      >
    </a>`;
  }

  /** Since when, and what each last did wrong when it tried to come back. */
  private renderOffline({ cause, offline }: Seen) {
    return html`${offline.map(
      (phone) =>
        html`${this.renderAway(phone, offline.length > 1 || cause.code !== 'phone-offline')}
        ${phone.fault === null ? nothing : html`<gosip-fault .fault=${phone.fault} .phone=${phone} .name=${offline.length > 1 ? phone.name : ''}></gosip-fault>`}`,
    )}`;
  }

  /** Since when it is away, why, and what helps where its own fault does not say so. */
  private renderAway(phone: Away, isNamed: boolean) {
    const text =
      phone.state === 'offline'
        ? [
            offlineText(phone.offline, { t, when: this.when }),
            phone.fault === null ? offlineHelp(phone, mainPlace(this.seen.value?.server), { t }) : '',
          ]
        : [phone.state === 'silent' ? t('phone.silent.help') : ''];
    const said = text.filter((one) => one !== '').join(' ');
    return said === '' ? nothing : html`<p class="since">${isNamed ? `${phone.name}: ` : ''}${said}</p>`;
  }

  private renderMendings({ mendings, cause, subject }: Seen) {
    const mine = mendings.filter(({ mayDo }) => mayDo);
    const ring = cause.code === 'phone-fine' || cause.code === 'phone-not-rung' ? subject.phone : undefined;
    const isForOthers = mendings.length > 0 && mine.length === 0;
    if (mine.length === 0 && ring === undefined && !isForOthers) return nothing;
    return html`<div class="helps">
      <h2>${t('why.helps')}</h2>
      <div class="buttons">
        ${mine.map((one, index) => this.renderMending(one, index === 0))}
        ${
          ring === undefined
            ? nothing
            : html`<md-outlined-button @click=${() => void openDial(ring.extension, ring.name)}
                >${t('why.ring', { name: ring.name })}</md-outlined-button
              >`
        }
      </div>
      ${isForOthers ? html`<p class="quiet">${t('why.askAdmin')}</p>` : nothing}
    </div>`;
  }

  private renderMending(one: Mending, isFirst: boolean) {
    const text = mendingText(one, this.speech);
    const act = () => void this.mend(one);
    return isFirst
      ? html`<md-filled-button ?disabled=${this.isBusy} @click=${act}>${text}</md-filled-button>`
      : html`<md-outlined-button ?disabled=${this.isBusy} @click=${act}>${text}</md-outlined-button>`;
  }

  private async mend(one: Mending): Promise<void> {
    this.isBusy = true;
    await mend(one, () => void this.seen.reload());
    this.isBusy = false;
  }

  private renderPhones({ phones }: Seen) {
    if (phones.length === 0) return nothing;
    return html`<section class="card" aria-label=${t('call.legs')}>
      <header><h2>${t('call.legs')}</h2></header>
      <ul class="rows">
        ${phones.map(
          ({ name, outcome, rangSeconds }) =>
            html`<li class="row">
              <gosip-icon class="quiet" .path=${mdiPhoneOutline}></gosip-icon>
              <span class="text">
                <span class="main">${name}</span>
                <span class="more"
                  >${beside(outcomeText(outcome), rangSeconds === null ? '' : t('call.rangFor', { length: spokenDuration(rangSeconds, locale.value) }))}</span
                >
              </span>
            </li>`,
        )}
      </ul>
    </section>`;
  }
}

function outcomeText(outcome: Diagnosis['phones'][number]['outcome']): string {
  if (outcome === null) return t('call.now');
  return outcome === 'dnd' ? t('why.outcome.dnd') : t(`outcome.${outcome}`);
}

function isFine({ cause, isMended }: Seen): boolean {
  return isMended || cause.code === 'phone-fine' || cause.code === 'answered';
}

async function read(id: string | undefined): Promise<Seen | undefined> {
  if (id === undefined) return undefined;
  const server = isAdmin() ? await call(getSipServer) : undefined;
  if (id.startsWith('dev_')) {
    const params = { id: id as Phone['id'] };
    const [diagnosis, phone] = await Promise.all([call(diagnosePhone, { params }), call(getDevice, { params })]);
    return { ...diagnosis, server, subject: { phone } };
  }
  const params = { id: id as CallRecord['id'] };
  const [diagnosis, one] = await Promise.all([call(diagnoseCall, { params }), call(getCallRecord, { params })]);
  return { ...diagnosis, server, subject: { call: one } };
}
