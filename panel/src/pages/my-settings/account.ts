import '@material/web/button/filled-tonal-button.js';
import '@material/web/button/outlined-button.js';
import { mdiAccountCircleOutline, mdiBellOutline, mdiTranslate } from '@mdi/js';
import { css, html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import { beside } from '../../beside.ts';
import { leaveNothing } from '../../browser-push.ts';
import { openPassword } from '../../dialogs/open.ts';
import { homeAssistantLocale } from '../../home-assistant.ts';
import { nameFormat } from '../../intl.ts';
import { card } from '../../parts/card.ts';
import { GosipElement } from '../../parts/element.ts';
import '../../parts/icon.ts';
import { look, rows } from '../../parts/look.ts';
import { doWaiting, say } from '../../parts/snackbar.ts';
import { isIngress } from '../../place.ts';
import { toProblem } from '../../problem.ts';
import { problemText } from '../../problem-words.ts';
import { pathOf } from '../../routes.ts';
import { isAdmin, me, signOut } from '../../session.ts';
import { locale, t } from '../../words.ts';

/** Who is signed in, in which language, and the way out. */
@customElement('gosip-my-account')
export class GosipMyAccount extends GosipElement {
  static override styles = [
    look,
    rows,
    css`
      .row {
        align-items: flex-start;
      }
      .row > gosip-icon {
        color: var(--accent);
      }
      .main {
        overflow-wrap: anywhere;
      }
      .acts {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
        padding: 4px 16px 16px;
      }
      .away {
        padding: 0 16px 16px;
      }
    `,
  ];

  override render() {
    const person = me()?.person;
    const role = t(isAdmin() ? 'role.admin' : 'mine.role.user');
    const name = person?.name ?? t('account.nobody');
    const more = beside(person?.username ?? '', role);
    return card(
      t('account.title'),
      html`<ul class="rows">
          <li class="row">
            <gosip-icon .path=${mdiAccountCircleOutline}></gosip-icon>
            <span class="text"
              ><span class="main">${name}</span><span class="more">${more}</span
              ><span class="more">${t(isAdmin() ? 'role.admin.text' : 'role.user.text')}</span></span
            >
          </li>
          ${this.renderLanguage()}
          ${
            person === undefined || person === null
              ? nothing
              : html`<li>
                  <a class="row" href=${pathOf('notifications')}>
                    <gosip-icon .path=${mdiBellOutline}></gosip-icon>
                    <span class="text"
                      ><span class="main">${t('page.notifications')}</span><span class="more">${t('notify.text')}</span></span
                    >
                  </a>
                </li>`
          }
        </ul>
        ${this.renderActs(person?.hasPassword === true)}`,
    );
  }

  private renderLanguage() {
    const { language } = locale.value;
    const name = nameFormat(language, 'language').of(language) ?? language;
    return html`<li class="row">
      <gosip-icon .path=${mdiTranslate}></gosip-icon>
      <span class="text"
        ><span class="main">${name.charAt(0).toLocaleUpperCase(language)}${name.slice(1)}</span
        ><span class="more"
          >${t(homeAssistantLocale() === undefined ? 'mine.language.browser' : 'mine.language.homeAssistant')}</span
        ></span
      >
    </li>`;
  }

  private renderActs(hasPassword: boolean) {
    const hasSession = me()?.kind === 'session';
    const acts = html`<div class="acts">
      ${hasPassword ? html`<md-outlined-button @click=${() => void openPassword()}>${t('password.title')}</md-outlined-button>` : nothing}
      ${hasSession ? html`<md-filled-tonal-button @click=${() => void this.leave()}>${t('account.signOut')}</md-filled-tonal-button>` : nothing}
    </div>`;
    return html`${hasPassword || hasSession ? acts : nothing}
    ${isIngress ? html`<p class="away quiet">${t('account.ingress')}</p>` : nothing}`;
  }

  private async leave(): Promise<void> {
    try {
      await doWaiting();
      await leaveNothing(me()?.person?.id);
      await signOut();
    } catch (error) {
      say({ text: problemText(toProblem(error)) });
    }
  }
}
