import '@material/web/button/text-button.js';
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { state } from 'lit/decorators.js';
import { dropDraft, guardDraft, keepDraft, takeDraft } from '../drafts.ts';
import type { Kept } from '../drafts.ts';
import { Problem } from '../problem.ts';
import { newRequestId } from '../request-id.ts';
import { t } from '../words.ts';
import { FormElement } from './form.ts';

/**
 * A form whose words are kept in the browser until they are saved or discarded, and that does not write over what others changed meanwhile.
 * What is secret is kept nowhere.
 */
export abstract class DraftForm<Draft extends object> extends FormElement {
  /** What was written; undefined where nothing was. */
  @state() protected draft: Draft | undefined;
  /** What the house had when the writing began; undefined for what is new. */
  @state() private base: Draft | undefined;
  /** What the request is called that makes it, so that it is there once also where the reply was lost. */
  private requestId: string | undefined;

  /** Under which it is kept, such as `rule route_1`. */
  protected abstract readonly draftKey: string;
  /** As the house has it now; undefined where that is not read yet, or it is new. */
  protected abstract stored(): Draft | undefined;
  /** What a new one begins with. */
  protected abstract fresh(): Draft;
  /** Of what is written, by their names; all of them texts. */
  protected readonly secrets: readonly (keyof Draft)[] = [];

  #key: string | undefined;
  #endGuard = () => {};

  override connectedCallback(): void {
    super.connectedCallback();
    this.#takeUp();
    this.whileShown(() => this.#endGuard());
  }

  override willUpdate(): void {
    if (this.#key !== this.draftKey) this.#takeUp();
  }

  #takeUp(): void {
    this.#endGuard();
    this.#key = this.draftKey;
    const kept = takeDraft<Draft>(this.#key);
    if (kept !== undefined && this.draft === undefined) Object.assign(this, kept);
    this.#endGuard = guardDraft(this.#key, () => this.#kept());
  }

  protected get current(): Draft {
    return this.draft ?? this.stored() ?? this.fresh();
  }

  protected change(part: Partial<Draft>): void {
    if (this.draft === undefined) this.base = this.stored();
    this.draft = { ...this.current, ...part };
    this.#keep();
  }

  protected discard(): void {
    this.draft = undefined;
    this.problem = undefined;
    this.requestId = undefined;
    dropDraft(this.draftKey);
  }

  /** `sent` is in the house now; what was written after it is not. */
  protected settle(sent: Draft): void {
    if (this.draft === sent) this.discard();
    else this.keepMine(this.stored());
  }

  /** What makes the new one once, however often it is sent. */
  protected once(): string {
    this.requestId ??= newRequestId();
    this.#keep();
    return this.requestId;
  }

  #kept(): Kept<Draft> | undefined {
    if (this.draft === undefined) return undefined;
    const told = Object.fromEntries(this.secrets.map((name) => [name, ''])) as Partial<Draft>;
    const draft = { ...this.draft, ...told };
    // Nothing but a secret, or as it was: there is nothing to come back to.
    if (this.requestId === undefined && isSame(draft, this.base ?? this.fresh())) return undefined;
    return { base: this.base, draft, ...(this.requestId === undefined ? {} : { requestId: this.requestId }) };
  }

  #keep(): void {
    const kept = this.#kept();
    if (kept === undefined) dropDraft(this.draftKey);
    else keepDraft(this.draftKey, kept);
  }

  /** What others made of it is shown before it is written over. `now`: as the house has it at this moment. Throws a Problem. */
  protected assertUnchanged(now: Draft | undefined = this.stored()): void {
    const isOther = this.base !== undefined && now !== undefined && !isSame(now, this.base);
    if (isOther) throw new Problem('TOLD', t('ruleEdit.meanwhile'));
  }

  protected renderUnsaved(): TemplateResult | typeof nothing {
    const { draft } = this;
    if (draft === undefined) return nothing;
    const hasSecret = this.secrets.some((name) => draft[name] !== '');
    return html`<p class="hint">${t('ruleEdit.unsaved')} ${hasSecret ? t('draft.secrets') : nothing}</p>`;
  }

  /** `tell`: what others made of it, in a sentence, where one can be said. */
  protected renderMeanwhile(tell?: (theirs: Draft) => string): TemplateResult | typeof nothing {
    const theirs = this.stored();
    const isWritten = this.draft !== undefined && this.base !== undefined && !this.isBusy;
    if (!isWritten || theirs === undefined || this.base === undefined || isSame(theirs, this.base)) return nothing;
    const sentence = tell === undefined ? '' : t('ruleEdit.meanwhile.theirs', { sentence: tell(theirs) });
    return html`<div class="problem" role="alert" tabindex="-1">
      <p>${t('ruleEdit.meanwhile')} ${sentence}</p>
      <md-text-button type="button" @click=${() => this.discard()}>${t('ruleEdit.takeTheirs')}</md-text-button>
      <md-text-button type="button" @click=${() => this.keepMine(theirs)}>${t('ruleEdit.keepMine')}</md-text-button>
    </div>`;
  }

  private keepMine(base: Draft | undefined): void {
    this.base = base;
    this.problem = undefined;
    if (this.draft !== undefined) this.#keep();
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
