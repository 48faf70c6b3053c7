import { html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import { setDeviceDnd, setHouseDnd, setPersonDnd } from '#contract/dnd.ts';
import type { getDnd } from '#contract/dnd.ts';
import type { EndpointReply } from '#contract/endpoint.ts';
import { call } from '../../api.ts';
import { clock } from '../../clock.ts';
import { readDnd } from '../../dashboard-data.ts';
import type { Person, Phone } from '../../data.ts';
import { formatWhen } from '../../format.ts';
import { card, whenRead } from '../../parts/card.ts';
import '../../parts/dnd-schedule-row.ts';
import { GosipElement } from '../../parts/element.ts';
import { look } from '../../parts/look.ts';
import { say } from '../../parts/snackbar.ts';
import '../../parts/switch.ts';
import { toProblem } from '../../problem.ts';
import { problemText } from '../../problem-words.ts';
import { isAdmin, me } from '../../session.ts';
import { Shown } from '../../shown.ts';
import { untilChoices } from '../../until.ts';
import { locale, t } from '../../words.ts';
import { dndStyles } from './dnd-styles.ts';

type Dnd = EndpointReply<typeof getDnd>;
type State = Dnd['house'];
type Switched = Pick<State, 'isOn' | 'until'>;
type Line = {
  readonly key: string;
  readonly name: string;
  readonly text: string;
  readonly state: State;
  /** Of the person, empty for the house; undefined where there is none to see here. */
  readonly schedule?: string;
  readonly set: (body: Switched) => Promise<State>;
};

/** Who is left in peace, and until when. */
@customElement('gosip-do-not-disturb')
export class GosipDoNotDisturb extends GosipElement {
  /** Me and my phones alone, rather than the house and whoever has it on. */
  @property({ type: Boolean }) mine = false;
  private readonly seen = new Shown(this, readDnd, ['dnd.changed']);
  /** What was switched on just now, and is asked for how long. */
  @state() private asked: string | undefined;
  /** What the house is being told: on a slow line the switch stays where it was put. */
  @state() private turned: { readonly key: string; readonly isOn: boolean } | undefined;

  static override styles = [look, dndStyles];

  override render() {
    return card(
      t('dnd.title'),
      whenRead(
        this.seen,
        (dnd) =>
          html`<ul>
            ${this.lines(dnd).map((line) => this.renderLine(line))}
          </ul>`,
      ),
    );
  }

  private lines(dnd: Dnd): readonly Line[] {
    const own = me()?.person?.id;
    const house: Line = {
      key: 'house',
      name: t('dnd.house'),
      text: t('dnd.house.text'),
      state: dnd.house,
      schedule: '',
      set: (body) => call(setHouseDnd, { body }),
    };
    const persons = dnd.persons
      .filter(({ personId, isOn }) => personId === own || (isAdmin() && isOn))
      .map((one): Line => ({
        key: one.personId,
        name: one.personId === own ? t('dnd.me') : one.name,
        text: t('dnd.person.text'),
        state: one,
        ...(one.personId === own ? { schedule: one.personId } : {}),
        set: (body) => call(setPersonDnd, { params: { id: one.personId as Person['id'] }, body }),
      }));
    if (this.mine) return [...persons.filter(({ key }) => key === own), ...phoneLines(dnd, own)];
    return isAdmin() ? [house, ...persons] : persons;
  }

  private renderLine(line: Line) {
    const { key, name, text, state: now } = line;
    return html`<li>
      <div class="line">
        <span class="text"><span class="main">${name}</span><span class="quiet more">${stateText(now) ?? text}</span></span>
        <gosip-switch
          aria-label=${t('dnd.switch', { name })}
          .selected=${live(this.turned?.key === key ? this.turned.isOn : now.isOn)}
          @change=${(event: Event) => void this.switch(line, event)}
        ></gosip-switch>
      </div>
      ${now.isOn && this.asked === key ? this.renderChoices(line) : nothing}
      ${
        line.schedule === undefined
          ? nothing
          : html`<gosip-dnd-schedule-row .personId=${line.schedule} .name=${name}></gosip-dnd-schedule-row>`
      }
    </li>`;
  }

  private renderChoices(line: Line) {
    return html`<div class="choices" role="group" aria-label=${t('dnd.until')}>
      ${untilChoices.map(
        ({ key, until }) =>
          html`<button @click=${() => void this.set(line, { isOn: true, until: toIso(until(clock.now())) })}>${t(key)}</button>`,
      )}
    </div>`;
  }

  private async switch(line: Line, event: Event): Promise<void> {
    const { selected } = event.target as HTMLElement & { selected: boolean };
    this.asked = selected ? line.key : undefined;
    this.turned = { key: line.key, isOn: selected };
    // What the schedule was to have on goes back to it.
    await this.set(line, { isOn: selected, until: selected ? line.state.offUntil : null }, selected);
    this.turned = undefined;
  }

  private async set(line: Line, body: Switched, keepsAsking = false): Promise<void> {
    try {
      const { offUntil } = await line.set(body);
      if (!body.isOn && offUntil !== null) say({ text: offText(offUntil) });
      if (!keepsAsking) this.asked = undefined;
    } catch (error) {
      say({ text: problemText(toProblem(error)) });
    }
    await this.seen.reload();
  }
}

function phoneLines({ devices }: Dnd, own: string | undefined): readonly Line[] {
  return devices
    .filter(({ personId }) => personId !== null && personId === own)
    .map((one) => ({
      key: one.deviceId,
      name: one.name,
      text: t('dnd.phone.text'),
      state: one,
      set: (body) => call(setDeviceDnd, { params: { id: one.deviceId as Phone['id'] }, body }),
    }));
}

/** Undefined where it is off, as usual. */
function stateText({ isOn, until, bySchedule, offUntil }: State): string | undefined {
  if (!isOn) return offUntil === null ? undefined : offText(offUntil);
  if (until === null) return t('dnd.on');
  return t(bySchedule ? 'dnd.bySchedule' : 'dnd.onUntil', { when: when(until) });
}

function offText(offUntil: string): string {
  return t('dnd.offUntil', { when: when(offUntil) });
}

function when(at: string): string {
  return formatWhen(Date.parse(at), clock.now(), locale.value);
}

function toIso(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
