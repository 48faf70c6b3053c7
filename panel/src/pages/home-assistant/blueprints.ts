import '@material/web/button/filled-tonal-button.js';
import '@material/web/button/text-button.js';
import { html, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { installBlueprint, listBlueprints } from '#contract/blueprints.ts';
import type { EndpointReply } from '#contract/endpoint.ts';
import { call } from '../../api.ts';
import { card, whenRead } from '../../parts/card.ts';
import { renderDetails } from '../../parts/details.ts';
import { GosipElement } from '../../parts/element.ts';
import { look, rows } from '../../parts/look.ts';
import { say } from '../../parts/snackbar.ts';
import '../../parts/status.ts';
import { base } from '../../place.ts';
import { toProblem } from '../../problem.ts';
import { problemText } from '../../problem-words.ts';
import { Shown } from '../../shown.ts';
import type { StringKey } from '../../strings/en.ts';
import { t } from '../../words.ts';
import { homeAssistantStyles } from './styles.ts';

type Listed = EndpointReply<typeof listBlueprints>;
type Blueprint = Listed['blueprints'][number];

/** Ready automations for Home Assistant, to be put there by one press. */
@customElement('gosip-blueprints')
export class GosipBlueprints extends GosipElement {
  private readonly seen = new Shown(this, () => call(listBlueprints), []);
  /** Being put there now. */
  @state() private busy = '';

  static override styles = [look, rows, homeAssistantStyles];

  override render() {
    return card(
      t('blueprints.title'),
      whenRead(this.seen, (listed) => this.renderList(listed)),
    );
  }

  private renderList({ blueprints, homeAssistant }: Listed) {
    return html`<p class="intro">${t('blueprints.text')}</p>
      ${homeAssistant.problem === null ? nothing : html`<div class="warning">${t('blueprints.away')}${renderDetails(homeAssistant.problem)}</div>`}
      <ul class="rows">
        ${blueprints.map((one) => this.renderOne(one))}
      </ul>`;
  }

  private renderOne(one: Blueprint) {
    return html`<li class="row buttoned">
      <span class="text">
        <span class="main">${blueprintName(one)}</span>
        <span class="more">${blueprintText(one)}</span>
        ${one.supported === false ? html`<span class="more">${t('blueprints.tooOld', { version: one.minVersion })}</span>` : nothing}
      </span>
      <span class="end">${this.renderState(one)}</span>
    </li>`;
  }

  private renderState(one: Blueprint) {
    if (one.state === 'unknown') {
      return html`<a href=${new URL(`.${one.importPath}`, base).href} download>${t('blueprints.download')}</a>`;
    }
    if (one.state === 'current') return html`<gosip-status tone="good" text=${t('blueprints.there')}></gosip-status>`;
    const isOther = one.state === 'other';
    return html`<md-filled-tonal-button
      ?disabled=${this.busy !== '' || one.supported === false}
      aria-label="${isOther ? t('blueprints.replace') : t('blueprints.install')}: ${blueprintName(one)}"
      @click=${() => void this.install(one, isOther)}
      >${isOther ? t('blueprints.replace') : t('blueprints.install')}</md-filled-tonal-button
    >`;
  }

  private async install(one: Blueprint, replace: boolean): Promise<void> {
    const { id } = one;
    this.busy = id;
    try {
      await call(installBlueprint, { params: { id }, body: { replace } });
      say({ text: t('blueprints.done', { name: blueprintName(one) }) });
    } catch (error) {
      say({ text: problemText(toProblem(error)) });
    }
    this.busy = '';
    await this.seen.reload();
  }
}

/** Of Markdown, folded by YAML so that a line is a paragraph: what it is for, without its marks. */
function firstParagraph(markdown: string): string {
  const [paragraph = ''] = markdown.trim().split('\n');
  return paragraph.replaceAll(/[*_`#]/g, '').replaceAll(/\s+/g, ' ');
}

/** Undefined for one of a later release of GoSIP. */
function ownText(key: string): string | undefined {
  const text = t(key as StringKey);
  return text === key ? undefined : text;
}

function blueprintName({ id, name }: Blueprint): string {
  return ownText(`blueprint.${id}`) ?? name;
}

function blueprintText({ id, description }: Blueprint): string {
  return ownText(`blueprint.${id}.text`) ?? firstParagraph(description);
}
