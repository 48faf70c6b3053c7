import '@material/web/button/filled-button.js';
import '@material/web/button/outlined-button.js';
import '@material/web/button/text-button.js';
import '@material/web/switch/switch.js';
import { css, html, nothing } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { changePerson, createPerson, deletePerson, getPerson } from '#contract/people.ts';
import { call } from '../api.ts';
import type { Person } from '../data.ts';
import { whenRead } from '../parts/card.ts';
import '../parts/dialog.ts';
import type { GosipDialog } from '../parts/dialog.ts';
import { field } from '../parts/field.ts';
import { fields, FormElement } from '../parts/form.ts';
import { look } from '../parts/look.ts';
import { say } from '../parts/snackbar.ts';
import { removeLater } from '../removed.ts';
import { me } from '../session.ts';
import { Shown } from '../shown.ts';
import { t } from '../words.ts';

type Draft = { readonly name: string; readonly username: string; readonly password: string; readonly isAdmin: boolean };

type Change = (part: Partial<Draft>) => void;
type TextField = 'name' | 'username' | 'password';
type FieldFacts = { readonly label: string; readonly hint: string; readonly draft: Draft; readonly change: Change };

const empty: Draft = { name: '', username: '', password: '', isAdmin: false };

/** Adds a person, or changes one. */
@customElement('gosip-person-dialog')
export class GosipPersonDialog extends FormElement {
  /** Empty for a new one. */
  @property() personId = '';
  @state() private draft: Draft | undefined;
  @state() private hasGreeting = false;
  @query('gosip-dialog') private dialog!: GosipDialog;
  private readonly seen = new Shown<Person | null>(
    this,
    async () => (this.personId === '' ? null : call(getPerson, { params: this.params })),
    [],
  );

  static override styles = [
    look,
    fields,
    css`
      .line {
        display: flex;
        align-items: center;
        gap: 16px;
      }
      .line > span {
        flex: 1;
      }
      .line .more {
        display: block;
      }
      details {
        margin-top: 12px;
      }
      summary {
        min-height: 44px;
        align-content: center;
        cursor: pointer;
      }
      gosip-greeting {
        padding-top: 8px;
      }
      .away {
        margin-top: 20px;
        padding-top: 20px;
        border-top: 1px solid var(--line);
      }
      .danger {
        --md-outlined-button-label-text-color: var(--error);
      }
    `,
  ];

  private get params() {
    return { id: this.personId as Person['id'] };
  }

  override render() {
    const { value } = this.seen;
    const heading = this.personId === '' ? t('person.new') : (value?.name ?? t('page.people'));
    return html`<gosip-dialog firm heading=${heading} @closed=${() => this.dispatchEvent(new Event('closed'))}>
      ${whenRead(this.seen, (value) => this.renderForm(value))}
      <md-text-button slot="actions" @click=${() => this.dialog.close()}>${t('action.cancel')}</md-text-button>
      <md-filled-button slot="actions" ?disabled=${this.isBusy} @click=${this.submit}
        >${this.personId === '' ? t('people.add') : t('action.save')}</md-filled-button
      >
    </gosip-dialog>`;
  }

  private renderForm(person: Person | null) {
    const draft = this.draft ?? draftOf(person);
    const change = (part: Partial<Draft>) => (this.draft = { ...draft, ...part });
    const passwordHint = person?.hasPassword === true ? t('person.passwordKept') : t('person.passwordHint');
    return html`<form class="fields" @submit=${this.submit} @keydown=${this.submitOnEnter}>
        ${this.renderProblem()} ${this.renderField('name', { label: t('field.name'), hint: '', draft, change })}
        ${this.renderField('username', { label: t('field.username'), hint: t('setUp.usernameHint'), draft, change })}
        ${this.renderField('password', { label: t('person.password'), hint: passwordHint, draft, change })}
        <div class="line">
          <span>${t('role.admin')}<span class="quiet more">${t('role.admin.text')}</span></span>
          <md-switch
            aria-label=${t('role.admin')}
            .selected=${draft.isAdmin}
            @change=${(event: Event) => change({ isAdmin: (event.target as HTMLElement & { selected: boolean }).selected })}
          ></md-switch>
        </div>
      </form>
      ${person === null ? nothing : this.renderGreeting(person)}
      ${
        person === null || person.id === me()?.person?.id
          ? nothing
          : html`<div class="away">
              <md-outlined-button class="danger" @click=${() => this.removePerson(person)}
                >${t('action.delete')}</md-outlined-button
              >
            </div>`
      }`;
  }

  /** Loaded when it is asked for: few people set it for somebody else. */
  private renderGreeting({ id }: Person) {
    const opened = (event: Event) => {
      if ((event.target as HTMLDetailsElement).open) void import('../parts/greeting.ts').then(() => (this.hasGreeting = true));
    };
    return html`<details @toggle=${opened}>
      <summary>${t('greeting.card')}</summary>
      ${this.hasGreeting ? html`<gosip-greeting .personId=${id}></gosip-greeting>` : nothing}
    </details>`;
  }

  private renderField(name: TextField, { label, hint, draft, change }: FieldFacts) {
    const isPassword = name === 'password';
    return field({
      label,
      name,
      hint,
      type: isPassword ? 'password' : 'text',
      autocomplete: isPassword ? 'new-password' : 'off',
      capitals: name === 'name' ? 'words' : 'none',
      wrong: this.wrong(name),
      value: draft[name],
      changed: (value) => change({ [name]: value }),
    });
  }

  private renderProblem() {
    const text = this.wrongElsewhere('name', 'username', 'password');
    return text === '' ? nothing : html`<p class="problem" role="alert" tabindex="-1">${text}</p>`;
  }

  protected override async send(): Promise<void> {
    const { name, username, password, isAdmin } = this.draft ?? draftOf(this.seen.value ?? null);
    const role = isAdmin ? 'admin' : 'user';
    const body = { name, username, role, ...(password === '' ? {} : { password }) } as const;
    await (this.personId === '' ? call(createPerson, { body }) : call(changePerson, { params: this.params, body }));
    say({ text: this.personId === '' ? t('person.added', { name }) : t('state.saved') });
    this.dialog.close();
  }

  private removePerson({ id, name }: Person): void {
    removeLater(id, t('person.deleted', { name }), () => call(deletePerson, { params: { id } }));
    this.dialog.close();
  }
}

function draftOf(person: Person | null): Draft {
  return person === null
    ? empty
    : { name: person.name, username: person.username, password: '', isAdmin: person.role === 'admin' };
}

declare global {
  interface HTMLElementTagNameMap {
    'gosip-person-dialog': GosipPersonDialog;
  }
}
