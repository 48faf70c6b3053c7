import { html } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { changeNotificationTarget } from '#contract/notifications.ts';
import { call } from '../api.ts';
import type { Target } from '../notification-data.ts';
import { DraftDialog } from '../parts/draft-dialog.ts';
import { field } from '../parts/field.ts';
import { fields, problemLine } from '../parts/form.ts';
import { look } from '../parts/look.ts';
import { say } from '../parts/snackbar.ts';
import { t } from '../words.ts';

type Draft = { readonly name: string };

/** What somewhere is called where somebody is reached; where that is cannot be changed. */
@customElement('gosip-target-dialog')
export class GosipTargetDialog extends DraftDialog<Draft> {
  @property({ attribute: false }) target!: Target;

  static override styles = [look, fields];

  protected override readonly isNew = false;

  protected override get draftKey(): string {
    return `notification-target ${this.target.id}`;
  }

  protected override stored(): Draft {
    return { name: this.target.name };
  }

  protected override fresh(): Draft {
    return this.stored();
  }

  override render() {
    const { channel, address, name } = this.target;
    return this.renderDialog(
      name,
      html`<form class="fields" @submit=${this.submit} @keydown=${this.submitOnEnter}>
        ${problemLine(this.wrongUnseen())}
        <p class="quiet">${t(`channel.${channel}`)}: <bdi>${address}</bdi>. ${t('notify.change.text')}</p>
        ${field({
          label: t('notify.name'),
          name: 'name',
          capitals: 'words',
          hasFocus: true,
          maxLength: 64,
          wrong: this.wrong('name'),
          value: this.current.name,
          changed: (typed) => this.change({ name: typed }),
        })}
        ${this.renderUnsaved()}
      </form>`,
    );
  }

  protected override async send(): Promise<void> {
    await call(changeNotificationTarget, { params: { id: this.target.id }, body: { name: this.current.name } });
    this.discard();
    say({ text: t('state.saved') });
    this.close();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'gosip-target-dialog': GosipTargetDialog;
  }
}
