import '@material/web/button/outlined-button.js';
import { mdiCloudDownloadOutline, mdiPhoneOutline } from '@mdi/js';
import { css, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { EndpointReply } from '#contract/endpoint.ts';
import { syncNumbers } from '#contract/setup.ts';
import { call } from '../api.ts';
import { allPeople } from '../data.ts';
import type { Person } from '../data.ts';
import { Detail } from '../detail.ts';
import { openNumber } from '../dialogs/open.ts';
import { whenRead } from '../parts/card.ts';
import { addLink } from '../parts/add-link.ts';
import { fields, FormElement } from '../parts/form.ts';
import '../parts/icon.ts';
import { look, rows } from '../parts/look.ts';
import '../parts/notice.ts';
import '../parts/page.ts';
import '../parts/status.ts';
import { problemText } from '../problem-words.ts';
import { removedNow } from '../removed.ts';
import { pathOf } from '../routes.ts';
import { allNumbers, numberFacts } from '../routing-data.ts';
import type { OurNumber } from '../routing-data.ts';
import { and } from '../rules/speech.ts';
import { Shown } from '../shown.ts';
import { speech } from '../speech-of.ts';
import { t, tn } from '../words.ts';

type Imported = EndpointReply<typeof syncNumbers>;

async function readAll() {
  const [numbers, people] = await Promise.all([allNumbers(), allPeople()]);
  return { numbers, people };
}

/** The numbers of the house; for administrators. */
@customElement('gosip-numbers')
export class GosipNumbers extends FormElement {
  @property() openId: string | undefined;
  protected readonly detail = new Detail(this, (id) => openNumber(id === 'new' ? undefined : id));
  @state() private imported: Imported | undefined;
  private readonly seen = new Shown(this, readAll, [...numberFacts, 'person.changed', 'person.deleted']);

  static override styles = [
    look,
    rows,
    fields,
    css`
      .stack {
        display: grid;
        gap: 16px;
      }
      .said {
        display: grid;
        gap: 8px;
        padding: 16px;
        overflow-wrap: anywhere;
      }
      .acts {
        display: flex;
        flex-wrap: wrap;
        justify-content: center;
        gap: 8px;
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    this.whileShown(removedNow.follow(() => this.requestUpdate()));
  }

  override render() {
    return html`<gosip-page heading=${t('page.numbers')}>
      ${addLink(t('numbers.add'), 'numbers')}
      <div class="stack">
        ${this.renderImported()}
        <div class="card">${whenRead(this.seen, ({ people }) => this.renderNumbers(this.shown, people))}</div>
        ${this.shown.length === 0 ? nothing : html`<div class="acts">${this.renderImport()}</div>`}
      </div>
    </gosip-page>`;
  }

  private get shown(): readonly OurNumber[] {
    return (this.seen.value?.numbers ?? []).filter(({ id }) => !removedNow.value.has(id));
  }

  private renderImport() {
    return html`<md-outlined-button has-icon ?disabled=${this.isBusy} @click=${this.submit}>
      <gosip-icon slot="icon" .path=${mdiCloudDownloadOutline}></gosip-icon>${t('numbers.import')}
    </md-outlined-button>`;
  }

  /** What the import found, or why there was none. */
  private renderImported() {
    if (this.problem !== undefined) {
      return html`<div class="problem" role="alert" tabindex="-1">
        <p>${problemText(this.problem)}</p>
        <a href=${pathOf('twilio')}>${t('numbers.toTwilio')}</a>
      </div>`;
    }
    if (this.imported === undefined) return nothing;
    const { added, missing } = this.imported;
    const listed = (numbers: readonly string[]) => and(numbers, speech());
    return html`<div class="card said" role="status">
      <p>${added.length === 0 ? t('numbers.nothingNew') : tn('numbers.added', added.length, { numbers: listed(added) })}</p>
      ${missing.length === 0 ? nothing : html`<p>${t('numbers.missing', { numbers: listed(missing) })}</p>`}
    </div>`;
  }

  private renderNumbers(numbers: readonly OurNumber[], people: readonly Person[]) {
    if (numbers.length > 0) {
      return html`<ul class="rows">
        ${numbers.map((number) => this.renderNumber(number, people))}
      </ul>`;
    }
    return html`<gosip-notice .path=${mdiPhoneOutline} heading=${t('numbers.empty')} text=${t('numbers.empty.text')}>
      <div class="acts">${this.renderImport()}</div>
    </gosip-notice>`;
  }

  private renderNumber({ id, name, number, ownerPersonId, voiceEnabled }: OurNumber, people: readonly Person[]) {
    const owner = people.find((one) => one.id === ownerPersonId)?.name;
    const whose = owner === undefined ? t('numbers.nobody') : t('numbers.owner', { name: owner });
    return html`<li>
      <a class="row" href=${pathOf('numbers', id)}>
        <gosip-icon class="quiet" .path=${mdiPhoneOutline}></gosip-icon>
        <span class="text">
          <span class="main cut">${name === '' ? number : name}</span>
          <span class="more cut">${name === '' ? whose : `${number} · ${whose}`}</span>
        </span>
        <span class="end">
          ${voiceEnabled ? nothing : html`<gosip-status tone="warning" text=${t('numbers.off')}></gosip-status>`}
        </span>
      </a>
    </li>`;
  }

  protected override async send(): Promise<void> {
    this.imported = undefined;
    this.imported = await call(syncNumbers);
    await this.seen.reload();
  }
}
