import { mdiDeleteOutline } from '@mdi/js';
import { css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { deleteCallRecording, getCallRecordingAudio, getCallRecordingPeaks, listCallRecordings } from '#contract/recordings.ts';
import type { EndpointReply } from '#contract/endpoint.ts';
import { call } from '../api.ts';
import type { CallRecord } from '../data.ts';
import { apiAddress } from '../place.ts';
import { removedNow, removeLater } from '../removed.ts';
import { requestPath } from '../request.ts';
import { isAdmin } from '../session.ts';
import { Shown } from '../shown.ts';
import { t } from '../words.ts';
import { GosipElement } from './element.ts';
import './icon-button.ts';
import { look } from './look.ts';
import './player.ts';

type Recording = EndpointReply<typeof listCallRecordings>['items'][number];

/** What was recorded of a call; nothing where nothing was. */
@customElement('gosip-call-recordings')
export class GosipCallRecordings extends GosipElement {
  @property({ attribute: false }) record: Pick<CallRecord, 'id'> | undefined;
  /** With whom the call was. */
  @property() label = '';
  private readonly seen = new Shown(this, () => this.read(), ['recording.changed']);

  static override styles = [
    look,
    css`
      h3 {
        margin: 20px 0 8px;
        font-size: 14px;
        font-weight: 500;
      }
      li {
        display: flex;
        align-items: center;
        gap: 8px;
      }
      gosip-player,
      p {
        flex: 1;
        min-width: 0;
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    this.whileShown(removedNow.follow(() => this.requestUpdate()));
  }

  private async read(): Promise<readonly Recording[]> {
    if (this.record === undefined) return [];
    return (await call(listCallRecordings, { params: { id: this.record.id } })).items;
  }

  override render() {
    const recordings = (this.seen.value ?? []).filter(({ id }) => !removedNow.value.has(id));
    if (recordings.length === 0 || this.record === undefined) return nothing;
    const { id } = this.record;
    return html`<h3>${t('call.recordings')}</h3>
      <ul>
        ${recordings.map((one) => html`<li>${this.renderRecording(id, one)}${this.renderDelete(id, one)}</li>`)}
      </ul>`;
  }

  private renderRecording(id: CallRecord['id'], one: Recording) {
    if (one.state === 'running') return html`<p class="quiet">${t('call.isRecorded')}</p>`;
    if (one.state !== 'stored') return html`<p class="quiet">${t(`call.recording.${one.state}`)}</p>`;
    const asked = { params: { id }, query: { recording: one.id } };
    return html`<gosip-player
      label=${t('call.recordingOf', { name: this.label })}
      audio=${apiAddress(requestPath(getCallRecordingAudio, asked)).href}
      .peaks=${apiAddress(requestPath(getCallRecordingPeaks, asked)).href}
      .seconds=${one.seconds ?? 0}
      file="recording-${one.startedAt.slice(0, 10)}.wav"
    ></gosip-player>`;
  }

  private renderDelete(id: CallRecord['id'], one: Recording) {
    if (!isAdmin() || one.state === 'running') return nothing;
    const remove = () => call(deleteCallRecording, { params: { id }, query: { recording: one.id } });
    return html`<gosip-icon-button
      .path=${mdiDeleteOutline}
      label=${t('call.recording.delete')}
      @click=${() => removeLater(one.id, t('call.recording.deleted'), remove)}
    ></gosip-icon-button>`;
  }
}
