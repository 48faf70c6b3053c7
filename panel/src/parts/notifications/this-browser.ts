import '@material/web/button/outlined-button.js';
import '@material/web/button/text-button.js';
import { mdiBellRingOutline } from '@mdi/js';
import { css, html, nothing } from 'lit';
import type { PropertyValues } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { getWebPush } from '#contract/web-push.ts';
import { call } from '../../api.ts';
import { askPermission, browserFacts, followPermission, signUp, unsubscribe } from '../../browser-push.ts';
import { pushState } from '../../browser-push-state.ts';
import type { PushState } from '../../browser-push-state.ts';
import type { Notifications } from '../../notification-data.ts';
import { GosipElement } from '../element.ts';
import '../icon.ts';
import { look, rows } from '../look.ts';
import { say } from '../snackbar.ts';
import { Problem } from '../../problem.ts';
import { sayProblem } from '../../undo.ts';
import { t } from '../../words.ts';

/** This browser as a way to be reached, as long as it is none: how to make it one, or why it cannot be. */
@customElement('gosip-this-browser')
export class GosipThisBrowser extends GosipElement {
  @property({ attribute: false }) mine!: Notifications;
  @property({ attribute: false }) reload: () => Promise<void> = () => Promise.resolve();
  @state() private push: PushState | undefined;
  @state() private isBusy = false;
  @state() private isFailed = false;
  /** Where that does not help either, somebody has to press. */
  private isRenewed = false;

  static override styles = [
    look,
    rows,
    css`
      .row {
        flex-wrap: wrap;
        border-top: 1px solid var(--line);
      }
      .row > .text {
        flex-basis: 200px;
      }
      .more {
        white-space: normal;
        overflow-wrap: anywhere;
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    this.whileShown(followPermission(() => void this.find()));
  }

  override updated(changed: PropertyValues<this>): void {
    if (changed.has('mine')) void this.find();
  }

  override render() {
    const { push } = this;
    if (push === undefined || push.kind === 'on') return nothing;
    return html`<div class="row">
      <gosip-icon class="quiet" .path=${mdiBellRingOutline}></gosip-icon>
      <span class="text">
        <span class="main">${t('push.here')}</span>
        <span class="more">${textOf(push)}</span>
        <span class="more bad" role="status">${this.isFailed ? t('push.failed') : nothing}</span>
      </span>
      ${this.renderActs(push)}
    </div>`;
  }

  private renderActs({ kind }: PushState) {
    if (!['off', 'stale', 'somebody-else'].includes(kind)) return nothing;
    return html`<span class="end">
      ${
        kind === 'somebody-else'
          ? html`<md-text-button ?disabled=${this.isBusy} @click=${() => void this.act(unsubscribe)}
              >${t('push.stop')}</md-text-button
            >`
          : nothing
      }
      <md-outlined-button ?disabled=${this.isBusy} @click=${() => void this.act(() => this.turnOn())}
        >${t('push.turnOn')}</md-outlined-button
      >
    </span>`;
  }

  private async find(): Promise<void> {
    const { mine } = this;
    try {
      const browser = await browserFacts();
      const { publicKey, problem } = browser.canPush ? await call(getWebPush) : { publicKey: null, problem: null };
      const { preferences, targets } = mine;
      const found = pushState(browser, { personId: preferences.personId, targets, publicKey, problem });
      // Meanwhile there may be something newer.
      if (mine !== this.mine || this.isBusy) return;
      this.push = found;
      await this.settle(found);
    } catch (error) {
      // It is looked at again when the house is back.
      if (!(error instanceof Problem)) throw error;
    }
  }

  /** What nobody need be asked for: the permission is there, or nothing is wanted here any more. */
  private async settle({ kind }: PushState): Promise<void> {
    if (kind === 'removed') {
      await unsubscribe();
      this.push = { kind: 'off' };
    } else if (kind === 'stale' && !this.isRenewed) {
      this.isRenewed = true;
      await this.act(() => signUp(this.mine.preferences.personId, true));
    }
  }

  private async turnOn(): Promise<void> {
    if (!(await askPermission())) return;
    await signUp(this.mine.preferences.personId, this.push?.kind === 'stale');
    say({ text: t('notify.added') });
  }

  private async act(run: () => Promise<void>): Promise<void> {
    this.isBusy = true;
    this.isFailed = false;
    try {
      await run();
    } catch (error) {
      if (error instanceof Problem) sayProblem(error);
      else this.isFailed = true;
    }
    this.isBusy = false;
    await this.reload();
    await this.find();
  }
}

function textOf(push: PushState): string {
  switch (push.kind) {
    case 'unsupported':
      return t(`push.unsupported.${push.why}`);
    case 'not-now':
      return t(`delivery.reason.${push.problem}`);
    case 'denied':
      return t('push.denied');
    case 'somebody-else':
      return t('push.somebodyElse');
    default:
      return t('push.off');
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'gosip-this-browser': GosipThisBrowser;
  }
}
