import { html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { EndpointInput } from '#contract/endpoint.ts';
import { createNotificationTarget, listHomeAssistantTargets } from '#contract/notifications.ts';
import { call } from '../api.ts';
import type { Person } from '../data.ts';
import type { AddedChannel } from '../notification-data.ts';
import { notRead } from '../parts/card.ts';
import { DraftDialog } from '../parts/draft-dialog.ts';
import { choice, field } from '../parts/field.ts';
import { fields, problemLine } from '../parts/form.ts';
import { look } from '../parts/look.ts';
import { say } from '../parts/snackbar.ts';
import { isAdmin } from '../session.ts';
import { Shown } from '../shown.ts';
import { t } from '../words.ts';

/** `secret`: what takes the place of the address where it opens a door. */
type Draft = { readonly address: string; readonly secret: string; readonly name: string };
type Body = EndpointInput<typeof createNotificationTarget>['body'];

/** What the house calls it that is written, by channel. */
const written = { mail: 'address', gotify: 'token', ntfy: 'topic', 'home-assistant': 'target' } as const;

/** Somewhere else where somebody is reached. */
@customElement('gosip-add-target-dialog')
export class GosipAddTargetDialog extends DraftDialog<Draft> {
  @property() channel: AddedChannel = 'mail';
  /** Whom it reaches. */
  @property() personId: 'me' | Person['id'] = 'me';
  private readonly phones = new Shown(
    this,
    async () => (this.channel === 'home-assistant' ? call(listHomeAssistantTargets) : { items: [], problem: null }),
    [],
  );

  static override styles = [look, fields];

  protected override readonly isNew = true;
  protected override readonly secrets = ['secret'] as const;

  protected override get draftKey(): string {
    return `notification-target ${this.channel} ${this.personId}`;
  }

  protected override stored(): Draft | undefined {
    return undefined;
  }

  protected override fresh(): Draft {
    return { address: '', secret: '', name: '' };
  }

  /** Their own phone, as long as nothing was chosen. */
  private get address(): string {
    const own = this.personId === 'me' ? this.phones.value?.items.find(({ isOwn }) => isOwn) : undefined;
    return this.current.address || this.current.secret || (own?.target ?? '');
  }

  override render() {
    return this.renderDialog(t(`notify.add.${this.channel}`), this.renderForm(), {
      save: t('notify.add'),
      canSave: this.address !== '',
    });
  }

  private renderForm() {
    const name = written[this.channel];
    return html`<form class="fields" @submit=${this.submit} @keydown=${this.submitOnEnter}>
      ${problemLine(this.wrongUnseen())} ${this.channel === 'home-assistant' ? this.renderPhones() : this.renderAddress(name)}
      ${field({
        label: t('notify.name'),
        name: 'name',
        hint: t('notify.nameHint'),
        capitals: 'words',
        maxLength: 64,
        wrong: this.wrong('name'),
        value: this.current.name,
        changed: (value) => this.change({ name: value }),
      })}
      ${this.renderUnsaved()}
    </form>`;
  }

  private renderAddress(name: 'address' | 'token' | 'topic' | 'target') {
    const isMail = this.channel === 'mail';
    return field({
      label: t(`notify.${this.channel as Exclude<AddedChannel, 'home-assistant'>}`),
      name,
      hint: t(`notify.${this.channel as Exclude<AddedChannel, 'home-assistant'>}Hint`),
      hasFocus: true,
      ...(isMail ? { type: 'email', inputMode: 'email' } : {}),
      maxLength: 254,
      wrong: this.wrong(name),
      value: this.address,
      changed: (typed) => this.change(isMail ? { address: typed } : { secret: typed }),
    });
  }

  private renderPhones() {
    const { value, problem } = this.phones;
    if (value === undefined) return notRead(problem);
    if (value.items.length === 0)
      return html`<p class="quiet">
        ${value.problem === null ? t(isAdmin() ? 'notify.phone.none.admin' : 'notify.phone.none') : t(`delivery.reason.${value.problem}`)}
      </p>`;
    return html`${choice({
      label: t('notify.phone'),
      name: 'target',
      wrong: this.wrong('target'),
      value: this.address,
      choices: [
        ...(this.address === '' ? [{ value: '', text: t('ruleEdit.choose') }] : []),
        ...value.items.map(({ target, name }) => ({ value: target, text: name })),
      ],
      changed: (address) => this.change({ address }),
    })}
    ${value.items.some(({ kind }) => kind === 'entity') ? html`<p class="hint">${t('notify.phone.entity')}</p>` : nothing}`;
  }

  protected override async send(): Promise<void> {
    const { channel, personId, address } = this;
    const name = this.current.name.trim();
    const body = { channel, personId, [written[channel]]: address.trim(), ...(name === '' ? {} : { name }) } as Body;
    await call(createNotificationTarget, { body, once: this.once() });
    this.discard();
    say({ text: t('notify.added') });
    this.close();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'gosip-add-target-dialog': GosipAddTargetDialog;
  }
}
