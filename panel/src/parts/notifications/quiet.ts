import '@material/web/button/filled-button.js';
import '@material/web/button/text-button.js';
import { css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { changeNotificationPreferences } from '#contract/notifications.ts';
import { call } from '../../api.ts';
import type { Notifications, Preferences } from '../../notification-data.ts';
import { card } from '../card.ts';
import { DraftForm } from '../draft-form.ts';
import { fields, problemLine } from '../form.ts';
import { look } from '../look.ts';
import { flush } from '../flush.ts';
import '../week-grid.ts';
import type { GosipWeekGrid } from '../week-grid.ts';
import { sayDone } from '../../undo.ts';
import { t } from '../../words.ts';

type Draft = { readonly quietHours: Preferences['quietHours'] };

/** The hours of the week in which nothing makes a noise. */
@customElement('gosip-notification-quiet')
export class GosipNotificationQuiet extends DraftForm<Draft> {
  @property({ attribute: false }) of!: Notifications;
  @property({ type: Boolean }) flush = false;
  @property({ attribute: false }) reload: () => Promise<void> = () => Promise.resolve();

  static override styles = [
    look,
    fields,
    css`
      form {
        padding: 0 16px 16px;
      }
      .ends {
        display: flex;
        justify-content: flex-end;
        gap: 8px;
      }
    `,
    flush,
  ];

  protected override get draftKey(): string {
    return `notification-quiet ${this.of.preferences.personId}`;
  }

  protected override stored(): Draft {
    return { quietHours: this.of.preferences.quietHours };
  }

  protected override fresh(): Draft {
    return { quietHours: [] };
  }

  override render() {
    const zone = this.of.preferences.timeZone.replaceAll('_', ' ');
    return card(
      t('notify.quiet'),
      html`<form class="fields" @submit=${this.submit}>
        <p class="quiet">${t('notify.quiet.text')} ${t('dnd.schedule.zone', { zone })}</p>
        ${problemLine(this.wrong('quietHours') || this.wrongUnseen())} ${this.renderMeanwhile()}
        <gosip-week-grid
          .value=${this.current.quietHours}
          @changed=${(event: Event) =>
            this.change({ quietHours: (event.target as GosipWeekGrid).value.map((one) => ({ ...one, days: [...one.days] })) })}
        ></gosip-week-grid>
        ${this.renderUnsaved()} ${this.draft === undefined ? nothing : this.renderEnds()}
      </form>`,
    );
  }

  private renderEnds() {
    return html`<div class="ends">
      <md-text-button type="button" @click=${() => this.discard()}>${t('action.discard')}</md-text-button>
      <md-filled-button type="button" ?disabled=${this.isBusy} @click=${this.submit}>${t('action.save')}</md-filled-button>
    </div>`;
  }

  protected override async send(): Promise<void> {
    const { draft } = this;
    const before = this.stored();
    if (draft === undefined) return;
    this.assertUnchanged();
    const save = async (body: Draft) => {
      await call(changeNotificationPreferences, { params: { personId: this.of.preferences.personId }, body });
      await this.reload();
    };
    await save(draft);
    this.settle(draft);
    sayDone(t('notify.quiet.saved'), () => save(before));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'gosip-notification-quiet': GosipNotificationQuiet;
  }
}
