import '@material/web/button/filled-tonal-button.js';
import '@material/web/button/text-button.js';
import {
  mdiAccountPlusOutline,
  mdiArchiveArrowDownOutline,
  mdiArchiveArrowUpOutline,
  mdiCheck,
  mdiDeleteOutline,
  mdiEmailMarkAsUnread,
  mdiPhone,
  mdiPhoneCancelOutline,
} from '@mdi/js';
import { html, nothing } from 'lit';
import type { PropertyValues } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import { changeVoicemail, deleteVoicemail, getVoicemail, readVoicemail } from '#contract/voicemails.ts';
import { call } from '../api.ts';
import { blockNumber } from '../block-number.ts';
import { partyName, partyNumber } from '../call-words.ts';
import type { Person, Voicemail } from '../data.ts';
import { openContact, openDial } from '../dialogs/open.ts';
import { formatMoment } from '../format.ts';
import { keep, kept } from '../kept.ts';
import { removeLater } from '../removed.ts';
import { isAdmin } from '../session.ts';
import { Shown } from '../shown.ts';
import { sayDone, sayProblem } from '../undo.ts';
import { audioOf, audioText, voicemailFacts, wordsOf } from '../voicemail-words.ts';
import { locale, t } from '../words.ts';
import { whenRead } from './card.ts';
import { renderSaid } from './details.ts';
import { GosipElement } from './element.ts';
import './icon.ts';
import { look } from './look.ts';
import { numberButton } from './number-button.ts';
import './player.ts';
import type { GosipPlayer } from './player.ts';
import './switch.ts';
import { voicemailDetailStyles } from './voicemail-detail-styles.ts';

const playOnKey = 'gosip-play-on';

/**
 * One message: to be heard, read, and done something about.
 * Events: `ended` (heard to its end, and the next one is wanted), `put-away` (archived or deleted: the list is what is left).
 */
@customElement('gosip-voicemail-detail')
export class GosipVoicemailDetail extends GosipElement {
  @property() voicemailId = '';
  @property({ attribute: false }) people: readonly Person[] = [];
  @query('h2') private name!: HTMLElement | null;
  @query('gosip-player') private player!: GosipPlayer | null;
  /** The message to play as soon as it is the one that is shown. */
  #wanted: string | undefined;
  private readonly seen = new Shown(this, () => call(getVoicemail, { params: this.params }), voicemailFacts);

  static override styles = [look, voicemailDetailStyles];

  private get params() {
    return { id: this.voicemailId as Voicemail['id'] };
  }

  /** ISO 8601; undefined until it is read. */
  get leftAt(): string | undefined {
    return this.seen.value?.leftAt;
  }

  /** Plays a message as soon as it is the one that is shown. */
  play(id: string): void {
    this.#wanted = id;
    this.requestUpdate();
  }

  /** For those who only hear that another one is open. */
  override focus(): void {
    void this.updateComplete.then(() => this.name?.focus());
  }

  override willUpdate(changed: PropertyValues): void {
    if (!changed.has('voicemailId') || changed.get('voicemailId') === undefined) return;
    this.seen.value = undefined;
    this.seen.problem = undefined;
    void this.seen.reload();
  }

  override updated(): void {
    if (this.#wanted === undefined || this.#wanted !== this.voicemailId || this.#wanted !== this.seen.value?.id) return;
    this.#wanted = undefined;
    void this.player?.play();
  }

  override render() {
    return whenRead(this.seen, (one) => this.renderOne(one));
  }

  private renderOne(one: Voicemail) {
    const name = partyName(one.caller);
    const number = partyNumber(one.caller);
    const owner = this.people.find(({ id }) => id === one.personId)?.name ?? t('voicemail.ofHouse');
    const at = Date.parse(one.leftAt);
    return html`<header>
        <h2 tabindex="-1">${name}</h2>
        ${number === '' ? nothing : html`<p>${numberButton(number, name)}</p>`}
        <p class="quiet"><time datetime=${one.leftAt}>${formatMoment(at, locale.value)}</time></p>
        ${isAdmin() ? html`<p class="quiet">${t('voicemail.for', { name: owner })}</p>` : nothing}
      </header>
      ${this.renderAudio(one, name)} ${this.renderWords(one)} ${this.renderActions(one, name)}`;
  }

  private renderAudio(one: Voicemail, name: string) {
    const text = audioText(one);
    if (text !== '')
      return html`<div class="no-audio">
        <p>${text}</p>
        ${one.problem === null ? nothing : renderSaid(one.problem)}
      </div>`;
    const { audio, peaks } = audioOf(one.id);
    return html`<gosip-player
        audio=${audio}
        .peaks=${peaks}
        seconds=${one.seconds}
        label=${t('voicemails.listen', { name })}
        file="${one.id}.wav"
        @played=${() => void this.heard(one)}
        @ended=${() => this.playsOn && this.dispatchEvent(new Event('ended'))}
      ></gosip-player>
      <div class="play-on">
        <span aria-hidden="true">${t('voicemail.playOn')}</span>
        <gosip-switch
          aria-label=${t('voicemail.playOn')}
          .selected=${live(this.playsOn)}
          @change=${(event: Event) => keep(playOnKey, (event.target as HTMLInputElement & { selected: boolean }).selected ? 'yes' : 'no')}
        ></gosip-switch>
      </div>`;
  }

  private get playsOn(): boolean {
    return kept(playOnKey) !== 'no';
  }

  private renderWords(one: Voicemail) {
    const words = wordsOf(one);
    if (words === '') return nothing;
    return html`<section aria-label=${t('voicemail.words')} aria-live="polite">
      <h3>${t('voicemail.words')}</h3>
      ${one.transcript === null ? html`<p class="quiet">${words}</p>` : html`<blockquote>${words}</blockquote>`}
    </section>`;
  }

  private renderActions(one: Voicemail, name: string) {
    const { number } = one.caller;
    const [isHeard, isArchived] = [one.heardAt !== null, one.archivedAt !== null];
    return html`<div class="actions">
      ${number === '' ? nothing : html`<md-filled-tonal-button @click=${() => void openDial(number, name)}><gosip-icon slot="icon" .path=${mdiPhone}></gosip-icon>${t('voicemail.callBack')}</md-filled-tonal-button>`}
      ${action(isHeard ? mdiEmailMarkAsUnread : mdiCheck, t(isHeard ? 'voicemail.markNew' : 'voicemail.markHeard'), () => this.change({ heard: !isHeard }))}
      ${action(
        isArchived ? mdiArchiveArrowUpOutline : mdiArchiveArrowDownOutline,
        t(isArchived ? 'voicemail.unarchive' : 'voicemail.archive'),
        () => this.archive(one, !isArchived),
      )}
      ${number !== '' && one.caller.name === '' ? action(mdiAccountPlusOutline, t('voicemail.addName'), () => openContact({ number })) : nothing}
      ${number === '' ? nothing : action(mdiPhoneCancelOutline, t('voicemail.block'), () => this.block(one))}
      ${action(mdiDeleteOutline, t('action.delete'), () => this.deleteIt(one, name))}
    </div>`;
  }

  /** Nobody asked for it: whatever is wrong with it is no word of its own. */
  private async heard({ id, heardAt }: Voicemail): Promise<void> {
    if (heardAt === null) await call(readVoicemail, { params: { id } }).catch(() => {});
  }

  private async change(body: { readonly heard?: boolean; readonly archived?: boolean }): Promise<void> {
    try {
      this.seen.value = await call(changeVoicemail, { params: this.params, body });
      this.requestUpdate();
    } catch (error) {
      sayProblem(error);
    }
  }

  private async archive({ id }: Voicemail, archived: boolean): Promise<void> {
    const put = (value: boolean) => call(changeVoicemail, { params: { id }, body: { archived: value } });
    try {
      await put(archived);
    } catch (error) {
      sayProblem(error);
      return;
    }
    sayDone(t(archived ? 'voicemail.wasArchived' : 'voicemail.wasUnarchived'), () => put(!archived));
    this.dispatchEvent(new Event('put-away'));
  }

  private block({ caller, callId }: Voicemail): Promise<void> {
    return blockNumber({ number: caller.number, ...(callId === null ? {} : { callId }) });
  }

  private deleteIt({ id }: Voicemail, name: string): void {
    removeLater(id, t('voicemail.deleted', { name }), () => call(deleteVoicemail, { params: { id } }));
    this.dispatchEvent(new Event('put-away'));
  }
}

function action(path: string, text: string, act: () => unknown) {
  return html`<md-text-button @click=${() => void act()}
    ><gosip-icon slot="icon" .path=${path}></gosip-icon>${text}</md-text-button
  >`;
}

declare global {
  interface HTMLElementTagNameMap {
    'gosip-voicemail-detail': GosipVoicemailDetail;
  }
}
