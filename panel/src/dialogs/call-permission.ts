import { html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import {
  clearDeviceCallPermission,
  clearPersonCallPermission,
  listCallPermissions,
  setDeviceCallPermission,
  setPersonCallPermission,
} from '#contract/call-permissions.ts';
import { call } from '../api.ts';
import { countryName } from '../rules/speech.ts';
import { speech } from '../speech-of.ts';
import type { CallPermission } from '../limit-words.ts';
import { whenRead } from '../parts/card.ts';
import { area, check, choice } from '../parts/field.ts';
import { say } from '../parts/snackbar.ts';
import '../parts/week-grid.ts';
import type { GosipWeekGrid } from '../parts/week-grid.ts';
import { Shown } from '../shown.ts';
import { t } from '../words.ts';
import { LimitDialog, linesOf } from './limit.ts';
import { problemLine } from '../parts/form.ts';

type Kind = CallPermission['allow'] | 'any';
type Draft = {
  readonly allow: Kind;
  readonly numbers: string;
  readonly countries: string;
  /** Null: at any time. */
  readonly hours: CallPermission['hours'] | null;
};

/** To begin with. */
const everyDay: CallPermission['hours'] = [{ days: [1, 2, 3, 4, 5, 6, 7], from: '08:00', to: '20:00' }];

const kinds = ['any', 'everything', 'countries', 'national', 'list', 'house'] as const satisfies readonly Kind[];

/** What a phone or a person may call outside of the house. */
@customElement('gosip-call-permission-dialog')
export class GosipCallPermissionDialog extends LimitDialog<Draft> {
  private readonly seen = new Shown(
    this,
    async () => {
      const { items } = await call(listCallPermissions);
      const own = items.find((one) => (this.phoneId === '' ? one.personId === this.personId : one.deviceId === this.phoneId));
      return own ?? null;
    },
    [],
  );

  protected override get draftKey(): string {
    return `call-permission ${this.whose}`;
  }

  protected override stored(): Draft | undefined {
    const { value } = this.seen;
    return value === undefined ? undefined : draftOf(value);
  }

  protected override fresh(): Draft {
    return draftOf(null);
  }

  override render() {
    return this.renderDialog(
      t('permission.title'),
      whenRead(this.seen, () => this.renderForm()),
    );
  }

  private renderForm() {
    const draft = this.current;
    const change = (part: Partial<Draft>) => this.change(part);
    const text = this.wrongElsewhere('numbers', 'countries');
    return html`<form class="fields" @submit=${this.submit} @keydown=${this.submitOnEnter}>
      ${problemLine(text)} ${this.renderMeanwhile()}
      ${choice({
        label: t('permission.allow'),
        name: 'allow',
        hint: t('permission.help'),
        value: draft.allow,
        changed: (allow) => change({ allow: allow as Kind }),
        choices: kinds.map((value) => ({ value, text: t(`permission.${value}`) })),
      })}
      ${draft.allow === 'countries' ? this.renderCountries(draft, change) : nothing}
      ${draft.allow === 'house' || draft.allow === 'any' ? nothing : this.renderNumbers(draft, change)}
      ${draft.allow === 'house' || draft.allow === 'any' ? nothing : this.renderHours(draft, change)} ${this.renderUnsaved()}
    </form>`;
  }

  private renderCountries(draft: Draft, change: (part: Partial<Draft>) => void) {
    return area({
      label: t('permission.countriesField'),
      name: 'countries',
      hint:
        linesOf(draft.countries.toUpperCase())
          .map((code) => countryName(code, speech()))
          .join(', ') || t('permission.countriesHint'),
      rows: 2,
      wrong: this.wrong('countries'),
      value: draft.countries,
      changed: (countries) => change({ countries }),
    });
  }

  private renderNumbers(draft: Draft, change: (part: Partial<Draft>) => void) {
    return area({
      label: t(draft.allow === 'list' ? 'permission.numbersOnly' : 'permission.numbersAlso'),
      name: 'numbers',
      hint: t('permission.numbersHint'),
      wrong: this.wrong('numbers'),
      value: draft.numbers,
      changed: (numbers) => change({ numbers }),
    });
  }

  private renderHours({ hours }: Draft, change: (part: Partial<Draft>) => void) {
    const turn = (isOn: boolean) => change({ hours: isOn ? everyDay : null });
    const painted = (event: Event) => {
      const { value } = event.target as GosipWeekGrid;
      change({ hours: value.map(({ days, from, to }) => ({ days: [...days], from, to })) });
    };
    const label = t('permission.atTimes');
    return html`${check({ label, name: 'atTimes', hint: t('permission.atTimesHint'), isOn: hours !== null, changed: turn })}
    ${hours === null ? nothing : html`<gosip-week-grid .value=${hours} @changed=${painted}></gosip-week-grid>`}`;
  }

  protected override async send(): Promise<void> {
    const now = this.seen.value ?? null;
    const { allow, numbers, countries, hours } = this.current;
    this.assertUnchanged();
    const isPhone = this.phoneId !== '';
    if (allow === 'any') {
      if (now !== null)
        await (isPhone
          ? call(clearDeviceCallPermission, { params: this.phone })
          : call(clearPersonCallPermission, { params: this.person }));
    } else {
      const lists = { numbers: linesOf(numbers), countries: allow === 'countries' ? linesOf(countries) : [] };
      const body = { allow, ...lists, hours: [...(hours ?? [])] };
      await (isPhone
        ? call(setDeviceCallPermission, { params: this.phone, body })
        : call(setPersonCallPermission, { params: this.person, body }));
    }
    this.discard();
    say({ text: t('state.saved') });
    this.close();
  }
}

function draftOf(now: CallPermission | null): Draft {
  return {
    allow: now?.allow ?? 'any',
    numbers: now?.numbers.join('\n') ?? '',
    countries: now?.countries.join(', ') ?? '',
    hours: now === null || now.hours.length === 0 ? null : now.hours,
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'gosip-call-permission-dialog': GosipCallPermissionDialog;
  }
}
