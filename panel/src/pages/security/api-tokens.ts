import '@material/web/button/filled-tonal-button.js';
import { mdiDeleteOutline, mdiKeyOutline } from '@mdi/js';
import { css, html } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { EndpointReply } from '#contract/endpoint.ts';
import { deleteApiToken, listApiTokens } from '#contract/people.ts';
import { call } from '../../api.ts';
import { beside } from '../../beside.ts';
import { clock } from '../../clock.ts';
import { everyPage } from '../../data.ts';
import type { Person } from '../../data.ts';
import { openApiToken } from '../../dialogs/open.ts';
import { formatWhen } from '../../format.ts';
import { card, whenRead } from '../../parts/card.ts';
import { GosipElement } from '../../parts/element.ts';
import '../../parts/icon-button.ts';
import { look, rows } from '../../parts/look.ts';
import { removedNow, removeLater } from '../../removed.ts';
import { Shown } from '../../shown.ts';
import { locale, t } from '../../words.ts';

type Token = EndpointReply<typeof listApiTokens>['items'][number];

/** Programs that may ask the house, and who they are for. */
@customElement('gosip-api-tokens')
export class GosipApiTokens extends GosipElement {
  @property({ attribute: false }) people: readonly Person[] = [];
  private readonly seen = new Shown(
    this,
    () => everyPage((page) => call(listApiTokens, { query: { page, per_page: 100, sort: 'name', order: 'asc' } })),
    [],
  );

  static override styles = [
    look,
    rows,
    css`
      .intro {
        padding: 0 16px 16px;
        color: var(--quiet);
      }
      .main {
        overflow-wrap: anywhere;
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    this.whileShown(removedNow.follow(() => this.requestUpdate()));
  }

  override render() {
    return card(
      t('security.tokens'),
      html`<p class="intro">${t('security.tokens.text')}</p>
        ${whenRead(this.seen, (tokens) => this.renderList(tokens.filter(({ id }) => !removedNow.value.has(id))))}`,
      html`<md-filled-tonal-button @click=${() => void this.add()}>${t('security.token.add')}</md-filled-tonal-button>`,
    );
  }

  private renderList(tokens: readonly Token[]) {
    if (tokens.length === 0)
      return html`<gosip-notice .path=${mdiKeyOutline} heading=${t('security.tokens.none')}></gosip-notice>`;
    return html`<ul class="rows">
      ${tokens.map((one) => this.renderOne(one))}
    </ul>`;
  }

  private renderOne(one: Token) {
    const { id, name } = one;
    return html`<li class="row">
      <span class="text"><span class="main">${name}</span><span class="more">${this.moreOf(one)}</span></span>
      <gosip-icon-button
        .path=${mdiDeleteOutline}
        label=${t('security.token.revoke', { name })}
        @click=${() => removeLater(id, t('security.token.revoked', { name }), () => call(deleteApiToken, { params: { id } }))}
      ></gosip-icon-button>
    </li>`;
  }

  private moreOf({ personId, role, scope, expiresAt, lastUsedAt }: Token): string {
    const shown = (iso: string) => formatWhen(Date.parse(iso), clock.now(), locale.value);
    const owner = this.people.find(({ id }) => id === personId)?.name;
    return beside(
      owner ?? t(role === 'admin' ? 'role.admin' : 'mine.role.user'),
      scope === 'read' ? t('security.token.reads') : '',
      lastUsedAt === null ? t('security.token.unused') : t('sessions.used', { when: shown(lastUsedAt) }),
      expiresAt === null ? '' : t('security.token.expires', { when: shown(expiresAt) }),
    );
  }

  private async add(): Promise<void> {
    const dialog = await openApiToken(this.people);
    dialog.addEventListener('closed', () => void this.seen.reload());
  }
}
