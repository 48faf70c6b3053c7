import '@material/web/button/outlined-button.js';
import { html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { changeRoute, createRoute, getRoute } from '#contract/routes.ts';
import { call } from '../api.ts';
import { DraftDialog } from '../parts/draft-dialog.ts';
import { whenThere } from '../parts/card.ts';
import { check, field } from '../parts/field.ts';
import { fields, problemLine } from '../parts/form.ts';
import { look } from '../parts/look.ts';
import { say } from '../parts/snackbar.ts';
import { weekdayStyles } from '../parts/weekdays.ts';
import { fieldText } from '../problem-words.ts';
import { allNumbers, allTargets, contactGroups, namesOf, rulesOf, someContacts, targetFacts } from '../routing-data.ts';
import type { Targets } from '../routing-data.ts';
import { newRuleKey, ruleKey } from '../rules/rule-draft.ts';
import { draftOf, newRule } from '../rules/rule.ts';
import type { Rule, RuleAction, RuleDraft } from '../rules/rule.ts';
import { ruleText } from '../rules/rule-words.ts';
import { Shown } from '../shown.ts';
import { speech } from '../speech-of.ts';
import { t } from '../words.ts';
import '../pages/routing/simulator.ts';
import { fresh, renderAction } from './rule/action.ts';
import { newCaller, renderCallers } from './rule/callers.ts';
import type { Editing } from './rule/editing.ts';
import { entries } from './rule/entry.ts';
import { newState, renderStates } from './rule/states.ts';
import { ruleDialogStyles } from './rule/styles.ts';
import { newTime, renderTimes } from './rule/times.ts';

type Seen = Awaited<ReturnType<typeof readAll>>;

/** Writes a rule: each condition and action with fields of its own, and the whole in one sentence. */
@customElement('gosip-rule-dialog')
export class GosipRuleDialog extends DraftDialog<RuleDraft> {
  /** Empty: a new one. */
  @property() ruleId = '';
  /** Of a new one; the first number where it is left out. */
  @property() numberId = '';
  @state() private paintsWeek = false;
  /** What was written before of the other kinds, in case somebody comes back to it. */
  readonly #actions = new Map<RuleAction['kind'], RuleAction>();
  private readonly seen = new Shown(this, () => readAll(this.ruleId, this.numberId), ['routes.changed', ...targetFacts]);

  static override styles = [look, fields, weekdayStyles, entries, ruleDialogStyles];

  protected override get draftKey(): string {
    return this.ruleId === '' ? newRuleKey(this.numberId) : ruleKey(this.ruleId);
  }

  protected override get isNew(): boolean {
    return this.ruleId === '';
  }

  protected override stored(): RuleDraft | undefined {
    const { rule } = this.seen.value ?? {};
    return rule === undefined ? undefined : draftOf(rule);
  }

  protected override fresh(): RuleDraft {
    return newRule;
  }

  override render() {
    const name = this.seen.value?.rule?.name ?? '';
    return this.renderDialog(
      this.ruleId === '' ? t('ruleEdit.new') : name || t('page.routing'),
      whenThere(this.seen, t('ruleEdit.gone'), (seen) => this.renderForm(seen)),
    );
  }

  private renderForm(seen: Seen) {
    const { name, enabled } = this.current;
    return html`<form class="fields" @submit=${this.submit} @keydown=${this.submitOnEnter}>
      ${this.renderSentence(seen.targets)} ${this.renderMeanwhile((rule) => this.sentence(rule, seen.targets))}
      ${this.renderProblems(seen)}
      ${field({
        label: t('field.name'),
        name: 'name',
        hint: t('ruleEdit.nameHint'),
        capitals: 'words',
        maxLength: 80,
        wrong: this.wrong('name'),
        value: name,
        changed: (typed) => this.change({ name: typed }),
      })}
      ${this.renderConditions(seen)}
      <fieldset>
        <legend>${t('ruleEdit.what')}</legend>
        <div class="fields">
          ${renderAction(
            this.editing(this.current.action, (action) => this.change({ action })),
            seen.targets,
            this.chooseAction,
          )}
        </div>
      </fieldset>
      ${check({
        label: t('ruleEdit.applies'),
        name: 'enabled',
        isOn: enabled,
        changed: (isOn) => this.change({ enabled: isOn }),
      })}
      ${this.renderSimulator(seen)}
    </form>`;
  }

  private renderSentence(targets: Targets) {
    return html`<div class="sentence">
      <h3>${t('ruleEdit.sentence')}</h3>
      <p id="sentence">${this.sentence(this.current, targets)}</p>
      ${this.renderUnsaved()}
    </div>`;
  }

  private sentence(rule: RuleDraft, targets: Targets): string {
    return ruleText(rule, { speech: speech(), names: namesOf(targets) });
  }

  private renderProblems({ rule }: Seen) {
    const text = this.wrongUnseen(isAtTarget);
    if (text !== '') return problemLine(text);
    if (rule === undefined || rule.problems.length === 0 || this.draft !== undefined) return nothing;
    return html`<ul class="problem">
      ${rule.problems.map((problem) => html`<li>${fieldText(problem)}</li>`)}
    </ul>`;
  }

  private renderConditions({ groups, entities }: Seen) {
    const { conditions } = this.current;
    const change = (part: Partial<RuleDraft['conditions']>) => this.change({ conditions: { ...conditions, ...part } });
    const { times, callers, states } = conditions;
    const wrong = (name: string) => this.wrong(name);
    return html`<fieldset>
      <legend>${t('ruleEdit.when')}</legend>
      <p class="note">${t('ruleEdit.when.text')}</p>
      <div class="fields">
        ${renderTimes({ value: times, change: (next) => change({ times: [...next] }), wrong }, this.paintsWeek)}
        ${renderCallers({ value: callers, change: (next) => change({ callers: [...next] }), wrong }, groups)}
        ${renderStates({ value: states, change: (next) => change({ states: [...next] }), wrong }, entities)}
        <div class="adds">
          <md-outlined-button type="button" @click=${() => this.add('times', newTime)}
            >${t('ruleEdit.addTime')}</md-outlined-button
          >
          <md-outlined-button type="button" @click=${() => (this.paintsWeek = !this.paintsWeek)}
            >${t(this.paintsWeek ? 'ruleEdit.asFields' : 'ruleEdit.asWeek')}</md-outlined-button
          >
          <md-outlined-button type="button" @click=${() => this.add('callers', newCaller)}
            >${t('ruleEdit.addCaller')}</md-outlined-button
          >
          <md-outlined-button type="button" @click=${() => this.add('states', newState)}
            >${t('ruleEdit.addState')}</md-outlined-button
          >
        </div>
      </div>
    </fieldset>`;
  }

  private renderSimulator({ number, numbers, targets }: Seen) {
    if (number === undefined) return nothing;
    const draft = { ...this.current, ...(this.ruleId === '' ? {} : { id: this.ruleId }) };
    return html`<gosip-simulator
      .number=${number}
      .numbers=${numbers.filter(({ id }) => id === number.id)}
      .targets=${targets}
      .draft=${draft}
    ></gosip-simulator>`;
  }

  private editing<Value>(value: Value, change: (value: Value) => void): Editing<Value> {
    return { value, change, wrong: (name) => this.wrong(name) };
  }

  private add<Part extends keyof RuleDraft['conditions']>(part: Part, item: RuleDraft['conditions'][Part][number]): void {
    const { conditions } = this.current;
    this.change({ conditions: { ...conditions, [part]: [...conditions[part], item] } });
    void this.updateComplete.then(() => {
      const added = this.renderRoot.querySelector<HTMLElement>(`[id^="conditions.${part}.${conditions[part].length}"]`);
      (added?.matches('fieldset') === true ? added.querySelector('button') : added)?.focus();
    });
  }

  private readonly chooseAction = (kind: RuleAction['kind']): void => {
    const { action } = this.current;
    this.#actions.set(action.kind, action);
    this.change({ action: this.#actions.get(kind) ?? fresh[kind] });
  };

  protected override change(part: Partial<RuleDraft>): void {
    // What stands at a place is another thing when a list gets shorter.
    if (isMoved(part.conditions, this.current.conditions)) this.problem = undefined;
    super.change(part);
  }

  protected override async send(): Promise<void> {
    const { draft } = this;
    const numberId = this.seen.value?.number?.id;
    if (draft === undefined || numberId === undefined) return;
    if (this.ruleId === '') await call(createRoute, { body: { ...draft, numberId }, once: this.once() });
    else await this.save(draft);
    this.discard();
    say({ text: t('routing.saved', { name: draft.name }) });
    this.close();
  }

  /** Not over what somebody else wrote meanwhile: that is shown first. */
  private async save(draft: RuleDraft): Promise<void> {
    const params = { id: this.ruleId };
    const now = await call(getRoute, { params });
    // What they see beside the question is what is there.
    if (this.seen.value !== undefined) this.seen.value = { ...this.seen.value, rule: now };
    this.assertUnchanged(draftOf(now));
    await call(changeRoute, { params, body: draft });
  }
}

/** Shown at the list of targets, or at a time as a whole. */
function isAtTarget(name: string): boolean {
  return /^(?:action\.targets.*|conditions\.times\.\d+)$/.test(name);
}

function isMoved(next: RuleDraft['conditions'] | undefined, before: RuleDraft['conditions']): boolean {
  if (next === undefined) return false;
  return (['times', 'callers', 'states'] as const).some((part) => next[part].length < before[part].length);
}

async function readAll(ruleId: string, numberId: string) {
  const [targets, numbers, contacts, rule] = await Promise.all([
    allTargets(),
    allNumbers(),
    someContacts(),
    ruleId === '' ? undefined : call(getRoute, { params: { id: ruleId } }),
  ]);
  const number = numbers.find(({ id }) => id === (rule?.numberId ?? numberId)) ?? numbers[0];
  const rules: readonly Rule[] = number === undefined ? [] : await rulesOf(number.id);
  const entities = [...new Set(rules.flatMap(({ conditions }) => conditions.states.map(({ entityId }) => entityId)))];
  return { rule, number, numbers, targets, groups: contactGroups(contacts), entities };
}

declare global {
  interface HTMLElementTagNameMap {
    'gosip-rule-dialog': GosipRuleDialog;
  }
}
