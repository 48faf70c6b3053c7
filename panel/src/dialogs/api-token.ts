import '@material/web/button/filled-button.js';
import '@material/web/button/text-button.js';
import { html } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { EndpointReply } from '#contract/endpoint.ts';
import { createApiToken } from '#contract/people.ts';
import { call } from '../api.ts';
import { clock } from '../clock.ts';
import type { Person } from '../data.ts';
import '../parts/copy.ts';
import '../parts/dialog.ts';
import type { GosipDialog } from '../parts/dialog.ts';
import { check, choice, field } from '../parts/field.ts';
import { fields, FormElement, problemLine } from '../parts/form.ts';
import { look } from '../parts/look.ts';
import { t } from '../words.ts';

type Made = EndpointReply<typeof createApiToken>;

const dayMs = 86_400_000;
const lifetimes = [
  { value: '', key: 'security.token.forever' },
  { value: '30', key: 'security.token.month' },
  { value: '365', key: 'security.token.year' },
] as const;

/** Makes a token for a program, and shows it this once. */
@customElement('gosip-api-token-dialog')
export class GosipApiTokenDialog extends FormElement {
  @property({ attribute: false }) people: readonly Person[] = [];
  @state() private name = '';
  /** A role, or the id of a person. */
  @state() private whose = 'admin';
  @state() private readsOnly = false;
  @state() private days = '';
  @state() private made: Made | undefined;
  @query('gosip-dialog') private dialog!: GosipDialog;

  static override styles = [look, fields];

  override render() {
    const heading = this.made === undefined ? t('security.token.add') : this.made.name;
    return html`<gosip-dialog firm heading=${heading} @closed=${() => this.dispatchEvent(new Event('closed'))}>
      ${this.made === undefined ? this.renderForm() : this.renderMade(this.made)}
    </gosip-dialog>`;
  }

  private renderForm() {
    return html`<form class="fields" @submit=${this.submit} @keydown=${this.submitOnEnter}>
        ${this.renderProblem()}
        ${field({
          label: t('field.name'),
          name: 'name',
          hint: t('security.token.nameHint'),
          maxLength: 80,
          hasFocus: true,
          wrong: this.wrong('name'),
          value: this.name,
          changed: (name) => (this.name = name),
        })}
        ${choice({
          label: t('security.token.whose'),
          name: 'whose',
          hint: t('security.token.whoseHint'),
          value: this.whose,
          changed: (whose) => (this.whose = whose),
          choices: [
            { value: 'admin', text: t('security.token.admin') },
            ...this.people.map(({ id, name }) => ({ value: id, text: name })),
          ],
        })}
        ${choice({
          label: t('security.token.lifetime'),
          name: 'lifetime',
          value: this.days,
          wrong: this.wrong('expiresAt'),
          changed: (days) => (this.days = days),
          choices: lifetimes.map(({ value, key }) => ({ value, text: t(key) })),
        })}
        ${check({
          label: t('security.token.readOnly'),
          name: 'readOnly',
          isOn: this.readsOnly,
          changed: (readsOnly) => (this.readsOnly = readsOnly),
        })}
      </form>
      <md-text-button slot="actions" @click=${() => this.dialog.close()}>${t('action.cancel')}</md-text-button>
      <md-filled-button slot="actions" ?disabled=${this.isBusy} @click=${this.submit}
        >${t('security.token.make')}</md-filled-button
      >`;
  }

  private renderProblem() {
    const text = this.wrongElsewhere('name', 'expiresAt');
    return problemLine(text);
  }

  private renderMade({ token }: Made) {
    return html`<p>${t('security.token.once')}</p>
      <gosip-copy label=${t('security.token.text')} .value=${token}></gosip-copy>
      <md-filled-button slot="actions" @click=${() => this.dialog.close()}>${t('action.done')}</md-filled-button>`;
  }

  protected override async send(): Promise<void> {
    const { name, whose, readsOnly, days } = this;
    const of = whose === 'admin' ? { role: 'admin' as const } : { personId: whose as Person['id'] };
    const expiresAt = days === '' ? {} : { expiresAt: new Date(clock.now() + Number(days) * dayMs).toISOString() };
    this.made = await call(createApiToken, { body: { name, ...of, scope: readsOnly ? 'read' : 'all', ...expiresAt } });
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'gosip-api-token-dialog': GosipApiTokenDialog;
  }
}
