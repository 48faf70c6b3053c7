import '@material/web/button/filled-button.js';
import '@material/web/button/text-button.js';
import { html, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { createBackup } from '#contract/backup.ts';
import { download } from '../../download.ts';
import { formatBytes } from '../../format.ts';
import { card } from '../../parts/card.ts';
import { field } from '../../parts/field.ts';
import { fields, FormElement, problemLine } from '../../parts/form.ts';
import { look } from '../../parts/look.ts';
import { say } from '../../parts/snackbar.ts';
import { saveFile } from '../../save-file.ts';
import { locale, t } from '../../words.ts';
import { backupStyles } from './styles.ts';

const leastLength = 12;

/** Makes a backup and saves it where the browser saves files. */
@customElement('gosip-take-backup')
export class GosipTakeBackup extends FormElement {
  @state() private passphrase = '';
  @state() private isTooShort = false;
  @state() private bytes: number | undefined;
  #cancel = new AbortController();

  static override styles = [look, fields, backupStyles];

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#cancel.abort();
  }

  override render() {
    return card(
      t('backup.take'),
      html`<form class="body" @submit=${this.submit} @keydown=${this.submitOnEnter}>
        ${this.renderProblem()}
        <p>${t('backup.take.text')}</p>
        ${field({
          label: t('backup.passphrase'),
          name: 'passphrase',
          type: 'password',
          autocomplete: 'new-password',
          hint: t('backup.passphrase.hint'),
          wrong: this.isTooShort ? t('backup.passphrase.short') : this.wrong('passphrase'),
          value: this.passphrase,
          changed: (passphrase) => {
            this.passphrase = passphrase;
            this.isTooShort = false;
          },
        })}
        ${this.passphrase === '' ? html`<p class="warning">${t('backup.open')}</p>` : nothing} ${this.renderActs()}
      </form>`,
    );
  }

  private renderActs() {
    if (this.bytes === undefined) {
      return html`<div class="acts">
        <md-filled-button ?disabled=${this.isBusy} @click=${this.submit}>${t('backup.take.action')}</md-filled-button>
      </div>`;
    }
    return html`<div class="acts">
      <span role="status">${t('backup.take.soFar', { size: formatBytes(this.bytes, locale.value) })}</span>
      <md-text-button @click=${() => this.#cancel.abort()}>${t('action.cancel')}</md-text-button>
    </div>`;
  }

  private renderProblem() {
    if (this.problem?.code === 'CANCELLED') return nothing;
    const text = this.wrongElsewhere('passphrase');
    return problemLine(text);
  }

  protected override async send(): Promise<void> {
    const { passphrase } = this;
    this.isTooShort = passphrase !== '' && passphrase.length < leastLength;
    if (this.isTooShort) return;
    this.#cancel = new AbortController();
    this.bytes = 0;
    try {
      const body = passphrase === '' ? {} : { passphrase };
      const { signal } = this.#cancel;
      const { name, content } = await download(createBackup, { body, signal, progress: (bytes) => (this.bytes = bytes) });
      saveFile(name, content);
      say({ text: t('backup.taken', { name }) });
    } finally {
      this.bytes = undefined;
    }
  }
}
