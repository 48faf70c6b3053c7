import '@material/web/button/filled-button.js';
import '@material/web/button/text-button.js';
import { html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { changeNumber } from '#contract/numbers.ts';
import { getTwilioSetup, previewTwilio, provisionTwilio, validateTwilio } from '#contract/setup.ts';
import { call } from '../../api.ts';
import { allPeople } from '../../data.ts';
import type { Person } from '../../data.ts';
import { ownerChoices } from '../../owner-choices.ts';
import { check, choice, field } from '../../parts/field.ts';
import { fields, FormElement, problemLine } from '../../parts/form.ts';
import { look } from '../../parts/look.ts';
import { Shown } from '../../shown.ts';
import { accountProblemText } from '../../twilio-words.ts';
import type { AccountProblem, AccountReport, PlannedChange, TwilioSetup } from '../../twilio-words.ts';
import { allNumbers } from '../../routing-data.ts';
import { t } from '../../words.ts';
import { connectStyles } from './styles.ts';
import { renderChanges } from './changes.ts';
import { renderSteps } from './steps.ts';

type Plan = {
  readonly numbers: ReadonlySet<string>;
  readonly publicUrl: string;
  readonly inbound: TwilioSetup['inbound'];
  readonly outbound: TwilioSetup['outbound'];
  readonly personId: string;
};

/** Connects the house with an account at Twilio: checks it, shows what will be changed there, and does it. `connected` in the end. */
@customElement('gosip-twilio-connect')
export class GosipTwilioConnect extends FormElement {
  /** Whom new numbers ring, unless somebody else is chosen. */
  @property() personId = '';
  /** Asks for less: the usual ways in and out. */
  @property({ type: Boolean }) simple = false;
  @state() private accountSid = '';
  @state() private authToken = '';
  @state() private report: AccountReport | undefined;
  @state() private plan: Plan | undefined;
  @state() private changes: readonly PlannedChange[] | undefined;
  @state() private isRunning = false;
  @state() private hasFailed = false;
  private readonly setup = new Shown(this, () => call(getTwilioSetup), ['twilio.changed']);
  private readonly people = new Shown(this, allPeople, []);

  static override styles = [look, fields, connectStyles];

  override render() {
    if (this.report === undefined) return this.renderCredentials();
    return html`${this.renderReport(this.report)} ${this.plan === undefined ? nothing : this.renderPlan(this.report, this.plan)}`;
  }

  private renderCredentials() {
    return html`<form class="fields" @submit=${this.submit} @keydown=${this.submitOnEnter}>
      ${this.renderProblem()}
      <p>${t('twilio.where')}</p>
      ${field({
        label: t('twilio.accountSid'),
        name: 'accountSid',
        hint: t('twilio.accountSidHint'),
        maxLength: 100,
        hasFocus: true,
        wrong: this.wrong('accountSid'),
        value: this.accountSid,
        changed: (accountSid) => (this.accountSid = accountSid),
      })}
      ${field({
        label: t('twilio.authToken'),
        name: 'authToken',
        type: 'password',
        hint: t('twilio.authTokenHint'),
        maxLength: 100,
        wrong: this.wrong('authToken'),
        value: this.authToken,
        changed: (authToken) => (this.authToken = authToken),
      })}
      <div class="acts">
        <slot name="actions"></slot>
        <md-filled-button ?disabled=${this.isBusy}>${this.isBusy ? t('twilio.checking') : t('twilio.check')}</md-filled-button>
      </div>
    </form>`;
  }

  private renderReport({ account, balance, problems, isUsable }: AccountReport) {
    return html`<div role="status" class="report">
        ${account === null ? nothing : html`<strong>${t('twilio.found', { name: account.name })}</strong>`}
        ${balance === null ? nothing : html`<p>${t('twilio.balance', { amount: balance.amount.toFixed(2), currency: balance.currency })}</p>`}
        ${problems.map((problem) => renderAccountProblem(problem))}
      </div>
      ${isUsable ? nothing : html`<div class="acts"><slot name="actions"></slot><md-filled-button @click=${this.again}>${t('twilio.other')}</md-filled-button></div>`}`;
  }

  private again = (): void => {
    this.report = undefined;
    this.plan = undefined;
    this.changes = undefined;
    this.hasFailed = false;
  };

  private renderPlan({ numbers }: AccountReport, plan: Plan) {
    const change = (part: Partial<Plan>) => {
      this.plan = { ...plan, ...part };
      void this.preview();
    };
    const usable = numbers.filter(({ voice, sms }) => voice || sms);
    return html`<form class="fields" @submit=${this.submit} @keydown=${this.submitOnEnter}>
      ${this.renderProblem()}
      ${
        usable.length === 0
          ? nothing
          : html`<fieldset>
              <legend>${t('twilio.whichNumbers')}</legend>
              ${usable.map((one) => this.renderNumber(one, plan, change))}
            </fieldset>`
      }
      ${this.renderOwner(plan, change)}
      ${field({
        label: t('twilio.publicUrl'),
        name: 'publicUrl',
        type: 'url',
        inputMode: 'url',
        hint: plan.publicUrl === '' ? t('twilio.publicUrlHint') : t('twilio.publicUrlThere'),
        wrong: this.wrong('publicUrl'),
        value: plan.publicUrl,
        changed: (publicUrl) => change({ publicUrl, ...(this.simple ? { inbound: publicUrl === '' ? 'off' : 'webhook' } : {}) }),
      })}
      ${this.simple ? nothing : this.renderWays(plan, change)} ${renderChanges(this.changes, this.simple)}
      ${this.isRunning || this.hasFailed ? renderSteps(this.setup.value?.lastSteps ?? [], this.isRunning) : nothing}
      <div class="acts">
        <slot name="actions"></slot>
        <md-filled-button ?disabled=${this.isBusy}
          >${this.isRunning ? t('twilio.connecting') : t('twilio.connect')}</md-filled-button
        >
      </div>
    </form>`;
  }

  private renderNumber(one: AccountReport['numbers'][number], plan: Plan, change: (part: Partial<Plan>) => void) {
    const isTaken = one.servedBy === 'somebody-else';
    const able = [one.voice ? t('twilio.voice') : '', one.sms ? t('twilio.sms') : ''].filter((text) => text !== '').join(', ');
    return check({
      label: `${one.number} · ${able}`,
      name: `number-${one.number}`,
      hint: isTaken ? t('twilio.taken') : '',
      isOn: plan.numbers.has(one.number),
      changed: (isOn) =>
        change({
          numbers: new Set(isOn ? [...plan.numbers, one.number] : [...plan.numbers].filter((number) => number !== one.number)),
        }),
    });
  }

  private renderOwner(plan: Plan, change: (part: Partial<Plan>) => void) {
    const people = this.people.value ?? [];
    if (people.length === 0 || plan.numbers.size === 0) return nothing;
    return choice({
      label: t('twilio.rings'),
      name: 'owner',
      hint: t('twilio.ringsHint'),
      value: plan.personId,
      changed: (personId) => change({ personId }),
      choices: ownerChoices(people),
    });
  }

  private renderWays(plan: Plan, change: (part: Partial<Plan>) => void) {
    return html`${choice({
      label: t('twilio.inbound'),
      name: 'inbound',
      value: plan.inbound,
      changed: (inbound) => change({ inbound: inbound as Plan['inbound'] }),
      choices: (['webhook', 'trunk', 'off'] as const).map((value) => ({ value, text: t(`twilio.inbound.${value}`) })),
    })}
    ${choice({
      label: t('twilio.outbound'),
      name: 'outbound',
      value: plan.outbound,
      changed: (outbound) => change({ outbound: outbound as Plan['outbound'] }),
      choices: (['trunk', 'domain', 'off'] as const).map((value) => ({ value, text: t(`twilio.outbound.${value}`) })),
    })}`;
  }

  private renderProblem() {
    const text = this.wrongElsewhere('accountSid', 'authToken', 'publicUrl');
    return problemLine(text);
  }

  protected override async send(): Promise<void> {
    await (this.plan === undefined ? this.checkAccount() : this.provision(this.plan));
  }

  private async checkAccount(): Promise<void> {
    const { accountSid, authToken } = this;
    this.report = await call(validateTwilio, { body: { accountSid: accountSid.trim(), authToken: authToken.trim() } });
    if (!this.report.isUsable) return;
    await this.setup.reload();
    this.plan = this.firstPlan(this.report);
    await this.preview();
  }

  private firstPlan({ numbers }: AccountReport): Plan {
    const now = this.setup.value;
    const free = numbers.filter(({ voice, servedBy }) => voice && servedBy !== 'somebody-else').map(({ number }) => number);
    const publicUrl = now?.publicUrl ?? '';
    const isSetUp = now?.isSetUp ?? false;
    return {
      numbers: new Set(isSetUp ? now?.numbers : free.slice(0, 1)),
      publicUrl,
      inbound: isSetUp ? (now?.inbound ?? 'off') : publicUrl === '' ? 'off' : 'webhook',
      outbound: isSetUp ? (now?.outbound ?? 'trunk') : 'trunk',
      personId: this.personId,
    };
  }

  /** What it would change now; nothing is shown where that cannot be said, and the form says why once it is sent. */
  private async preview(): Promise<void> {
    const { plan } = this;
    if (plan === undefined) return;
    try {
      const { changes } = await call(previewTwilio, { body: this.body(plan) });
      if (plan === this.plan) this.changes = changes;
    } catch {
      if (plan === this.plan) this.changes = undefined;
    }
  }

  private body({ numbers, publicUrl, inbound, outbound }: Plan) {
    const { accountSid, authToken } = this;
    const url = publicUrl.trim();
    const account = { accountSid: accountSid.trim(), authToken: authToken.trim() };
    return { ...account, numbers: [...numbers], publicUrl: url === '' ? null : url, inbound, outbound };
  }

  private async provision(plan: Plan): Promise<void> {
    this.isRunning = true;
    try {
      const { isDone } = await call(provisionTwilio, { body: this.body(plan) });
      this.hasFailed = !isDone;
      await this.setup.reload();
      if (!isDone) return;
      await giveNumbers(plan);
      this.authToken = '';
      this.dispatchEvent(new Event('connected'));
    } finally {
      this.isRunning = false;
    }
  }
}

export function renderAccountProblem(problem: AccountProblem) {
  return html`<p class="account-problem ${problem.weight}">${accountProblemText(problem)}</p>`;
}

/** Numbers that have nobody yet ring whom was chosen. */
async function giveNumbers({ numbers, personId }: Plan): Promise<void> {
  if (personId === '' || numbers.size === 0) return;
  const free = (await allNumbers()).filter((one) => numbers.has(one.number) && one.ownerPersonId === null);
  const ownerPersonId = personId as Person['id'];
  await Promise.all(free.map(({ id }) => call(changeNumber, { params: { id }, body: { ownerPersonId } })));
}

declare global {
  interface HTMLElementTagNameMap {
    'gosip-twilio-connect': GosipTwilioConnect;
  }
}
