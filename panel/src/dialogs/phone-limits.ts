import '@material/web/button/text-button.js';
import { css, html } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { listCallPermissions } from '#contract/call-permissions.ts';
import { listChildLines } from '#contract/child-lines.ts';
import { listHotlines } from '#contract/hotlines.ts';
import { call } from '../api.ts';
import { allPhones } from '../data.ts';
import { childLineText, hotlineText, permissionText } from '../limit-words.ts';
import { notRead } from '../parts/card.ts';
import { GosipElement } from '../parts/element.ts';
import { look } from '../parts/look.ts';
import { Shown } from '../shown.ts';
import { t } from '../words.ts';
import { openLimit } from './open.ts';

/** What one phone or person may call and be called by; each line opens what changes it. */
@customElement('gosip-phone-limits')
export class GosipPhoneLimits extends GosipElement {
  @property() phoneId = '';
  @property() personId = '';
  private readonly seen = new Shown(this, readLimits, ['child-line.changed', 'device.changed']);

  static override styles = [
    look,
    css`
      :host {
        margin-top: 20px;
        padding-top: 12px;
        border-top: 1px solid var(--line);
      }
      li {
        display: flex;
        align-items: center;
        gap: 8px;
        min-height: 56px;
      }
      .text {
        flex: 1;
        min-width: 0;
      }
      .more {
        display: block;
        overflow-wrap: anywhere;
      }
    `,
  ];

  override render() {
    const { value, problem } = this.seen;
    if (value === undefined) return notRead(problem);
    const isOf = (one: { readonly deviceId: string | null; readonly personId?: string | null }) =>
      this.phoneId === '' ? one.personId === this.personId : one.deviceId === this.phoneId;
    const permission = value.permissions.find(isOf);
    const line = value.lines.find(isOf);
    const hotline = value.hotlines.find(isOf);
    const phone = value.phones.find(({ id }) => hotline?.target.kind === 'device' && id === hotline.target.id);
    const hotlineNow = hotline === undefined ? t('hotline.none') : hotlineText(hotline, phone?.name ?? t('hotline.group'));
    return html`<ul>
      ${this.renderLine('permission', permission === undefined ? t('permission.none') : permissionText(permission))}
      ${this.renderLine('child', line === undefined ? t('child.none') : childLineText(line))}
      ${this.phoneId === '' ? '' : this.renderLine('hotline', hotlineNow)}
    </ul>`;
  }

  private renderLine(kind: 'permission' | 'child' | 'hotline', text: string) {
    const name = t(`${kind}.title`);
    return html`<li>
      <span class="text">${name}<span class="quiet more">${text}</span></span>
      <md-text-button aria-label=${t('limit.change', { what: name })} @click=${() => void this.change(kind)}
        >${t('action.change')}</md-text-button
      >
    </li>`;
  }

  private async change(kind: 'permission' | 'child' | 'hotline'): Promise<void> {
    const dialog = await openLimit(kind, { phoneId: this.phoneId, personId: this.personId });
    dialog.addEventListener('closed', () => void this.seen.reload());
  }
}

async function readLimits() {
  const [permissions, lines, hotlines, phones] = await Promise.all([
    call(listCallPermissions),
    call(listChildLines),
    call(listHotlines),
    allPhones(),
  ]);
  return { permissions: permissions.items, lines: lines.items, hotlines: hotlines.items, phones };
}

declare global {
  interface HTMLElementTagNameMap {
    'gosip-phone-limits': GosipPhoneLimits;
  }
}
