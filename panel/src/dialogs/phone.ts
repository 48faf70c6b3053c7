import '@material/web/button/filled-button.js';
import '@material/web/button/outlined-button.js';
import '@material/web/button/text-button.js';
import { mdiHelpCircleOutline } from '@mdi/js';
import { html, nothing } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import {
  changeDevice,
  deleteDevice,
  getDevice,
  getSipServer,
  listDeviceRegistrations,
  resetDeviceSecret,
} from '#contract/devices.ts';
import { pingDevice } from '#contract/test-calls.ts';
import { call } from '../api.ts';
import { clock } from '../clock.ts';
import { allPeople, phoneFacts } from '../data.ts';
import type { Phone, PhoneLogin } from '../data.ts';
import { formatWhen } from '../format.ts';
import { whenThere } from '../parts/card.ts';
import '../parts/dialog.ts';
import type { GosipDialog } from '../parts/dialog.ts';
import { DraftForm } from '../parts/draft-form.ts';
import '../parts/fault.ts';
import { check, choice, field } from '../parts/field.ts';
import { fields, problemLine } from '../parts/form.ts';
import '../parts/icon.ts';
import { look, rows } from '../parts/look.ts';
import '../parts/phone-login.ts';
import { say } from '../parts/snackbar.ts';
import { renderPhoneState } from '../parts/phone-state.ts';
import '../parts/test-call.ts';
import { ownerChoices } from '../owner-choices.ts';
import { kindOf } from '../phone-kinds.ts';
import { mainPlace } from '../phone-server.ts';
import type { Place } from '../phone-server.ts';
import { offlineHelp, offlineText } from '../phone-words.ts';
import { removeLater } from '../removed.ts';
import { go } from '../router.ts';
import { isAdmin } from '../session.ts';
import { Shown } from '../shown.ts';
import { locale, t } from '../words.ts';
import './phone-dnd.ts';
import './phone-limits.ts';
import { phoneDialogStyles } from './phone-styles.ts';
import { renderRegistration } from './registration.ts';

type Seen = Awaited<ReturnType<typeof readPhone>>;
type Draft = {
  readonly name: string;
  readonly extension: string;
  readonly personId: string;
  readonly recordingEnabled: boolean;
};

/** One phone: whether it is there and rings, and for administrators everything that can be changed. */
@customElement('gosip-phone-dialog')
export class GosipPhoneDialog extends DraftForm<Draft> {
  @property() phoneId = '';
  @state() private login: PhoneLogin | undefined;
  /** Whether to make a new one. */
  @property({ type: Boolean }) asksForPassword = false;
  @query('gosip-dialog') private dialog!: GosipDialog;
  private readonly seen = new Shown(this, () => readPhone(this.params.id), phoneFacts);
  private readonly pings = new Shown(this, () => call(pingDevice, { params: this.params }), ['device.registered']);

  static override styles = [look, rows, fields, phoneDialogStyles];

  #hasAsked = false;

  /** Whoever was led here finds the question, once everything above it is read. */
  override updated(): void {
    const cancel = this.renderRoot.querySelector<HTMLElement>('.question md-text-button');
    if (cancel !== null && !this.#hasAsked) cancel.focus();
    this.#hasAsked = cancel !== null;
  }

  protected override get draftKey(): string {
    return `phone ${this.phoneId}`;
  }

  protected override stored(): Draft | undefined {
    const { phone } = this.seen.value ?? {};
    return phone === undefined ? undefined : draftOf(phone);
  }

  protected override fresh(): Draft {
    return { name: '', extension: '', personId: '', recordingEnabled: false };
  }

  private get params() {
    return { id: this.phoneId as Phone['id'] };
  }

  override render() {
    const heading = this.seen.value?.phone.name ?? t('page.phones');
    return html`<gosip-dialog
      heading=${heading}
      ?firm=${this.draft !== undefined}
      @closed=${() => this.dispatchEvent(new Event('closed'))}
    >
      ${this.renderBody()}
    </gosip-dialog>`;
  }

  private renderBody() {
    if (this.login !== undefined) return this.renderLogin(this.login);
    return whenThere(this.seen, t('phone.gone'), (seen) => this.renderPhone(seen));
  }

  private renderPhone(seen: Seen) {
    const { phone } = seen;
    return html`${this.renderState(seen)} ${this.renderTest(seen)}
      <gosip-phone-dnd .phoneId=${phone.id} .name=${phone.name}></gosip-phone-dnd>
      ${isAdmin() ? html`<gosip-phone-limits .phoneId=${phone.id}></gosip-phone-limits>${this.renderForm(phone)}` : nothing}`;
  }

  private renderState({ phone, registrations, place }: Seen) {
    return html`<section class="now" aria-live="polite">
      ${registrations.length > 0 ? this.renderOnline(registrations) : renderOffline(phone, place)}
      <dl>
        ${renderFact(t('field.extension'), phone.extension)} ${renderFact(t('login.username'), phone.username)}
        ${renderFact(t('addPhone.kind'), t(kindOf(phone.type).name))}
      </dl>
      ${
        phone.fault === null
          ? nothing
          : html`<gosip-fault
              .fault=${phone.fault}
              .phone=${phone}
              ?can-renew=${isAdmin() && !this.asksForPassword}
              @new-password=${() => (this.asksForPassword = true)}
            ></gosip-fault>`
      }
    </section>`;
  }

  private renderOnline(registrations: Seen['registrations']) {
    const times = new Map(this.pings.value?.items.map(({ registrationId, milliseconds }) => [registrationId, milliseconds]));
    return html`<ul>
      ${registrations.map((one) => html`<li>${renderRegistration(one, times.get(one.id))}</li>`)}
    </ul>`;
  }

  private renderTest({ phone, registrations }: Seen) {
    const { id, state } = phone;
    const registeredAt = registrations
      .map((one) => one.registeredAt)
      .toSorted()
      .at(-1);
    return html`<section class="part" aria-label=${t('test.title')}>
      <h3>${t('test.title')}</h3>
      <gosip-test-call .phoneId=${id} .registeredAt=${registeredAt}></gosip-test-call>
      ${
        // Of a phone that is not there everything is said here already.
        state === 'online'
          ? html`<md-text-button class="why" has-icon @click=${() => this.leaveTo(id)}>
              <gosip-icon slot="icon" .path=${mdiHelpCircleOutline}></gosip-icon>${t('page.why')}
            </md-text-button>`
          : nothing
      }
    </section>`;
  }

  /** Once closing has put the address of the page back. */
  private leaveTo(id: string): void {
    this.addEventListener('closed', () => go('why', id), { once: true });
    this.dialog.close();
  }

  private renderForm(phone: Phone) {
    const draft = this.current;
    const change = (part: Partial<Draft>) => this.change(part);
    return html`<form class="fields part" @submit=${this.submit} @keydown=${this.submitOnEnter}>
        ${this.renderProblem()} ${this.renderMeanwhile()} ${this.renderField('name', draft, change)}
        ${this.renderField('extension', draft, change)} ${this.renderOwner(draft, change)}
        ${check({
          label: t('phone.recording'),
          name: 'recordingEnabled',
          hint: t('phone.recording.text'),
          isOn: draft.recordingEnabled,
          changed: (recordingEnabled) => change({ recordingEnabled }),
        })}
        ${this.renderUnsaved()}
        <div class="save" ?hidden=${this.draft === undefined}>
          <md-text-button type="button" @click=${() => this.discard()}>${t('action.discard')}</md-text-button>
          <md-filled-button ?disabled=${this.isBusy}>${t('action.save')}</md-filled-button>
        </div>
      </form>
      <div class="acts">
        ${this.asksForPassword ? this.renderPasswordQuestion() : html`<md-outlined-button @click=${() => (this.asksForPassword = true)}>${t('phone.newPassword')}</md-outlined-button>`}
        <md-outlined-button @click=${this.toggleEnabled}
          >${phone.enabled ? t('phone.switchOff') : t('phone.switchOn')}</md-outlined-button
        >
        <md-outlined-button class="danger" @click=${this.removePhone}>${t('action.delete')}</md-outlined-button>
      </div>`;
  }

  private renderField(name: 'name' | 'extension', draft: Draft, change: (part: Partial<Draft>) => void) {
    const isDigits = name === 'extension';
    return field({
      label: t(isDigits ? 'field.extension' : 'field.name'),
      name,
      inputMode: isDigits ? 'numeric' : 'text',
      capitals: isDigits ? 'none' : 'words',
      maxLength: isDigits ? 6 : 80,
      wrong: this.wrong(name),
      value: draft[name],
      changed: (value) => change({ [name]: value }),
    });
  }

  private renderOwner(draft: Draft, change: (part: Partial<Draft>) => void) {
    const people = this.seen.value?.people ?? [];
    if (people.length === 0) return nothing;
    return choice({
      label: t('field.owner'),
      name: 'owner',
      value: draft.personId,
      changed: (personId) => change({ personId }),
      choices: ownerChoices(people),
    });
  }

  private renderPasswordQuestion() {
    return html`<div class="question" role="group" aria-labelledby="question">
      <p id="question">${t('phone.newPassword.text')}</p>
      <md-text-button @click=${() => (this.asksForPassword = false)}>${t('action.cancel')}</md-text-button>
      <md-filled-button @click=${this.renewPassword}>${t('phone.newPassword')}</md-filled-button>
    </div>`;
  }

  private renderLogin(login: PhoneLogin) {
    return html`<gosip-phone-login .login=${login}></gosip-phone-login>
      <div class="save"><md-filled-button @click=${() => this.dialog.close()}>${t('action.done')}</md-filled-button></div>`;
  }

  private renderProblem() {
    const text = this.wrongElsewhere('name', 'extension');
    return problemLine(text);
  }

  protected override async send(): Promise<void> {
    const { draft } = this;
    if (draft === undefined) return;
    const { name, extension, recordingEnabled } = draft;
    this.assertUnchanged();
    const personId = draft.personId === '' ? null : (draft.personId as NonNullable<Phone['personId']>);
    await call(changeDevice, { params: this.params, body: { name, extension: extension.trim(), personId, recordingEnabled } });
    await this.seen.reload();
    this.settle(draft);
    say({ text: t('state.saved') });
  }

  private renewPassword = (): Promise<void> =>
    this.attempt(async () => {
      this.login = await call(resetDeviceSecret, { params: this.params });
    });

  private toggleEnabled = (): Promise<void> =>
    this.attempt(async () => {
      await call(changeDevice, { params: this.params, body: { enabled: this.seen.value?.phone.enabled !== true } });
      await this.seen.reload();
    });

  private removePhone = (): void => {
    const { params } = this;
    removeLater(params.id, t('phone.deleted', { name: this.seen.value?.phone.name ?? '' }), () => call(deleteDevice, { params }));
    this.discard();
    this.dialog.close();
  };
}

function renderOffline(phone: Phone, place: Place | undefined) {
  if (!phone.enabled)
    return html`${renderPhoneState(phone, true)}
      <p class="quiet">${t('phone.off.text')}</p>`;
  const when = (at: number) => formatWhen(at, clock.now(), locale.value);
  return html`${renderPhoneState(phone, true)}
    <p class="quiet">${offlineText(phone.offline, { t, when })}</p>
    ${phone.fault === null ? html`<p class="quiet">${offlineHelp(phone, place, { t })}</p>` : nothing}`;
}

function renderFact(name: string, value: string) {
  return html`<div>
    <dt>${name}</dt>
    <dd>${value}</dd>
  </div>`;
}

async function readPhone(id: Phone['id']) {
  const params = { id };
  const [phone, registrations, people, server] = await Promise.all([
    call(getDevice, { params }),
    call(listDeviceRegistrations, { params }),
    isAdmin() ? allPeople() : [],
    isAdmin() ? call(getSipServer) : undefined,
  ]);
  return { phone, registrations: registrations.items, people, place: mainPlace(server, phone) };
}

function draftOf({ name, extension, personId, recordingEnabled }: Phone): Draft {
  return { name, extension, personId: personId ?? '', recordingEnabled };
}

declare global {
  interface HTMLElementTagNameMap {
    'gosip-phone-dialog': GosipPhoneDialog;
  }
}
