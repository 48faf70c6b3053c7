import { mdiCheck } from '@mdi/js';
import { css, html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { changeVoicemail, readVoicemail } from '#contract/voicemails.ts';
import { call } from '../../api.ts';
import { partyName } from '../../call-words.ts';
import { clock } from '../../clock.ts';
import { readUnheard } from '../../dashboard-data.ts';
import type { Voicemail } from '../../data.ts';
import { formatDuration, formatMoment, formatWhen } from '../../format.ts';
import { card, nothingThere, whenRead } from '../../parts/card.ts';
import { GosipElement } from '../../parts/element.ts';
import '../../parts/icon-button.ts';
import { look } from '../../parts/look.ts';
import '../../parts/player.ts';
import { pathOf } from '../../routes.ts';
import { Shown } from '../../shown.ts';
import { sayDone, sayProblem } from '../../undo.ts';
import { audioOf, audioText, voicemailFacts, wordsOf } from '../../voicemail-words.ts';
import { locale, t, tn } from '../../words.ts';

/** What was left and nobody has heard yet, to be heard here. */
@customElement('gosip-voicemails')
export class GosipVoicemails extends GosipElement {
  private readonly seen = new Shown(this, readUnheard, voicemailFacts);

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
      .head > a {
        flex: 1;
        min-width: 0;
        color: inherit;
        text-decoration: none;
      }
      .head > a:hover .main {
        text-decoration: underline;
      }
      .main {
        display: block;
        font-size: 15px;
      }
      .words {
        display: -webkit-box;
        overflow: hidden;
        overflow-wrap: anywhere;
        -webkit-box-orient: vertical;
        -webkit-line-clamp: 4;
      }
      .count {
        white-space: nowrap;
      }
    `,
  ];

  override render() {
    const total = this.seen.value?.total ?? 0;
    return card(
      t('voicemails.title'),
      whenRead(this.seen, ({ items }) =>
        items.length === 0
          ? nothingThere(t('voicemails.none'))
          : // By its id: one that comes on top takes no player from what is being heard.
            html`<ul>
              ${repeat(
                items,
                ({ id }) => id,
                (one) => this.renderOne(one),
              )}
            </ul>`,
      ),
      html`${total === 0 ? nothing : html`<span class="quiet count" aria-live="polite">${tn('voicemails.new', total)}</span>`}<a
          href=${pathOf('voicemail')}
          >${t('voicemail.toList')}</a
        >`,
    );
  }

  private renderOne(one: Voicemail) {
    const { id, leftAt, seconds } = one;
    const at = Date.parse(leftAt);
    const name = partyName(one.caller);
    const words = wordsOf(one);
    return html`<li>
      <div class="head">
        <a href=${pathOf('voicemail', id)}>
          <span class="main cut">${name}</span>
          <time class="quiet" datetime=${leftAt} title=${formatMoment(at, locale.value)}
            >${formatWhen(at, clock.now(), locale.value)}</time
          >
          <span class="quiet number"> · ${formatDuration(seconds)}</span>
        </a>
        <gosip-icon-button
          .path=${mdiCheck}
          label=${t('voicemails.markHeard', { name })}
          @click=${() => void this.markHeard(id)}
        ></gosip-icon-button>
      </div>
      ${words === '' ? nothing : html`<p class="words ${one.transcript === null ? 'quiet' : ''}">${words}</p>`}
      ${this.renderAudio(one, name)}
    </li>`;
  }

  private renderAudio(one: Voicemail, name: string) {
    const text = audioText(one);
    if (text !== '') return html`<p class="quiet">${text}</p>`;
    const { audio, peaks } = audioOf(one.id);
    return html`<gosip-player
      compact
      audio=${audio}
      .peaks=${peaks}
      seconds=${one.seconds}
      label=${t('voicemails.listen', { name })}
      file="${one.id}.wav"
      @ended=${() => void this.markHeard(one.id)}
    ></gosip-player>`;
  }

  private async markHeard(id: Voicemail['id']): Promise<void> {
    try {
      await call(readVoicemail, { params: { id } });
      sayDone(tn('voicemail.marked', 1), () => call(changeVoicemail, { params: { id }, body: { heard: false } }));
    } catch (error) {
      sayProblem(error);
    }
  }
}
