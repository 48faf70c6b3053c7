import '@material/web/button/outlined-button.js';
import '@material/web/button/text-button.js';
import { css, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { changeRingGroup, createRingGroup, deleteRingGroup, getRingGroup } from '#contract/ring-groups.ts';
import { previewRoute } from '#contract/routing-preview.ts';
import { call } from '../api.ts';
import { whenThere } from '../parts/card.ts';
import { DraftDialog } from '../parts/draft-dialog.ts';
import { choice, field } from '../parts/field.ts';
import { fields, problemLine } from '../parts/form.ts';
import { look } from '../parts/look.ts';
import { say } from '../parts/snackbar.ts';
import '../parts/targets.ts';
import type { GosipTargets } from '../parts/targets.ts';
import { fieldText } from '../problem-words.ts';
import { removeLater } from '../removed.ts';
import { allNumbers, allTargets, namesOf, rulesOf, targetFacts } from '../routing-data.ts';
import type { RingGroup, Targets } from '../routing-data.ts';
import { headline, planSteps } from '../rules/plan-words.ts';
import type { Preview } from '../rules/plan-words.ts';
import { ringText } from '../rules/rule-words.ts';
import { Shown } from '../shown.ts';
import { speech } from '../speech-of.ts';
import { t } from '../words.ts';
import { openDial } from './open.ts';
import { numberText, toNumber } from './rule/editing.ts';

type Draft = Pick<RingGroup, 'name' | 'members' | 'order' | 'seconds'> & { readonly extension: string };

async function readAll(id: string) {
  const [group, targets, numbers] = await Promise.all([
    id === '' ? undefined : call(getRingGroup, { params: { id } }),
    allTargets(),
    allNumbers(),
  ]);
  return { group, targets, number: numbers[0] };
}

type Seen = Awaited<ReturnType<typeof readAll>>;

/** A ring group: who is in it, how they ring, and who would ring now. */
@customElement('gosip-ring-group-dialog')
export class GosipRingGroupDialog extends DraftDialog<Draft> {
  /** Empty: a new one. */
  @property() groupId = '';
  @state() private tried: Preview | undefined;
  private readonly seen = new Shown(this, () => readAll(this.groupId), targetFacts);

  static override styles = [
    look,
    fields,
    css`
      .now {
        display: grid;
        gap: 8px;
        padding: 12px 16px;
        border-radius: 12px;
        background: var(--tint);
        overflow-wrap: anywhere;
      }
      .now ol {
        padding-inline-start: 20px;
        list-style: decimal;
      }
      .hint {
        color: var(--quiet);
        font-size: 12px;
        line-height: 16px;
      }
      .acts {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
      }
      .danger {
        --md-outlined-button-label-text-color: var(--error);
      }
    `,
  ];

  protected override get draftKey(): string {
    return `ring group ${this.groupId}`;
  }

  protected override get isNew(): boolean {
    return this.groupId === '';
  }

  protected override stored(): Draft | undefined {
    const { group } = this.seen.value ?? {};
    return group === undefined ? undefined : draftOf(group);
  }

  protected override fresh(): Draft {
    return { name: '', extension: '', members: [], order: 'all', seconds: 30 };
  }

  override render() {
    const heading = this.groupId === '' ? t('group.new') : (this.seen.value?.group?.name ?? t('page.ringGroups'));
    return this.renderDialog(
      heading,
      whenThere(this.seen, t('group.gone'), (seen) => this.renderForm(seen)),
    );
  }

  private renderForm({ group, targets, number }: Seen) {
    const { name, extension } = this.current;
    return html`<form class="fields" @submit=${this.submit} @keydown=${this.submitOnEnter}>
      ${this.renderProblems(group)} ${this.renderMeanwhile((theirs) => this.sentence(theirs, targets))}
      ${field({
        label: t('field.name'),
        name: 'name',
        hint: t('group.nameHint'),
        capitals: 'words',
        maxLength: 80,
        wrong: this.wrong('name'),
        value: name,
        changed: (typed) => this.change({ name: typed }),
      })}
      ${field({
        label: t('field.extension'),
        name: 'extension',
        hint: t('group.extensionHint'),
        inputMode: 'numeric',
        maxLength: 6,
        wrong: this.wrong('extension'),
        value: extension,
        changed: (typed) => this.change({ extension: typed }),
      })}
      ${this.renderRinging(targets)} ${this.renderNow(targets, number)} ${this.renderUnsaved()}
      ${group === undefined ? nothing : html`<div class="acts"><md-outlined-button type="button" class="danger" @click=${() => this.delete(group)}>${t('action.delete')}</md-outlined-button></div>`}
    </form>`;
  }

  private renderProblems(group: RingGroup | undefined) {
    const text = this.wrongUnseen((name) => name.startsWith('members'));
    if (text !== '') return problemLine(text);
    if (group === undefined || group.problems.length === 0 || this.draft !== undefined) return nothing;
    return html`<ul class="problem">
      ${group.problems.map((problem) => html`<li>${fieldText(problem)}</li>`)}
    </ul>`;
  }

  private renderRinging({ people, phones, groups }: Targets) {
    const { members, order, seconds } = this.current;
    const others = groups.filter(({ id }) => id !== this.groupId);
    const chosen = (event: Event) => this.change({ members: [...(event.target as GosipTargets).value] as Draft['members'] });
    return html`<gosip-targets
        label=${t('group.members')}
        .value=${members}
        .choices=${{ people, phones, groups: others }}
        .wrong=${(part: string) => this.wrong(`members${part}`)}
        @changed=${chosen}
      ></gosip-targets>
      ${choice({
        label: t('ruleEdit.order'),
        name: 'order',
        value: order,
        choices: (['all', 'one-after-another'] as const).map((one) => ({ value: one, text: t(`ruleEdit.order.${one}`) })),
        changed: (one) => this.change({ order: one as Draft['order'] }),
      })}
      ${field({
        label: t('ruleEdit.seconds'),
        name: 'seconds',
        type: 'number',
        min: '5',
        max: '300',
        hint: t('ruleEdit.secondsHint'),
        wrong: this.wrong('seconds') === '' ? '' : t('ruleProblem.range', { min: 5, max: 300 }),
        value: numberText(seconds),
        changed: (text) => this.change({ seconds: toNumber(text) }),
      })}`;
  }

  private renderNow(targets: Targets, number: Seen['number']) {
    const { extension, name } = this.current;
    const telling = { speech: speech(), names: namesOf(targets) };
    return html`<div class="now" role="status">
      <p>${this.sentence(this.current, targets)}</p>
      ${
        this.tried === undefined
          ? nothing
          : html`<p><strong>${headline(this.tried, telling)}</strong></p>
              <ol>
                ${planSteps(this.tried, telling).map((text) => html`<li>${text}</li>`)}
              </ol>`
      }
      <div class="acts">
        ${
          number === undefined
            ? html`<span class="hint">${t('group.noNumber')}</span>`
            : html`<md-text-button type="button" @click=${() => void this.tryOut(number)}>${t('group.test')}</md-text-button>`
        }
        ${
          extension === '' || this.groupId === ''
            ? nothing
            : html`<md-text-button type="button" @click=${() => void openDial(extension, name)}
                >${t('group.call')}</md-text-button
              >`
        }
      </div>
    </div>`;
  }

  private sentence({ members, order, seconds }: Draft, targets: Targets): string {
    return ringText({ targets: members, order, seconds }, { speech: speech(), names: namesOf(targets) });
  }

  /** As a rule before all others of a number would ring it, so that it can be tried before it is saved. */
  private tryOut({ id, number }: NonNullable<Seen['number']>): Promise<void> {
    return this.attempt(async () => {
      const { members: targets, order, seconds } = this.current;
      const [first] = await rulesOf(id);
      const action = { kind: 'ring' as const, targets: [...targets], order, seconds };
      const draft = {
        name: this.current.name || t('group.new'),
        enabled: true,
        conditions: {},
        action,
        ...(first === undefined ? {} : { id: first.id }),
      };
      const [phone] = this.seen.value?.targets.phones ?? [];
      const caller = phone === undefined ? { number: null } : { deviceId: phone.id };
      this.tried = await call(previewRoute, { body: { caller, called: number, draft } });
    });
  }

  private delete({ id, name }: RingGroup): void {
    removeLater(id, t('routing.deleted', { name }), () => call(deleteRingGroup, { params: { id } }));
    this.close();
  }

  protected override async send(): Promise<void> {
    const { draft, groupId: id } = this;
    if (draft === undefined) return;
    const body = { ...draft, extension: draft.extension.trim() === '' ? null : draft.extension.trim() };
    if (id === '') await call(createRingGroup, { body, once: this.once() });
    else {
      this.assertUnchanged(draftOf(await call(getRingGroup, { params: { id } })));
      await call(changeRingGroup, { params: { id }, body });
    }
    this.discard();
    say({ text: t('routing.saved', { name: draft.name }) });
    this.close();
  }
}

function draftOf({ name, extension, members, order, seconds }: RingGroup): Draft {
  return { name, extension: extension ?? '', members, order, seconds };
}

declare global {
  interface HTMLElementTagNameMap {
    'gosip-ring-group-dialog': GosipRingGroupDialog;
  }
}
