// Owns the frame of every page: what is shown before somebody is signed in, the navigation, the page, and what is said at its foot.
// Called by main.ts once the words are loaded.
// Must stay true: a page is loaded when it is first opened; a session that ends covers the page and takes nothing away.
import { mdiAccountCircleOutline, mdiAlertCircleOutline, mdiCloudOffOutline, mdiPhone } from '@mdi/js';
import { html, nothing } from 'lit';
import type { PropertyValues } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { isAway, sessionState } from './api.ts';
import { appStyles } from './app-styles.ts';
import { clock } from './clock.ts';
import { openAccount } from './dialogs/open.ts';
import { navigation } from './navigation.ts';
import { loadPage, renderPage } from './pages.ts';
import { GosipElement } from './parts/element.ts';
import './parts/icon.ts';
import { look } from './parts/look.ts';
import './parts/notice.ts';
import './parts/snackbar.ts';
import { isIngress } from './place.ts';
import { problemText } from './problem-words.ts';
import { place } from './router.ts';
import { pathOf, titles } from './routes.ts';
import { session } from './session.ts';
import { t } from './words.ts';

const retryMs = 3_000;

@customElement('gosip-app')
export class GosipApp extends GosipElement {
  @state() private loaded: string | undefined;
  @state() private isLoadFailed = false;

  static override styles = [look, appStyles];

  override connectedCallback(): void {
    super.connectedCallback();
    for (const signal of [session, sessionState, isAway]) this.whileShown(signal.follow(() => this.requestUpdate()));
    this.whileShown(session.follow(() => void this.open()));
    this.whileShown(place.follow(() => void this.open()));
    this.whileShown(sessionState.follow((state) => void (state === 'over' && loadPage('sign-in'))));
    void this.open();
  }

  /** Loads what is to be shown now. */
  private async open(): Promise<void> {
    const { kind } = session.value;
    const name = kind === 'signed-in' ? place.value.page : kind;
    try {
      await loadPage(name);
      this.loaded = name;
      this.isLoadFailed = false;
    } catch {
      this.isLoadFailed = true;
      clock.after(retryMs, () => void (this.isLoadFailed && this.open()));
    }
    this.requestUpdate();
  }

  override render() {
    return html`${this.renderAway()}${this.renderMain()} <gosip-snackbar></gosip-snackbar>`;
  }

  private renderMain() {
    const { value } = session;
    if (this.isLoadFailed) return this.renderNotLoaded();
    if (value.kind === 'no-access') return this.renderNoAccess(problemText(value.problem), value.problem.code);
    if (value.kind === 'sign-in')
      return html`<main>${this.loaded === 'sign-in' ? html`<gosip-sign-in></gosip-sign-in>` : nothing}</main>`;
    if (value.kind === 'set-up')
      return html`<main>${this.loaded === 'set-up' ? html`<gosip-set-up></gosip-set-up>` : nothing}</main>`;
    if (value.kind !== 'signed-in') return nothing;
    const isOver = sessionState.value === 'over';
    return html`<div class="frame">
        ${this.renderNavigation()}
        <main id="main">${this.loaded === place.value.page ? renderPage(place.value) : nothing}</main>
      </div>
      ${
        isOver
          ? html`<dialog class="cover" aria-label=${t('signIn.again')} @cancel=${preventDefault} @close=${this.keepCover}>
              <gosip-sign-in again></gosip-sign-in>
            </dialog>`
          : nothing
      }`;
  }

  private renderNavigation() {
    const here = place.value.page;
    return html`<nav aria-label=${t('nav.label')}>
      <div class="brand">
        <span class="mark"><gosip-icon .path=${mdiPhone}></gosip-icon></span>GoSIP
      </div>
      <ul>
        ${navigation().map(
          ({ page, icon, activeIcon }) =>
            html`<li>
              <a href=${pathOf(page) || './'} aria-current=${here === page ? 'page' : 'false'}>
                <span class="pill"><gosip-icon .path=${here === page ? activeIcon : icon}></gosip-icon></span>
                <span class="words">${t(titles[page])}</span>
              </a>
            </li>`,
        )}
      </ul>
      ${
        session.value.kind === 'signed-in'
          ? html`<button class="who" @click=${openAccount}>
              <gosip-icon .path=${mdiAccountCircleOutline}></gosip-icon
              ><span class="cut">${session.value.me.person?.name ?? t('account.title')}</span>
            </button>`
          : nothing
      }
    </nav>`;
  }

  private renderAway() {
    return html`<div role="status" class="away-place">
      ${isAway.value ? html`<p class="away"><gosip-icon .path=${mdiCloudOffOutline}></gosip-icon>${t('state.away')}</p>` : nothing}
    </div>`;
  }

  private renderNoAccess(text: string, code: string) {
    const help = isIngress && code !== 'AWAY' ? t('noAccess.ingress') : t('noAccess.own');
    return html`<main class="middle">
      <gosip-notice problem .path=${mdiAlertCircleOutline} heading=${t('noAccess.title')} text="${text} ${help}"></gosip-notice>
    </main>`;
  }

  private renderNotLoaded() {
    return html`<main class="middle">
      <gosip-notice problem .path=${mdiCloudOffOutline} heading=${t('notLoaded.title')} text=${t('notLoaded.text')}>
        <button class="again" @click=${() => window.location.reload()}>${t('action.again')}</button>
      </gosip-notice>
    </main>`;
  }

  /** Above any dialog that is open: what was typed there waits below. */
  private keepCover(): void {
    const cover = this.renderRoot.querySelector<HTMLDialogElement>('dialog.cover');
    if (cover !== null && !cover.open) cover.showModal();
  }

  override updated(_changed: PropertyValues): void {
    this.keepCover();
    const { page } = place.value;
    const name = page === 'missing' || page === 'design' ? undefined : t(titles[page]);
    document.title = session.value.kind === 'signed-in' && name !== undefined ? `${name} – GoSIP` : 'GoSIP';
  }
}

function preventDefault(event: Event): void {
  event.preventDefault();
}
