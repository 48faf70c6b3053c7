import '@material/web/button/filled-button.js';
import '@material/web/button/outlined-button.js';
import '@material/web/button/text-button.js';
import { mdiChevronRight } from '@mdi/js';
import { css, html, nothing } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import { createTrunk, listTrunkPresets } from '#contract/trunks.ts';
import { call } from '../api.ts';
import { whenRead } from '../parts/card.ts';
import '../parts/dialog.ts';
import type { GosipDialog } from '../parts/dialog.ts';
import { field } from '../parts/field.ts';
import { fields, problemLine } from '../parts/form.ts';
import '../parts/icon.ts';
import { look, rows } from '../parts/look.ts';
import { say } from '../parts/snackbar.ts';
import { trunkFields } from '../parts/trunk-fields.ts';
import { TrunkFormElement, trunkFormStyles } from '../parts/trunk-form.ts';
import { renderCheck, steps } from '../parts/trunk-steps.ts';
import { Shown } from '../shown.ts';
import { draftOfPreset, newBody, otherDraft } from '../trunk-draft.ts';
import type { TrunkDraft } from '../trunk-draft.ts';
import { sortedPresets } from '../trunk-words.ts';
import type { TrunkPreset } from '../trunk-words.ts';
import { t } from '../words.ts';

/** Adds a trunk: the provider, what it needs, a check, done. */
@customElement('gosip-add-trunk-dialog')
export class GosipAddTrunkDialog extends TrunkFormElement {
  @state() private wanted = '';
  @query('gosip-dialog') private dialog!: GosipDialog;
  private readonly presets = new Shown(this, async () => (await call(listTrunkPresets)).items, []);

  static override styles = [
    look,
    rows,
    fields,
    steps,
    trunkFormStyles,
    css`
      .intro {
        margin-bottom: 16px;
        color: var(--quiet);
      }
      .rows {
        margin-top: 12px;
        border: 1px solid var(--line);
        border-radius: 12px;
        overflow: hidden;
      }
      .row {
        min-height: 52px;
      }
    `,
  ];

  protected override readonly draftKey = 'trunk ';

  protected override stored(): undefined {
    return undefined;
  }

  override render() {
    const { draft } = this;
    return html`<gosip-dialog
      ?firm=${draft !== undefined}
      heading=${draft === undefined ? t('trunk.choose') : t('trunk.add')}
      @closed=${() => this.dispatchEvent(new Event('closed'))}
    >
      ${draft === undefined ? this.renderChoice() : this.renderForm(draft)}
    </gosip-dialog>`;
  }

  private renderChoice() {
    return html`<p class="intro">${t('trunk.choose.text')}</p>
      ${whenRead(this.presets, (presets) => {
        const wanted = this.wanted.trim().toLowerCase();
        const fits = ({ name }: TrunkPreset) => name.toLowerCase().includes(wanted);
        const shown = sortedPresets(presets, new Intl.Locale(navigator.language).maximize().region).filter(fits);
        return html`${field({
            label: t('trunk.find'),
            name: 'wanted',
            type: 'search',
            hasFocus: true,
            value: this.wanted,
            changed: (value) => (this.wanted = value),
          })}
          <ul class="rows">
            ${shown.map((preset) => this.renderProvider(preset.name, preset.countries.join(', '), () => this.begin(preset)))}
            ${this.renderProvider(t('trunk.other'), t('trunk.other.text'), () => this.begin(undefined))}
          </ul>`;
      })}`;
  }

  private renderProvider(name: string, more: string, chosen: () => void) {
    return html`<li>
      <button type="button" class="row" @click=${chosen}>
        <span class="text"><span class="main">${name}</span><span class="more cut">${more}</span></span>
        <gosip-icon class="end" .path=${mdiChevronRight}></gosip-icon>
      </button>
    </li>`;
  }

  private renderForm(draft: TrunkDraft) {
    const change = (part: Partial<TrunkDraft>) => this.change(part);
    const preset = this.presets.value?.find(({ id }) => id === draft.preset);
    const { wrongWith: wrong } = this;
    return html`${preset === undefined ? nothing : this.renderHints(preset)}
      <form id="form" class="fields" @submit=${this.submit} @keydown=${this.submitOnEnter}>
        ${this.renderProblem()} ${trunkFields({ draft, preset, hasPassword: false, change, wrong })}
        ${this.found === undefined ? nothing : renderCheck(this.found)} ${this.renderUnsaved()}
      </form>
      <md-text-button slot="actions" @click=${this.back}>${t('trunk.back')}</md-text-button>
      <md-outlined-button slot="actions" ?disabled=${this.isChecking} @click=${() => this.check(draft)}
        >${this.isChecking ? t('trunk.checking') : t('trunk.check')}</md-outlined-button
      >
      <md-filled-button slot="actions" ?disabled=${this.isBusy} @click=${this.submit}>${t('action.save')}</md-filled-button>`;
  }

  private renderHints({ hints, source }: TrunkPreset) {
    return html`<div class="hints">
      ${hints.map((hint) => html`<p>${t(`trunk.hint.${hint}`)}</p>`)}
      <a href=${source.split(' ')[0] ?? ''} target="_blank" rel="noreferrer">${t('trunk.source')}</a>
    </div>`;
  }

  private renderProblem() {
    const text = this.wrongAbove();
    return problemLine(text);
  }

  private begin(preset: TrunkPreset | undefined): void {
    this.change(preset === undefined ? otherDraft : draftOfPreset(preset));
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLInputElement>('#name')?.focus());
  }

  private back = (): void => {
    this.discard();
    this.found = undefined;
  };

  protected override async send(): Promise<void> {
    if (this.draft === undefined) return;
    await call(createTrunk, { body: newBody(this.draft), once: this.once() });
    this.discard();
    say({ text: t('state.saved') });
    this.dialog.close();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'gosip-add-trunk-dialog': GosipAddTrunkDialog;
  }
}
