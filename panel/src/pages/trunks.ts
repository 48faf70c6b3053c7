import '@material/web/button/filled-button.js';
import { mdiTransitConnectionVariant } from '@mdi/js';
import { css, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { getTrunkOrder, setTrunkOrder } from '#contract/trunks.ts';
import { call } from '../api.ts';
import { beside } from '../beside.ts';
import { Detail } from '../detail.ts';
import { openTrunk } from '../dialogs/open.ts';
import '../parts/action.ts';
import { whenRead } from '../parts/card.ts';
import { GosipElement } from '../parts/element.ts';
import '../parts/icon.ts';
import { look, rows } from '../parts/look.ts';
import '../parts/notice.ts';
import '../parts/page.ts';
import { say } from '../parts/snackbar.ts';
import { Sorting, sorting } from '../parts/sorting.ts';
import '../parts/status.ts';
import { toProblem } from '../problem.ts';
import { problemText } from '../problem-words.ts';
import { removedNow } from '../removed.ts';
import { pathOf } from '../routes.ts';
import { Shown } from '../shown.ts';
import { trunkStateKey, trunkTone } from '../trunk-words.ts';
import type { TrunkInOrder } from '../trunk-words.ts';
import { t } from '../words.ts';

/** The lines to the telephone network, in the order in which a call out tries them. */
@customElement('gosip-trunks')
export class GosipTrunks extends GosipElement {
  @property() openId: string | undefined;
  protected readonly detail = new Detail(this, openTrunk);
  /** Where the order was changed here, and the house has not said so yet. */
  @state() private order: readonly string[] | undefined;
  private readonly seen = new Shown(this, async () => (await call(getTrunkOrder)).items, ['trunk.changed']);
  private readonly sorting = new Sorting(this, {
    ids: () => this.shown.map(({ id }) => id),
    moved: (ids) => void this.setOrder(ids),
  });

  static override styles = [
    look,
    rows,
    sorting,
    css`
      .sum {
        padding: 0 4px 12px;
        color: var(--quiet);
      }
      li {
        display: flex;
        align-items: center;
      }
      li .row {
        flex: 1;
        min-width: 0;
      }
      .moves {
        flex: none;
        display: flex;
        justify-content: flex-end;
        min-width: 80px;
        padding-inline-end: 8px;
      }
      .handle {
        margin-inline-start: 4px;
      }
      .sorted .row {
        padding-inline-start: 8px;
      }
      @media (max-width: 599px) {
        .row {
          flex-wrap: wrap;
          column-gap: 12px;
        }
        .row > .text {
          flex: 1 1 100%;
        }
        .moves {
          flex-direction: column;
          min-width: 0;
        }
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    this.whileShown(removedNow.follow(() => this.requestUpdate()));
  }

  override render() {
    return html`<gosip-page heading=${t('page.trunks')}>
      <gosip-action slot="actions" label=${t('trunk.add')} @click=${() => openTrunk(undefined)}></gosip-action>
      ${whenRead(this.seen, () => this.renderList())} ${this.sorting.announcement()}
    </gosip-page>`;
  }

  private get shown(): readonly TrunkInOrder[] {
    const { order } = this;
    const all = (this.seen.value ?? []).filter(({ id }) => !removedNow.value.has(id));
    return order === undefined ? all : all.toSorted((a, b) => order.indexOf(a.id) - order.indexOf(b.id));
  }

  private renderList() {
    const { shown } = this;
    if (shown.length === 0) return this.renderEmpty();
    const isSorted = shown.length > 1;
    return html`${isSorted ? html`<p class="sum">${t('trunks.order')}</p>` : nothing}
      <div class="card">
        <ol class="rows ${isSorted ? 'sorted' : ''}">
          ${shown.map((trunk) => this.renderTrunk(trunk, isSorted))}
        </ol>
      </div>`;
  }

  private renderEmpty() {
    return html`<div class="card">
      <gosip-notice .path=${mdiTransitConnectionVariant} heading=${t('trunks.empty')} text=${t('trunks.empty.text')}>
        <md-filled-button @click=${() => openTrunk(undefined)}>${t('trunk.addFirst')}</md-filled-button>
      </gosip-notice>
    </div>`;
  }

  private renderTrunk(trunk: TrunkInOrder, isSorted: boolean) {
    const { id, name, numbers, direction, state: how } = trunk;
    const isTwilio = id === 'twilio';
    const about = isTwilio ? [t('trunk.twilio')] : numbers;
    const more = beside(t(`trunk.${direction}`), ...about);
    return html`<li data-sort=${id}>
      ${isSorted ? this.sorting.handle(id, name) : nothing}
      <a class="row" href=${isTwilio ? pathOf('twilio') : pathOf('trunks', id)}>
        <span class="text"><span class="main cut">${name}</span><span class="more cut">${more}</span></span>
        <span class="end"><gosip-status tone=${trunkTone(how)} text=${t(trunkStateKey(how))}></gosip-status></span>
      </a>
      ${isSorted ? html`<span class="moves">${this.sorting.buttons(id, name)}</span>` : nothing}
    </li>`;
  }

  /** Shown at once; the house is asked meanwhile. */
  private async setOrder(ids: readonly string[]): Promise<void> {
    this.order = ids;
    try {
      await call(setTrunkOrder, { body: { ids: [...ids] } });
      await this.seen.reload();
    } catch (error) {
      say({ text: problemText(toProblem(error)) });
    } finally {
      this.order = undefined;
    }
  }
}
