import '@material/web/button/filled-button.js';
import '@material/web/button/text-button.js';
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { query } from 'lit/decorators.js';
import { t } from '../words.ts';
import './dialog.ts';
import type { GosipDialog } from './dialog.ts';
import { DraftForm } from './draft-form.ts';

export type DraftFrame = {
  /** What saving is called. */
  readonly save?: string;
  /** Whether it can be saved as it is. */
  readonly canSave?: boolean;
  /** Another button at its foot. */
  readonly other?: TemplateResult | typeof nothing;
};

/** A dialog with such a form: however it is closed, what was written is there when it is opened again. */
export abstract class DraftDialog<Draft extends object> extends DraftForm<Draft> {
  @query('gosip-dialog') protected dialog!: GosipDialog;

  /** Whether the house does not have it yet. */
  protected abstract readonly isNew: boolean;

  protected readonly close = (): void => this.dialog.close();

  /** Something new of which nothing was written is nothing to look at. */
  private readonly leave = (): void => {
    this.discard();
    if (this.isNew) this.close();
  };

  /** The form and what saves or discards it. */
  protected renderDialog(heading: string, form: unknown, frame: DraftFrame = {}): TemplateResult {
    const isWritten = this.draft !== undefined;
    const { save = t('action.save'), canSave = isWritten, other = nothing } = frame;
    return html`<gosip-dialog firm heading=${heading} @closed=${() => this.dispatchEvent(new Event('closed'))}>
      ${form} ${other}
      <md-text-button slot="actions" @click=${isWritten ? this.leave : this.close}
        >${t(isWritten ? 'action.discard' : 'action.close')}</md-text-button
      >
      <md-filled-button slot="actions" ?disabled=${this.isBusy || !canSave} @click=${this.submit}>${save}</md-filled-button>
    </gosip-dialog>`;
  }
}
