import { mdiCalendarClock } from '@mdi/js';
import { html } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { openDndSchedule } from '../dialogs/open.ts';
import { readSchedule } from '../dnd-schedule.ts';
import type { DndEntry } from '../dnd-schedule.ts';
import { windowText } from '../dnd-words.ts';
import { Shown } from '../shown.ts';
import { speech } from '../speech-of.ts';
import { t } from '../words.ts';
import { whenRead } from './card.ts';
import { GosipElement } from './element.ts';
import './icon.ts';
import { look, rows } from './look.ts';

/** When do not disturb is on by itself, in sentences; a press opens the schedule. */
@customElement('gosip-dnd-schedule-row')
export class GosipDndScheduleRow extends GosipElement {
  /** Empty: the house's. */
  @property() personId = '';
  @property() name = '';
  private readonly seen = new Shown(this, () => readSchedule(this.personId), ['dnd.changed']);

  static override styles = [look, rows];

  override render() {
    return whenRead(
      this.seen,
      ({ entries }) =>
        html`<button class="row" @click=${() => void openDndSchedule(this.personId, this.name)}>
          <gosip-icon .path=${mdiCalendarClock}></gosip-icon>
          <span class="text"
            ><span class="main" aria-hidden="true">${t('dnd.schedule')}</span>
            <span class="spoken">${t('dnd.scheduleOf', { name: this.name })}</span>
            ${linesOf(entries).map((line) => html`<span class="more">${line}</span>`)}</span
          >
        </button>`,
    );
  }
}

function linesOf(entries: readonly DndEntry[]): readonly string[] {
  if (entries.length === 0) return [t('dnd.schedule.none')];
  return entries.map((one) => {
    const time = windowText(one, speech());
    return one.isOn ? time : t('dnd.schedule.off', { time });
  });
}

declare global {
  interface HTMLElementTagNameMap {
    'gosip-dnd-schedule-row': GosipDndScheduleRow;
  }
}
