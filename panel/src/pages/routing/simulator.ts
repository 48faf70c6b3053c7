import '@material/web/button/filled-tonal-button.js';
import { css, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { previewRoute } from '#contract/routing-preview.ts';
import { getRoutingSettings } from '#contract/routing-settings.ts';
import { call } from '../../api.ts';
import { clock } from '../../clock.ts';
import { formatWhen } from '../../format.ts';
import { card } from '../../parts/card.ts';
import { choice, field } from '../../parts/field.ts';
import { fields, FormElement, problemLine } from '../../parts/form.ts';
import { look } from '../../parts/look.ts';
import { namesOf, numberTitle, rulesOf, someContacts } from '../../routing-data.ts';
import type { Contact, OurNumber, Targets } from '../../routing-data.ts';
import { exampleOf } from '../../rules/example.ts';
import { headline, planSteps } from '../../rules/plan-words.ts';
import type { Preview } from '../../rules/plan-words.ts';
import { reasonText } from '../../rules/reason-words.ts';
import type { Rule, RuleDraft } from '../../rules/rule.ts';
import { clockIn, momentIn } from '../../rules/zone.ts';
import { Shown } from '../../shown.ts';
import { speech } from '../../speech-of.ts';
import { locale, t } from '../../words.ts';

/** Who would ring, and why; nothing rings. With `draft`, as if that were saved. */
@customElement('gosip-simulator')
export class GosipSimulator extends FormElement {
  /** Which is called at first. */
  @property({ attribute: false }) number!: OurNumber;
  @property({ attribute: false }) numbers: readonly OurNumber[] = [];
  @property({ attribute: false }) targets!: Targets;
  @property({ attribute: false }) draft: (RuleDraft & { readonly id?: string }) | undefined;
  @state() private caller = '';
  @state() private calledId = '';
  /** By the clock of the house. */
  @state() private at = '';
  @state() private dnd: '' | 'on' | 'off' = '';
  @state() private states: Readonly<Record<string, string>> = {};
  @state() private answer: Preview | undefined;
  private readonly settings = new Shown(this, () => call(getRoutingSettings), []);
  private readonly rules = new Shown(this, () => rulesOf(this.called.id), ['routes.changed']);

  static override styles = [
    look,
    fields,
    css`
      form {
        padding: 0 16px 16px;
      }
      .hint {
        color: var(--quiet);
      }
      .answer {
        padding: 16px;
        border-top: 1px solid var(--line);
        overflow-wrap: anywhere;
      }
      h3 {
        margin: 0;
        font-size: 18px;
        font-weight: 500;
        line-height: 26px;
      }
      h4 {
        margin: 16px 0 4px;
        color: var(--quiet);
        font-size: 13px;
        font-weight: 500;
        line-height: 18px;
      }
      ol,
      .answer ul {
        display: grid;
        gap: 4px;
        padding-inline-start: 20px;
        list-style: decimal;
      }
      .answer ul {
        list-style: disc;
      }
      .applies {
        font-weight: 500;
      }
      details summary {
        min-height: 32px;
        font-size: 13px;
        font-weight: 500;
        line-height: 32px;
        cursor: pointer;
      }
      .fields > md-filled-tonal-button {
        justify-self: start;
        width: auto;
      }
    `,
  ];

  /** Fills in a call that the rule is made for, and shows what becomes of it. */
  async tryRule(rule: Rule): Promise<void> {
    const zone = this.settings.value?.timeZone ?? 'UTC';
    const asksForGroup = rule.conditions.callers[0]?.kind === 'group';
    const contacts = asksForGroup ? await someContacts().catch(() => []) : [];
    const { caller, at } = exampleOf(rule, clockIn(zone, clock.now()), (group) => numberOfGroup(contacts, group));
    Object.assign(this, { caller, at, calledId: rule.numberId });
    this.scrollIntoView({ block: 'nearest' });
    await this.submit();
    this.renderRoot.querySelector<HTMLElement>('#answer')?.focus();
  }

  private get called(): OurNumber {
    return this.numbers.find(({ id }) => id === this.calledId) ?? this.number;
  }

  override render() {
    const zone = this.settings.value?.timeZone ?? '';
    return card(
      t(this.draft === undefined ? 'sim.title' : 'sim.draftTitle'),
      html`<form class="fields" @submit=${this.submit} @keydown=${this.tryOnEnter}>
          <p class="hint">${t(this.draft === undefined ? 'sim.text' : 'sim.draft')}</p>
          ${this.renderProblem()}
          ${field({
            label: t('sim.caller'),
            name: 'caller',
            type: 'tel',
            hint: t('sim.callerHint'),
            wrong: this.wrong('caller.number'),
            value: this.caller,
            changed: (caller) => (this.caller = caller),
          })}
          ${choice({
            label: t('sim.called'),
            name: 'called',
            wrong: this.wrong('called'),
            value: this.called.id,
            choices: this.numbers.map((one) => ({ value: one.id as string, text: numberTitle(one) })),
            changed: this.chooseCalled,
          })}
          ${field({
            label: t('sim.at'),
            name: 'at',
            type: 'datetime-local',
            hint: t('sim.zone', { zone }),
            wrong: this.wrong('at'),
            value: this.at,
            changed: (at) => (this.at = at),
          })}
          ${this.renderMore()}
          <md-filled-tonal-button type="button" ?disabled=${this.isBusy} @click=${this.submit}
            >${t('sim.action')}</md-filled-tonal-button
          >
        </form>
        <div id="answer" tabindex="-1" role="status">
          ${this.answer === undefined ? nothing : this.renderAnswer(this.answer)}
        </div>`,
    );
  }

  private renderProblem() {
    const text = this.wrongElsewhere('caller.number', 'called', 'at');
    return problemLine(text);
  }

  private renderMore() {
    const asked = [...(this.rules.value ?? []), ...(this.draft === undefined ? [] : [this.draft])];
    const entities = [...new Set(asked.flatMap(({ conditions }) => conditions.states.map(({ entityId }) => entityId)))];
    return html`<details>
      <summary>${t('sim.more')}</summary>
      <div class="fields">
        ${choice({
          label: t('sim.dnd'),
          name: 'dnd',
          value: this.dnd,
          choices: [
            { value: '', text: t('sim.asIs') },
            { value: 'on', text: t('sim.on') },
            { value: 'off', text: t('sim.off') },
          ],
          changed: (dnd) => (this.dnd = dnd as typeof this.dnd),
        })}
        ${entities
          .filter((entity) => entity !== '')
          .map((entity) =>
            field({
              label: entity,
              name: `state-${entity}`,
              hint: t('sim.stateHint'),
              value: this.states[entity] ?? '',
              changed: (value) => (this.states = { ...this.states, [entity]: value }),
            }),
          )}
      </div>
    </details>`;
  }

  private renderAnswer(answer: Preview) {
    const telling = { speech: speech(), names: namesOf(this.targets) };
    const when = (at: number) => formatWhen(at, clock.now(), locale.value);
    const reasons = answer.reasons.filter(({ code }) => code !== 'route-matched' && code !== 'route-broken');
    return html`<div class="answer">
      <h3>${headline(answer, telling)}</h3>
      <ol>
        ${planSteps(answer, telling).map((text) => html`<li>${text}</li>`)}
      </ol>
      ${
        reasons.length === 0
          ? nothing
          : html`<h4>${t('sim.why')}</h4>
              <ul>
                ${reasons.map((reason) => html`<li>${reasonText(reason, telling.speech, when)}</li>`)}
              </ul>`
      }
      <h4>${t('sim.rules')}</h4>
      ${
        answer.rules.length === 0
          ? html`<p>${t('sim.rulesUnread')}</p>`
          : html`<ol>
              ${answer.rules.map(
                ({ name, outcome }) =>
                  html`<li class=${outcome}>${t(`sim.rule.${outcome}`, { name: name === '' ? t('sim.draftName') : name })}</li>`,
              )}
            </ol>`
      }
    </div>`;
  }

  private readonly chooseCalled = (id: string): void => {
    this.calledId = id;
    void this.rules.reload();
  };

  /** Within the form of a rule, Enter here does not save that. */
  private readonly tryOnEnter = (event: KeyboardEvent): void => {
    event.stopPropagation();
    this.submitOnEnter(event);
  };

  protected override async send(): Promise<void> {
    const { caller, at, dnd, draft } = this;
    const number = caller.trim() === '' ? null : caller.trim();
    const zone = this.settings.value?.timeZone ?? 'UTC';
    const moment = at === '' ? Number.NaN : momentIn(zone, at);
    const states = Object.entries(this.states).filter(([, value]) => value !== '');
    this.answer = await call(previewRoute, {
      body: {
        caller: { number },
        called: this.called.number,
        ...(Number.isNaN(moment) ? {} : { at: new Date(moment).toISOString() }),
        states: Object.fromEntries(states),
        dnd: dnd === '' ? {} : { house: dnd === 'on' },
        // A rule without a name can be tried all the same.
        ...(draft === undefined
          ? {}
          : { draft: { ...draft, name: draft.name.trim() === '' ? t('sim.draftName') : draft.name, enabled: true } }),
      },
    });
  }
}

function numberOfGroup(contacts: readonly Contact[], group: string): string | undefined {
  return contacts.find(({ groups, numbers }) => groups.includes(group) && numbers.length > 0)?.numbers[0]?.number;
}

declare global {
  interface HTMLElementTagNameMap {
    'gosip-simulator': GosipSimulator;
  }
}
