import { css, html, nothing } from 'lit';
import type { LitElement, TemplateResult } from 'lit';
import { state } from 'lit/decorators.js';
import type { Problem } from '../problem.ts';
import { toProblem } from '../problem.ts';
import { fieldText, problemText, refusalText } from '../problem-words.ts';
import { GosipElement } from './element.ts';

/** What fields look like below each other. */
export const fields = css`
  .fields {
    display: grid;
    gap: 20px;
    padding-top: 8px;
  }
  .fields > * {
    width: 100%;
  }
  .field {
    display: grid;
    gap: 6px;
  }
  .field label {
    font-size: 13px;
    font-weight: 500;
    line-height: 18px;
  }
  .field input,
  .field select,
  .field textarea {
    width: 100%;
    height: 48px;
    padding: 0 14px;
    border: 1px solid var(--outline);
    border-radius: 10px;
    background: var(--card);
    color: var(--text);
    font: inherit;
    font-size: 16px;
  }
  .field textarea {
    height: auto;
    min-height: 48px;
    padding-block: 12px;
    field-sizing: content;
    max-height: 40dvh;
    resize: vertical;
  }
  .field.check label {
    display: flex;
    align-items: center;
    gap: 12px;
    min-height: 32px;
    font-size: 15px;
    font-weight: 400;
    cursor: pointer;
  }
  .field.check input {
    flex: none;
    width: 20px;
    height: 20px;
    margin: 0;
    accent-color: var(--accent);
  }
  .field select {
    appearance: none;
    padding-inline-end: 40px;
    background-image:
      linear-gradient(45deg, transparent 50%, var(--quiet) 50%), linear-gradient(135deg, var(--quiet) 50%, transparent 50%);
    background-position:
      right 20px center,
      right 14px center;
    background-size: 6px 6px;
    background-repeat: no-repeat;
  }
  .field input:hover,
  .field textarea:hover,
  .field select:hover {
    border-color: var(--text);
  }
  .field input:focus-visible,
  .field textarea:focus-visible,
  .field select:focus-visible {
    outline-offset: -1px;
  }
  .field [aria-invalid='true'] {
    border-color: var(--error);
  }
  .field .wrong,
  .fields .hint {
    color: var(--quiet);
    font-size: 12px;
    line-height: 16px;
  }
  .field .wrong {
    color: var(--error);
  }
  .problem {
    padding: 12px 16px;
    border-radius: 12px;
    background: color-mix(in srgb, var(--error) 10%, var(--card));
    color: var(--text);
  }
`;

/** What is wrong that no field says, where the focus can go; nothing where `text` is empty. */
export function problemLine(text: string): TemplateResult | typeof nothing {
  return text === '' ? nothing : html`<p class="problem" role="alert" tabindex="-1">${text}</p>`;
}

/** An element with a form: sends it once at a time, keeps what was typed, and shows at the fields what the house says of them. */
export abstract class FormElement extends GosipElement {
  @state() protected isBusy = false;
  @state() protected problem: Problem | undefined;

  /** Throws a Problem. */
  protected abstract send(): Promise<void>;

  protected submit = (event?: Event): Promise<void> => {
    event?.preventDefault();
    return this.attempt(() => this.send());
  };

  /** Does one thing at a time, and keeps why it had no success. */
  protected async attempt(act: () => Promise<void>): Promise<void> {
    if (this.isBusy) return;
    this.isBusy = true;
    this.problem = undefined;
    try {
      await act();
    } catch (error) {
      this.problem = toProblem(error);
      await this.updateComplete;
      focusFirstWrong(this);
    } finally {
      this.isBusy = false;
    }
  }

  /** A browser sends a form by Enter only where the button is its own. */
  protected submitOnEnter = (event: KeyboardEvent): void => {
    const isTyped = event.target instanceof HTMLInputElement && !['radio', 'checkbox', 'file'].includes(event.target.type);
    if (event.key === 'Enter' && !event.isComposing && isTyped) void this.submit(event);
  };

  /** What is wrong with a field, in the reader's words; empty where nothing is. */
  protected wrong(field: string): string {
    const found = this.problem?.fields.find((one) => one.field === field);
    if (found === undefined) return '';
    const isOnly = this.problem?.fields.length === 1;
    return (isOnly && this.problem !== undefined ? refusalText(this.problem) : undefined) ?? fieldText(found);
  }

  /** What is wrong that no field on the screen shows. */
  protected wrongElsewhere(...shown: readonly string[]): string {
    if (this.problem === undefined || this.problem.fields.some(({ field }) => shown.includes(field))) return '';
    return problemText(this.problem);
  }
}

function focusFirstWrong(form: LitElement): void {
  form.renderRoot.querySelector<HTMLElement>('[aria-invalid="true"], .problem')?.focus();
}

export function textOf(event: Event): string {
  return (event.target as HTMLInputElement).value;
}
