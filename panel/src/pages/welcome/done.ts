import '@material/web/button/filled-button.js';
import {
  mdiAccountGroupOutline,
  mdiArchiveArrowDownOutline,
  mdiChevronRight,
  mdiHomeAssistant,
  mdiNumeric,
  mdiPhonePlusOutline,
} from '@mdi/js';
import { html } from 'lit';
import { customElement } from 'lit/decorators.js';
import { GosipElement } from '../../parts/element.ts';
import '../../parts/icon.ts';
import { look } from '../../parts/look.ts';
import { go } from '../../router.ts';
import { pathOf } from '../../routes.ts';
import type { StringKey } from '../../strings/en.ts';
import { leaveWelcome } from '../../welcome-place.ts';
import { t } from '../../words.ts';
import { stepStyles } from './styles.ts';

type Next = { readonly href: string; readonly icon: string; readonly name: StringKey; readonly text: StringKey };

const next: readonly Next[] = [
  { href: pathOf('welcome', 'phone'), icon: mdiPhonePlusOutline, name: 'welcome.next.phone', text: 'welcome.next.phone.text' },
  { href: pathOf('people'), icon: mdiAccountGroupOutline, name: 'welcome.next.people', text: 'welcome.next.people.text' },
  { href: pathOf('numbers'), icon: mdiNumeric, name: 'welcome.next.numbers', text: 'welcome.next.numbers.text' },
  { href: pathOf('home-assistant'), icon: mdiHomeAssistant, name: 'welcome.next.home', text: 'welcome.next.home.text' },
  { href: pathOf('backup'), icon: mdiArchiveArrowDownOutline, name: 'welcome.next.backup', text: 'welcome.next.backup.text' },
];

/** It is done, and what may come next. */
@customElement('gosip-welcome-done')
export class GosipWelcomeDone extends GosipElement {
  static override styles = [look, stepStyles];

  override connectedCallback(): void {
    super.connectedCallback();
    leaveWelcome();
  }

  override render() {
    return html`<p>${t('welcome.done.text')}</p>
      <div class="ways">
        ${next.map(
          ({ href, icon, name, text }) =>
            html`<a class="way" href=${href}>
              <gosip-icon .path=${icon}></gosip-icon>
              <span><span class="name">${t(name)}</span><span class="text">${t(text)}</span></span>
              <gosip-icon .path=${mdiChevronRight}></gosip-icon>
            </a>`,
        )}
      </div>
      <div class="acts"><md-filled-button @click=${() => go('dashboard')}>${t('missing.action')}</md-filled-button></div>`;
  }
}
