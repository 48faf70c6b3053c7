import '@material/web/button/filled-button.js';
import '@material/web/button/outlined-button.js';
import { mdiAlarmLight } from '@mdi/js';
import { css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { cancelEscalation, listEscalations, takeEscalation } from '#contract/escalations.ts';
import type { FactName } from '#contract/facts.ts';
import { call } from '../api.ts';
import { beside } from '../beside.ts';
import { clock } from '../clock.ts';
import { Detail } from '../detail.ts';
import { openChain } from '../dialogs/open.ts';
import { formatMoment, formatWhen } from '../format.ts';
import { card, whenRead } from '../parts/card.ts';
import { addLink } from '../parts/add-link.ts';
import { GosipElement } from '../parts/element.ts';
import '../parts/icon.ts';
import { look, rows } from '../parts/look.ts';
import '../parts/notice.ts';
import '../parts/page.ts';
import { say } from '../parts/snackbar.ts';
import '../parts/status.ts';
import type { Tone } from '../parts/status.ts';
import '../parts/timer.ts';
import { toProblem } from '../problem.ts';
import { problemText } from '../problem-words.ts';
import { removedNow } from '../removed.ts';
import { pathOf } from '../routes.ts';
import { allTargets, namesOf, someContacts, targetFacts } from '../routing-data.ts';
import type { Contact, EscalationChain, Targets } from '../routing-data.ts';
import { chainNames } from '../rules/chain-words.ts';
import { isGoingOn, legText, stateText } from '../rules/escalation-words.ts';
import type { Escalation } from '../rules/escalation-words.ts';
import { Shown } from '../shown.ts';
import { speech } from '../speech-of.ts';
import { locale, t, tn } from '../words.ts';

const facts: readonly FactName[] = [
  'escalation.started',
  'escalation.changed',
  'escalation.taken',
  'escalation.exhausted',
  'escalation.cancelled',
];
const tones: Readonly<Record<Escalation['state'], Tone>> = {
  asking: 'accent',
  pausing: 'accent',
  taken: 'good',
  exhausted: 'bad',
  cancelled: 'quiet',
};

async function readAll() {
  const [targets, contacts] = await Promise.all([allTargets(), someContacts()]);
  return { targets, contacts };
}

/** Chains of people who are called one after another, and those that are being called; for administrators. */
@customElement('gosip-escalations')
export class GosipEscalations extends GosipElement {
  @property() openId: string | undefined;
  protected readonly detail = new Detail(this, (id) => openChain(id === 'new' ? undefined : id));
  private readonly seen = new Shown(this, readAll, targetFacts);
  private readonly lately = new Shown(
    this,
    async () => (await call(listEscalations, { query: { per_page: 20, order: 'desc' } })).items,
    facts,
  );

  static override styles = [
    look,
    rows,
    css`
      .stack {
        display: grid;
        gap: 16px;
      }
      .one {
        padding: 8px 16px 16px;
        overflow-wrap: anywhere;
      }
      .one + .one {
        border-top: 1px solid var(--line);
        padding-top: 16px;
      }
      .head {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px;
      }
      h3 {
        flex: 1 1 12ch;
        margin: 0;
        font-size: 15px;
        font-weight: 500;
        line-height: 22px;
      }
      .legs {
        padding: 8px 0;
        color: var(--quiet);
      }
      .acts {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
      }
      .row .more {
        overflow-wrap: anywhere;
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    this.whileShown(removedNow.follow(() => this.requestUpdate()));
  }

  override render() {
    const lately = this.lately.value ?? [];
    const [now, past] = [lately.filter(isGoingOn), lately.filter((one) => !isGoingOn(one))];
    return html`<gosip-page heading=${t('page.escalations')}>
      ${addLink(t('chains.add'), 'escalations')}
      <div class="stack">
        <div aria-live="polite">
          ${
            now.length === 0
              ? nothing
              : card(
                  t('chains.now'),
                  now.map((one) => this.renderNow(one)),
                )
          }
        </div>
        ${card(
          t('chains.list'),
          whenRead(this.seen, (seen) => this.renderChains(seen)),
        )}
        ${
          past.length === 0
            ? nothing
            : card(
                t('chains.past'),
                past.map((one) => this.renderPast(one)),
              )
        }
      </div>
    </gosip-page>`;
  }

  private renderNow(one: Escalation) {
    const name = nameOf(one);
    return html`<article class="one">
      ${this.renderHead(one)} ${this.renderLegs(one)}
      <div class="acts">
        <md-filled-button
          aria-label=${`${t('escalation.take')}: ${name}`}
          @click=${() => void this.act(() => call(takeEscalation, { params: { id: one.id }, body: {} }))}
          >${t('escalation.take')}</md-filled-button
        >
        <md-outlined-button
          aria-label=${`${t('escalation.cancel')}: ${name}`}
          @click=${() => void this.act(() => call(cancelEscalation, { params: { id: one.id } }))}
          >${t('escalation.cancel')}</md-outlined-button
        >
      </div>
    </article>`;
  }

  private renderPast(one: Escalation) {
    return html`<article class="one">${this.renderHead(one)} ${this.renderLegs(one)}</article>`;
  }

  private renderHead(one: Escalation) {
    const at = Date.parse(one.startedAt);
    return html`<div class="head">
      <h3>${nameOf(one)}</h3>
      <gosip-status tone=${tones[one.state]} text=${stateText(one, speech())}></gosip-status>
      <time class="quiet" datetime=${one.startedAt} title=${formatMoment(at, locale.value)}
        >${formatWhen(at, clock.now(), locale.value)}</time
      >
    </div>`;
  }

  private renderLegs({ legs }: Escalation) {
    if (legs.length === 0) return nothing;
    return html`<ul class="legs">
      ${legs.map((leg) => html`<li>${leg.name}: ${legText(leg, speech())}</li>`)}
    </ul>`;
  }

  private renderChains({ targets, contacts }: { readonly targets: Targets; readonly contacts: readonly Contact[] }) {
    const chains = targets.chains.filter(({ id }) => !removedNow.value.has(id));
    if (chains.length === 0) {
      return html`<gosip-notice
        .path=${mdiAlarmLight}
        heading=${t('chains.empty')}
        text=${t('chains.empty.text')}
      ></gosip-notice>`;
    }
    return html`<ul class="rows">
      ${chains.map((chain) => this.renderChain(chain, targets, contacts))}
    </ul>`;
  }

  private renderChain(chain: EscalationChain, targets: Targets, contacts: readonly Contact[]) {
    const names = chainNames(chain.steps, { speech: speech(), names: namesOf(targets) }, contacts);
    const isBroken = chain.problems.some(({ severity }) => severity === 'broken');
    return html`<li>
      <a class="row" href=${pathOf('escalations', chain.id)}>
        <gosip-icon class="quiet" .path=${mdiAlarmLight}></gosip-icon>
        <span class="text">
          <span class="main cut">${chain.name}</span>
          <span class="more">${beside(tn('chains.steps', chain.steps.length), names)}</span>
        </span>
        <span class="end">
          ${isBroken ? html`<gosip-status tone="bad" text=${t('routing.broken')}></gosip-status>` : nothing}
        </span>
      </a>
    </li>`;
  }

  private async act(run: () => Promise<unknown>): Promise<void> {
    try {
      await run();
    } catch (error) {
      say({ text: problemText(toProblem(error)) });
    }
    await this.lately.reload();
  }
}

/** Of a child's call for help, which has no chain, the words are those of the house. */
function nameOf({ name }: Pick<Escalation, 'name'>): string {
  return name === '' ? t('escalation.byHouse') : name;
}
