import { html, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import {
  clearDeviceChildLine,
  clearPersonChildLine,
  listChildLines,
  setDeviceChildLine,
  setPersonChildLine,
} from '#contract/child-lines.ts';
import { call } from '../api.ts';
import { allPeople } from '../data.ts';
import type { Person } from '../data.ts';
import type { ChildLine } from '../limit-words.ts';
import { whenRead } from '../parts/card.ts';
import { area, check, field } from '../parts/field.ts';
import { say } from '../parts/snackbar.ts';
import { weekdayStyles } from '../parts/weekdays.ts';
import type { TimeCondition } from '../rules/rule.ts';
import { Shown } from '../shown.ts';
import { t } from '../words.ts';
import { LimitDialog, linesOf } from './limit.ts';
import { entries } from './rule/entry.ts';
import { ruleDialogStyles } from './rule/styles.ts';
import { newTime, renderTimes } from './rule/times.ts';
import { problemLine } from '../parts/form.ts';

type Seen = { readonly now: ChildLine | null; readonly people: readonly Person[] };
type Target = ChildLine['allowed'][number];
type Draft = {
  readonly isOn: boolean;
  readonly numbers: string;
  readonly groups: string;
  readonly isHouseAllowed: boolean;
  readonly parents: readonly string[];
  readonly quiet: readonly TimeCondition[];
  readonly isQuietForParents: boolean;
};
type Change = (part: Partial<Draft>) => void;

/** Whom a child's phone may call and be called by, who its parents are, and when it is quiet. */
@customElement('gosip-child-line-dialog')
export class GosipChildLineDialog extends LimitDialog<Draft> {
  @state() private paintsWeek = false;
  private readonly seen = new Shown<Seen>(
    this,
    async () => {
      const [{ items }, people] = await Promise.all([call(listChildLines), allPeople()]);
      const now = items.find((one) => (this.phoneId === '' ? one.personId === this.personId : one.deviceId === this.phoneId));
      return { now: now ?? null, people };
    },
    [],
  );

  static override styles = [weekdayStyles, entries, ruleDialogStyles, ...LimitDialog.styles];

  protected override get draftKey(): string {
    return `child-line ${this.whose}`;
  }

  protected override stored(): Draft | undefined {
    const { value } = this.seen;
    return value === undefined ? undefined : draftOf(value.now);
  }

  protected override fresh(): Draft {
    return draftOf(null);
  }

  override render() {
    return this.renderDialog(
      t('child.title'),
      whenRead(this.seen, (seen) => this.renderForm(seen)),
    );
  }

  private renderForm({ people }: Seen) {
    const draft = this.current;
    const change: Change = (part) => this.change(part);
    const text = this.wrongElsewhere('allowed', 'contactGroups');
    return html`<form class="fields" @submit=${this.submit} @keydown=${this.submitOnEnter}>
      ${problemLine(text)} ${this.renderMeanwhile()}
      ${check({
        label: t('child.isOn'),
        name: 'isOn',
        hint: t('child.help'),
        isOn: draft.isOn,
        changed: (isOn) => change({ isOn }),
      })}
      ${draft.isOn ? html`${this.renderWho(draft, change)} ${this.renderParents(draft, people, change)} ${this.renderQuiet(draft, change)}` : nothing}
      ${this.renderUnsaved()}
    </form>`;
  }

  private renderWho(draft: Draft, change: Change) {
    return html`${check({
      label: t('child.houseAllowed'),
      name: 'isHouseAllowed',
      isOn: draft.isHouseAllowed,
      changed: (isHouseAllowed) => change({ isHouseAllowed }),
    })}
    ${area({
      label: t('child.numbers'),
      name: 'allowed',
      hint: t('child.numbersHint'),
      wrong: this.wrong('allowed'),
      value: draft.numbers,
      changed: (numbers) => change({ numbers }),
    })}
    ${field({
      label: t('child.groups'),
      name: 'contactGroups',
      hint: t('child.groupsHint'),
      wrong: this.wrong('contactGroups'),
      value: draft.groups,
      changed: (groups) => change({ groups }),
    })}`;
  }

  private renderParents({ parents }: Draft, people: readonly Person[], change: Change) {
    const others = people.filter(({ id }) => id !== this.personId);
    return html`<fieldset>
      <legend>${t('child.parents')}</legend>
      <div class="choices">
        ${others.map(({ id, name }) =>
          check({
            label: name,
            name: `parent-${id}`,
            isOn: parents.includes(id),
            changed: (isOn) => change({ parents: isOn ? [...parents, id] : parents.filter((one) => one !== id) }),
          }),
        )}
      </div>
    </fieldset>`;
  }

  private renderQuiet({ quiet, isQuietForParents }: Draft, change: Change) {
    const times = { value: quiet, change: (next: Draft['quiet']) => change({ quiet: next }), wrong: this.wrongOf };
    return html`<fieldset>
        <legend>${t('child.quietTimes')}</legend>
        <div class="fields">
          ${renderTimes(times, this.paintsWeek, 'quiet')}
          <div class="adds">
            <md-outlined-button type="button" @click=${() => change({ quiet: [...quiet, newTime] })}
              >${t('ruleEdit.addTime')}</md-outlined-button
            >
            <md-outlined-button type="button" @click=${() => (this.paintsWeek = !this.paintsWeek)}
              >${t(this.paintsWeek ? 'ruleEdit.asFields' : 'ruleEdit.asWeek')}</md-outlined-button
            >
          </div>
        </div>
      </fieldset>
      ${check({
        label: t('child.quietForParents'),
        name: 'isQuietForParents',
        isOn: isQuietForParents,
        changed: (isOn) => change({ isQuietForParents: isOn }),
      })}`;
  }

  private wrongOf = (name: string): string => this.wrong(name);

  protected override async send(): Promise<void> {
    const now = this.seen.value?.now ?? null;
    const draft = this.current;
    this.assertUnchanged();
    const isPhone = this.phoneId !== '';
    if (draft.isOn) {
      const body = bodyOf(draft, now);
      await (isPhone
        ? call(setDeviceChildLine, { params: this.phone, body })
        : call(setPersonChildLine, { params: this.person, body }));
    } else if (now !== null)
      await (isPhone ? call(clearDeviceChildLine, { params: this.phone }) : call(clearPersonChildLine, { params: this.person }));
    this.discard();
    say({ text: t('state.saved') });
    this.close();
  }
}

function draftOf(now: ChildLine | null): Draft {
  return {
    isOn: now !== null,
    numbers: (now?.allowed ?? []).flatMap((one) => (one.kind === 'number' ? [one.number] : [])).join('\n'),
    groups: now?.contactGroups.join(', ') ?? '',
    isHouseAllowed: now?.isHouseAllowed ?? true,
    parents: (now?.parents ?? []).flatMap((one) => (one.kind === 'person' ? [one.id] : [])),
    quiet: now?.quiet ?? [],
    isQuietForParents: now?.isQuietForParents ?? false,
  };
}

/** What this dialog does not show is kept. */
function bodyOf(draft: Draft, now: ChildLine | null) {
  const { numbers, groups, isHouseAllowed, parents, quiet, isQuietForParents } = draft;
  const kept = (list: readonly Target[] | undefined, kind: Target['kind']) => (list ?? []).filter((one) => one.kind !== kind);
  return {
    allowed: [...kept(now?.allowed, 'number'), ...linesOf(numbers).map((number) => ({ kind: 'number' as const, number }))],
    contactGroups: linesOf(groups),
    isHouseAllowed,
    parents: [
      ...kept(now?.parents, 'person'),
      ...[...parents].map((id) => ({ kind: 'person' as const, id: id as Person['id'] })),
    ],
    quiet: [...quiet],
    isQuietForParents,
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'gosip-child-line-dialog': GosipChildLineDialog;
  }
}
