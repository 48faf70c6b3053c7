import '@material/web/button/filled-button.js';
import { mdiPhoneOutline } from '@mdi/js';
import { css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { Detail } from '../detail.ts';
import { openRule } from '../dialogs/open.ts';
import { notRead } from '../parts/card.ts';
import { chips, renderChips } from '../parts/chips.ts';
import { addLink } from '../parts/add-link.ts';
import { GosipElement } from '../parts/element.ts';
import '../parts/icon.ts';
import { look, rows } from '../parts/look.ts';
import '../parts/notice.ts';
import '../parts/page.ts';
import { narrow, place } from '../router.ts';
import { pathOf, titles } from '../routes.ts';
import { allNumbers, allTargets, numberFacts, numberTitle, targetFacts } from '../routing-data.ts';
import type { OurNumber } from '../routing-data.ts';
import { Shown } from '../shown.ts';
import type { StringKey } from '../strings/en.ts';
import { t } from '../words.ts';
import './routing/holidays.ts';
import './routing/rule-list.ts';
import type { GosipRuleList } from './routing/rule-list.ts';
import './routing/settings.ts';
import './routing/simulator.ts';
import type { GosipSimulator } from './routing/simulator.ts';

const views = ['rules', 'all', 'holidays'] as const;
type View = (typeof views)[number];

const below = [
  ['numbers', 'routing.more.numbers'],
  ['ring-groups', 'routing.more.groups'],
  ['escalations', 'routing.more.chains'],
] as const satisfies readonly (readonly [keyof typeof titles, StringKey])[];

async function readAll() {
  const [numbers, targets] = await Promise.all([allNumbers(), allTargets()]);
  return { numbers, targets };
}

type Seen = Awaited<ReturnType<typeof readAll>>;

/** What becomes of calls to the numbers of the house; for administrators. */
@customElement('gosip-routing')
export class GosipRouting extends GosipElement {
  @property() openId: string | undefined;
  protected readonly detail = new Detail(this, (id) =>
    openRule(id === 'new' ? { numberId: place.value.query['number'] } : { ruleId: id }),
  );
  private readonly seen = new Shown(this, readAll, [...numberFacts, ...targetFacts]);

  static override styles = [
    look,
    rows,
    chips,
    css`
      .bars {
        display: grid;
        gap: 12px;
        padding-bottom: 16px;
      }
      .both {
        display: grid;
        gap: 16px;
        align-items: start;
      }
      .side {
        display: grid;
        gap: 16px;
      }
      @media (min-width: 1180px) {
        .both {
          grid-template-columns: minmax(0, 3fr) minmax(320px, 2fr);
        }
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    this.whileShown(place.follow(() => this.requestUpdate()));
  }

  private get view(): View {
    return views.find((view) => view === place.value.query['view']) ?? 'rules';
  }

  private number(numbers: readonly OurNumber[]): OurNumber | undefined {
    return numbers.find(({ id }) => id === place.value.query['number']) ?? numbers[0];
  }

  override render() {
    const number = this.number(this.seen.value?.numbers ?? []);
    return html`<gosip-page heading=${t('page.routing')}>
      ${this.view === 'rules' && number !== undefined ? addLink(t('routing.add'), 'routing', { number: number.id }) : nothing}
      <div class="bars">
        ${renderChips(
          t('routing.tabs'),
          views.map((value) => ({ value, text: t(`routing.tab.${value}`) })),
          { taken: this.view, choose: (view) => this.show({ view }) },
        )}
      </div>
      ${this.renderView()}
    </gosip-page>`;
  }

  private show(query: { readonly view?: View; readonly number?: string }): void {
    const { number = '' } = place.value.query;
    const next = { view: this.view, number, ...query };
    narrow(
      'routing',
      Object.fromEntries(Object.entries(next).filter(([key, value]) => value !== '' && !(key === 'view' && value === 'rules'))),
    );
  }

  private renderView() {
    const { value, problem } = this.seen;
    if (value === undefined) return html`<div class="card">${notRead(problem)}</div>`;
    if (this.view === 'all') return html`<gosip-routing-settings></gosip-routing-settings>`;
    if (this.view === 'holidays') return html`<gosip-holidays></gosip-holidays>`;
    const number = this.number(value.numbers);
    return number === undefined ? this.renderNoNumber() : this.renderRules(number, value);
  }

  private renderNoNumber() {
    return html`<div class="side">
      <div class="card">
        <gosip-notice .path=${mdiPhoneOutline} heading=${t('routing.noNumber')} text=${t('routing.noNumber.text')}>
          <md-filled-button href=${pathOf('numbers')}>${t('routing.toNumbers')}</md-filled-button>
        </gosip-notice>
      </div>
      ${this.renderBelow()}
    </div>`;
  }

  private renderRules(number: OurNumber, { numbers, targets }: Seen) {
    const many = numbers.map((one) => ({ value: one.id as string, text: numberTitle(one) }));
    return html`${
        numbers.length > 1
          ? html`<div class="bars">
              ${renderChips(t('routing.number'), many, { taken: number.id, choose: (id) => this.show({ number: id }) })}
            </div>`
          : nothing
      }
      <div class="both">
        <gosip-rule-list .number=${number} .targets=${targets} @try=${this.tryRule}></gosip-rule-list>
        <div class="side">
          <gosip-simulator .number=${number} .numbers=${numbers} .targets=${targets}></gosip-simulator>
          ${this.renderBelow()}
        </div>
      </div>`;
  }

  private readonly tryRule = (event: Event): void => {
    const { tried } = event.target as GosipRuleList;
    if (tried !== undefined) void this.renderRoot.querySelector<GosipSimulator>('gosip-simulator')?.tryRule(tried);
  };

  private renderBelow() {
    return html`<nav class="card" aria-label=${t('routing.more')}>
      <ul class="rows">
        ${below.map(
          ([page, text]) =>
            html`<li>
              <a class="row" href=${pathOf(page)}>
                <span class="text"><span class="main">${t(titles[page])}</span><span class="more">${t(text)}</span></span>
              </a>
            </li>`,
        )}
      </ul>
    </nav>`;
  }
}
