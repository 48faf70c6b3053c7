import '@material/web/button/filled-button.js';
import '@material/web/button/text-button.js';
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { query, state } from 'lit/decorators.js';
import { dropDraft, guardDraft, keepDraft, takeDraft } from '../drafts.ts';
import { Problem } from '../problem.ts';
import { t } from '../words.ts';
import './dialog.ts';
import type { GosipDialog } from './dialog.ts';
import { FormElement } from './form.ts';

/**
 * A dialog with a form whose words are kept in the browser until they are saved or discarded, and that does not write over what others changed
 * meanwhile.
 */
export abstract class DraftDialog<Draft extends object> extends FormElement {
  /** What was written; undefined where nothing was. */
  @state() protected draft: Draft | undefined;
  /** What the house had when the writing began; undefined for what is new. */
  @state() private base: Draft | undefined;
  @query('gosip-dialog') private dialog!: GosipDialog;

  /** Under which it is kept, such as `rule route_1`. */
  protected abstract readonly draftKey: string;
  /** Whether the house does not have it yet. */
  protected abstract readonly isNew: boolean;
  /** As the house has it now; undefined where that is not read yet, or it is new. */
  protected abstract stored(): Draft | undefined;
  /** What a new one begins with. */
  protected abstract fresh(): Draft;

  override connectedCallback(): void {
    super.connectedCallback();
    const kept = takeDraft<Draft>(this.draftKey);
    if (kept !== undefined && this.draft === undefined) Object.assign(this, kept);
    const now = () => (this.draft === undefined ? undefined : { base: this.base, draft: this.draft });
    this.whileShown(guardDraft(this.draftKey, now));
  }

  protected get current(): Draft {
    return this.draft ?? this.stored() ?? this.fresh();
  }

  protected change(part: Partial<Draft>): void {
    if (this.draft === undefined) this.base = this.stored();
    this.draft = { ...this.current, ...part };
    keepDraft(this.draftKey, { base: this.base, draft: this.draft });
  }

  protected discard(): void {
    this.draft = undefined;
    this.problem = undefined;
    dropDraft(this.draftKey);
  }

  protected readonly close = (): void => this.dialog.close();

  /** Something new of which nothing was written is nothing to look at. */
  private readonly leave = (): void => {
    this.discard();
    if (this.isNew) this.close();
  };

  /** The form and what saves or discards it. */
  protected renderDialog(heading: string, form: unknown): TemplateResult {
    const isWritten = this.draft !== undefined;
    return html`<gosip-dialog firm heading=${heading} @closed=${() => this.dispatchEvent(new Event('closed'))}>
      ${form}
      <md-text-button slot="actions" @click=${isWritten ? this.leave : this.close}
        >${t(isWritten ? 'action.discard' : 'action.close')}</md-text-button
      >
      <md-filled-button slot="actions" ?disabled=${this.isBusy || !isWritten} @click=${this.submit}
        >${t('action.save')}</md-filled-button
      >
    </gosip-dialog>`;
  }

  /** What others made of it is shown before it is written over. `now`: as the house has it at this moment. Throws a Problem. */
  protected assertUnchanged(now: Draft): void {
    if (this.base !== undefined && !isSame(now, this.base)) throw new Problem('TOLD', t('ruleEdit.meanwhile'));
  }

  protected renderUnsaved(): TemplateResult | typeof nothing {
    return this.draft === undefined ? nothing : html`<p class="hint">${t('ruleEdit.unsaved')}</p>`;
  }

  /** `tell`: what others made of it, in a sentence. */
  protected renderMeanwhile(tell: (theirs: Draft) => string): TemplateResult | typeof nothing {
    const theirs = this.stored();
    if (this.draft === undefined || this.base === undefined || theirs === undefined || isSame(theirs, this.base)) return nothing;
    return html`<div class="problem" role="alert" tabindex="-1">
      <p>${t('ruleEdit.meanwhile')} ${t('ruleEdit.meanwhile.theirs', { sentence: tell(theirs) })}</p>
      <md-text-button type="button" @click=${() => this.discard()}>${t('ruleEdit.takeTheirs')}</md-text-button>
      <md-text-button type="button" @click=${() => this.keepMine(theirs)}>${t('ruleEdit.keepMine')}</md-text-button>
    </div>`;
  }

  private keepMine(base: Draft): void {
    this.base = base;
    this.problem = undefined;
    if (this.draft !== undefined) keepDraft(this.draftKey, { base, draft: this.draft });
  }

  /** What is wrong that no field on the screen shows. */
  protected wrongUnseen(isShownElsewhere: (field: string) => boolean = () => false): string {
    const names = this.problem?.fields.map(({ field }) => field) ?? [];
    const isShown = (name: string) => isShownElsewhere(name) || this.renderRoot.querySelector(`#${CSS.escape(name)}`) !== null;
    return this.wrongElsewhere(...names.filter(isShown));
  }
}

function isSame(a: object, b: object): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
