import '@material/web/button/filled-tonal-button.js';
import { css, html } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { endLockout, listLockouts } from '#contract/auth.ts';
import type { EndpointReply } from '#contract/endpoint.ts';
import { call } from '../../api.ts';
import { clock } from '../../clock.ts';
import { formatWhen } from '../../format.ts';
import { card, whenRead } from '../../parts/card.ts';
import { GosipElement } from '../../parts/element.ts';
import { look, rows } from '../../parts/look.ts';
import { say } from '../../parts/snackbar.ts';
import '../../parts/status.ts';
import { toProblem } from '../../problem.ts';
import { problemText } from '../../problem-words.ts';
import { Shown } from '../../shown.ts';
import { locale, t } from '../../words.ts';

type Lockout = EndpointReply<typeof listLockouts>['items'][number];

const everyMs = 30_000;

/** Addresses that have to wait because logins from there failed. */
@customElement('gosip-lockouts')
export class GosipLockouts extends GosipElement {
  @state() private busy = '';
  private readonly seen = new Shown(this, () => call(listLockouts), ['login.locked', 'login.unlocked']);

  static override styles = [
    look,
    rows,
    css`
      .row {
        flex-wrap: wrap;
      }
      .row > .text {
        flex-basis: 200px;
        overflow-wrap: anywhere;
      }
      .well {
        padding: 0 16px 20px;
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    // That somebody need not wait any more is no fact.
    this.whileShown(this.seen.every(everyMs));
  }

  override render() {
    return card(
      t('security.lockouts'),
      html`<div aria-live="polite">${whenRead(this.seen, ({ items }) => this.renderList(items))}</div>`,
    );
  }

  private renderList(items: readonly Lockout[]) {
    if (items.length === 0) {
      return html`<p class="well"><gosip-status plain tone="good" text=${t('hub.security.none')}></gosip-status></p>`;
    }
    return html`<ul class="rows">
      ${items.map((one) => this.renderOne(one))}
    </ul>`;
  }

  private renderOne({ id, source, kind, failures, lockedUntil }: Lockout) {
    const until = formatWhen(Date.parse(lockedUntil), clock.now(), locale.value);
    const what = t(kind === 'token' ? 'lockout.token' : 'lockout.password');
    return html`<li class="row">
      <span class="text"
        ><span class="main">${source}</span
        ><span class="more">${t('security.lockout.text', { failures, what, until })}</span></span
      >
      <span class="end"
        ><md-filled-tonal-button
          ?disabled=${this.busy === id}
          aria-label="${t('security.unlock')}: ${source}"
          @click=${() => void this.unlock(id)}
          >${t('security.unlock')}</md-filled-tonal-button
        ></span
      >
    </li>`;
  }

  private async unlock(id: string): Promise<void> {
    this.busy = id;
    try {
      await call(endLockout, { params: { id: id as `lockout_${string}` } });
    } catch (error) {
      say({ text: problemText(toProblem(error)) });
    }
    this.busy = '';
    await this.seen.reload();
  }
}
