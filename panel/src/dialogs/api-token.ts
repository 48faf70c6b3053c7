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
import { DraftForm } from '../parts/draft-form.ts';
import { check, choice, field } from '../parts/field.ts';
import { fields, problemLine } from '../parts/form.ts';
import { look } from '../parts/look.ts';
import { t } from '../words.ts';

type Made = EndpointReply<typeof createApiToken>;

type Draft = {
  readonly name: string;
  /** A role, or the id of a person. */
  readonly whose: string;
  readonly readsOnly: boolean;
  readonly days: string;
};

const dayMs = 86_400_000;
const lifetimes = [
  { value: '', key: 'security.token.forever' },
  { value: '30', key: 'security.token.month' },
  { value: '365', key: 'security.token.year' },
] as const;

/** Makes a token for a program, and shows it this once. */
@customElement('gosip-api-token-dialog')
export class GosipApiTokenDialog extends DraftForm<Draft> {
  @property({ attribute: false }) people: readonly Person[] = [];
  readonly #openedAt = clock.now();
  @state() private made: Made | undefined;
  @query('gosip-dialog') private dialog!: GosipDialog;

  static override styles = [look, fields];

  protected override readonly draftKey = 'api-token ';

  protected override stored(): undefined {
    return undefined;
  }

  protected override fresh(): Draft {
    return { name: '', whose: 'admin', readsOnly: false, days: '' };
  }

  override render() {
    const heading = this.made === undefined ? t('security.token.add') : this.made.name;
    return html`<gosip-dialog firm heading=${heading} @closed=${() => this.dispatchEvent(new Event('closed'))}>
      ${this.made === undefined ? this.renderForm() : this.renderMade(this.made)}
    </gosip-dialog>`;
  }

  private renderForm() {
    const { name, whose, readsOnly, days } = this.current;
    return html`<form class="fields" @submit=${this.submit} @keydown=${this.submitOnEnter}>
        ${this.renderProblem()}
        ${field({
          label: t('field.name'),
          name: 'name',
          hint: t('security.token.nameHint'),
          maxLength: 80,
          hasFocus: true,
          wrong: this.wrong('name'),
          value: name,
          changed: (typed) => this.change({ name: typed }),
        })}
        ${choice({
          label: t('security.token.whose'),
          name: 'whose',
          hint: t('security.token.whoseHint'),
          value: whose,
          changed: (chosen) => this.change({ whose: chosen }),
          choices: [
            { value: 'admin', text: t('security.token.admin') },
            ...this.people.map(({ id, name }) => ({ value: id, text: name })),
          ],
        })}
        ${choice({
          label: t('security.token.lifetime'),
          name: 'lifetime',
          value: days,
          wrong: this.wrong('expiresAt'),
          changed: (chosen) => this.change({ days: chosen }),
          choices: lifetimes.map(({ value, key }) => ({ value, text: t(key) })),
        })}
        ${check({
          label: t('security.token.readOnly'),
          name: 'readOnly',
          isOn: readsOnly,
          changed: (isOn) => this.change({ readsOnly: isOn }),
        })}
        ${this.renderUnsaved()}
      </form>
      <md-text-button slot="actions" @click=${this.leave}
        >${t(this.draft === undefined ? 'action.close' : 'action.discard')}</md-text-button
      >
      <md-filled-button slot="actions" ?disabled=${this.isBusy} @click=${this.submit}
        >${t('security.token.make')}</md-filled-button
      >`;
  }

  private leave = (): void => {
    this.discard();
    this.dialog.close();
  };

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
    const { name, whose, readsOnly, days } = this.current;
    const of = whose === 'admin' ? { role: 'admin' as const } : { personId: whose as Person['id'] };
    const expiresAt = days === '' ? {} : { expiresAt: new Date(this.#openedAt + Number(days) * dayMs).toISOString() };
    const body = { name, ...of, scope: readsOnly ? ('read' as const) : ('all' as const), ...expiresAt };
    this.made = await call(createApiToken, { body, once: this.once() });
    this.discard();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'gosip-api-token-dialog': GosipApiTokenDialog;
  }
}
