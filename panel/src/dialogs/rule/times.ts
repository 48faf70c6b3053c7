import '@material/web/button/text-button.js';
import { html, nothing } from 'lit';
import { live } from 'lit/directives/live.js';
import { clock } from '../../clock.ts';
import { choice, field } from '../../parts/field.ts';
import { problemLine } from '../../parts/form.ts';
import { mdiClose } from '@mdi/js';
import '../../parts/icon-button.ts';
import '../../parts/week-grid.ts';
import type { GosipWeekGrid } from '../../parts/week-grid.ts';
import { weekdays } from '../../parts/weekdays.ts';
import type { TimeCondition } from '../../rules/rule.ts';
import { timeText } from '../../rules/time-words.ts';
import { isWeekly, weekOf, withWeek } from '../../rules/times-of-week.ts';
import { speech } from '../../speech-of.ts';
import { t } from '../../words.ts';
import { editOne, orNothing } from './editing.ts';
import type { Editing } from './editing.ts';
import { entry } from './entry.ts';

export const newTime: TimeCondition = { weekdays: [], from: '22:00', to: '07:00', dates: [], holidays: 'any' };
const holidayChoices = ['any', 'only', 'except'] as const satisfies readonly TimeCondition['holidays'][];

/** `isPainted`: as a week that is painted; what a week does not have keeps its fields. `name`: by which the house says what is wrong. */
export function renderTimes(editing: Editing<readonly TimeCondition[]>, isPainted: boolean, name = 'conditions.times') {
  return html`${editing.value.map((time, index) => {
    if (isPainted && isWeekly(time)) return nothing;
    const one = editOne(editing, index);
    return entry(timeText(time, speech()), one.remove, renderTime(one, `${name}.${index}`));
  })}
  ${isPainted ? renderWeek(editing) : nothing}`;
}

function renderWeek({ value, change }: Editing<readonly TimeCondition[]>) {
  const changed = (event: Event) => change(withWeek(value, (event.target as GosipWeekGrid).value));
  return html`<gosip-week-grid .value=${weekOf(value)} @changed=${changed}></gosip-week-grid>`;
}

function renderTime(one: Editing<TimeCondition>, name: string) {
  const { value, change, wrong } = one;
  const isSpecial = value.dates.length > 0 || value.holidays !== 'any' || value.timeZone !== undefined;
  return html`${problemLine(wrong(name))}
    ${weekdays({
      label: t('ruleEdit.weekdays'),
      name: `${name}.weekdays`,
      value: value.weekdays,
      changed: (days) => change({ ...value, weekdays: [...days] }),
    })}
    <div class="pair">
      ${field({
        name: `${name}.from`,
        wrong: wrong(`${name}.from`),
        label: t('ruleEdit.from'),
        type: 'time',
        value: value.from ?? '',
        changed: (from) => change({ ...value, from: orNothing(from) }),
      })}
      ${field({
        name: `${name}.to`,
        wrong: wrong(`${name}.to`),
        label: t('ruleEdit.to'),
        type: 'time',
        value: value.to ?? '',
        changed: (to) => change({ ...value, to: orNothing(to) }),
      })}
    </div>
    <p class="note">${t('ruleEdit.toHint')}</p>
    <details ?open=${isSpecial}>
      <summary>${t('ruleEdit.moreTime')}</summary>
      <div class="fields">${renderDates(one, name)} ${renderHolidays(one, name)} ${renderZone(one, name)}</div>
    </details>`;
}

function renderHolidays({ value, change, wrong }: Editing<TimeCondition>, name: string) {
  return choice({
    name: `${name}.holidays`,
    wrong: wrong(`${name}.holidays`),
    label: t('ruleEdit.holidays'),
    value: value.holidays,
    choices: holidayChoices.map((one) => ({ value: one, text: t(`ruleEdit.holidays.${one}`) })),
    changed: (holidays) => change({ ...value, holidays: holidays as TimeCondition['holidays'] }),
  });
}

function renderZone({ value, change, wrong }: Editing<TimeCondition>, name: string) {
  return field({
    name: `${name}.timeZone`,
    wrong: wrong(`${name}.timeZone`),
    label: t('ruleEdit.zone'),
    hint: t('ruleEdit.zoneHint'),
    suggestions: Intl.supportedValuesOf('timeZone'),
    value: value.timeZone ?? '',
    changed: (zone) => change({ ...value, timeZone: orNothing(zone.trim()) }),
  });
}

function renderDates({ value, change, wrong }: Editing<TimeCondition>, name: string) {
  const { dates } = value;
  return html`${dates.map((range, index) =>
      renderRange(
        {
          value: range,
          change: (next) => change({ ...value, dates: dates.with(index, next) }),
          remove: () => change({ ...value, dates: dates.toSpliced(index, 1) }),
          wrong,
        },
        `${name}.dates.${index}`,
      ),
    )}
    <md-text-button type="button" @click=${() => change({ ...value, dates: [...dates, { from: '', to: '' }] })}
      >${t('ruleEdit.addDates')}</md-text-button
    >`;
}

type DateRange = TimeCondition['dates'][number];

/** A date field needs a year; a day of every year is shown in one in which there is a 29 February. */
const anyYear = '2024-';

function thisYear(): string {
  return `${new Date(clock.now()).getFullYear()}-`;
}

function renderRange({ value, change, remove, wrong }: Editing<DateRange> & { readonly remove: () => void }, name: string) {
  const isYearly = value.from.length === 5 || value.to.length === 5;
  const day = (part: 'from' | 'to') =>
    field({
      name: `${name}.${part}`,
      wrong: wrong(`${name}.${part}`),
      label: t(part === 'from' ? 'ruleEdit.fromDay' : 'ruleEdit.toDay'),
      type: 'date',
      value: value[part].length === 5 ? anyYear + value[part] : value[part],
      changed: (text) => change({ ...value, [part]: isYearly ? text.slice(5) : text }),
    });
  const turn = (event: Event) => {
    const { checked } = event.target as HTMLInputElement;
    const cut = (text: string) => (text === '' ? '' : `${checked ? '' : thisYear()}${text.slice(-5)}`);
    change({ from: cut(value.from), to: cut(value.to) });
  };
  return html`<div class="range">
    <div class="pair">${day('from')} ${day('to')}</div>
    <div class="field check">
      <label><input type="checkbox" .checked=${live(isYearly)} @change=${turn} /><span>${t('ruleEdit.everyYear')}</span></label>
      <gosip-icon-button
        .path=${mdiClose}
        label=${t('ruleEdit.remove', { what: t('ruleEdit.fromDay') })}
        @click=${remove}
      ></gosip-icon-button>
    </div>
  </div>`;
}
