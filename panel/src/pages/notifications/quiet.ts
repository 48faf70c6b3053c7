import '@material/web/button/filled-button.js';
import '@material/web/button/text-button.js';
import { css, html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import { changeNotificationPreferences, getNotificationPreferences } from '#contract/notifications.ts';
import { call } from '../../api.ts';
import type { Preferences } from '../../notification-data.ts';
import { card, whenRead } from '../../parts/card.ts';
import { DraftForm } from '../../parts/draft-form.ts';
import { fields, problemLine } from '../../parts/form.ts';
import { look } from '../../parts/look.ts';
import '../../parts/week-grid.ts';
import type { GosipWeekGrid } from '../../parts/week-grid.ts';
import { Shown } from '../../shown.ts';
import { sayDone } from '../../undo.ts';
import { t } from '../../words.ts';

type Draft = { readonly quietHours: Preferences['quietHours'] };

const me = { personId: 'me' } as const;

/** The hours of the week in which nothing makes a noise. */
@customElement('gosip-notification-quiet')
export class GosipNotificationQuiet extends DraftForm<Draft> {
  private readonly seen = new Shown(this, () => call(getNotificationPreferences, { params: me }), [
    'notification-preferences.changed',
  ]);

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
  ];

  protected override readonly draftKey = 'notification-quiet';

  protected override stored(): Draft | undefined {
    const { value } = this.seen;
    return value === undefined ? undefined : { quietHours: value.quietHours };
  }

  protected override fresh(): Draft {
    return { quietHours: [] };
  }

  override render() {
    return card(
      t('notify.quiet'),
      whenRead(
        this.seen,
        ({ timeZone }) =>
          html`<form class="fields" @submit=${this.submit}>
            <p class="quiet">${t('notify.quiet.text')} ${t('dnd.schedule.zone', { zone: timeZone.replaceAll('_', ' ') })}</p>
            ${problemLine(this.wrong('quietHours') || this.wrongUnseen())} ${this.renderMeanwhile()}
            <gosip-week-grid
              .value=${this.current.quietHours}
              @changed=${(event: Event) =>
                this.change({
                  quietHours: (event.target as GosipWeekGrid).value.map((one) => ({ ...one, days: [...one.days] })),
                })}
            ></gosip-week-grid>
            ${this.renderUnsaved()}
            ${
              this.draft === undefined
                ? nothing
                : html`<div class="ends">
                    <md-text-button type="button" @click=${() => this.discard()}>${t('action.discard')}</md-text-button>
                    <md-filled-button type="button" ?disabled=${this.isBusy} @click=${this.submit}
                      >${t('action.save')}</md-filled-button
                    >
                  </div>`
            }
          </form>`,
      ),
    );
  }

  protected override async send(): Promise<void> {
    const { draft } = this;
    const before = this.stored();
    if (draft === undefined || before === undefined) return;
    this.assertUnchanged();
    const save = async (body: Draft) => {
      await call(changeNotificationPreferences, { params: me, body });
      await this.seen.reload();
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
