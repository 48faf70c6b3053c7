import type { SipMessage } from '#sip-engine/message/message.ts';
import { parseNameAddr } from '#sip-engine/message/fields.ts';
import { twilioAllow } from './sip-build.ts';
import { dialogKey } from './sip-edge.ts';
import type { EdgeDialog, Edge, InDialog, ReplyOptions } from './sip-edge.ts';
import type { SipMedia } from './sip-media.ts';
import { audioOf } from '#testing/twilio/rtp/rtp-pstn-leg.ts';
import type { LegAudio } from '#testing/twilio/rtp/rtp-audio-mixer.ts';
import type {
  LegEnd,
  Playing,
  LegRecording,
  RecordRequest,
  ReferHandler,
  AudioClip,
  VoiceLeg,
} from '#testing/twilio/base/voice-side.ts';

type Headers = Readonly<Record<string, string>>;
type Respond = (status: number, parts?: ReplyOptions) => void;

export const hangupReason = { Reason: 'Q.850;cause=16;text="Normal call clearing"' };

/** One SIP leg from inside Twilio: before and during its dialog. */
export class SipLeg implements VoiceLeg {
  readonly audio: LegAudio;
  readonly sipCallId: string;
  readonly ended: Promise<LegEnd>;
  /** How to end it while it is not answered. */
  giveUp: (headers: Headers) => void = () => {};
  /** REFER from the house. */
  onRefer: ReferHandler | undefined;
  endHeaders: Headers = {};
  readonly #edge: Edge;
  readonly #settle: (end: LegEnd) => void;
  #media: SipMedia | undefined;
  #dialog: EdgeDialog | undefined;
  #key = '';
  #isEnded = false;
  #acknowledged: (ack: SipMessage) => void = () => {};

  constructor(edge: Edge, sipCallId: string) {
    const { promise, resolve } = Promise.withResolvers<LegEnd>();
    this.#edge = edge;
    this.sipCallId = sipCallId;
    this.ended = promise;
    this.#settle = resolve;
    this.audio = edge.mixer.open();
    audioOf.set(this, this.audio);
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  readonly play = (clip: AudioClip): Playing => this.audio.play(clip);
  readonly record = (request: RecordRequest): LegRecording => this.audio.record(request);
  readonly onDigit = (heard: (digit: string) => void): (() => void) => this.audio.onDigit(heard);
  readonly sendDigits = (digits: string): Promise<void> => this.audio.sendDigits(digits);

  readonly hangup = (headers: Headers = {}): void => {
    if (this.#isEnded) return;
    const dialog = this.#dialog;
    if (dialog === undefined) {
      this.giveUp({ ...hangupReason, ...headers });
      return;
    }
    const bye = dialog.request('BYE', this.#edge.wire, { ...hangupReason, ...headers });
    this.#edge.transactions.request(bye, dialog.flow, { onFinal: () => {} });
    this.end({ status: 200, wasAnswered: true, by: 'near' });
  };

  /** Audio to and from this session from now on. */
  hear(media: SipMedia): void {
    if (this.#isEnded) return;
    this.#media = media;
    this.audio.line = media.rtp;
    media.rtp.onDigit = (digit) => this.audio.digit(digit);
  }

  /** The dialog stands. `acknowledged` runs when the ACK of our 2xx comes the right way. */
  confirm(dialog: EdgeDialog, acknowledged: (ack: SipMessage) => void = () => {}): void {
    const { callId, localTag, remoteTag } = dialog.state;
    this.#dialog = dialog;
    this.#acknowledged = acknowledged;
    this.#key = dialogKey(callId, localTag, remoteTag);
    const inDialog: InDialog = {
      dialog,
      receive: (request, respond) => this.#receive(request, respond),
      acknowledged: (ack) => this.#acknowledged(ack),
    };
    this.#edge.dialogs.set(this.#key, inDialog);
  }

  /** A re-INVITE with a new offer, as a session refresh is; the final status. */
  refresh(): Promise<number> {
    const { promise, resolve } = Promise.withResolvers<number>();
    const dialog = this.#dialog;
    const media = this.#media;
    if (dialog === undefined || media === undefined || this.#isEnded) return Promise.resolve(481);
    const { wire, transactions } = this.#edge;
    const invite = dialog.request('INVITE', wire, { 'Content-Type': 'application/sdp' });
    invite.body = Buffer.from(media.offer());
    let ack: SipMessage | undefined;
    transactions.request(invite, dialog.flow, {
      onFinal: (response) => {
        if (response.status < 300) {
          ack ??= dialog.request('ACK', wire);
          dialog.flow.send(ack);
          if (response.body.length > 0) media.accept(response.body.toString('latin1'));
        }
        resolve(response.status);
      },
    });
    return promise;
  }

  /** Refreshes at half time, when the far end left that to us (RFC 4028 section 10). */
  keepAlive(response: SipMessage): void {
    const [seconds = '', ...parameters] = (response.get('session-expires') ?? '').split(';').map((part) => part.trim());
    if (!/^\d+$/.test(seconds) || !parameters.includes('refresher=uac')) return;
    const timer = this.#edge.deps.clock.every(Number(seconds) * 500, () => void this.refresh());
    void this.ended.then(() => timer.cancel());
  }

  end(end: LegEnd): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#edge.dialogs.delete(this.#key);
    this.#edge.mixer.close(this.audio);
    this.#media?.close();
    this.#settle(end);
  }

  #receive(request: SipMessage, respond: Respond): void {
    if (request.method === 'BYE') {
      this.endHeaders = Object.fromEntries(request.headers.map(({ name, value }) => [name, value]));
      respond(200);
      this.end({ status: 200, wasAnswered: true, by: 'far' });
    } else if (request.method === 'INVITE') this.#reInvite(request, respond);
    else if (request.method === 'REFER') this.#refer(request, respond);
    else if (request.method === 'OPTIONS') respond(200, { headers: { Allow: twilioAllow } });
    else if (request.method === 'NOTIFY') respond(200);
    else respond(this.#edge.switches.methodRefusal, { headers: { Allow: twilioAllow } });
  }

  #reInvite(request: SipMessage, respond: Respond): void {
    const body = request.body.length === 0 ? this.#media?.offer() : this.#media?.answer(request.body.toString('latin1'));
    if (body === undefined || this.#dialog === undefined) {
      respond(488);
      return;
    }
    this.#dialog.refresh(request);
    this.#acknowledged = () => {};
    respond(200, { headers: { Contact: `<${this.#dialog.state.contact}>`, Allow: twilioAllow }, body });
  }

  #refer(request: SipMessage, respond: Respond): void {
    const target = parseNameAddr(request.get('refer-to') ?? '')?.uri;
    const outcome = target === undefined ? undefined : this.onRefer?.(this, target);
    if (outcome === undefined) {
      this.#edge.deps.alert(13_802, `REFER to ${target ?? 'nowhere'} without a referUrl`);
      respond(this.#edge.switches.referRefusal);
      return;
    }
    respond(202, { headers: { Contact: `<${this.#dialog?.state.contact ?? ''}>` } });
    this.#notify('SIP/2.0 100 Trying', 'active;expires=60');
    void outcome.then((status) =>
      this.#notify(`SIP/2.0 ${status} ${status < 300 ? 'OK' : 'Failed'}`, 'terminated;reason=noresource'),
    );
  }

  #notify(line: string, state: string): void {
    if (this.#isEnded || this.#dialog === undefined) return;
    const notify = this.#dialog.request('NOTIFY', this.#edge.wire, {
      Event: 'refer',
      'Subscription-State': state,
      'Content-Type': 'message/sipfrag',
    });
    notify.body = Buffer.from(`${line}\r\n`);
    this.#edge.transactions.request(notify, this.#dialog.flow, { onFinal: () => {} });
  }
}
