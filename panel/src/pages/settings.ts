import { css, html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import { card, failedNotice } from '../parts/card.ts';
import { GosipElement } from '../parts/element.ts';
import '../parts/icon.ts';
import { look, rows, stack } from '../parts/look.ts';
import '../parts/page.ts';
import { iconRows } from '../parts/row-styles.ts';
import '../parts/status.ts';
import { pathOf, titles } from '../routes.ts';
import type { TitledPage } from '../routes.ts';
import { isAdmin } from '../session.ts';
import { settingsGroups } from '../settings-entries.ts';
import type { SettingsEntry } from '../settings-entries.ts';
import { Shown } from '../shown.ts';
import { t } from '../words.ts';
import { stateReaders } from './settings/states.ts';
import type { State } from './settings/states.ts';

type States = ReadonlyMap<TitledPage, State>;

const everyMs = 30_000;

/** What cannot be read now says nothing; the page itself will say why. */
async function readStates(): Promise<States> {
  const read = Object.entries(stateReaders).map(async ([page, reader]) => [page as TitledPage, await reader()] as const);
  const settled = await Promise.allSettled(read);
  return new Map(settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])));
}

/** The way to every page of settings, with how it is there now. */
@customElement('gosip-settings')
export class GosipSettings extends GosipElement {
  private readonly states = new Shown<States>(this, async () => (isAdmin() ? readStates() : new Map()), []);

  static override styles = [
    look,
    rows,
    iconRows,
    stack,
    css`
      .row > .end {
        justify-content: flex-end;
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    this.whileShown(this.states.every(everyMs));
  }

  override render() {
    return html`<gosip-page heading=${t('page.settings')}>
      ${isAdmin() ? this.renderGroups() : html`<div class="card">${failedNotice(t('problem.forbidden'))}</div>`}
    </gosip-page>`;
  }

  private renderGroups() {
    return html`<div class="stack">
      ${settingsGroups.map(({ title, entries }) =>
        card(
          t(title),
          html`<ul class="rows">
            ${entries.map((entry) => this.renderEntry(entry))}
          </ul>`,
        ),
      )}
    </div>`;
  }

  private renderEntry({ page, icon, text }: SettingsEntry) {
    const state = this.states.value?.get(page);
    return html`<li>
      <a class="row" href=${pathOf(page)}>
        <gosip-icon .path=${icon}></gosip-icon>
        <span class="text"><span class="main">${t(titles[page])}</span><span class="more">${t(text)}</span></span>
        ${state === undefined || state.text === '' ? nothing : html`<span class="end"><gosip-status plain tone=${state.tone} text=${state.text}></gosip-status></span>`}
      </a>
    </li>`;
  }
}
