import '@material/web/button/filled-tonal-button.js';
import { mdiCalendarStar, mdiDelete } from '@mdi/js';
import { css, html, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { listHolidays } from '#contract/holidays.ts';
import type { EndpointInput, EndpointReply } from '#contract/endpoint.ts';
import { changeRoutingSettings, getRoutingSettings } from '#contract/routing-settings.ts';
import { call } from '../../api.ts';
import { beside } from '../../beside.ts';
import { clock } from '../../clock.ts';
import { formatWhen } from '../../format.ts';
import { card, whenRead } from '../../parts/card.ts';
import { check, field } from '../../parts/field.ts';
import { fields, FormElement, problemLine } from '../../parts/form.ts';
import '../../parts/icon-button.ts';
import { look, rows } from '../../parts/look.ts';
import '../../parts/notice.ts';
import { say } from '../../parts/snackbar.ts';
import '../../parts/status.ts';
import '../../parts/word-list.ts';
import type { GosipWordList } from '../../parts/word-list.ts';
import { dayName } from '../../rules/time-words.ts';
import { Shown } from '../../shown.ts';
import { speech } from '../../speech-of.ts';
import { locale, t } from '../../words.ts';

type Coming = EndpointReply<typeof listHolidays>;
type Calendar = Coming['calendars'][number];

async function readAll() {
  const [settings, coming] = await Promise.all([call(getRoutingSettings), call(listHolidays, { query: { days: 100 } })]);
  return { settings, coming };
}

/** The holidays of the house: those that come, days of its own, and the calendars they are read from. */
@customElement('gosip-holidays')
export class GosipHolidays extends FormElement {
  @state() private day = '';
  @state() private isYearly = false;
  private readonly seen = new Shown(this, readAll, ['routing-settings.changed']);

  static override styles = [
    look,
    rows,
    fields,
    css`
      :host,
      .all {
        display: grid;
        gap: 16px;
      }
      .fields {
        padding: 0 16px 16px;
      }
      .hint {
        padding: 0 16px 12px;
        color: var(--quiet);
      }
      .fields > md-filled-tonal-button {
        justify-self: start;
        width: auto;
      }
      .row .more {
        overflow-wrap: anywhere;
      }
    `,
  ];

  override render() {
    return whenRead(
      this.seen,
      ({ settings, coming }) =>
        html`<div class="all">
          ${card(t('holidays.own'), this.renderOwn(settings.holidays))}
          ${card(t('holidays.calendars'), this.renderCalendars(settings.holidayCalendars, coming.calendars))}
          ${card(t('holidays.coming'), this.renderComing(coming))}
        </div>`,
    );
  }

  private renderOwn(days: readonly string[]) {
    const text = this.wrongElsewhere(...this.wrongDays());
    return html`<p class="hint">${t('holidays.own.text')}</p>
      <form class="fields" @submit=${this.submit} @keydown=${this.submitOnEnter}>
        ${problemLine(text)}
        ${field({
          label: t('holidays.day'),
          name: 'day',
          type: 'date',
          wrong: this.wrongDays().length > 0 ? t('ruleProblem.day') : '',
          value: this.day,
          changed: (day) => (this.day = day),
        })}
        ${check({
          label: t('ruleEdit.everyYear'),
          name: 'yearly',
          isOn: this.isYearly,
          changed: (isOn) => (this.isYearly = isOn),
        })}
        <md-filled-tonal-button type="button" ?disabled=${this.isBusy || this.day === ''} @click=${this.submit}
          >${t('holidays.add')}</md-filled-tonal-button
        >
      </form>
      ${days.length === 0 ? html`<p class="hint">${t('holidays.none')}</p>` : nothing}
      <ul class="rows">
        ${days.toSorted().map((day) => html`<li class="row">${this.renderDay(day)}</li>`)}
      </ul>`;
  }

  private renderDay(day: string) {
    const name = dayName(day, speech());
    return html`<span class="text">
        <span class="main">${name}</span>${day.length === 5 ? html`<span class="more">${t('holidays.yearly')}</span>` : nothing}
      </span>
      <gosip-icon-button
        .path=${mdiDelete}
        label=${t('routing.delete', { name })}
        @click=${() => void this.removeDay(day, name)}
      ></gosip-icon-button>`;
  }

  private renderCalendars(chosen: readonly string[], read: readonly Calendar[]) {
    const changed = (event: Event) =>
      void this.save({ holidayCalendars: [...(event.target as GosipWordList).value] }, t('state.saved'));
    const wrong = this.problem?.fields.find(({ field: name }) => name.startsWith('holidayCalendars'));
    return html`<div class="fields">
        <gosip-word-list
          label=${t('holidays.calendar')}
          hint=${`${t('holidays.calendars.text')} ${t('holidays.calendarHint')}`}
          add=${t('holidays.calendarAdd')}
          wrong=${wrong === undefined ? '' : t('ruleProblem.entity')}
          .value=${chosen}
          @changed=${changed}
        ></gosip-word-list>
      </div>
      <ul class="rows">
        ${read.map((one) => html`<li class="row">${this.renderCalendar(one)}</li>`)}
      </ul>`;
  }

  private renderCalendar({ entityId, readAt, problem }: Calendar) {
    const when = readAt === null ? '' : formatWhen(Date.parse(readAt), clock.now(), locale.value);
    return html`<span class="text">
        <span class="main cut">${entityId}</span>
        <span class="more">${problem ?? (when === '' ? t('holidays.unread') : t('holidays.readAt', { when }))}</span>
      </span>
      ${problem === null ? nothing : html`<gosip-status tone="warning" text=${t('ha.bad')}></gosip-status>`}`;
  }

  private renderComing({ items }: Coming) {
    if (items.length === 0)
      return html`<gosip-notice .path=${mdiCalendarStar} heading=${t('holidays.coming.none')}></gosip-notice>`;
    return html`<ul class="rows">
      ${items.map(
        ({ date, name, calendar }) =>
          html`<li class="row">
            <span class="text">
              <span class="main">${dayName(date, speech())}</span>
              <span class="more">${beside(name, calendar ?? t('holidays.own'))}</span>
            </span>
          </li>`,
      )}
    </ul>`;
  }

  private wrongDays(): readonly string[] {
    return this.problem?.fields.map(({ field: name }) => name).filter((name) => name.startsWith('holidays')) ?? [];
  }

  protected override async send(): Promise<void> {
    const day = this.isYearly ? this.day.slice(5) : this.day;
    const now = (await call(getRoutingSettings)).holidays;
    if (day !== '' && !now.includes(day)) await call(changeRoutingSettings, { body: { holidays: [...now, day] } });
    await this.seen.reload();
    this.day = '';
    say({ text: t('state.saved') });
  }

  private async removeDay(day: string, name: string): Promise<void> {
    const without = async () => (await call(getRoutingSettings)).holidays.filter((one) => one !== day);
    await this.save({ holidays: await without() });
    say({
      text: t('routing.deleted', { name }),
      undo: () => void without().then((holidays) => this.save({ holidays: [...holidays, day] })),
    });
  }

  private save(body: NonNullable<EndpointInput<typeof changeRoutingSettings>['body']>, done = ''): Promise<void> {
    return this.attempt(async () => {
      await call(changeRoutingSettings, { body });
      await this.seen.reload();
      if (done !== '') say({ text: done });
    });
  }
}
