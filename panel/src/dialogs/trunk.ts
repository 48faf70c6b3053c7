import '@material/web/button/filled-button.js';
import '@material/web/button/outlined-button.js';
import '@material/web/button/text-button.js';
import { css, html, nothing } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import { changeTrunk, deleteTrunk, getTrunk, listTrunkPresets } from '#contract/trunks.ts';
import { call } from '../api.ts';
import { clock } from '../clock.ts';
import { formatWhen } from '../format.ts';
import { whenThere } from '../parts/card.ts';
import '../parts/dialog.ts';
import type { GosipDialog } from '../parts/dialog.ts';
import { fields, problemLine } from '../parts/form.ts';
import { look } from '../parts/look.ts';
import { say } from '../parts/snackbar.ts';
import '../parts/status.ts';
import { trunkFields } from '../parts/trunk-fields.ts';
import { TrunkFormElement, trunkFormStyles } from '../parts/trunk-form.ts';
import { renderCheck, steps } from '../parts/trunk-steps.ts';
import '../parts/trunk-test-call.ts';
import { removeLater } from '../removed.ts';
import { Shown } from '../shown.ts';
import { changeBody, draftOfTrunk } from '../trunk-draft.ts';
import type { Trunk, TrunkDraft } from '../trunk-draft.ts';
import { responseOf, trunkStateKey, trunkTone } from '../trunk-words.ts';
import type { TrunkPreset } from '../trunk-words.ts';
import { locale, t } from '../words.ts';
import { phoneDialogStyles } from './phone-styles.ts';

type Seen = { readonly trunk: Trunk; readonly presets: readonly TrunkPreset[] };

/** One trunk: how it is, a test call, and everything that can be changed. */
@customElement('gosip-trunk-dialog')
export class GosipTrunkDialog extends TrunkFormElement {
  @property() trunkId = '';
  @query('gosip-dialog') private dialog!: GosipDialog;
  private readonly seen = new Shown(this, () => this.read(), ['trunk.changed']);

  static override styles = [
    look,
    fields,
    steps,
    trunkFormStyles,
    phoneDialogStyles,
    css`
      gosip-trunk-test-call {
        margin-top: 20px;
        padding-top: 20px;
        border-top: 1px solid var(--line);
      }
    `,
  ];

  protected override get draftKey(): string {
    return `trunk ${this.trunkId}`;
  }

  protected override stored(): TrunkDraft | undefined {
    const { trunk } = this.seen.value ?? {};
    return trunk === undefined ? undefined : draftOfTrunk(trunk);
  }

  private get params() {
    return { id: this.trunkId as Trunk['id'] };
  }

  private async read(): Promise<Seen> {
    const [trunk, { items }] = await Promise.all([call(getTrunk, { params: this.params }), call(listTrunkPresets)]);
    return { trunk, presets: items };
  }

  override render() {
    return html`<gosip-dialog
      heading=${this.seen.value?.trunk.name ?? t('page.trunks')}
      ?firm=${this.draft !== undefined}
      @closed=${() => this.dispatchEvent(new Event('closed'))}
    >
      ${this.renderBody()}
    </gosip-dialog>`;
  }

  private renderBody() {
    return whenThere(this.seen, t('trunk.gone'), (seen) => this.renderTrunk(seen));
  }

  private renderTrunk(seen: Seen) {
    const { trunk } = seen;
    return html`${this.renderState(trunk)} ${this.renderForm(seen)}
    ${trunk.enabled ? html`<gosip-trunk-test-call trunkId=${this.trunkId}></gosip-trunk-test-call>` : nothing}
    ${this.renderActs(trunk)}`;
  }

  private renderState({ state: how }: Trunk) {
    const said = responseOf(how);
    const { retryAt } = how;
    return html`<section class="now" aria-live="polite">
      <gosip-status plain tone=${trunkTone(how)} text=${t(trunkStateKey(how))}></gosip-status>
      <p class="quiet">${t(`trunk.about.${how.kind}`)}</p>
      ${said === '' ? nothing : html`<p class="where">${t('trunk.answered', { response: said })}</p>`}
      ${
        retryAt === null
          ? nothing
          : html`<p class="quiet">${t('trunk.retry', { when: formatWhen(Date.parse(retryAt), clock.now(), locale.value) })}</p>`
      }
    </section>`;
  }

  private renderForm({ trunk, presets }: Seen) {
    const draft = this.current;
    const change = (part: Partial<TrunkDraft>) => this.change(part);
    const preset = presets.find(({ id }) => id === trunk.preset);
    const { wrongWith: wrong } = this;
    return html`<form class="fields" @submit=${this.submit} @keydown=${this.submitOnEnter}>
      ${this.renderProblem()} ${this.renderMeanwhile()}
      ${trunkFields({ draft, preset, hasPassword: trunk.hasPassword, change, wrong })}
      ${this.found === undefined ? nothing : renderCheck(this.found)} ${this.renderUnsaved()}
      <div class="save">
        <md-outlined-button type="button" ?disabled=${this.isChecking} @click=${() => this.check(draft, this.trunkId)}
          >${this.isChecking ? t('trunk.checking') : t('trunk.check')}</md-outlined-button
        >
        ${
          this.draft === undefined
            ? nothing
            : html`<md-text-button type="button" @click=${() => this.discard()}>${t('action.discard')}</md-text-button>
                <md-filled-button type="button" ?disabled=${this.isBusy} @click=${this.submit}
                  >${t('action.save')}</md-filled-button
                >`
        }
      </div>
    </form>`;
  }

  private renderActs({ enabled }: Trunk) {
    return html`<div class="acts">
      <md-outlined-button @click=${this.toggleEnabled}
        >${enabled ? t('trunk.switchOff') : t('trunk.switchOn')}</md-outlined-button
      >
      <md-outlined-button class="danger" @click=${this.removeTrunk}>${t('action.delete')}</md-outlined-button>
    </div>`;
  }

  private renderProblem() {
    const text = this.wrongAbove();
    return problemLine(text);
  }

  protected override async send(): Promise<void> {
    const { draft } = this;
    if (draft === undefined) return;
    this.assertUnchanged();
    await call(changeTrunk, { params: this.params, body: changeBody(draft) });
    await this.seen.reload();
    this.settle(draft);
    say({ text: t('state.saved') });
  }

  private toggleEnabled = (): Promise<void> =>
    this.attempt(async () => {
      await call(changeTrunk, { params: this.params, body: { enabled: this.seen.value?.trunk.enabled !== true } });
      await this.seen.reload();
    });

  private removeTrunk = (): void => {
    const { params } = this;
    removeLater(params.id, t('trunk.deleted', { name: this.seen.value?.trunk.name ?? '' }), () => call(deleteTrunk, { params }));
    this.discard();
    this.dialog.close();
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'gosip-trunk-dialog': GosipTrunkDialog;
  }
}
