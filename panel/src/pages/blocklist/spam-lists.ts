import '@material/web/button/outlined-button.js';
import '@material/web/button/text-button.js';
import { mdiPlus } from '@mdi/js';
import { css, html, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import { changeSpamList, listSpamLists, refreshSpamList } from '#contract/spam-lists.ts';
import { call } from '../../api.ts';
import type { SpamList } from '../../data.ts';
import { openSpamFile, openSpamList } from '../../dialogs/open.ts';
import { card, whenRead } from '../../parts/card.ts';
import { GosipElement } from '../../parts/element.ts';
import '../../parts/icon.ts';
import { look, rows } from '../../parts/look.ts';
import { say } from '../../parts/snackbar.ts';
import '../../parts/switch.ts';
import { removedNow } from '../../removed.ts';
import { Shown } from '../../shown.ts';
import { spamProblemText, spamStateText } from '../../spam-words.ts';
import { sayProblem } from '../../undo.ts';
import { t } from '../../words.ts';

/** Lists of numbers that others reported; for administrators. */
@customElement('gosip-spam-lists')
export class GosipSpamLists extends GosipElement {
  @state() private busy: ReadonlySet<string> = new Set();
  private readonly seen = new Shown(this, () => call(listSpamLists, { query: { per_page: 100, order: 'asc' } }), [
    'spam-list.created',
    'spam-list.changed',
    'spam-list.deleted',
  ]);

  static override styles = [
    look,
    rows,
    css`
      .row {
        flex-wrap: wrap;
      }
      .row .more.bad {
        color: var(--error);
      }
      .row > .text {
        flex-basis: 200px;
        overflow-wrap: anywhere;
      }
      .row > .end {
        flex-wrap: wrap;
      }
      .text-only {
        padding: 0 16px 16px;
        color: var(--quiet);
      }
      @media (max-width: 599px) {
        .row > .end {
          width: 100%;
        }
        gosip-switch {
          margin-inline-start: auto;
        }
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    this.whileShown(removedNow.follow(() => this.requestUpdate()));
  }

  override render() {
    return card(
      t('spam.title'),
      html`<p class="text-only">${t('spam.text')}</p>
        ${whenRead(this.seen, ({ items }) => {
          const shown = items.filter(({ id }) => !removedNow.value.has(id));
          return shown.length === 0
            ? nothing
            : html`<ul class="rows">
                ${shown.map((one) => this.renderList(one))}
              </ul>`;
        })}`,
      html`<md-text-button has-icon @click=${() => void openSpamList()}
        ><gosip-icon slot="icon" .path=${mdiPlus}></gosip-icon>${t('spam.add')}</md-text-button
      >`,
    );
  }

  private renderList(one: SpamList) {
    const { id, name, url, enabled, problem } = one;
    const isBusy = this.busy.has(id);
    return html`<li class="row">
      <span class="text">
        <span class="main">${name}</span>
        <span class="more">${spamStateText(one)}</span>
        ${problem === null ? nothing : html`<span class="more bad" role="status">${spamProblemText(problem)}</span>`}
      </span>
      <span class="end">
        ${
          url === null
            ? html`<md-outlined-button
                aria-label=${t('contact.actionOf', { action: t('files.import'), name })}
                @click=${() => void openSpamFile(one)}
                >${t('files.import')}</md-outlined-button
              >`
            : html`<md-outlined-button
                ?disabled=${isBusy}
                aria-label=${t('contact.actionOf', { action: t(isBusy ? 'books.syncing' : 'spam.refresh'), name })}
                @click=${() => void this.refresh(one)}
                >${t(isBusy ? 'books.syncing' : 'spam.refresh')}</md-outlined-button
              >`
        }
        <md-outlined-button
          aria-label=${t('contact.actionOf', { action: t('contact.edit'), name })}
          @click=${() => void openSpamList(id)}
          >${t('contact.edit')}</md-outlined-button
        >
        <gosip-switch
          aria-label=${t('spam.switch', { name })}
          .selected=${live(enabled)}
          @change=${(event: Event) => void this.switch(one, event)}
        ></gosip-switch>
      </span>
    </li>`;
  }

  private async refresh({ id, name }: SpamList): Promise<void> {
    this.busy = new Set([...this.busy, id]);
    try {
      const { problem } = await call(refreshSpamList, { params: { id } });
      say({ text: problem === null ? t('spam.refreshed', { name }) : spamProblemText(problem) });
    } catch (error) {
      sayProblem(error);
    }
    this.busy = new Set([...this.busy].filter((one) => one !== id));
  }

  private async switch({ id }: SpamList, event: Event): Promise<void> {
    const control = event.target as HTMLElement & { selected: boolean };
    try {
      await call(changeSpamList, { params: { id }, body: { enabled: control.selected } });
    } catch (error) {
      control.selected = !control.selected;
      sayProblem(error);
    }
  }
}
