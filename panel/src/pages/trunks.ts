import '@material/web/button/filled-button.js';
import { mdiArrowDown, mdiArrowUp, mdiPhoneForwardOutline, mdiPlus, mdiTransitConnectionVariant } from '@mdi/js';
import { css, html, nothing } from 'lit';
import type { PropertyValues } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { getTrunkOrder, setTrunkOrder } from '#contract/trunks.ts';
import { call } from '../api.ts';
import { openTrunk } from '../dialogs/open.ts';
import { whenRead } from '../parts/card.ts';
import { GosipElement } from '../parts/element.ts';
import '../parts/icon.ts';
import '../parts/icon-button.ts';
import { look, rows } from '../parts/look.ts';
import '../parts/notice.ts';
import '../parts/page.ts';
import { say } from '../parts/snackbar.ts';
import '../parts/status.ts';
import { toProblem } from '../problem.ts';
import { problemText } from '../problem-words.ts';
import { removedNow } from '../removed.ts';
import { closeDetail } from '../router.ts';
import { pathOf } from '../routes.ts';
import { Shown } from '../shown.ts';
import { moved, trunkStateKey, trunkTone } from '../trunk-words.ts';
import type { TrunkInOrder } from '../trunk-words.ts';
import { t } from '../words.ts';

/** The lines to the telephone network, in the order in which a call out tries them. */
@customElement('gosip-trunks')
export class GosipTrunks extends GosipElement {
  @property() openId: string | undefined;
  /** Where the order was changed here, and the house has not said so yet. */
  @state() private order: readonly string[] | undefined;
  @state() private spoken = '';
  private dragged: string | undefined;
  private readonly seen = new Shown(this, async () => (await call(getTrunkOrder)).items, ['trunk.changed']);

  static override styles = [
    look,
    rows,
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
      li.dragged {
        opacity: 0.5;
      }
      .moves {
        flex: none;
        display: flex;
        padding-inline-end: 8px;
      }
      .place {
        display: grid;
        place-items: center;
        width: 40px;
        height: 40px;
        border-radius: 50%;
        background: var(--tint);
        color: var(--accent);
        font-variant-numeric: tabular-nums;
      }
      @media (max-width: 599px) {
        .row {
          flex-wrap: wrap;
          column-gap: 12px;
        }
        .row > .text {
          flex: 1 1 calc(100% - 64px);
        }
        .row > .end {
          margin-inline-start: 52px;
        }
        .moves {
          flex-direction: column;
        }
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    this.whileShown(removedNow.follow(() => this.requestUpdate()));
  }

  override updated(changed: PropertyValues): void {
    if (changed.has('openId') && this.openId !== undefined) void this.open(this.openId);
  }

  private async open(id: string): Promise<void> {
    const dialog = await openTrunk(id);
    dialog.addEventListener('closed', closeDetail);
  }

  override render() {
    return html`<gosip-page heading=${t('page.trunks')}>
      <md-filled-button slot="actions" has-icon @click=${() => openTrunk(undefined)}>
        <gosip-icon slot="icon" .path=${mdiPlus}></gosip-icon>${t('trunk.add')}
      </md-filled-button>
      ${whenRead(this.seen, (trunks) => this.renderList(trunks))}
      <p class="spoken" role="status">${this.spoken}</p>
    </gosip-page>`;
  }

  private renderList(all: readonly TrunkInOrder[]) {
    const trunks = this.inOrder(all).filter(({ id }) => !removedNow.value.has(id));
    if (trunks.length === 0) return this.renderEmpty();
    return html`${trunks.length > 1 ? html`<p class="sum">${t('trunks.order')}</p>` : nothing}
      <div class="card">
        <ol class="rows">
          ${trunks.map((trunk, index) => this.renderTrunk(trunk, index, trunks))}
        </ol>
      </div>`;
  }

  private inOrder(trunks: readonly TrunkInOrder[]): readonly TrunkInOrder[] {
    const { order } = this;
    return order === undefined ? trunks : trunks.toSorted((a, b) => order.indexOf(a.id) - order.indexOf(b.id));
  }

  private renderEmpty() {
    return html`<div class="card">
      <gosip-notice .path=${mdiTransitConnectionVariant} heading=${t('trunks.empty')} text=${t('trunks.empty.text')}>
        <md-filled-button @click=${() => openTrunk(undefined)}>${t('trunk.addFirst')}</md-filled-button>
      </gosip-notice>
    </div>`;
  }

  private renderTrunk(trunk: TrunkInOrder, index: number, all: readonly TrunkInOrder[]) {
    const { id, name, numbers, direction, state: how } = trunk;
    const isTwilio = id === 'twilio';
    const about = isTwilio ? [t('trunk.twilio')] : numbers;
    const more = [t(`trunk.${direction}`), ...about].join(' · ');
    return html`<li
      draggable=${all.length > 1 ? 'true' : 'false'}
      @dragstart=${(event: DragEvent) => this.dragBegins(event, id)}
      @dragover=${(event: DragEvent) => event.preventDefault()}
      @drop=${(event: DragEvent) => this.dropped(event, id, all)}
    >
      <a class="row" draggable="false" href=${isTwilio ? pathOf('twilio') : pathOf('trunks', id)}>
        <span class="place">${all.length > 1 ? index + 1 : html`<gosip-icon .path=${mdiPhoneForwardOutline}></gosip-icon>`}</span>
        <span class="text"><span class="main cut">${name}</span><span class="more cut">${more}</span></span>
        <span class="end"><gosip-status tone=${trunkTone(how)} text=${t(trunkStateKey(how))}></gosip-status></span>
      </a>
      ${all.length > 1 ? this.renderMoves(trunk, index, all) : nothing}
    </li>`;
  }

  private renderMoves({ id, name }: TrunkInOrder, index: number, all: readonly TrunkInOrder[]) {
    const ids = all.map((one) => one.id);
    return html`<span class="moves">
      <gosip-icon-button
        .path=${mdiArrowUp}
        label=${t('trunk.up', { name })}
        ?disabled=${index === 0}
        @click=${() => this.setOrder(moved(ids, id, -1), id, all)}
      ></gosip-icon-button>
      <gosip-icon-button
        .path=${mdiArrowDown}
        label=${t('trunk.down', { name })}
        ?disabled=${index === all.length - 1}
        @click=${() => this.setOrder(moved(ids, id, 1), id, all)}
      ></gosip-icon-button>
    </span>`;
  }

  private dragBegins(event: DragEvent, id: string): void {
    this.dragged = id;
    event.dataTransfer?.setData('text/plain', id);
  }

  private dropped(event: DragEvent, at: string, all: readonly TrunkInOrder[]): void {
    event.preventDefault();
    const { dragged } = this;
    this.dragged = undefined;
    if (dragged === undefined || dragged === at) return;
    const ids = all.map(({ id }) => id);
    void this.setOrder(moved(ids, dragged, ids.indexOf(at) - ids.indexOf(dragged)), dragged, all);
  }

  /** Shown at once; the house is asked meanwhile. */
  private async setOrder(ids: readonly string[], id: string, all: readonly TrunkInOrder[]): Promise<void> {
    this.order = ids;
    const name = all.find((one) => one.id === id)?.name ?? '';
    try {
      await call(setTrunkOrder, { body: { ids: [...ids] } });
      this.spoken = t('trunk.moved', { name, place: String(ids.indexOf(id) + 1), all: String(ids.length) });
      await this.seen.reload();
    } catch (error) {
      say({ text: problemText(toProblem(error)) });
    } finally {
      this.order = undefined;
    }
  }
}
