// Owns the frame of every page: what is shown before somebody is signed in, the navigation, the page, and what is said at its foot.
// Called by first.ts; it shows nothing before the words are loaded.
// Must stay true: a page is loaded when it is first opened; a session that ends covers the page and takes nothing away.
import {
  mdiAccountCircleOutline,
  mdiAlertCircleOutline,
  mdiCloudOffOutline,
  mdiDialpad,
  mdiDotsHorizontal,
  mdiMagnify,
  mdiPhone,
} from '@mdi/js';
import { html, nothing } from 'lit';
import type { PropertyValues } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { isAway, sessionState } from './api.ts';
import { appStyles } from './app-styles.ts';
import { clock } from './clock.ts';
import { openDial, openMore, openSearch } from './dialogs/open.ts';
import { isWide } from './media.ts';
import { narrowNavigation, navigation, pageAbove } from './navigation.ts';
import type { NavigationEntry } from './navigation.ts';
import { loadPage, pageElement } from './pages.ts';
import { GosipElement } from './parts/element.ts';
import './parts/icon.ts';
import { look } from './parts/look.ts';
import './parts/notice.ts';
import './parts/snackbar.ts';
import { isIngress } from './place.ts';
import { problemText } from './problem-words.ts';
import { place, takeAnew } from './router.ts';
import { pathOf, titles } from './routes.ts';
import type { TitledPage } from './routes.ts';
import { session } from './session.ts';
import { hasWords, t } from './words.ts';

const retryMs = 3_000;

@customElement('gosip-app')
export class GosipApp extends GosipElement {
  @state() private loaded: string | undefined;
  @state() private isLoadFailed = false;

  static override styles = [look, appStyles];

  override connectedCallback(): void {
    super.connectedCallback();
    for (const signal of [session, sessionState, isAway, isWide]) this.whileShown(signal.follow(() => this.requestUpdate()));
    this.whileShown(session.follow(() => void this.open()));
    this.whileShown(place.follow(() => void this.open()));
    this.whileShown(onSlash());
    this.whileShown(sessionState.follow((state) => void (state === 'over' && loadPage('sign-in'))));
    void this.open();
  }

  private get wanted() {
    const { kind } = session.value;
    return kind === 'signed-in' ? place.value.page : kind;
  }

  /** Loads what is to be shown now; what was asked for before it and comes later is of no interest any more. */
  private async open(): Promise<void> {
    const name = this.wanted;
    const isLoaded = await loadPage(name).then(
      () => true,
      () => false,
    );
    if (name !== this.wanted) return;
    this.isLoadFailed = !isLoaded;
    if (isLoaded) this.loaded = name;
    else clock.after(retryMs, () => void (this.isLoadFailed && this.open()));
    this.requestUpdate();
  }

  override render() {
    // Whoever is known before the words are here would be shown everything twice.
    if (!hasWords()) return nothing;
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
        <main id="main">${this.loaded === place.value.page ? pageElement(place.value) : nothing}</main>
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
    return isWide.value ? this.renderSideBar() : this.renderFoot();
  }

  private renderSideBar() {
    return html`<nav aria-label=${t('nav.label')}>
      <div class="brand">
        <span class="mark"><gosip-icon .path=${mdiPhone}></gosip-icon></span>GoSIP
      </div>
      <button class="find" @click=${() => void openSearch()}>
        <gosip-icon .path=${mdiMagnify}></gosip-icon><span>${t('nav.search')}</span><kbd aria-hidden="true">/</kbd>
      </button>
      <ul>
        ${navigation().map((entry) => this.renderEntry(entry))}
      </ul>
      <button class="dial" @click=${() => void openDial()}><gosip-icon .path=${mdiDialpad}></gosip-icon>${t('nav.dial')}</button>
      ${
        session.value.kind === 'signed-in'
          ? html`<a class="who" href=${pathOf('my-settings')} aria-current=${currentIf(here() === 'my-settings')}>
              <gosip-icon .path=${mdiAccountCircleOutline}></gosip-icon
              ><span class="cut">${session.value.me.person?.name ?? t('page.mySettings')}</span>
            </a>`
          : nothing
      }
    </nav>`;
  }

  /** Where there is no room beside the page: the first few, and the others behind a button. */
  private renderFoot() {
    const { first, more } = narrowNavigation();
    const entry = entryOf(here());
    const isElsewhere = entry !== undefined && !first.some(({ page }) => page === entry);
    return html`<nav aria-label=${t('nav.label')}>
      <ul>
        ${first.map((entry) => this.renderEntry(entry))}
        <li>
          <button class="more ${isElsewhere ? 'here' : ''}" aria-haspopup="dialog" @click=${() => void openMore(more)}>
            <span class="pill"><gosip-icon .path=${mdiDotsHorizontal}></gosip-icon></span>
            <span class="words">${t('nav.more')}</span>
          </button>
        </li>
      </ul>
    </nav>`;
  }

  private renderEntry({ page, icon, activeIcon }: NavigationEntry) {
    const isHere = entryOf(here()) === page;
    return html`<li>
      <a href=${pathOf(page) || './'} aria-current=${currentIf(isHere)}>
        <span class="pill"><gosip-icon .path=${isHere ? activeIcon : icon}></gosip-icon></span>
        <span class="words">${t(titles[page])}</span>
      </a>
    </li>`;
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
    if (!hasWords()) return;
    this.keepCover();
    if (this.loaded === place.value.page && takeAnew()) window.scrollTo(0, 0);
    const page = here();
    const name = page === undefined ? undefined : t(titles[page]);
    document.title = session.value.kind === 'signed-in' && name !== undefined ? `${name} – GoSIP` : 'GoSIP';
  }
}

function here(): TitledPage | undefined {
  const { page } = place.value;
  return page === 'missing' || page === 'design' ? undefined : page;
}

/** Which entry of the navigation a page belongs to. The set-up is in none: it leads through what is in several. */
function entryOf(page: TitledPage | undefined): TitledPage | undefined {
  return page === undefined || page === 'welcome' ? undefined : (pageAbove(page) ?? page);
}

function currentIf(isHere: boolean): 'page' | 'false' {
  return isHere ? 'page' : 'false';
}

/** `/` and Ctrl+K begin a search, unless somebody types or has a dialog open. */
function onSlash(): () => void {
  const pressed = (event: KeyboardEvent) => {
    const isWanted = event.key === '/' || (event.key === 'k' && (event.ctrlKey || event.metaKey));
    const first = event.composedPath()[0];
    const isTyped = first instanceof HTMLElement && first.matches('input, textarea, select, [contenteditable]');
    if (!isWanted || isTyped || event.defaultPrevented || session.value.kind !== 'signed-in') return;
    if (sessionState.value === 'over' || document.body.querySelector(':scope > [data-dialog]') !== null) return;
    event.preventDefault();
    void openSearch();
  };
  window.addEventListener('keydown', pressed);
  return () => window.removeEventListener('keydown', pressed);
}

function preventDefault(event: Event): void {
  event.preventDefault();
}
