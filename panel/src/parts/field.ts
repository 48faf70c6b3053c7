import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { ifDefined } from 'lit/directives/if-defined.js';
import { live } from 'lit/directives/live.js';
import { textOf } from './form.ts';

type Shared = {
  readonly label: string;
  /** Of its form: each once. */
  readonly name: string;
  readonly value: string;
  readonly hint?: string;
  /** What is wrong with it; empty where nothing is. */
  readonly wrong?: string;
  readonly changed: (value: string) => void;
};

export type FieldOptions = Shared & {
  readonly type?: 'text' | 'password' | 'search' | 'tel' | 'email' | 'url' | 'number' | 'date' | 'time' | 'datetime-local';
  readonly autocomplete?: string;
  readonly capitals?: 'words' | 'none';
  readonly inputMode?: 'text' | 'numeric' | 'decimal' | 'tel' | 'email' | 'url' | 'search';
  readonly min?: string;
  readonly max?: string;
  readonly isReadOnly?: boolean;
  readonly maxLength?: number;
  readonly hasFocus?: boolean;
  /** What may be meant, to choose from while typing. */
  readonly suggestions?: readonly string[];
};

type AutoFill = HTMLInputElement['autocomplete'];

/** A line to type in, of the browser's own: labels, autofill, Enter and the reader of a screen all know it. */
export function field(options: FieldOptions): TemplateResult {
  const {
    name,
    type = 'text',
    autocomplete = 'off',
    capitals = 'none',
    inputMode = 'text',
    hasFocus = false,
    suggestions = [],
  } = options;
  return framed(
    options,
    html`<input
        id=${name}
        name=${name}
        type=${type}
        autocomplete=${autocomplete as AutoFill}
        autocapitalize=${capitals}
        inputmode=${inputMode}
        maxlength=${ifDefined(options.maxLength)}
        min=${ifDefined(options.min)}
        max=${ifDefined(options.max)}
        ?readonly=${options.isReadOnly}
        spellcheck="false"
        ?autofocus=${hasFocus}
        aria-invalid=${isWrong(options)}
        aria-describedby=${ifDefined(describedBy(options))}
        list=${ifDefined(suggestions.length === 0 ? undefined : `${name}-list`)}
        .value=${live(options.value)}
        @input=${(event: Event) => options.changed(textOf(event))}
      />${
        suggestions.length === 0
          ? nothing
          : html`<datalist id="${name}-list">${suggestions.map((one) => html`<option value=${one}></option>`)}</datalist>`
      }`,
  );
}

type ChoiceOptions = Shared & { readonly choices: readonly { readonly value: string; readonly text: string }[] };

/** One of several. */
export function choice(options: ChoiceOptions): TemplateResult {
  return framed(
    options,
    html`<select
      id=${options.name}
      name=${options.name}
      aria-invalid=${isWrong(options)}
      aria-describedby=${ifDefined(describedBy(options))}
      @change=${(event: Event) => options.changed(textOf(event))}
    >
      ${options.choices.map(({ value, text }) => html`<option value=${value} .selected=${live(value === options.value)}>${text}</option>`)}
    </select>`,
  );
}

export type AreaOptions = Shared & { readonly rows?: number; readonly maxLength?: number; readonly hasFocus?: boolean };

/** Several lines to type in; it grows with them. */
export function area(options: AreaOptions): TemplateResult {
  return framed(
    options,
    html`<textarea
      id=${options.name}
      name=${options.name}
      rows=${options.rows ?? 3}
      maxlength=${ifDefined(options.maxLength)}
      ?autofocus=${options.hasFocus}
      aria-invalid=${isWrong(options)}
      aria-describedby=${ifDefined(describedBy(options))}
      .value=${live(options.value)}
      @input=${(event: Event) => options.changed(textOf(event))}
    ></textarea>`,
  );
}

export type CheckOptions = Omit<Shared, 'value' | 'changed'> & {
  readonly isOn: boolean;
  readonly changed: (isOn: boolean) => void;
};

/** Yes or no, within a form; what works at once is a switch. */
export function check(options: CheckOptions): TemplateResult {
  const { name, label, hint = '', wrong = '', isOn, changed } = options;
  return html`<div class="field check">
    <label
      ><input
        type="checkbox"
        id=${name}
        name=${name}
        aria-invalid=${isWrong(options)}
        aria-describedby=${ifDefined(describedBy(options))}
        .checked=${live(isOn)}
        @change=${(event: Event) => changed((event.target as HTMLInputElement).checked)}
      /><span>${label}</span></label
    >
    ${wrong === '' ? nothing : html`<p class="wrong" id="${name}-wrong">${wrong}</p>`}
    ${hint === '' ? nothing : html`<p class="hint" id="${name}-hint">${hint}</p>`}
  </div>`;
}

function framed(options: Shared, control: TemplateResult): TemplateResult {
  const { name, label, hint = '', wrong = '' } = options;
  return html`<div class="field">
    <label for=${name}>${label}</label>
    ${control} ${wrong === '' ? nothing : html`<p class="wrong" id="${name}-wrong">${wrong}</p>`}
    ${hint === '' ? nothing : html`<p class="hint" id="${name}-hint">${hint}</p>`}
  </div>`;
}

function isWrong({ wrong = '' }: Pick<Shared, 'wrong'>): 'true' | 'false' {
  return wrong === '' ? 'false' : 'true';
}

function describedBy({ name, hint = '', wrong = '' }: Pick<Shared, 'name' | 'hint' | 'wrong'>): string | undefined {
  const ids = [wrong === '' ? '' : `${name}-wrong`, hint === '' ? '' : `${name}-hint`].filter((id) => id !== '');
  return ids.length === 0 ? undefined : ids.join(' ');
}
