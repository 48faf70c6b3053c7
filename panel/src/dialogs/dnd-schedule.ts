import '@material/web/button/filled-button.js';
import '@material/web/button/outlined-button.js';
import '@material/web/button/text-button.js';
import { html, nothing } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { readSchedule, saveSchedule } from '../dnd-schedule.ts';
import type { DndEntry } from '../dnd-schedule.ts';
import { windowText } from '../dnd-words.ts';
import { whenRead } from '../parts/card.ts';
import '../parts/dialog.ts';
import type { GosipDialog } from '../parts/dialog.ts';
import { check, field } from '../parts/field.ts';
import { fields, FormElement, problemLine } from '../parts/form.ts';
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

const newEntry: DndEntry = { days: [1, 2, 3, 4, 5, 6, 7], from: '22:00', to: '07:00', isOn: true };

/** The times at which do not disturb is on by itself, of a person or of the house. */
@customElement('gosip-dnd-schedule-dialog')
export class GosipDndScheduleDialog extends FormElement {
  /** Empty: the house's. */
  @property() personId = '';
  /** Whose it is, as the heading says it. */
  @property() name = '';
  @state() private draft: readonly DndEntry[] | undefined;
  @state() private paintsWeek = false;
  @query('gosip-dialog') private dialog!: GosipDialog;
  private readonly seen = new Shown(this, () => readSchedule(this.personId), ['dnd.changed']);

  static override styles = [look, fields, weekdayStyles, entries, ruleDialogStyles];

  override render() {
    return html`<gosip-dialog
      firm
      heading=${t('dnd.scheduleOf', { name: this.name })}
      @closed=${() => this.dispatchEvent(new Event('closed'))}
    >
      ${whenRead(this.seen, ({ entries: saved, timeZone }) => this.renderForm(this.draft ?? saved, timeZone))}
      <md-text-button slot="actions" @click=${() => this.dialog.close()}
        >${t(this.draft === undefined ? 'action.close' : 'action.cancel')}</md-text-button
      >
      <md-filled-button slot="actions" ?disabled=${this.isBusy || this.draft === undefined} @click=${this.submit}
        >${t('action.save')}</md-filled-button
      >
    </gosip-dialog>`;
  }

  private renderForm(value: readonly DndEntry[], timeZone: string) {
    const change = (draft: readonly DndEntry[]) => (this.draft = draft);
    const editing = { value, change, wrong: (name: string) => this.wrong(name) };
    const zone = timeZone.replaceAll('_', ' ');
    return html`<form class="fields" @submit=${this.submit} @keydown=${this.submitOnEnter}>
      <p class="quiet">${t('dnd.schedule.text')} ${t('dnd.schedule.zone', { zone })}</p>
      ${this.renderProblem(value)}
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
    await saveSchedule(personId, draft);
    sayDone(t('dnd.schedule.saved'), () => saveSchedule(personId, before));
    this.dialog.close();
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
