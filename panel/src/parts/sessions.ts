import '@material/web/button/outlined-button.js';
import { css, html } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { endSession, listSessions } from '#contract/auth.ts';
import type { EndpointReply } from '#contract/endpoint.ts';
import { call } from '../api.ts';
import { beside } from '../beside.ts';
import { browserName } from '../browser-name.ts';
import { clock } from '../clock.ts';
import { everyPage } from '../data.ts';
import type { Person } from '../data.ts';
import { formatMoment, formatWhen } from '../format.ts';
import { toProblem } from '../problem.ts';
import { problemText } from '../problem-words.ts';
import { Shown } from '../shown.ts';
import { locale, t } from '../words.ts';
import { whenRead } from './card.ts';
import { GosipElement } from './element.ts';
import { look, rows } from './look.ts';
import { say } from './snackbar.ts';
import './status.ts';

type Session = EndpointReply<typeof listSessions>['items'][number];

const everyMs = 30_000;

/** Where somebody is signed in, with a way out of each. Empty `personId`: everybody, as far as whoever looks may see them. */
@customElement('gosip-sessions')
export class GosipSessions extends GosipElement {
  @property() personId = '';
  /** To say whose each is; empty where that is clear. */
  @property({ attribute: false }) people: readonly Person[] = [];
  @state() private busy = '';
  private readonly seen = new Shown(this, () => this.read(), []);

  static override styles = [
    look,
    rows,
    css`
      .row {
        flex-wrap: wrap;
      }
      .row > .text {
        flex-basis: 200px;
      }
      .main {
        overflow-wrap: anywhere;
      }
      .none {
        padding: 0 16px 16px;
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    this.whileShown(this.seen.every(everyMs));
  }

  override render() {
    return whenRead(this.seen, (sessions) =>
      sessions.length === 0
        ? html`<p class="none quiet">${t('sessions.none')}</p>`
        : html`<ul class="rows">
            ${sessions.map((one) => this.renderOne(one))}
          </ul>`,
    );
  }

  private renderOne(one: Session) {
    const { id, userAgent, address, lastUsedAt, isCurrent } = one;
    const used = Date.parse(lastUsedAt);
    const name = browserName(userAgent) || t('sessions.unknown');
    const owner = this.people.find((person) => person.id === one.personId)?.name;
    const when = t('sessions.used', { when: formatWhen(used, clock.now(), locale.value) });
    return html`<li class="row">
      <span class="text">
        <span class="main">${beside(owner ?? '', name)}</span>
        <span class="more"
          >${address} · <time datetime=${lastUsedAt} title=${formatMoment(used, locale.value)}>${when}</time></span
        >
      </span>
      <span class="end"
        >${isCurrent ? html`<gosip-status tone="accent" text=${t('sessions.here')}></gosip-status>` : this.renderEnd(id, owner, name)}</span
      >
    </li>`;
  }

  private renderEnd(id: string, owner: string | undefined, name: string) {
    return html`<md-outlined-button
      ?disabled=${this.busy === id}
      aria-label=${t('sessions.end.of', { name: owner === undefined ? name : `${owner}, ${name}` })}
      @click=${() => void this.end(id)}
      >${t('sessions.end')}</md-outlined-button
    >`;
  }

  private read(): Promise<readonly Session[]> {
    const whose = this.personId === '' ? {} : { personId: this.personId as Person['id'] };
    return everyPage((page) =>
      call(listSessions, { query: { ...whose, page, per_page: 100, sort: 'lastUsedAt', order: 'desc' } }),
    );
  }

  private async end(id: string): Promise<void> {
    this.busy = id;
    try {
      await call(endSession, { params: { id: id as `session_${string}` } });
      say({ text: t('sessions.ended') });
    } catch (error) {
      say({ text: problemText(toProblem(error)) });
    }
    this.busy = '';
    await this.seen.reload();
  }

  /** After something that ended some of them. */
  async reload(): Promise<void> {
    await this.seen.reload();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'gosip-sessions': GosipSessions;
  }
}
