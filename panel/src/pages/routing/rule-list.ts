import '@material/web/button/filled-button.js';
import '@material/web/button/text-button.js';
import { mdiContentCopy, mdiDelete, mdiPlayOutline, mdiSourceBranchPlus } from '@mdi/js';
import { html, nothing } from 'lit';
import type { PropertyValues } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { live } from 'lit/directives/live.js';
import { changeRoute, createRoute, deleteRoute, reorderRoutes } from '#contract/routes.ts';
import { getRoutingSettings } from '#contract/routing-settings.ts';
import { call } from '../../api.ts';
import { draftsChanged, dropDraft, hasDraft, takeDraft } from '../../drafts.ts';
import { card, whenRead } from '../../parts/card.ts';
import { GosipElement } from '../../parts/element.ts';
import '../../parts/icon-button.ts';
import { look } from '../../parts/look.ts';
import '../../parts/notice.ts';
import { say } from '../../parts/snackbar.ts';
import { Sorting, sorting } from '../../parts/sorting.ts';
import '../../parts/status.ts';
import '../../parts/switch.ts';
import { toProblem } from '../../problem.ts';
import { fieldText, problemText } from '../../problem-words.ts';
import { removedNow, removeLater } from '../../removed.ts';
import { pathOf } from '../../routes.ts';
import { namesOf, rulesOf } from '../../routing-data.ts';
import type { OurNumber, Targets } from '../../routing-data.ts';
import { inOrder } from '../../rules/order.ts';
import { otherwiseText } from '../../rules/otherwise.ts';
import { newRuleKey, ruleKey } from '../../rules/rule-draft.ts';
import { draftOf } from '../../rules/rule.ts';
import type { Rule } from '../../rules/rule.ts';
import { ruleText } from '../../rules/rule-words.ts';
import { Shown } from '../../shown.ts';
import { speech } from '../../speech-of.ts';
import { t } from '../../words.ts';
import { ruleListStyles } from './rule-list-styles.ts';

/** The rules of a number in their order, and what happens where none fits. `try`: somebody wants to see what `tried` does. */
@customElement('gosip-rule-list')
export class GosipRuleList extends GosipElement {
  @property({ attribute: false }) number!: OurNumber;
  @property({ attribute: false }) targets!: Targets;
  /** As somebody has put them, until the house says the same. */
  @state() private order: readonly string[] | undefined;
  tried: Rule | undefined;
  private readonly rules = new Shown(this, () => rulesOf(this.number.id), ['routes.changed', 'routing-settings.changed']);
  private readonly settings = new Shown(this, () => call(getRoutingSettings), ['routing-settings.changed']);
  private readonly sorting = new Sorting(this, {
    ids: () => this.shown(this.rules.value ?? []).map(({ id }) => id),
    moved: (ids) => void this.reorder(ids),
  });

  static override styles = [look, sorting, ruleListStyles];

  override connectedCallback(): void {
    super.connectedCallback();
    for (const signal of [removedNow, draftsChanged]) this.whileShown(signal.follow(() => this.requestUpdate()));
  }

  override willUpdate(changed: PropertyValues): void {
    const before = changed.get('number') as OurNumber | undefined;
    if (before !== undefined && before.id !== this.number.id) {
      this.order = undefined;
      this.rules.value = undefined;
      void this.rules.reload();
    } else if (changed.has('targets')) void this.rules.reload();
  }

  override render() {
    return card(
      t('routing.rules'),
      html`<p class="hint">${t('routing.rules.text')}</p>
        ${this.renderUnsaved()} ${whenRead(this.rules, (rules) => this.renderRules(this.shown(rules)))} ${this.renderOtherwise()}
        ${this.sorting.announcement()}`,
    );
  }

  private shown(rules: readonly Rule[]): readonly Rule[] {
    const there = rules.filter(({ id }) => !removedNow.value.has(id));
    return this.order === undefined ? there : inOrder(there, this.order);
  }

  private renderUnsaved() {
    if (!hasDraft(newRuleKey(this.number.id))) return nothing;
    return html`<div class="unsaved">
      <span>${t('routing.unsaved.new')}</span>
      <md-text-button @click=${this.discardNew}>${t('action.discard')}</md-text-button>
      <md-filled-button href=${pathOf('routing', 'new', { number: this.number.id })}>${t('routing.continue')}</md-filled-button>
    </div>`;
  }

  private renderRules(rules: readonly Rule[]) {
    if (rules.length === 0) {
      return html`<gosip-notice
        .path=${mdiSourceBranchPlus}
        heading=${t('routing.empty')}
        text=${t('routing.empty.text')}
      ></gosip-notice>`;
    }
    return html`<ol>
      ${repeat(
        rules,
        ({ id }) => id,
        (rule, index) => this.renderRule(rule, index + 1),
      )}
    </ol>`;
  }

  private renderRule(rule: Rule, place: number) {
    const { id, name, enabled } = rule;
    return html`<li data-sort=${id} class=${enabled ? '' : 'off'}>
      ${this.sorting.handle(id, name)}
      <a class="name" href=${pathOf('routing', id, { number: this.number.id })}><span class="place">${place}.</span> ${name}</a>
      <gosip-switch
        aria-label=${t('routing.switch', { name })}
        .selected=${live(enabled)}
        @change=${(event: Event) => void this.switch(rule, event)}
      ></gosip-switch>
      <div class="rule">
        <p>${ruleText(rule, { speech: speech(), names: namesOf(this.targets) })}</p>
        ${this.renderStates(rule)}
        <div class="acts">
          ${this.sorting.buttons(id, name)}
          <gosip-icon-button
            .path=${mdiPlayOutline}
            label=${t('routing.try', { name })}
            @click=${() => this.tryOut(rule)}
          ></gosip-icon-button>
          <gosip-icon-button
            .path=${mdiContentCopy}
            label=${t('routing.duplicate', { name })}
            @click=${() => void this.duplicate(rule)}
          ></gosip-icon-button>
          <gosip-icon-button
            .path=${mdiDelete}
            label=${t('routing.delete', { name })}
            @click=${() => this.removeRule(rule)}
          ></gosip-icon-button>
        </div>
      </div>
    </li>`;
  }

  private renderStates({ id, enabled, problems }: Rule) {
    const isBroken = problems.some(({ severity }) => severity === 'broken');
    const isUnsaved = hasDraft(ruleKey(id));
    if (enabled && problems.length === 0 && !isUnsaved) return nothing;
    return html`<div class="states">
        ${enabled ? nothing : html`<gosip-status tone="quiet" text=${t('routing.off')}></gosip-status>`}
        ${isBroken ? html`<gosip-status tone="bad" text=${t('routing.broken')}></gosip-status>` : nothing}
        ${isUnsaved ? html`<gosip-status tone="warning" text=${t('routing.unsaved')}></gosip-status>` : nothing}
      </div>
      <ul class="problems">
        ${problems.map((problem) => html`<li>${fieldText(problem)}</li>`)}
      </ul>`;
  }

  private renderOtherwise() {
    return html`<div class="otherwise">
      <h3>${t('routing.otherwise')}</h3>
      <p>${this.otherwise()} <a href=${pathOf('numbers', this.number.id)}>${t('routing.otherwise.change')}</a></p>
    </div>`;
  }

  private otherwise(): string {
    const ringSeconds = this.settings.value?.ringSeconds ?? 30;
    return otherwiseText(this.number, { people: this.targets.people, ringSeconds }, speech());
  }

  private readonly discardNew = (): void => {
    takeDraft(newRuleKey(this.number.id));
    dropDraft(newRuleKey(this.number.id));
  };

  private tryOut(rule: Rule): void {
    this.tried = rule;
    this.dispatchEvent(new Event('try'));
  }

  private async reorder(ids: readonly string[]): Promise<void> {
    const before = this.rules.value?.map(({ id }) => id) ?? [];
    const isDone = await this.saveOrder(ids);
    if (isDone) say({ text: t('routing.reordered'), undo: () => void this.saveOrder(before) });
  }

  /** Rules that are deleted in a moment are still there, and come last. */
  private async saveOrder(ids: readonly string[]): Promise<boolean> {
    this.order = ids;
    const all = inOrder(this.rules.value ?? [], ids).map(({ id }) => id);
    const isDone = await this.attempt(() => call(reorderRoutes, { body: { numberId: this.number.id, ids: all } }));
    this.order = undefined;
    return isDone;
  }

  private async switch({ id }: Rule, event: Event): Promise<void> {
    const { selected: enabled } = event.target as HTMLElement & { selected: boolean };
    await this.attempt(() => call(changeRoute, { params: { id: id }, body: { enabled } }));
  }

  private async duplicate(rule: Rule): Promise<void> {
    const name = t('routing.copyOf', { name: rule.name }).slice(0, 80);
    const body = { ...draftOf(rule), numberId: this.number.id, name, enabled: false };
    await this.attempt(async () => {
      const made = await call(createRoute, { body });
      const ids = (await rulesOf(this.number.id)).map(({ id }) => id).filter((id) => id !== made.id);
      const behind = ids.toSpliced(ids.indexOf(rule.id) + 1, 0, made.id);
      await call(reorderRoutes, { body: { numberId: this.number.id, ids: behind } });
      say({ text: t('routing.saved', { name }) });
    });
  }

  private removeRule({ id, name }: Rule): void {
    removeLater(id, t('routing.deleted', { name }), () => call(deleteRoute, { params: { id: id } }));
  }

  private async attempt(act: () => Promise<unknown>): Promise<boolean> {
    try {
      await act();
      return true;
    } catch (error) {
      const problem = toProblem(error);
      say({ text: problem.code === 'CONFLICT' ? t('routing.changedMeanwhile') : problemText(problem) });
      return false;
    } finally {
      await this.rules.reload();
    }
  }
}
