import '@material/web/button/filled-button.js';
import '@material/web/button/text-button.js';
import { css, html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import { createDevice, getSipServer } from '#contract/devices.ts';
import { call } from '../api.ts';
import { allPeople } from '../data.ts';
import type { Phone } from '../data.ts';
import { ownerChoices } from '../owner-choices.ts';
import { phoneKinds } from '../phone-kinds.ts';
import { takesBrowsers } from '../phone-server.ts';
import { me } from '../session.ts';
import { Shown } from '../shown.ts';
import { t } from '../words.ts';
import { choice, field } from './field.ts';
import { DraftForm } from './draft-form.ts';
import { fields, problemLine } from './form.ts';
import './icon.ts';
import { look } from './look.ts';

/** `personId`: null as long as nobody was chosen. */
type Draft = {
  readonly name: string;
  readonly extension: string;
  readonly type: Phone['type'];
  readonly personId: string | null;
};

/** What somebody carries or sits at is theirs; a phone on a desk or at the door is the house's. */
const ownTypes: ReadonlySet<Phone['type']> = new Set(['softphone', 'webrtc']);

/** What a new phone is asked for. `made` has its login as the detail. */
@customElement('gosip-new-phone')
export class GosipNewPhone extends DraftForm<Draft> {
  private readonly people = new Shown(this, allPeople, []);
  private readonly server = new Shown(this, () => call(getSipServer), []);

  static override styles = [
    look,
    fields,
    css`
      fieldset {
        margin: 0;
        padding: 0;
        border: 0;
      }
      legend {
        padding: 0 0 8px;
        color: var(--quiet);
        font-size: 13px;
      }
      .kinds {
        display: grid;
        grid-template-columns: repeat(2, 1fr);
        gap: 8px;
      }
      .kinds label {
        position: relative;
        display: grid;
        align-content: start;
        gap: 4px;
        padding: 12px;
        border: 1px solid var(--line);
        border-radius: 12px;
        cursor: pointer;
      }
      .kinds label:hover {
        background: var(--hover);
      }
      .kinds label:has(:checked) {
        border-color: var(--accent);
        background: var(--tint);
        box-shadow: inset 0 0 0 1px var(--accent);
      }
      .kinds label:has(:focus-visible) {
        outline: 2px solid var(--accent);
        outline-offset: 2px;
      }
      .kinds input {
        position: absolute;
        opacity: 0;
        pointer-events: none;
      }
      .kinds gosip-icon {
        color: var(--accent);
      }
      .kinds .text {
        color: var(--quiet);
        font-size: 12px;
        line-height: 16px;
      }
      .acts {
        display: flex;
        flex-wrap: wrap;
        justify-content: flex-end;
        gap: 8px;
      }
      @media (max-width: 479px) {
        .kinds {
          grid-template-columns: 1fr;
        }
        .kinds label {
          grid-template-columns: auto 1fr;
          column-gap: 12px;
        }
        .kinds gosip-icon {
          grid-row: span 2;
          align-self: center;
        }
      }
    `,
  ];

  protected override readonly draftKey = 'phone ';

  protected override stored(): undefined {
    return undefined;
  }

  protected override fresh(): Draft {
    return { name: '', extension: '', type: 'softphone', personId: null };
  }

  /** Empty for the whole house. */
  private get owner(): string {
    const { personId, type } = this.current;
    return personId ?? (ownTypes.has(type) ? (me()?.person?.id ?? '') : '');
  }

  override render() {
    const { name, extension } = this.current;
    return html`<form class="fields" @submit=${this.submit} @keydown=${this.submitOnEnter}>
      ${this.renderProblem()}
      ${field({
        label: t('field.name'),
        name: 'name',
        hint: t('addPhone.nameHint'),
        capitals: 'words',
        maxLength: 80,
        hasFocus: true,
        wrong: this.wrong('name'),
        value: name,
        changed: (typed) => this.change({ name: typed }),
      })}
      <fieldset>
        <legend>${t('addPhone.kind')}</legend>
        <div class="kinds">${this.kinds().map((kind) => this.renderKind(kind))}</div>
      </fieldset>
      ${field({
        label: t('field.extension'),
        name: 'extension',
        hint: t('addPhone.extensionHint'),
        inputMode: 'numeric',
        maxLength: 6,
        wrong: this.wrong('extension'),
        value: extension,
        changed: (typed) => this.change({ extension: typed }),
      })}
      ${this.renderOwner()} ${this.renderUnsaved()}
      <div class="acts">
        <slot name="actions"></slot>
        ${
          this.draft === undefined
            ? nothing
            : html`<md-text-button type="button" @click=${() => this.discard()}>${t('action.discard')}</md-text-button>`
        }
        <md-filled-button ?disabled=${this.isBusy}>${t('addPhone.action')}</md-filled-button>
      </div>
    </form>`;
  }

  /** A browser only where it finds a way in: without a listener it would wait for ever. */
  private kinds() {
    const { value } = this.server;
    return phoneKinds.filter(({ type }) => type !== 'webrtc' || (value !== undefined && takesBrowsers(value)));
  }

  private renderKind({ type, icon, name, text }: (typeof phoneKinds)[number]) {
    return html`<label>
      <input
        type="radio"
        name="type"
        value=${type}
        .checked=${live(this.current.type === type)}
        @change=${() => this.change({ type })}
      />
      <gosip-icon .path=${icon}></gosip-icon><span>${t(name)}</span><span class="text">${t(text)}</span>
    </label>`;
  }

  private renderOwner() {
    const people = this.people.value ?? [];
    if (people.length === 0) return nothing;
    return choice({
      label: t('field.owner'),
      name: 'owner',
      hint: t('addPhone.ownerHint'),
      value: this.owner,
      changed: (personId) => this.change({ personId }),
      choices: ownerChoices(people),
    });
  }

  private renderProblem() {
    const text = this.wrongElsewhere('name', 'extension');
    return problemLine(text);
  }

  protected override async send(): Promise<void> {
    const { owner } = this;
    const { name, type, ...typed } = this.current;
    const extension = typed.extension.trim();
    const detail = await call(createDevice, {
      body: {
        name,
        type,
        ...(extension === '' ? {} : { extension }),
        ...(owner === '' ? {} : { personId: owner as NonNullable<Phone['personId']> }),
      },
      once: this.once(),
    });
    this.discard();
    this.dispatchEvent(new CustomEvent('made', { detail }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'gosip-new-phone': GosipNewPhone;
  }
}
