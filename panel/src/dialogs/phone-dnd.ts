import { css, html } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import { getDnd, setDeviceDnd } from '#contract/dnd.ts';
import { call } from '../api.ts';
import { clock } from '../clock.ts';
import type { Phone } from '../data.ts';
import { formatWhen } from '../format.ts';
import { GosipElement } from '../parts/element.ts';
import { look } from '../parts/look.ts';
import { say } from '../parts/snackbar.ts';
import '../parts/switch.ts';
import { problemText } from '../problem-words.ts';
import { toProblem } from '../problem.ts';
import { Shown } from '../shown.ts';
import { locale, t } from '../words.ts';

/** Whether one phone is left in peace. */
@customElement('gosip-phone-dnd')
export class GosipPhoneDnd extends GosipElement {
  @property() phoneId = '';
  @property() name = '';
  private readonly seen = new Shown(this, () => call(getDnd), ['dnd.changed']);

  static override styles = [
    look,
    css`
      :host {
        display: flex;
        align-items: center;
        gap: 16px;
        min-height: 56px;
        margin-top: 20px;
        padding-top: 12px;
        border-top: 1px solid var(--line);
      }
      .text {
        flex: 1;
        min-width: 0;
      }
      .more {
        display: block;
      }
    `,
  ];

  override render() {
    const found = this.seen.value?.devices.find(({ deviceId }) => deviceId === this.phoneId);
    const until = found?.until ?? null;
    const on =
      until === null ? t('dnd.on') : t('dnd.onUntil', { when: formatWhen(Date.parse(until), clock.now(), locale.value) });
    return html`<span class="text"
        >${t('dnd.title')}<span class="quiet more">${found?.isOn === true ? on : t('phone.dnd.text')}</span></span
      >
      <gosip-switch
        aria-label=${t('dnd.switch', { name: this.name })}
        ?disabled=${this.seen.value === undefined}
        .selected=${live(found?.isOn ?? false)}
        @change=${this.switch}
      ></gosip-switch>`;
  }

  private async switch(event: Event): Promise<void> {
    const { selected } = event.target as HTMLElement & { selected: boolean };
    try {
      await call(setDeviceDnd, { params: { id: this.phoneId as Phone['id'] }, body: { isOn: selected, until: null } });
    } catch (error) {
      say({ text: problemText(toProblem(error)) });
    }
    await this.seen.reload();
  }
}
