import '@material/web/button/filled-button.js';
import '@material/web/button/text-button.js';
import { css, html, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { EndpointReply } from '#contract/endpoint.ts';
import { changeRoutingSettings, getRoutingSettings } from '#contract/routing-settings.ts';
import { call } from '../../api.ts';
import { numberText, toNumber } from '../../dialogs/rule/editing.ts';
import { dropDraft, guardDraft, keepDraft, takeDraft } from '../../drafts.ts';
import { card, whenRead } from '../../parts/card.ts';
import { choice, field } from '../../parts/field.ts';
import { fields, FormElement, problemLine } from '../../parts/form.ts';
import { look, rows } from '../../parts/look.ts';
import { say } from '../../parts/snackbar.ts';
import '../../parts/word-list.ts';
import type { GosipWordList } from '../../parts/word-list.ts';
import { pathOf } from '../../routes.ts';
import { contactGroups, someContacts } from '../../routing-data.ts';
import { Shown } from '../../shown.ts';
import type { StringKey } from '../../strings/en.ts';
import { t } from '../../words.ts';

export type Settings = Omit<EndpointReply<typeof getRoutingSettings>, 'timeZone' | 'holidays' | 'holidayCalendars'>;
type NumberName = 'repeatedCallMinutes' | 'emergencyMinutes' | 'trustedDays' | 'ringSeconds';

const draftKey = 'routing settings';
const policies = ['allow', 'voicemail', 'reject'] as const;
const digits = Array.from('0123456789');

async function readAll() {
  const [settings, contacts] = await Promise.all([call(getRoutingSettings), someContacts()]);
  return { settings, groups: contactGroups(contacts) };
}

/** What holds for every call, whatever the rules say. */
@customElement('gosip-routing-settings')
export class GosipRoutingSettings extends FormElement {
  /** What was changed and is not saved. */
  @state() private draft: Partial<Settings> = takeDraft<Partial<Settings>>(draftKey)?.draft ?? {};
  private readonly seen = new Shown(this, readAll, ['routing-settings.changed']);

  static override styles = [
    look,
    rows,
    fields,
    css`
      form {
        display: grid;
        gap: 16px;
      }
      .card .fields {
        padding: 0 16px 20px;
      }
      .save {
        position: sticky;
        bottom: calc(var(--bottom-bar, 0px) + 8px);
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: flex-end;
        gap: 8px;
        padding: 12px 16px;
        border: 1px solid var(--line);
        border-radius: var(--radius);
        background: var(--card);
        box-shadow: 0 4px 16px #0003;
      }
      .save span {
        flex: 1 1 24ch;
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    this.whileShown(guardDraft(draftKey, () => (this.isChanged ? { base: undefined, draft: this.draft } : undefined)));
  }

  private get isChanged(): boolean {
    return Object.keys(this.draft).length > 0;
  }

  override render() {
    return whenRead(this.seen, ({ settings, groups }) => this.renderForm({ ...settings, ...this.draft }, groups));
  }

  private renderForm(now: Settings, groups: readonly string[]) {
    return html`<form @submit=${this.submit} @keydown=${this.submitOnEnter}>
      ${this.renderProblem()} ${card(t('forAll.vip'), html`<div class="fields">${this.renderVip(now, groups)}</div>`)}
      ${card(t('forAll.unknown'), html`<div class="fields">${this.renderUnknown(now)}</div>`)}
      ${card(t('forAll.ringing'), html`<div class="fields">${this.renderNumber('ringSeconds', now, { label: 'forAll.ringSeconds', hint: 'ruleEdit.secondsHint', min: 5, max: 300 })}</div>`)}
      <div class="card">
        <a class="row" href=${pathOf('blocklist')}>
          <span class="text"
            ><span class="main">${t('forAll.lists')}</span><span class="more">${t('forAll.lists.text')}</span></span
          >
        </a>
      </div>
      ${this.isChanged ? this.renderSave() : nothing}
    </form>`;
  }

  private renderProblem() {
    const shown = this.problem?.fields.map(({ field: name }) => name) ?? [];
    const text = this.wrongElsewhere(...shown.filter((name) => this.renderRoot.querySelector(`#${CSS.escape(name)}`) !== null));
    return problemLine(text);
  }

  private renderVip(now: Settings, groups: readonly string[]) {
    const changed = (event: Event) => this.change({ vipGroups: [...(event.target as GosipWordList).value] });
    return html`<gosip-word-list
        label=${t('forAll.vipGroups')}
        hint=${t('forAll.vipHint')}
        none=${t('forAll.vipNone')}
        add=${t('forAll.vipAdd')}
        .value=${now.vipGroups}
        .suggestions=${groups}
        @changed=${changed}
      ></gosip-word-list>
      ${this.renderNumber('repeatedCallMinutes', now, { label: 'forAll.repeated', hint: 'forAll.repeatedHint', min: 0, max: 60 })}
      ${choice({
        label: t('forAll.repeatedOf'),
        name: 'repeatedCallsOf',
        value: now.repeatedCallsOf,
        choices: (['known', 'anyone'] as const).map((value) => ({ value, text: t(`forAll.repeatedOf.${value}`) })),
        changed: (value) => this.change({ repeatedCallsOf: value as Settings['repeatedCallsOf'] }),
      })}
      ${this.renderNumber('emergencyMinutes', now, { label: 'forAll.emergency', min: 10, max: 1440 })}`;
  }

  private renderUnknown(now: Settings) {
    return html`${choice({
      label: t('forAll.anonymous'),
      name: 'anonymousPolicy',
      value: now.anonymousPolicy,
      choices: policies.map((value) => ({ value, text: t(`forAll.anonymous.${value}`) })),
      changed: (value) => this.change({ anonymousPolicy: value as Settings['anonymousPolicy'] }),
    })}
    ${choice({
      label: t('forAll.challenge'),
      name: 'challengeDigit',
      hint: t('forAll.challengeHint'),
      value: now.challengeDigit ?? '',
      choices: [
        { value: '', text: t('forAll.challenge.none') },
        ...digits.map((digit) => ({ value: digit, text: t('forAll.challenge.digit', { digit }) })),
      ],
      changed: (digit) => this.change({ challengeDigit: digit === '' ? null : digit }),
    })}
    ${field({
      label: t('forAll.spam'),
      name: 'spamThreshold',
      hint: t('forAll.spamHint'),
      type: 'number',
      min: '0',
      max: '100',
      wrong: this.wrong('spamThreshold'),
      value: numberText(Math.round(now.spamThreshold * 100)),
      changed: (text) => this.change({ spamThreshold: toNumber(text) / 100 }),
    })}
    ${this.renderNumber('trustedDays', now, { label: 'forAll.trusted', hint: 'forAll.trustedHint', min: 0, max: 3650 })}`;
  }

  private renderNumber(
    name: NumberName,
    now: Settings,
    {
      label,
      hint,
      min,
      max,
    }: { readonly label: StringKey; readonly hint?: StringKey; readonly min: number; readonly max: number },
  ) {
    return field({
      label: t(label),
      name,
      type: 'number',
      min: String(min),
      max: String(max),
      ...(hint === undefined ? {} : { hint: t(hint) }),
      wrong: this.wrong(name) === '' ? '' : t('ruleProblem.range', { min, max }),
      value: numberText(now[name]),
      changed: (text) => this.change({ [name]: toNumber(text) }),
    });
  }

  private renderSave() {
    return html`<div class="save">
      <span>${t('ruleEdit.unsaved')}</span>
      <md-text-button type="button" @click=${this.discard}>${t('action.discard')}</md-text-button>
      <md-filled-button type="button" ?disabled=${this.isBusy} @click=${this.submit}>${t('action.save')}</md-filled-button>
    </div>`;
  }

  private change(part: Partial<Settings>): void {
    this.draft = { ...this.draft, ...part };
    keepDraft(draftKey, { base: undefined, draft: this.draft });
  }

  private readonly discard = (): void => {
    this.draft = {};
    this.problem = undefined;
    dropDraft(draftKey);
  };

  /** What nobody touched here stays as somebody else may have set it meanwhile. */
  protected override async send(): Promise<void> {
    const { draft } = this;
    await call(changeRoutingSettings, { body: draft });
    await this.seen.reload();
    // What was typed meanwhile is not saved yet.
    if (this.draft === draft) this.discard();
    say({ text: t('state.saved') });
  }
}
