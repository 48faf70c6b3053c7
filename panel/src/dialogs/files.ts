import '@material/web/button/filled-button.js';
import '@material/web/button/text-button.js';
import { mdiDownload } from '@mdi/js';
import { css, html, nothing } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import type { AnyEndpoint, EndpointReply } from '#contract/endpoint.ts';
import type { importBlocklist } from '#contract/blocklist.ts';
import { saidOf } from '../import-words.ts';
import '../parts/dialog.ts';
import type { GosipDialog } from '../parts/dialog.ts';
import { choice } from '../parts/field.ts';
import { fields, FormElement, problemLine } from '../parts/form.ts';
import '../parts/icon.ts';
import { look, rows } from '../parts/look.ts';
import { apiAddress } from '../place.ts';
import { requestPath } from '../request.ts';
import type { Address, RequestParts } from '../request.ts';
import { upload } from '../upload.ts';
import { uploadType } from '../upload-type.ts';
import { t, tn } from '../words.ts';

type Report = EndpointReply<typeof importBlocklist>;

export type FilesFacts = {
  readonly heading: string;
  /** What files are taken, in words. */
  readonly text: string;
  readonly accept: string;
  readonly endpoint: AnyEndpoint;
  readonly params?: NonNullable<RequestParts['params']>;
  /** Whose the lines become may be chosen. */
  readonly hasOwner?: boolean;
  readonly exports: readonly { readonly text: string; readonly endpoint: Address }[];
};

/** Brings in a file, and says of each line that was not taken why; gives out files. */
@customElement('gosip-files-dialog')
export class GosipFilesDialog extends FormElement {
  @property({ attribute: false }) facts!: FilesFacts;
  @state() private file: File | undefined;
  @state() private owner: 'house' | 'me' = 'house';
  /** From 0 to 1. */
  @state() private sent = 0;
  @state() private report: Report | undefined;
  @query('gosip-dialog') private dialog!: GosipDialog;
  #stop = new AbortController();

  static override styles = [
    look,
    rows,
    fields,
    css`
      .field input[type='file'] {
        height: auto;
        padding: 12px 14px;
      }
      .field input[type='file']::file-selector-button {
        min-height: 32px;
        margin-inline-end: 12px;
        padding: 0 12px;
        border: 1px solid var(--outline);
        border-radius: 999px;
        background: var(--card);
        color: var(--text);
        font: inherit;
        font-size: 14px;
      }
      progress {
        display: block;
        width: 100%;
        margin-top: 8px;
        accent-color: var(--accent);
      }
      .sums {
        display: grid;
        gap: 4px;
        margin-bottom: 16px;
      }
      .sums strong {
        font-weight: 500;
        font-size: 16px;
      }
      .lines {
        max-height: 320px;
        overflow: auto;
        border: 1px solid var(--line);
        border-radius: 12px;
      }
      .lines li {
        padding: 8px 16px;
        overflow-wrap: anywhere;
      }
      .lines li + li {
        border-top: 1px solid var(--line);
      }
      .out {
        margin-top: 24px;
        padding-top: 16px;
        border-top: 1px solid var(--line);
      }
      .out a {
        display: inline-flex;
        align-items: center;
        gap: 8px;
        min-height: 44px;
        margin-inline-end: 16px;
      }
      .out gosip-icon {
        width: 20px;
        height: 20px;
      }
    `,
  ];

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stop.abort();
  }

  override render() {
    return html`<gosip-dialog
      ?firm=${this.isBusy}
      heading=${this.facts.heading}
      @closed=${() => this.dispatchEvent(new Event('closed'))}
    >
      ${this.report === undefined ? this.renderForm() : this.renderReport(this.report)}
    </gosip-dialog>`;
  }

  private renderForm() {
    const { text, accept, hasOwner = false } = this.facts;
    return html`<form class="fields" @submit=${this.submit}>
        ${this.renderProblem()}
        <p class="quiet">${text}</p>
        <div class="field">
          <label for="file">${t('files.file')}</label>
          <input id="file" name="file" type="file" accept=${accept} ?disabled=${this.isBusy} @change=${this.choose} />
        </div>
        ${hasOwner ? this.renderOwner() : nothing}
        ${
          this.isBusy
            ? html`<div role="status">
                ${t('files.sending')}
                <progress aria-label=${t('files.sending')} max="1" .value=${live(this.sent)}></progress>
              </div>`
            : nothing
        }
      </form>
      ${this.renderExports()}
      <md-text-button slot="actions" @click=${() => this.dialog.close()}>${t('action.cancel')}</md-text-button>
      <md-filled-button slot="actions" ?disabled=${this.isBusy || this.file === undefined} @click=${this.submit}
        >${t('files.import')}</md-filled-button
      >`;
  }

  private renderProblem() {
    const text = this.wrongElsewhere();
    return problemLine(text);
  }

  private renderOwner() {
    return choice({
      label: t('contact.whose'),
      name: 'owner',
      value: this.owner,
      changed: (owner) => (this.owner = owner === 'me' ? 'me' : 'house'),
      choices: [
        { value: 'house', text: t('contact.whose.house') },
        { value: 'me', text: t('contact.whose.me') },
      ],
    });
  }

  private renderExports() {
    const { exports } = this.facts;
    if (exports.length === 0) return nothing;
    return html`<div class="out">
      <h2>${t('files.export')}</h2>
      ${exports.map(
        ({ text, endpoint }) =>
          html`<a href=${apiAddress(requestPath(endpoint, {})).href} download
            ><gosip-icon .path=${mdiDownload}></gosip-icon>${text}</a
          >`,
      )}
    </div>`;
  }

  private renderReport({ added, changed, known, refused, problems }: Report) {
    return html`<div class="sums" role="status">
        <strong>${tn('files.added', added)}</strong>
        ${changed === 0 ? nothing : html`<span>${tn('files.changed', changed)}</span>`}
        ${known === 0 ? nothing : html`<span>${tn('files.known', known)}</span>`}
        ${refused === 0 ? nothing : html`<span>${tn('files.refused', refused)}</span>`}
      </div>
      ${
        problems.length === 0
          ? nothing
          : html`<ul class="lines" tabindex="0" aria-label=${t('files.problems')}>
              ${problems.map(
                ({ line, message }) =>
                  html`<li><span class="quiet">${t('files.line', { line })}</span> ${problemOfLine(message)}</li>`,
              )}
            </ul>`
      }
      ${refused > problems.length ? html`<p class="quiet">${t('files.more', { count: refused - problems.length })}</p>` : nothing}
      <md-text-button slot="actions" @click=${this.another}>${t('files.another')}</md-text-button>
      <md-filled-button slot="actions" @click=${() => this.dialog.close()}>${t('action.done')}</md-filled-button>`;
  }

  private choose(event: Event): void {
    this.file = (event.target as HTMLInputElement).files?.[0];
    this.problem = undefined;
  }

  private another = (): void => {
    this.report = undefined;
    this.file = undefined;
  };

  protected override async send(): Promise<void> {
    const { file, facts } = this;
    if (file === undefined) return;
    this.sent = 0;
    this.report = (await upload(facts.endpoint, file, {
      type: uploadType(file.name),
      ...(facts.params === undefined ? {} : { params: facts.params }),
      ...(facts.hasOwner === true ? { query: { owner: this.owner } } : {}),
      progress: (part) => (this.sent = part),
      signal: this.#stop.signal,
    })) as Report;
  }
}

function problemOfLine(message: string): string {
  const said = saidOf(message);
  return said === undefined ? message : t(said.key, said.values);
}

declare global {
  interface HTMLElementTagNameMap {
    'gosip-files-dialog': GosipFilesDialog;
  }
}
