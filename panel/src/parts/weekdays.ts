import { css, html } from 'lit';
import type { TemplateResult } from 'lit';
import { weekFrom } from '../first-weekday.ts';
import { weekdayName } from '../rules/time-words.ts';
import { speech } from '../speech-of.ts';
import { locale } from '../words.ts';

type WeekdaysOptions = {
  readonly label: string;
  readonly name: string;
  /** Monday is 1. */
  readonly value: readonly number[];
  readonly changed: (value: readonly number[]) => void;
};

/** Days of the week to choose, none or several. */
export function weekdays({ label, name, value, changed }: WeekdaysOptions): TemplateResult {
  const turn = (day: number) =>
    changed(value.includes(day) ? value.filter((one) => one !== day) : [...value, day].toSorted((a, b) => a - b));
  return html`<fieldset class="weekdays" id=${name}>
    <legend>${label}</legend>
    <div>
      ${weekFrom(locale.value.firstWeekday).map(
        (day) =>
          html`<button type="button" aria-pressed=${value.includes(day)} @click=${() => turn(day)}>
            <span class="spoken">${weekdayName(day, speech())}</span
            ><span aria-hidden="true">${weekdayName(day, speech(), 'short')}</span>
          </button>`,
      )}
    </div>
  </fieldset>`;
}

export const weekdayStyles = css`
  .weekdays {
    min-width: 0;
    margin: 0;
    padding: 0;
    border: 0;
  }
  .weekdays legend {
    padding: 0 0 6px;
    font-size: 13px;
    font-weight: 500;
    line-height: 18px;
  }
  .weekdays > div {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(44px, 1fr));
    gap: 4px;
  }
  .weekdays button {
    position: relative;
    min-height: 44px;
    padding: 0;
    border: 1px solid var(--outline);
    border-radius: 10px;
    background: var(--card);
    cursor: pointer;
  }
  .weekdays button:hover {
    background: var(--hover);
  }
  .weekdays button[aria-pressed='true'] {
    border-color: var(--accent);
    background: var(--accent);
    color: var(--on-accent);
    font-weight: 500;
  }
`;
