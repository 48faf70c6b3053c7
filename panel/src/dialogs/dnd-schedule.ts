import '@material/web/button/outlined-button.js';
import '@material/web/button/text-button.js';
import { html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { readSchedule, saveSchedule } from '../dnd-schedule.ts';
import type { DndEntry } from '../dnd-schedule.ts';
import { windowText } from '../dnd-words.ts';
import { whenRead } from '../parts/card.ts';
import { DraftDialog } from '../parts/draft-dialog.ts';
import { check, field } from '../parts/field.ts';
import { fields, problemLine } from '../parts/form.ts';
import { look } from '../parts/look.ts';
import '../parts/week-grid.ts';
import type { GosipWeekGrid } from '../parts/week-grid.ts';
import { weekdays, weekdayStyles } from '../parts/weekdays.ts';
import { Shown } from '../shown.ts';
import { speech } from '../speech-of.ts';
import { sayDone } from '../undo.ts';
import { t } from '../words.ts';
import { editOne } from './rule/editing.ts';
import type { Editing } from './rule/editing.ts';
import { entries, entry } from './rule/entry.ts';
import { ruleDialogStyles } from './rule/styles.ts';

type Draft = { readonly entries: readonly DndEntry[] };

const newEntry: DndEntry = { days: [1, 2, 3, 4, 5, 6, 7], from: '22:00', to: '07:00', isOn: true };

/** The times at which do not disturb is on by itself, of a person or of the house. */
@customElement('gosip-dnd-schedule-dialog')
export class GosipDndScheduleDialog extends DraftDialog<Draft> {
  /** Empty: the house's. */
  @property() personId = '';
  /** Whose it is, as the heading says it. */
  @property() name = '';
  @state() private paintsWeek = false;
  private readonly seen = new Shown(this, () => readSchedule(this.personId), ['dnd.changed']);

  static override styles = [look, fields, weekdayStyles, entries, ruleDialogStyles];

  protected override readonly isNew = false;

  protected override get draftKey(): string {
    return `dnd-schedule ${this.personId}`;
  }

  protected override stored(): Draft | undefined {
    const { value } = this.seen;
    return value === undefined ? undefined : { entries: value.entries };
  }

  protected override fresh(): Draft {
    return { entries: [] };
  }

  override render() {
    return this.renderDialog(
      t('dnd.scheduleOf', { name: this.name }),
      whenRead(this.seen, ({ timeZone }) => this.renderForm(this.current.entries, timeZone)),
    );
  }

  private renderForm(value: readonly DndEntry[], timeZone: string) {
    const change = (next: readonly DndEntry[]) => this.change({ entries: next });
    const editing = { value, change, wrong: (name: string) => this.wrong(name) };
    const zone = timeZone.replaceAll('_', ' ');
    return html`<form class="fields" @submit=${this.submit} @keydown=${this.submitOnEnter}>
      <p class="quiet">${t('dnd.schedule.text')} ${t('dnd.schedule.zone', { zone })}</p>
      ${this.renderProblem(value)} ${this.renderMeanwhile()}
      ${value.map((one, index) => (this.paintsWeek && one.isOn ? nothing : renderEntry(editing, index)))}
      ${this.paintsWeek ? renderWeek(editing) : nothing}
      <div class="adds">
        ${
          this.paintsWeek
            ? nothing
            : html`<md-outlined-button type="button" @click=${() => change([...value, newEntry])}
                >${t('ruleEdit.addTime')}</md-outlined-button
              >`
        }
        <md-text-button type="button" @click=${() => (this.paintsWeek = !this.paintsWeek)}
          >${t(this.paintsWeek ? 'ruleEdit.asFields' : 'ruleEdit.asWeek')}</md-text-button
        >
      </div>
      ${this.renderUnsaved()}
    </form>`;
  }

  private renderProblem(value: readonly DndEntry[]) {
    const shown = value.flatMap((_one, index) => (['days', 'from', 'to'] as const).map((name) => `entries.${index}.${name}`));
    const text = this.wrong('entries') || this.wrongElsewhere(...(this.paintsWeek ? [] : shown));
    return problemLine(text);
  }

  protected override async send(): Promise<void> {
    const { draft, personId } = this;
    if (draft === undefined) return;
    const before = this.seen.value?.entries ?? [];
    this.assertUnchanged();
    await saveSchedule(personId, draft.entries);
    this.discard();
    sayDone(t('dnd.schedule.saved'), () => saveSchedule(personId, before));
    this.close();
  }
}

function renderEntry(editing: Editing<readonly DndEntry[]>, index: number) {
  const one = editOne(editing, index);
  const { value, change, wrong } = one;
  const name = `entries.${index}`;
  const time = (part: 'from' | 'to') =>
    field({
      label: t(`ruleEdit.${part}`),
      name: `${name}.${part}`,
      type: 'time',
      wrong: wrong(`${name}.${part}`),
      value: value[part],
      changed: (text) => change({ ...value, [part]: text }),
    });
  const wrongDays = wrong(`${name}.days`);
  return entry(
    windowText(value, speech()),
    one.remove,
    html`${problemLine(wrongDays)}
      ${weekdays({
        label: t('ruleEdit.weekdays'),
        name: `${name}.days`,
        value: value.days,
        changed: (days) => change({ ...value, days: [...days] }),
      })}
      <div class="pair">${time('from')} ${time('to')}</div>
      <p class="note">${t('ruleEdit.toHint')}</p>
      ${check({
        label: t('dnd.schedule.isOn'),
        name: `${name}.isOn`,
        isOn: value.isOn,
        changed: (isOn) => change({ ...value, isOn }),
      })}`,
  );
}

/** What does not apply keeps its fields: a week shows what does. */
function renderWeek({ value, change }: Editing<readonly DndEntry[]>) {
  const changed = (event: Event) => {
    const painted = (event.target as GosipWeekGrid).value.map((one) => ({ ...one, days: [...one.days], isOn: true }));
    change([...value.filter(({ isOn }) => !isOn), ...painted]);
  };
  return html`<gosip-week-grid .value=${value.filter(({ isOn }) => isOn)} @changed=${changed}></gosip-week-grid>`;
}

declare global {
  interface HTMLElementTagNameMap {
    'gosip-dnd-schedule-dialog': GosipDndScheduleDialog;
  }
}
