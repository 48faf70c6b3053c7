import { mdiMagnify, mdiPhone } from '@mdi/js';
import { html, nothing } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import { clock } from '../clock.ts';
import '../parts/dialog.ts';
import type { GosipDialog } from '../parts/dialog.ts';
import { GosipElement } from '../parts/element.ts';
import { textOf } from '../parts/form.ts';
import '../parts/icon.ts';
import { look, rows } from '../parts/look.ts';
import { problemText } from '../problem-words.ts';
import { toProblem } from '../problem.ts';
import { place, visit } from '../router.ts';
import type { Found, Source } from '../search/found.ts';
import { isDiallable } from '../search/match.ts';
import { sourcesOfHouse } from '../search/sources.ts';
import { isAdmin } from '../session.ts';
import { t } from '../words.ts';
import { openDial } from './open.ts';
import { searchStyles } from './search-styles.ts';

const typingMs = 200;

type Answer = { readonly source: Source; readonly found?: readonly Found[]; readonly problem?: string };

/** One field for everything in the house: what is found of each kind is shown as it comes. */
@customElement('gosip-search-dialog')
export class GosipSearchDialog extends GosipElement {
  @state() private text = '';
  /** Of what `answers` are. */
  @state() private asked = '';
  @state() private answers: readonly Answer[] = [];
  @query('gosip-dialog') private dialog!: GosipDialog;
  readonly #sources = sourcesOfHouse().filter(({ isForAdmins }) => isForAdmins === undefined || isAdmin());
  #cancelTyping = () => {};

  static override styles = [look, rows, searchStyles];

  override connectedCallback(): void {
    super.connectedCallback();
    this.whileShown(place.follow(() => this.dialog.close()));
    this.whileShown(() => this.#cancelTyping());
  }

  private typed(event: Event): void {
    this.text = textOf(event);
    this.#cancelTyping();
    this.#cancelTyping = clock.after(typingMs, () => this.ask());
  }

  private ask(): void {
    const text = this.text.trim();
    if (text === this.asked) return;
    this.asked = text;
    this.answers = [];
    if (text === '') return;
    for (const source of this.#sources) void this.askOne(source, text);
  }

  private async askOne(source: Source, text: string): Promise<void> {
    const answer = await answerOf(source, text);
    // Somebody typed on meanwhile.
    if (text === this.asked) this.answers = [...this.answers, answer];
  }

  private get isAnswered(): boolean {
    return this.answers.length === this.#sources.length;
  }

  private links(): readonly HTMLElement[] {
    return [...this.renderRoot.querySelectorAll<HTMLElement>('.row')];
  }

  /** The arrows go through what was found, from the field on. */
  private pressed(event: KeyboardEvent): void {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const all = [this.renderRoot.querySelector<HTMLElement>('input'), ...this.links()];
    const here = all.findIndex((one) => one === this.shadowRoot?.activeElement);
    all[Math.min(all.length - 1, Math.max(0, here + step))]?.focus();
  }

  private readonly openFirst = (event: Event): void => {
    event.preventDefault();
    this.#cancelTyping();
    this.ask();
    this.links()[0]?.click();
  };

  override render() {
    return html`<gosip-dialog heading=${t('nav.search')} @closed=${() => this.dispatchEvent(new Event('closed'))}>
      <div @keydown=${this.pressed}>
        <form role="search" @submit=${this.openFirst}>
          <gosip-icon class="quiet" .path=${mdiMagnify}></gosip-icon>
          <input
            type="search"
            autofocus
            maxlength="64"
            autocomplete="off"
            spellcheck="false"
            aria-label=${t('search.label')}
            placeholder=${t('search.label')}
            @input=${this.typed}
          />
        </form>
        ${this.renderDial()} ${this.renderAnswers()}
      </div>
    </gosip-dialog>`;
  }

  private renderDial() {
    const text = this.text.trim();
    if (!isDiallable(text)) return nothing;
    const dial = () => {
      this.dialog.close();
      void openDial(text);
    };
    return html`<button class="row dial" @click=${dial}>
      <gosip-icon .path=${mdiPhone}></gosip-icon><span class="text main">${t('dial.call', { name: text })}</span>
    </button>`;
  }

  private renderAnswers() {
    if (this.asked === '') return html`<p class="quiet hint">${t('search.hint')}</p>`;
    const shown = this.#sources.flatMap((source) => this.answers.filter((one) => one.source === source));
    const count = shown.reduce((sum, { found = [] }) => sum + found.length, 0);
    return html`<p class="spoken" role="status">${this.isAnswered ? t('search.count', { count }) : ''}</p>
      ${this.isAnswered && count === 0 ? html`<p class="quiet hint">${t('search.nothing', { text: this.asked })}</p>` : nothing}
      ${shown.map((answer) => this.renderAnswer(answer))}`;
  }

  private renderAnswer({ source, found = [], problem }: Answer) {
    if (problem !== undefined)
      return html`<h3>${t(source.heading)}</h3>
        <p class="hint">${problem}</p>`;
    if (found.length === 0) return nothing;
    return html`<h3>${t(source.heading)}</h3>
      <ul class="rows">
        ${found.map(
          ({ icon, title, more, path }) =>
            html`<li>
              <a class="row" href=${path || './'} @click=${(event: Event) => this.follow(event, path)}>
                <gosip-icon class="quiet" .path=${icon}></gosip-icon>
                <span class="text"><span class="main cut">${title}</span><span class="more cut">${more}</span></span>
              </a>
            </li>`,
        )}
      </ul>`;
  }

  /** Also to where somebody is already. */
  private follow(event: Event, path: string): void {
    if (event instanceof MouseEvent && (event.ctrlKey || event.metaKey || event.shiftKey)) return;
    event.preventDefault();
    this.dialog.close();
    visit(path);
  }
}

async function answerOf(source: Source, text: string): Promise<Answer> {
  try {
    return { source, found: await source.find(text) };
  } catch (error) {
    return { source, problem: problemText(toProblem(error)) };
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'gosip-search-dialog': GosipSearchDialog;
  }
}
