import '@material/web/button/filled-button.js';
import '@material/web/button/text-button.js';
import { mdiBackspaceOutline, mdiPhone } from '@mdi/js';
import { css, html, nothing } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { placeCall } from '#contract/calls.ts';
import { call } from '../api.ts';
import { clock } from '../clock.ts';
import { allPhones, phoneFacts } from '../data.ts';
import type { Phone } from '../data.ts';
import { whenRead } from '../parts/card.ts';
import '../parts/dialog.ts';
import type { GosipDialog } from '../parts/dialog.ts';
import { choice, field } from '../parts/field.ts';
import { DraftForm } from '../parts/draft-form.ts';
import { fields, problemLine } from '../parts/form.ts';
import '../parts/icon-button.ts';
import '../parts/icon.ts';
import { look } from '../parts/look.ts';
import { say } from '../parts/snackbar.ts';
import { dialTargets, isName } from '../search/dial-targets.ts';
import type { DialTarget } from '../search/dial-targets.ts';
import { Shown } from '../shown.ts';
import { toProblem } from '../problem.ts';
import { usualPhone, usePhone } from '../usual-phone.ts';
import { t } from '../words.ts';

/** `name`: of whom the number is, as long as it is not changed. */
type Draft = { readonly number: string; readonly name: string };

const typingMs = 200;
const keys = '123456789*0#'.split('');

/** Calls from here: a phone of one's own rings first, and dials once it is picked up. */
@customElement('gosip-dial-dialog')
export class GosipDialDialog extends DraftForm<Draft> {
  /** To begin with. */
  @property() number = '';
  /** Of whom it is. */
  @property() name = '';
  @state() private deviceId = '';
  @state() private targets: readonly DialTarget[] = [];
  /** Of that name; said once it was looked for. */
  @state() private isNobody = false;
  @query('gosip-dialog') private dialog!: GosipDialog;
  private readonly phones = new Shown(this, allPhones, phoneFacts);
  #cancelTyping = () => {};

  static override styles = [
    look,
    fields,
    css`
      .keys {
        display: grid;
        grid-template-columns: repeat(3, minmax(0, 88px));
        justify-content: center;
        gap: 8px;
      }
      .keys button {
        min-height: 52px;
        border: 0;
        border-radius: 999px;
        background: var(--hover);
        font-size: 22px;
        cursor: pointer;
      }
      .keys button:hover {
        background: var(--tint);
      }
      .targets {
        display: grid;
        gap: 4px;
      }
      .targets button {
        display: grid;
        min-height: 48px;
        padding: 4px 16px;
        border: 0;
        border-radius: 12px;
        background: var(--hover);
        text-align: start;
        cursor: pointer;
      }
      .targets button:hover {
        background: var(--tint);
      }
      .line {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        align-items: start;
        gap: 4px;
      }
      /* Beside the line, whatever is said below it. */
      .line gosip-icon-button {
        margin-top: 24px;
      }
    `,
  ];

  protected override get draftKey(): string {
    return `dial ${this.number}`;
  }

  protected override stored(): undefined {
    return undefined;
  }

  protected override fresh(): Draft {
    return { number: this.number, name: this.name };
  }

  override willUpdate(): void {
    super.willUpdate();
    const phones = this.own();
    if (!phones.some(({ id }) => id === this.deviceId)) this.deviceId = usualPhone(phones)?.id ?? '';
  }

  /** Those that can ring. */
  private own(): readonly Phone[] {
    return (this.phones.value ?? []).filter(({ enabled, isRegistered }) => enabled && isRegistered);
  }

  private type(number: string, name = ''): void {
    this.change({ number, name });
    this.targets = [];
    this.isNobody = false;
    this.#cancelTyping();
    if (isName(number)) this.#cancelTyping = clock.after(typingMs, () => void this.find(number));
  }

  private async find(text: string): Promise<void> {
    try {
      const targets = await dialTargets(text.trim());
      if (text !== this.current.number) return;
      this.targets = targets;
      this.isNobody = targets.length === 0;
    } catch (error) {
      this.problem = toProblem(error);
    }
  }

  private take({ number, name }: DialTarget): void {
    this.type(number, name);
    this.renderRoot.querySelector<HTMLElement>('input')?.focus();
  }

  protected override async send(): Promise<void> {
    const { number, name } = this.current;
    const first = this.targets[0];
    if (isName(number) && first !== undefined) {
      this.take(first);
      return;
    }
    const phone = this.own().find(({ id }) => id === this.deviceId);
    if (phone === undefined || number.trim() === '') return;
    await call(placeCall, { body: { deviceId: phone.id, to: number.trim() } });
    this.discard();
    usePhone(phone.id);
    say({ text: t('dial.rings', { phone: phone.name, to: name === '' ? number.trim() : name }) });
    this.dialog.close();
  }

  override render() {
    const { number, name } = this.current;
    return html`<gosip-dialog
      heading=${name === '' ? t('nav.dial') : t('dial.call', { name })}
      @closed=${() => this.dispatchEvent(new Event('closed'))}
    >
      ${whenRead(this.phones, () => this.renderForm())}
      <md-text-button slot="actions" @click=${this.leave}
        >${t(this.draft === undefined ? 'action.close' : 'action.discard')}</md-text-button
      >
      <md-filled-button
        slot="actions"
        has-icon
        ?disabled=${this.isBusy || this.own().length === 0 || number.trim() === '' || isName(number)}
        @click=${this.submit}
        ><gosip-icon slot="icon" .path=${mdiPhone}></gosip-icon>${t('dial.action')}</md-filled-button
      >
    </gosip-dialog>`;
  }

  private leave = (): void => {
    this.discard();
    this.dialog.close();
  };

  private renderForm() {
    const phones = this.own();
    const { number } = this.current;
    if (phones.length === 0) return problemLine(t('dial.noPhone'));
    return html`<form class="fields" @submit=${this.submit} @keydown=${this.submitOnEnter}>
      ${problemLine(this.wrongElsewhere('to'))}
      <div class="line">
        ${field({
          label: t('dial.number'),
          name: 'to',
          value: number,
          inputMode: 'tel',
          maxLength: 64,
          hasFocus: true,
          wrong: this.wrong('to'),
          changed: (typed) => this.type(typed),
        })}
        <gosip-icon-button
          .path=${mdiBackspaceOutline}
          label=${t('dial.back')}
          @click=${() => this.type(number.slice(0, -1))}
        ></gosip-icon-button>
      </div>
      <div class="targets" aria-live="polite">
        ${this.isNobody ? html`<p class="quiet">${t('dial.nobody')}</p>` : nothing}
        ${this.targets.map(
          (one) =>
            html`<button type="button" @click=${() => this.take(one)}>
              <span class="cut">${one.name}</span><span class="quiet cut">${[one.label, one.number].join(' ').trim()}</span>
            </button>`,
        )}
      </div>
      <div class="keys" ?hidden=${isName(number)}>
        ${keys.map((key) => html`<button type="button" @click=${() => this.type(`${number}${key}`)}>${key}</button>`)}
      </div>
      ${choice({
        label: t('dial.from'),
        name: 'deviceId',
        value: this.deviceId,
        hint: t('dial.hint'),
        choices: phones.map(({ id, name, extension }) => ({ value: id, text: `${name} (${extension})` })),
        changed: (deviceId) => (this.deviceId = deviceId),
      })}
    </form>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'gosip-dial-dialog': GosipDialDialog;
  }
}
