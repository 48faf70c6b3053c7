import '@material/web/button/outlined-button.js';
import { mdiClose } from '@mdi/js';
import { css, html, nothing } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import { ifDefined } from 'lit/directives/if-defined.js';
import { repeat } from 'lit/directives/repeat.js';
import { beside } from '../beside.ts';
import type { Contact, Targets } from '../routing-data.ts';
import type { StringKey } from '../strings/en.ts';
import { t } from '../words.ts';
import { GosipElement } from './element.ts';
import { field } from './field.ts';
import { fields } from './form.ts';
import './icon-button.ts';
import { look } from './look.ts';
import { Sorting, sorting } from './sorting.ts';

/** Of a rule, a group or a chain. */
export type Target =
  | { readonly kind: 'person' | 'device' | 'group'; readonly id: string }
  | { readonly kind: 'contact'; readonly id: string; readonly number?: string | undefined }
  | { readonly kind: 'number'; readonly number: string };

/** What may be chosen; what is left out is not offered. */
export type TargetChoices = Partial<Pick<Targets, 'people' | 'phones' | 'groups'>> & { readonly contacts?: readonly Contact[] };

const kindText = {
  person: 'targets.person',
  device: 'targets.phone',
  group: 'targets.group',
  contact: 'targets.contact',
  number: 'targets.outside',
} as const satisfies Readonly<Record<Target['kind'], StringKey>>;

/** Who rings: chosen one by one, and put in order. `changed`: `value` is another one. */
@customElement('gosip-targets')
export class GosipTargets extends GosipElement {
  @property() label = '';
  @property({ attribute: false }) value: readonly Target[] = [];
  @property({ attribute: false }) choices: TargetChoices = {};
  /** What is wrong with the list, or with the one at a place or its number; empty where nothing is. */
  @property({ attribute: false }) wrong: (part: string) => string = () => '';
  @query('#add') private adding!: HTMLSelectElement;
  #isByKeys = false;
  private readonly sorting = new Sorting(this, {
    ids: () => this.value.map((_, index) => String(index)),
    moved: (ids) => this.change(ids.flatMap((id) => this.value[Number(id)] ?? [])),
  });

  static override styles = [
    look,
    fields,
    sorting,
    css`
      .label {
        padding-bottom: 6px;
        font-size: 13px;
        font-weight: 500;
        line-height: 18px;
      }
      .box {
        border: 1px solid var(--line);
        border-radius: 10px;
      }
      .list > li {
        display: flex;
        align-items: center;
        gap: 4px;
        min-height: 52px;
        padding: 4px;
        background: var(--card);
        border-radius: 10px;
      }
      .list > li + li {
        border-top: 1px solid var(--line);
        border-radius: 0 0 10px 10px;
      }
      .text {
        flex: 1;
        min-width: 0;
        overflow-wrap: anywhere;
      }
      .kind {
        display: block;
        color: var(--quiet);
        font-size: 12px;
        line-height: 16px;
      }
      .none {
        padding: 12px 16px;
        color: var(--quiet);
      }
      .wrong {
        padding-top: 4px;
        color: var(--error);
        font-size: 12px;
        line-height: 16px;
      }
      .add {
        margin-top: 8px;
      }
    `,
  ];

  override render() {
    const wrong = this.wrong('');
    return html`<div role="group" aria-labelledby="label" aria-describedby=${ifDefined(wrong === '' ? undefined : 'wrong')}>
      <p class="label" id="label">${this.label}</p>
      <div class="box">${this.value.length === 0 ? html`<p class="none">${t('targets.none')}</p>` : this.renderRows()}</div>
      ${wrong === '' ? nothing : html`<p class="wrong" id="wrong" role="alert">${wrong}</p>`} ${this.renderAdd()}
      ${this.sorting.announcement()}
    </div>`;
  }

  private renderRows() {
    return html`<ul class="list">
      ${repeat(
        this.value,
        (_, index) => index,
        (target, index) => this.renderTarget(target, index),
      )}
    </ul>`;
  }

  private renderTarget(target: Target, index: number) {
    const name = this.nameOf(target);
    const wrong = this.wrong(`.${index}`);
    return html`<li data-sort=${index}>
      ${this.value.length > 1 ? this.sorting.handle(String(index), name) : nothing}
      <div class="text">
        ${target.kind === 'number' ? this.renderNumber(target.number, index) : html`<span>${name}</span><span class="kind">${t(kindText[target.kind])}</span>`}
        ${wrong === '' ? nothing : html`<p class="wrong">${wrong}</p>`}
      </div>
      <gosip-icon-button
        .path=${mdiClose}
        label=${t('targets.remove', { name })}
        @click=${() => this.change(this.value.toSpliced(index, 1))}
      ></gosip-icon-button>
    </li>`;
  }

  private renderNumber(number: string, index: number) {
    return field({
      label: t('targets.outside'),
      name: `number-${index}`,
      type: 'tel',
      hint: t('ruleEdit.numberHint'),
      wrong: this.wrong(`.${index}.number`),
      value: number,
      changed: (typed) => this.change(this.value.with(index, { kind: 'number', number: typed })),
    });
  }

  private renderAdd() {
    const { people = [], phones = [], groups = [], contacts = [] } = this.choices;
    return html`<div class="field add">
      <select
        id="add"
        aria-label=${`${t('targets.add')}: ${this.label}`}
        @pointerdown=${() => (this.#isByKeys = false)}
        @keydown=${this.addByKey}
        @change=${() => this.#isByKeys || this.add()}
        @blur=${this.add}
      >
        <option value="" selected>${t('targets.add')}…</option>
        ${this.renderGroup('targets.people', 'person', people)} ${this.renderGroup('targets.phones', 'device', phones)}
        ${this.renderGroup('targets.groups', 'group', groups)} ${this.renderContacts(contacts)}
        <option value="number">${t('targets.number')}</option>
      </select>
    </div>`;
  }

  private renderGroup(label: StringKey, kind: string, all: readonly { readonly id: string; readonly name: string }[]) {
    const left = all.filter(({ id }) => !this.value.some((target) => target.kind === kind && 'id' in target && target.id === id));
    if (left.length === 0) return nothing;
    return html`<optgroup label=${t(label)}>
      ${left.map(({ id, name }) => html`<option value="${kind} ${id}">${name}</option>`)}
    </optgroup>`;
  }

  private renderContacts(contacts: readonly Contact[]) {
    const numbers = contacts.flatMap(({ id, name, numbers: all }) => all.map(({ number }) => ({ id, name, number })));
    if (numbers.length === 0) return nothing;
    return html`<optgroup label=${t('targets.contacts')}>
      ${numbers.map(({ id, name, number }) => html`<option value="contact ${id} ${number}">${beside(name, number)}</option>`)}
    </optgroup>`;
  }

  /** With the keys somebody passes many before they come to the one they mean. */
  private readonly addByKey = (event: KeyboardEvent): void => {
    this.#isByKeys = true;
    if (event.key !== 'Enter' || this.adding.value === '') return;
    event.preventDefault();
    this.add();
  };

  private readonly add = (): void => {
    const [kind = '', id = '', number = ''] = this.adding.value.split(' ');
    this.adding.value = '';
    const target = targetOf(kind, id, number);
    if (target === undefined) return;
    const place = this.value.length;
    this.change([...this.value, target]);
    if (kind !== 'number') return;
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>(`#number-${place}`)?.focus());
  };

  private nameOf(target: Target): string {
    const { people = [], phones = [], groups = [], contacts = [] } = this.choices;
    const gone = t('rule.target.gone');
    if (target.kind === 'number') return target.number === '' ? t('targets.outside') : target.number;
    const all: readonly { readonly id: string; readonly name: string }[] = {
      person: people,
      device: phones,
      group: groups,
      contact: contacts,
    }[target.kind];
    const name = all.find(({ id }) => id === target.id)?.name ?? gone;
    return target.kind === 'contact' && target.number !== undefined ? beside(name, target.number) : name;
  }

  private change(value: readonly Target[]): void {
    this.value = value;
    this.dispatchEvent(new Event('changed'));
  }
}

function targetOf(kind: string, id: string, number: string): Target | undefined {
  switch (kind) {
    case 'person':
    case 'device':
    case 'group':
      return { kind, id };
    case 'contact':
      return { kind, id, number };
    case 'number':
      return { kind, number: '' };
    default:
      return undefined;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'gosip-targets': GosipTargets;
  }
}
