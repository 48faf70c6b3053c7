import '@material/web/button/filled-button.js';
import '@material/web/button/outlined-button.js';
import '@material/web/button/text-button.js';
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { applyRestore, discardRestore, getRestore, undoRestore, unlockBackup, uploadBackup } from '#contract/backup.ts';
import type { RestoreState } from '#contract/backup.ts';
import { call } from '../../api.ts';
import { clock } from '../../clock.ts';
import { formatBytes, formatMoment, formatWhen } from '../../format.ts';
import { numberFormat } from '../../intl.ts';
import { card, whenRead } from '../../parts/card.ts';
import { renderDetails } from '../../parts/details.ts';
import { field } from '../../parts/field.ts';
import { fields, FormElement } from '../../parts/form.ts';
import { look } from '../../parts/look.ts';
import { problemText } from '../../problem-words.ts';
import { Shown } from '../../shown.ts';
import { upload } from '../../upload.ts';
import { locale, t, tn } from '../../words.ts';
import { backupStyles } from './styles.ts';

const lookEveryMs = 1_000;

/** Brings a backup back: upload, passphrase, what is in it, the exchange by a restart, and the way back from that. */
@customElement('gosip-restore')
export class GosipRestore extends FormElement {
  @state() private passphrase = '';
  @state() private sent: number | undefined;
  #cancel = new AbortController();
  private readonly seen = new Shown(this, () => call(getRestore), []);

  static override styles = [look, fields, backupStyles];

  override connectedCallback(): void {
    super.connectedCallback();
    this.whileShown(clock.every(lookEveryMs, () => void this.lookForRestart()));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#cancel.abort();
  }

  override render() {
    return card(
      t('backup.restore'),
      whenRead(
        this.seen,
        (restore) =>
          html`<div class="body" aria-live="polite">
            ${this.renderProblem(restore)} ${this.renderStep(restore)} ${this.renderUndo(restore)}
          </div>`,
      ),
    );
  }

  private renderStep({ state: step, backup }: RestoreState): TemplateResult {
    if (step === 'requested')
      return html`<p>${t('backup.restarts')}</p>
        <progress aria-label=${t('backup.restarts')}></progress>`;
    if (this.sent !== undefined) return this.renderUploading(this.sent);
    if (step === 'locked') return this.renderLocked();
    if (step === 'ready' && backup !== null) return this.renderReady(backup);
    return html`<p>${t('backup.restore.text')}</p>
      <label class="file"
        >${t('backup.file')}<input type="file" accept=".tar,.gosip" @change=${(event: Event) => void this.send(event)}
      /></label>`;
  }

  private renderUploading(part: number): TemplateResult {
    const isSent = part >= 1;
    const text = isSent ? t('backup.checking') : t('backup.uploading');
    const shown = numberFormat(locale.value.tag, { style: 'percent' }).format(part);
    return html`<p>${text}${isSent ? nothing : html` <span class="number">${shown}</span>`}</p>
      ${isSent ? html`<progress aria-label=${text}></progress>` : html`<progress aria-label=${text} max="1" .value=${part}></progress>`}
      <div class="acts"><md-text-button @click=${() => this.#cancel.abort()}>${t('action.cancel')}</md-text-button></div>`;
  }

  private renderLocked(): TemplateResult {
    return html`<form @submit=${this.unlock} @keydown=${this.unlockOnEnter}>
        ${field({
          label: t('backup.passphrase'),
          name: 'unlock',
          type: 'password',
          autocomplete: 'current-password',
          hint: t('backup.locked'),
          wrong: this.problem?.code === 'VALIDATION_ERROR' ? t('backup.passphrase.wrong') : '',
          value: this.passphrase,
          changed: (passphrase) => (this.passphrase = passphrase),
        })}
      </form>
      <div class="acts">
        <md-filled-button ?disabled=${this.isBusy} @click=${this.unlock}>${t('backup.unlock')}</md-filled-button>
        <md-text-button @click=${this.discard}>${t('action.discard')}</md-text-button>
      </div>`;
  }

  private renderReady({ createdAt, version, files, bytes }: NonNullable<RestoreState['backup']>): TemplateResult {
    const facts = [
      [t('backup.from'), formatMoment(Date.parse(createdAt), locale.value)],
      ['GoSIP', version],
      [t('backup.size'), `${formatBytes(bytes, locale.value)}, ${tn('backup.files', files)}`],
    ];
    return html`<dl>
        ${facts.map(
          ([name, value]) =>
            html`<div>
              <dt>${name}</dt>
              <dd>${value}</dd>
            </div>`,
        )}
      </dl>
      <p class="warning">${t('backup.ready.text')}</p>
      <div class="acts">
        <md-filled-button ?disabled=${this.isBusy} @click=${this.apply}>${t('backup.apply')}</md-filled-button>
        <md-text-button @click=${this.discard}>${t('action.discard')}</md-text-button>
      </div>`;
  }

  private renderUndo({ state: step, undoableSince }: RestoreState) {
    if (undoableSince === null || step === 'requested') return nothing;
    const when = formatWhen(Date.parse(undoableSince), clock.now(), locale.value);
    return html`<div class="body undo">
      <p>${t('backup.undo.text', { when })}</p>
      <div class="acts">
        <md-outlined-button ?disabled=${this.isBusy} @click=${this.undo}>${t('backup.undo')}</md-outlined-button>
        <md-text-button ?disabled=${this.isBusy} @click=${this.discard}>${t('backup.forget')}</md-text-button>
      </div>
    </div>`;
  }

  private renderProblem({ state: step }: RestoreState) {
    const { problem } = this;
    if (problem === undefined || problem.code === 'CANCELLED') return nothing;
    if (problem.code === 'VALIDATION_ERROR' && step === 'locked') return nothing;
    const own = problem.code === 'VALIDATION_ERROR' ? t('backup.refused') : problem.code === 'CONFLICT' ? t('backup.notNow') : '';
    return html`<div class="problem" role="alert" tabindex="-1">
      <p>${own === '' ? problemText(problem) : own}</p>
      ${own === '' || problem.message === '' ? nothing : renderDetails(problem.message)}
    </div>`;
  }

  protected override async send(event?: Event): Promise<void> {
    const input = event?.target as HTMLInputElement | undefined;
    const file = input?.files?.[0];
    if (file === undefined) return;
    this.#cancel = new AbortController();
    this.sent = 0;
    const { signal } = this.#cancel;
    await this.attempt(async () => {
      await upload(uploadBackup, file, { type: 'application/octet-stream', signal, progress: (part) => (this.sent = part) });
    });
    this.sent = undefined;
    await this.seen.reload();
  }

  private unlock = (event?: Event): void => {
    event?.preventDefault();
    void this.step(async () => {
      await call(unlockBackup, { body: { passphrase: this.passphrase } });
      this.passphrase = '';
    });
  };

  private unlockOnEnter = (event: KeyboardEvent): void => {
    if (event.key === 'Enter') this.unlock(event);
  };

  private apply = (): void => void this.step(async () => void (await call(applyRestore)));
  private undo = (): void => void this.step(async () => void (await call(undoRestore)));
  private discard = (): void => void this.step(() => call(discardRestore));

  private async step(act: () => Promise<void>): Promise<void> {
    await this.attempt(act);
    await this.seen.reload();
  }

  /** Everything on the screen is of the data before. */
  private async lookForRestart(): Promise<void> {
    if (this.seen.value?.state !== 'requested') return;
    await this.seen.reload();
    if (this.seen.value.state !== 'requested') window.location.reload();
  }
}
