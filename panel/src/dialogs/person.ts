import '@material/web/button/outlined-button.js';
import { css, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import type { EndpointReply } from '#contract/endpoint.ts';
import { listHomeAssistantUsers } from '#contract/home-assistant.ts';
import { changePerson, createPerson, deletePerson, getPerson } from '#contract/people.ts';
import { call } from '../api.ts';
import { allPeople } from '../data.ts';
import type { Person } from '../data.ts';
import { whenRead } from '../parts/card.ts';
import '../parts/dnd-schedule-row.ts';
import { DraftDialog } from '../parts/draft-dialog.ts';
import { choice, field } from '../parts/field.ts';
import { fields, problemLine } from '../parts/form.ts';
import { look } from '../parts/look.ts';
import '../parts/person-phones.ts';
import '../parts/sessions.ts';
import { say } from '../parts/snackbar.ts';
import '../parts/switch.ts';
import { removeLater } from '../removed.ts';
import { me } from '../session.ts';
import { Shown } from '../shown.ts';
import { t } from '../words.ts';
import './phone-limits.ts';

type Users = EndpointReply<typeof listHomeAssistantUsers>['items'];
type Draft = {
  readonly name: string;
  readonly username: string;
  readonly password: string;
  readonly isAdmin: boolean;
  /** Empty where nobody there is meant. */
  readonly homeAssistantUserId: string;
};

type Change = (part: Partial<Draft>) => void;
type TextField = 'name' | 'username' | 'password';
type FieldFacts = { readonly label: string; readonly hint: string; readonly draft: Draft; readonly change: Change };

const empty: Draft = { name: '', username: '', password: '', isAdmin: false, homeAssistantUserId: '' };

/** Adds a person, or changes one. */
@customElement('gosip-person-dialog')
export class GosipPersonDialog extends DraftDialog<Draft> {
  /** Empty for a new one. */
  @property() personId = '';
  @state() private hasGreeting = false;
  @state() private hasNotifications = false;
  private readonly seen = new Shown<Person | null>(
    this,
    async () => (this.personId === '' ? null : call(getPerson, { params: this.params })),
    [],
  );

  private readonly users = new Shown<Users>(this, async () => (await call(listHomeAssistantUsers)).items, []);
  private readonly people = new Shown(this, allPeople, []);

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
        color: var(--text);
        font-size: 14px;
        font-weight: 500;
        cursor: pointer;
      }
      details > :not(summary) {
        color: var(--text);
        font-size: 14px;
      }
      .dnd {
        margin-inline: -16px;
      }
      gosip-greeting {
        padding-top: 8px;
      }
      h3 {
        margin-top: 20px;
        font-size: 14px;
        font-weight: 500;
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

  protected override readonly secrets = ['password'] as const;

  protected override get draftKey(): string {
    return `person ${this.personId}`;
  }

  protected override get isNew(): boolean {
    return this.personId === '';
  }

  protected override stored(): Draft | undefined {
    const person = this.seen.value ?? undefined;
    return person === undefined ? undefined : draftOf(person);
  }

  protected override fresh(): Draft {
    return empty;
  }

  private get params() {
    return { id: this.personId as Person['id'] };
  }

  override render() {
    const { value } = this.seen;
    return this.renderDialog(
      this.isNew ? t('person.new') : (value?.name ?? t('page.people')),
      whenRead(this.seen, (person) => this.renderForm(person)),
      this.isNew ? { save: t('people.add'), canSave: true } : {},
    );
  }

  private renderForm(person: Person | null) {
    const draft = this.current;
    const change = (part: Partial<Draft>) => this.change(part);
    const passwordHint = person?.hasPassword === true ? t('person.passwordKept') : t('person.passwordHint');
    return html`<form class="fields" @submit=${this.submit} @keydown=${this.submitOnEnter}>
        ${this.renderProblem()} ${this.renderMeanwhile()}
        ${this.renderField('name', { label: t('field.name'), hint: '', draft, change })}
        ${this.renderField('username', { label: t('field.username'), hint: t('setUp.usernameHint'), draft, change })}
        ${this.renderField('password', { label: t('person.password'), hint: passwordHint, draft, change })}
        ${this.renderLink(draft, change)}
        <div class="line">
          <span>${t('role.admin')}<span class="quiet more">${t('role.admin.text')}</span></span>
          <gosip-switch
            aria-label=${t('role.admin')}
            .selected=${live(draft.isAdmin)}
            @change=${(event: Event) => change({ isAdmin: (event.target as HTMLElement & { selected: boolean }).selected })}
          ></gosip-switch>
        </div>
        ${this.renderUnsaved()}
      </form>
      ${
        person === null
          ? nothing
          : html`<gosip-person-phones flush .personId=${person.id}></gosip-person-phones> ${this.renderDnd(person)}
              ${this.renderNotifications(person)}
              <gosip-phone-limits .personId=${person.id}></gosip-phone-limits> ${this.renderGreeting(person)}`
      }
      ${
        person === null || person.id === me()?.person?.id
          ? nothing
          : html`${
                person.hasPassword
                  ? html`<h3>${t('sessions.title')}</h3>
                      <gosip-sessions .personId=${person.id}></gosip-sessions>`
                  : nothing
              }
              <div class="away">
                <md-outlined-button class="danger" @click=${() => this.removePerson(person)}
                  >${t('action.delete')}</md-outlined-button
                >
              </div>`
      }`;
  }

  private renderDnd({ id, name }: Person) {
    return html`<h3>${t('dnd.title')}</h3>
      <gosip-dnd-schedule-row class="dnd" .personId=${id} .name=${name}></gosip-dnd-schedule-row>`;
  }

  /** Loaded when it is asked for: most people choose it themselves. */
  private renderNotifications({ id }: Person) {
    const opened = (event: Event) => {
      if ((event.target as HTMLDetailsElement).open)
        void import('../parts/person-notifications.ts').then(() => (this.hasNotifications = true));
    };
    return html`<details @toggle=${opened}>
      <summary>${t('page.notifications')}</summary>
      ${this.hasNotifications ? html`<gosip-person-notifications .personId=${id}></gosip-person-notifications>` : nothing}
    </details>`;
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

  /** Who this is in Home Assistant; nothing where it has no users to choose from. */
  private renderLink({ homeAssistantUserId: value }: Draft, change: Change) {
    const users = this.users.value ?? [];
    if (users.length === 0 && value === '') return nothing;
    const former = this.formerOf(value);
    const isKnown = value === '' || users.some(({ id }) => id === value);
    return choice({
      label: t('person.homeAssistant'),
      name: 'homeAssistantUserId',
      wrong: this.wrong('homeAssistantUserId'),
      hint: former === undefined ? t('person.homeAssistant.hint') : t('person.homeAssistant.moves', { name: former.name }),
      value,
      changed: (homeAssistantUserId) => change({ homeAssistantUserId }),
      choices: [
        { value: '', text: t('person.homeAssistant.nobody') },
        ...users.map(({ id, name }) => ({ value: id, text: name })),
        ...(isKnown ? [] : [{ value, text: t('person.homeAssistant.unknown') }]),
      ],
    });
  }

  /** Whom the user of Home Assistant is linked to now, if that is somebody else. */
  private formerOf(userId: string): Person | undefined {
    return userId === ''
      ? undefined
      : this.people.value?.find((one) => one.homeAssistantUserId === userId && one.id !== this.personId);
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
    const text = this.wrongElsewhere('name', 'username', 'password', 'homeAssistantUserId');
    return problemLine(text);
  }

  protected override async send(): Promise<void> {
    const { name, username, password, isAdmin, homeAssistantUserId: user } = this.current;
    this.assertUnchanged();
    const role = isAdmin ? 'admin' : 'user';
    const body = { name, username, role, ...(password === '' ? {} : { password }) } as const;
    const link = { homeAssistantUserId: user === '' ? null : user, movesLink: this.formerOf(user) !== undefined };
    if (this.personId !== '') await call(changePerson, { params: this.params, body: { ...body, ...link } });
    else {
      const { id } = await call(createPerson, { body, once: this.once() });
      if (user !== '') await call(changePerson, { params: { id }, body: link });
    }
    this.discard();
    say({ text: this.personId === '' ? t('person.added', { name }) : t('state.saved') });
    this.close();
  }

  private removePerson({ id, name }: Person): void {
    removeLater(id, t('person.deleted', { name }), () => call(deletePerson, { params: { id } }));
    this.discard();
    this.close();
  }
}

function draftOf({ name, username, role, homeAssistantUserId }: Person): Draft {
  return { name, username, password: '', isAdmin: role === 'admin', homeAssistantUserId: homeAssistantUserId ?? '' };
}

declare global {
  interface HTMLElementTagNameMap {
    'gosip-person-dialog': GosipPersonDialog;
  }
}
