import '@material/web/button/outlined-button.js';
import { css, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { checkChannel, getChannel, saveChannel } from '#contract/notification-channels.ts';
import type { ChannelId } from '#contract/notification-kinds.ts';
import { call } from '../api.ts';
import { channelDraft, channelInput, draftSecrets } from '../channel-draft.ts';
import type { ChannelDraft, ChannelState } from '../channel-draft.ts';
import { failedStep, stepField } from '../channel-steps.ts';
import type { CheckedStep } from '../channel-steps.ts';
import { channelTrouble, isUsed, isWithoutSettings } from '../channel-words.ts';
import { whenRead } from '../parts/card.ts';
import '../parts/channel-test.ts';
import { checkStepsStyles, renderSteps } from '../parts/check-steps.ts';
import { DraftDialog } from '../parts/draft-dialog.ts';
import { check } from '../parts/field.ts';
import { fields, problemLine } from '../parts/form.ts';
import { look } from '../parts/look.ts';
import { say } from '../parts/snackbar.ts';
import { Shown } from '../shown.ts';
import { t } from '../words.ts';
import { renderMailFields } from './channel-mail.ts';
import { renderServerFields } from './channel-server.ts';

/** The house's settings of one way to reach people: a check says which step fails, a test whether one arrives. */
@customElement('gosip-channel-dialog')
export class GosipChannelDialog extends DraftDialog<ChannelDraft> {
  @property() channel: ChannelId = 'mail';
  /** Of the last check, until something is changed. */
  @state() private steps: readonly CheckedStep[] | undefined;
  private readonly seen = new Shown<ChannelState>(this, () => call(getChannel, { params: { channel: this.channel } }), [
    'notification-settings.changed',
  ]);

  static override styles = [
    look,
    fields,
    checkStepsStyles,
    css`
      .pair {
        display: grid;
        grid-template-columns: minmax(0, 1fr) 120px;
        gap: 16px;
        align-items: start;
      }
      .more-fields {
        display: grid;
        gap: 20px;
        padding-top: 12px;
      }
      summary {
        min-height: 44px;
        align-content: center;
      }
      details {
        font-size: inherit;
      }
      .first {
        padding-top: 20px;
      }
      details label {
        color: var(--text);
      }
    `,
  ];

  protected override readonly secrets = draftSecrets;
  protected override readonly isNew = false;

  protected override get draftKey(): string {
    return `channel ${this.channel}`;
  }

  protected override stored(): ChannelDraft | undefined {
    return this.seen.value === undefined ? undefined : channelDraft(this.seen.value);
  }

  protected override fresh(): ChannelDraft {
    return this.stored() as ChannelDraft;
  }

  protected override change(part: Partial<ChannelDraft>): void {
    this.steps = undefined;
    super.change(part);
  }

  override render() {
    return this.renderDialog(
      t(`channel.${this.channel}`),
      whenRead(this.seen, (seen) => this.renderForm(seen)),
      { canSave: this.draft !== undefined && this.canBeSent },
    );
  }

  /** From there nothing can be sent. */
  private get canBeSent(): boolean {
    return this.channel !== 'mail' || this.current.provider !== 'outlook';
  }

  private renderForm(seen: ChannelState) {
    const draft = this.current;
    const isPlain = isWithoutSettings(this.channel);
    return html`<form class="fields" @submit=${this.submit} @keydown=${this.submitOnEnter}>
        ${problemLine(this.wrongUnseen())} ${this.renderMeanwhile()} ${channelTrouble(seen).map((text) => html`<p>${text}</p>`)}
        ${this.renderFields(seen)}
        ${
          this.canBeSent
            ? check({
                label: t('channel.enabled'),
                name: 'isEnabled',
                hint: t('channel.enabledHint'),
                isOn: draft.isEnabled,
                changed: (isEnabled) => this.change({ isEnabled }),
              })
            : nothing
        }
        ${this.renderUnsaved()} ${isPlain || !this.canBeSent ? nothing : this.renderCheck()}
      </form>
      ${this.renderTest(seen)}`;
  }

  private renderFields(seen: ChannelState) {
    const form = {
      draft: this.current,
      change: (part: Partial<ChannelDraft>) => this.change(part),
      wrong: (name: string) => this.wrongAt(name),
    };
    if (seen.channel === 'mail') return renderMailFields(form, seen);
    if (seen.channel === 'gotify' || seen.channel === 'ntfy') return renderServerFields(form, seen);
    return html`<p class="quiet">${t(`channel.${seen.channel}.how`, { page: t('page.notifications') })}</p>`;
  }

  /** What the house says of a field, or what a check found there. */
  private wrongAt(name: string): string {
    const failed = failedStep(this.steps ?? []);
    const isHere = failed !== undefined && stepField(this.channel, this.current, failed) === name;
    return this.wrong(name) || (isHere && failed.reason !== null ? t(`delivery.reason.${failed.reason}`) : '');
  }

  private renderCheck() {
    return html`<div>
        <md-outlined-button type="button" ?disabled=${this.isBusy} @click=${this.tryOut}
          >${t(this.isBusy ? 'channel.checking' : 'channel.check')}</md-outlined-button
        >
      </div>
      ${this.steps === undefined ? nothing : renderSteps(this.steps)}`;
  }

  private renderTest(state: ChannelState) {
    if (this.draft !== undefined) return html`<p class="quiet first">${t('channel.saveFirst')}</p>`;
    return isUsed(state) ? html`<gosip-channel-test .channel=${this.channel}></gosip-channel-test>` : nothing;
  }

  private tryOut = (): Promise<void> => this.attempt(() => this.checkNow(this.current));

  private async checkNow(draft: ChannelDraft): Promise<void> {
    const { channel } = this;
    this.steps = (await call(checkChannel, { params: { channel }, body: channelInput(channel, draft) })).steps;
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }

  protected override async send(): Promise<void> {
    const { channel } = this;
    const draft = this.current;
    this.assertUnchanged();
    this.seen.value = await call(saveChannel, { params: { channel }, body: channelInput(channel, draft) });
    this.settle(draft);
    say({ text: t('state.saved') });
    // Whether it works is said while all of it is still on the screen; of what was checked just now it is said already.
    if (this.steps === undefined && draft.isEnabled && !isWithoutSettings(channel)) await this.checkNow(this.current);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'gosip-channel-dialog': GosipChannelDialog;
  }
}
