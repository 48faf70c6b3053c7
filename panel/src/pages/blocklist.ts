import { mdiFileMoveOutline, mdiPhoneCancelOutline } from '@mdi/js';
import { css, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import { changeBlocklistEntry, listBlocklist } from '#contract/blocklist.ts';
import { call } from '../api.ts';
import { beside } from '../beside.ts';
import { blockedText, hitsText } from '../block-words.ts';
import { clock } from '../clock.ts';
import { blocklistFacts } from '../data.ts';
import type { BlocklistEntry } from '../data.ts';
import { Detail } from '../detail.ts';
import { openBlocklistEntry, openBlocklistFiles } from '../dialogs/open.ts';
import '../parts/action.ts';
import { GosipElement } from '../parts/element.ts';
import '../parts/endless-list.ts';
import { textOf } from '../parts/form.ts';
import '../parts/icon-button.ts';
import '../parts/icon.ts';
import { look, rows } from '../parts/look.ts';
import { noneLeft, noneLeftStyles } from '../parts/none-left.ts';
import '../parts/notice.ts';
import '../parts/page.ts';
import '../parts/switch.ts';
import { removedNow } from '../removed.ts';
import { narrow, place } from '../router.ts';
import { pathOf } from '../routes.ts';
import { pagesOf } from '../row-source.ts';
import { isAdmin, me } from '../session.ts';
import { sayProblem } from '../undo.ts';
import { t } from '../words.ts';
import './blocklist/spam-lists.ts';
import { contactsStyles } from './contacts/styles.ts';
import { renderSearch, searchField } from '../parts/search-field.ts';

const typingMs = 300;

/** Whose calls reach nobody: who was blocked here, and who stands on a list of others. */
@customElement('gosip-blocklist')
export class GosipBlocklist extends GosipElement {
  @property() openId: string | undefined;
  protected readonly detail = new Detail(this, (id) => openBlocklistEntry(id));
  @state() private text = place.value.query['text'] ?? '';
  @state() private source = this.sourceNow();
  #cancelTyping: (() => void) | undefined;

  static override styles = [
    searchField,
    noneLeftStyles,
    look,
    rows,
    contactsStyles,
    css`
      gosip-spam-lists {
        margin-bottom: 16px;
      }
      .off .main {
        color: var(--quiet);
      }
      .line > gosip-switch {
        flex: none;
        margin-inline: 8px 16px;
      }
      .row .main {
        overflow-wrap: anywhere;
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    this.whileShown(() => this.#cancelTyping?.());
    this.whileShown(removedNow.follow(() => this.requestUpdate()));
  }

  private sourceNow() {
    const text = this.text.trim();
    const query = text === '' ? {} : { text };
    return pagesOf((asked) => call(listBlocklist, { query: { ...query, ...asked } }));
  }

  private typed(event: Event): void {
    this.text = textOf(event);
    this.#cancelTyping?.();
    this.#cancelTyping = clock.after(typingMs, () => {
      narrow('blocklist', this.text.trim() === '' ? {} : { text: this.text.trim() });
      this.source = this.sourceNow();
    });
  }

  override render() {
    return html`<gosip-page heading=${t('page.blocklist')}>
      <gosip-action slot="actions" label=${t('block.add')} @click=${() => void openBlocklistEntry()}></gosip-action>
      ${isAdmin() ? html`<gosip-spam-lists></gosip-spam-lists>` : nothing}
      <div class="filters">
        ${renderSearch(t('block.search'), this.text, this.typed)}
        ${
          isAdmin()
            ? html`<p class="ways">
                <button @click=${() => void openBlocklistFiles()}>
                  <gosip-icon .path=${mdiFileMoveOutline}></gosip-icon>${t('files.way')}
                </button>
              </p>`
            : nothing
        }
      </div>
      <div class="card">${this.renderRows()}</div>
    </gosip-page>`;
  }

  private renderRows() {
    const isNarrowed = this.text.trim() !== '';
    const notice = html`<gosip-notice
      .path=${mdiPhoneCancelOutline}
      heading=${t(isNarrowed ? 'block.noneFound' : 'block.none')}
      text=${isNarrowed ? '' : t('block.none.text')}
    ></gosip-notice>`;
    return html`<gosip-endless-list
        label=${t('page.blocklist')}
        .source=${this.source}
        @changed=${() => this.requestUpdate()}
        .facts=${blocklistFacts}
        .key=${({ id }: BlocklistEntry) => id}
        .row=${(one: BlocklistEntry) => (removedNow.value.has(one.id) ? nothing : this.renderEntry(one))}
      >
        <div slot="empty">${notice}</div>
      </gosip-endless-list>
      ${noneLeft(this, notice)}`;
  }

  private renderEntry(one: BlocklistEntry) {
    const text = blockedText(one);
    const more = beside(one.reason, hitsText(one));
    return html`<div class="line ${one.enabled ? '' : 'off'}">
      <a class="row" href=${pathOf('blocklist', one.id, place.value.query)}>
        <span class="text"><span class="main">${text}</span><span class="more">${more}</span></span>
        ${one.personId === null ? nothing : html`<span class="tags"><span class="tag cut">${whoseText(one)}</span></span>`}
      </a>
      <gosip-switch
        aria-label=${t('block.switch', { what: text })}
        .selected=${live(one.enabled)}
        @change=${(event: Event) => void this.switch(one, event)}
      ></gosip-switch>
    </div>`;
  }

  private async switch({ id }: BlocklistEntry, event: Event): Promise<void> {
    const control = event.target as HTMLElement & { selected: boolean };
    try {
      await call(changeBlocklistEntry, { params: { id }, body: { enabled: control.selected } });
    } catch (error) {
      control.selected = !control.selected;
      sayProblem(error);
    }
  }
}

function whoseText({ personId }: BlocklistEntry): string {
  return t(personId === me()?.person?.id ? 'contacts.me' : 'contacts.other');
}
