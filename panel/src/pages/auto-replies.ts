import '@material/web/button/filled-button.js';
import { mdiReplyOutline, mdiPlus } from '@mdi/js';
import { css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import { changeAutoReply, listAutoReplies } from '#contract/auto-replies.ts';
import { listMessageNumbers } from '#contract/messages.ts';
import { call } from '../api.ts';
import { autoReplySentence } from '../auto-reply-words.ts';
import type { AutoReply, MessageNumbers } from '../data.ts';
import { Detail } from '../detail.ts';
import { openAutoReply } from '../dialogs/open.ts';
import { notRead } from '../parts/card.ts';
import { GosipElement } from '../parts/element.ts';
import '../parts/action.ts';
import '../parts/icon-button.ts';
import '../parts/icon.ts';
import { look, rows } from '../parts/look.ts';
import '../parts/notice.ts';
import '../parts/page.ts';
import { switchRows } from '../parts/row-styles.ts';
import { say } from '../parts/snackbar.ts';
import '../parts/switch.ts';
import { toProblem } from '../problem.ts';
import { problemText } from '../problem-words.ts';
import { removedNow } from '../removed.ts';
import { pathOf } from '../routes.ts';
import { isAdmin } from '../session.ts';
import { Shown } from '../shown.ts';
import { speech } from '../speech-of.ts';
import { t } from '../words.ts';

async function readAll() {
  const [replies, numbers] = await Promise.all([
    call(listAutoReplies, { query: { per_page: 100, order: 'asc' } }),
    call(listMessageNumbers),
  ]);
  return { replies: replies.items, numbers };
}

type Group = { readonly number: string | null; readonly heading: string; readonly replies: readonly AutoReply[] };

/** What answers messages by itself, number by number. */
@customElement('gosip-auto-replies')
export class GosipAutoReplies extends GosipElement {
  @property() openId: string | undefined;
  protected readonly detail = new Detail(this, openAutoReply);
  private readonly seen = new Shown(this, readAll, ['auto-replies.changed']);

  static override styles = [
    look,
    rows,
    switchRows,
    css`
      section + section {
        margin-top: 16px;
      }
      .row .said {
        overflow-wrap: anywhere;
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    this.whileShown(removedNow.follow(() => this.requestUpdate()));
  }

  override render() {
    const { value } = this.seen;
    const isEmpty = value === undefined || this.shown(value.replies).length === 0;
    return html`<gosip-page heading=${t('page.autoReplies')}>
      ${isEmpty || value.numbers.total === 0 ? nothing : html`<gosip-action slot="actions" label=${t('autoReply.add')} @click=${() => void openAutoReply()}></gosip-action>`}
      ${this.renderBody()}
    </gosip-page>`;
  }

  private renderAdd() {
    return html`<md-filled-button has-icon @click=${() => void openAutoReply()}>
      <gosip-icon slot="icon" .path=${mdiPlus}></gosip-icon>${t('autoReply.add')}
    </md-filled-button>`;
  }

  private renderBody() {
    const { value, problem } = this.seen;
    if (value === undefined) return html`<div class="card">${notRead(problem)}</div>`;
    const { replies, numbers } = value;
    if (this.shown(replies).length === 0) return this.renderNone(numbers);
    return groupsOf(this.shown(replies), numbers.items).map(
      ({ heading, replies: some }) =>
        html`<section class="card" aria-label=${heading}>
          <header><h2>${heading}</h2></header>
          <ul class="rows">
            ${some.map((one) => this.renderOne(one))}
          </ul>
        </section>`,
    );
  }

  private shown(replies: readonly AutoReply[]): readonly AutoReply[] {
    return replies.filter(({ id }) => !removedNow.value.has(id));
  }

  private renderNone({ total }: MessageNumbers) {
    if (total > 0)
      return html`<div class="card">
        <gosip-notice .path=${mdiReplyOutline} heading=${t('autoReply.none')} text=${t('autoReply.none.text')}>
          ${this.renderAdd()}
        </gosip-notice>
      </div>`;
    const heading = isAdmin() ? t('messages.noNumber') : t('messages.noNumber.user');
    const text = isAdmin() ? t('messages.noNumber.text') : t('messages.noNumber.userText');
    return html`<div class="card">
      <gosip-notice .path=${mdiReplyOutline} heading=${heading} text=${text}>
        ${isAdmin() ? html`<a href=${pathOf('numbers')}>${t('messages.toNumbers')}</a>` : nothing}
      </gosip-notice>
    </div>`;
  }

  private renderOne(one: AutoReply) {
    const name = nameOf(one);
    return html`<li class=${one.enabled ? '' : 'off'}>
      <a class="row" href=${pathOf('auto-replies', one.id)}>
        <span class="text">
          <span class="main cut"
            ><bdi>${name}</bdi>${one.enabled ? '' : html`<span class="quiet"> · ${t('autoReply.off')}</span>`}</span
          >
          <span class="more">${autoReplySentence(one, speech())}</span>
          <span class="more cut said" dir="auto">${one.body}</span>
        </span>
      </a>
      <gosip-switch
        aria-label=${t('autoReply.switch', { name })}
        .selected=${live(one.enabled)}
        @change=${(event: Event) => void this.turn(one, event)}
      ></gosip-switch>
    </li>`;
  }

  private async turn({ id }: AutoReply, event: Event): Promise<void> {
    const { selected: enabled } = event.target as HTMLElement & { selected: boolean };
    try {
      await call(changeAutoReply, { params: { id }, body: { enabled } });
    } catch (error) {
      say({ text: problemText(toProblem(error)) });
    }
    await this.seen.reload();
  }
}

function nameOf({ name }: AutoReply): string {
  return name === '' ? t('autoReply.unnamed') : name;
}

/** Those of all numbers first, then number by number. */
function groupsOf(replies: readonly AutoReply[], numbers: MessageNumbers['items']): readonly Group[] {
  const of = (number: string | null, heading: string): Group => ({
    number,
    heading,
    replies: replies.filter((one) => one.number === number),
  });
  const known = numbers.map(({ number, name }) => of(number, name === '' ? number : `${name} (${number})`));
  const gone = [...new Set(replies.map(({ number }) => number))]
    .filter((number) => number !== null && !numbers.some((one) => one.number === number))
    .map((number) => of(number, number ?? ''));
  return [of(null, t('autoReply.all')), ...known, ...gone].filter((group) => group.replies.length > 0);
}
