import { mdiCheck, mdiVoicemail } from '@mdi/js';
import { css, html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import { getVoicemailAudio, getVoicemailPeaks, listVoicemails, readVoicemail } from '#contract/voicemails.ts';
import { call } from '../../api.ts';
import { partyName } from '../../call-words.ts';
import { clock } from '../../clock.ts';
import type { Voicemail } from '../../data.ts';
import { formatDuration, formatMoment, formatWhen } from '../../format.ts';
import { card, whenRead } from '../../parts/card.ts';
import { GosipElement } from '../../parts/element.ts';
import '../../parts/icon-button.ts';
import { look } from '../../parts/look.ts';
import '../../parts/player.ts';
import { say } from '../../parts/snackbar.ts';
import { apiAddress } from '../../place.ts';
import { toProblem } from '../../problem.ts';
import { problemText } from '../../problem-words.ts';
import { requestPath } from '../../request.ts';
import { Shown } from '../../shown.ts';
import { locale, t, tn } from '../../words.ts';

/** What was left and nobody has heard yet, to be heard here. */
@customElement('gosip-voicemails')
export class GosipVoicemails extends GosipElement {
  private readonly seen = new Shown(this, () => call(listVoicemails, { query: { heard: 'false', per_page: 5 } }), [
    'voicemail.left',
    'voicemail.transcribed',
    'voicemail.heard',
    'voicemail.changed',
    'voicemail.deleted',
  ]);

  static override styles = [
    look,
    css`
      li {
        display: grid;
        gap: 8px;
        padding: 12px 16px;
        border-top: 1px solid var(--line);
      }
      .head {
        display: flex;
        align-items: center;
        gap: 12px;
      }
      .head > span {
        flex: 1;
        min-width: 0;
      }
      .main {
        display: block;
        font-size: 15px;
      }
      blockquote {
        margin: 0;
        overflow-wrap: anywhere;
      }
    `,
  ];

  override render() {
    const total = this.seen.value?.total ?? 0;
    return card(
      t('voicemails.title'),
      whenRead(this.seen, ({ items }) =>
        items.length === 0
          ? html`<gosip-notice .path=${mdiVoicemail} heading=${t('voicemails.none')}></gosip-notice>`
          : html`<ul>
              ${items.map((one) => this.renderOne(one))}
            </ul>`,
      ),
      total === 0 ? '' : html`<span class="quiet" aria-live="polite">${tn('voicemails.new', total)}</span>`,
    );
  }

  private renderOne(one: Voicemail) {
    const { id, leftAt, seconds, transcript } = one;
    const at = Date.parse(leftAt);
    const name = partyName(one.caller);
    const when = formatWhen(at, clock.now(), locale.value);
    return html`<li>
      <div class="head">
        <span>
          <span class="main cut">${name}</span>
          <time class="quiet" datetime=${leftAt} title=${formatMoment(at, locale.value)}>${when}</time>
          <span class="quiet number"> · ${formatDuration(seconds)}</span>
        </span>
        <gosip-icon-button
          .path=${mdiCheck}
          label=${t('voicemails.markHeard', { name })}
          @click=${() => void this.markHeard(id)}
        ></gosip-icon-button>
      </div>
      ${transcript === null ? nothing : html`<blockquote>${transcript}</blockquote>`} ${this.renderAudio(one, name)}
    </li>`;
  }

  private renderAudio({ id, audio, seconds }: Voicemail, name: string) {
    if (audio === 'lost') return html`<p class="quiet">${t('voicemails.lost')}</p>`;
    if (audio === 'fetching') return html`<p class="quiet">${t('voicemails.fetching')}</p>`;
    const address = apiAddress(requestPath(getVoicemailAudio, { params: { id } })).href;
    return html`<gosip-player
      audio=${address}
      peaks=${apiAddress(requestPath(getVoicemailPeaks, { params: { id } })).href}
      seconds=${seconds}
      label=${t('voicemails.listen', { name })}
      file="${id}.wav"
      @ended=${() => void this.markHeard(id)}
    ></gosip-player>`;
  }

  private async markHeard(id: Voicemail['id']): Promise<void> {
    try {
      await call(readVoicemail, { params: { id } });
    } catch (error) {
      say({ text: problemText(toProblem(error)) });
    }
  }
}
