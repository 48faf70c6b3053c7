import { mdiChevronRight, mdiCloudOutline, mdiHomeOutline, mdiTransitConnectionVariant } from '@mdi/js';
import { html } from 'lit';
import { customElement } from 'lit/decorators.js';
import { listTrunks } from '#contract/trunks.ts';
import { call } from '../../api.ts';
import { openTrunk } from '../../dialogs/open.ts';
import { GosipElement } from '../../parts/element.ts';
import '../../parts/icon.ts';
import { look } from '../../parts/look.ts';
import type { StringKey } from '../../strings/en.ts';
import { toStep } from '../../welcome-place.ts';
import { sayProblem } from '../../undo.ts';
import { t } from '../../words.ts';
import { stepStyles } from './styles.ts';

type Way = { readonly icon: string; readonly name: StringKey; readonly text: StringKey; readonly go: () => void };

const ways: readonly Way[] = [
  { icon: mdiCloudOutline, name: 'welcome.twilio', text: 'welcome.twilio.text', go: () => toStep('twilio') },
  { icon: mdiTransitConnectionVariant, name: 'welcome.provider', text: 'welcome.provider.text', go: () => void withProvider() },
  { icon: mdiHomeOutline, name: 'welcome.later', text: 'welcome.later.text', go: () => toStep('phone') },
];

/** How the house reaches the telephone network, if it is to. */
@customElement('gosip-welcome-network')
export class GosipWelcomeNetwork extends GosipElement {
  static override styles = [look, stepStyles];

  override render() {
    return html`<p>${t('welcome.network.text')}</p>
      <div class="ways">
        ${ways.map(
          ({ icon, name, text, go: choose }) =>
            html`<button class="way" @click=${choose}>
              <gosip-icon .path=${icon}></gosip-icon>
              <span><span class="name">${t(name)}</span><span class="text">${t(text)}</span></span>
              <gosip-icon .path=${mdiChevronRight}></gosip-icon>
            </button>`,
        )}
      </div>`;
  }
}

/** The first phone comes once there is a trunk; who thinks better of it may choose anew. */
async function withProvider(): Promise<void> {
  const dialog = await openTrunk(undefined);
  dialog.addEventListener('closed', () => void goOn());
}

async function goOn(): Promise<void> {
  try {
    const { items } = await call(listTrunks, { query: { per_page: 1 } });
    if (items.length > 0) toStep('phone');
  } catch (error) {
    sayProblem(error);
  }
}
