import { randomUUID } from 'node:crypto';
import { verdictOfStop } from '#calls/call-end.ts';
import type {
  HouseLeg,
  HouseVoice,
  LegListener,
  NewCallListener,
  OutgoingLeg,
  PlacedCall,
  RingTarget,
  StopReason,
  TransferredLeg,
} from '#calls/ports.ts';
import type { Verdict } from '#calls/verdict.ts';
import { DialogKeepalive } from '#sip/dialog/keepalive.ts';
import { MediaPaths } from '#sip/relay/media-path.ts';
import type { MediaOutcome } from '#sip/relay/media-port.ts';
import type { VoiceEndpoint } from '#sip/relay/voice-port.ts';
import type { AnsweredLeg, CallerSide } from './outbound-leg.ts';
import { calleeParty } from './parties.ts';
import { ringTarget } from './ring-target.ts';
import type { CallDeps } from './ring-target.ts';
import { Transferee } from './transferee.ts';
import { VoiceSide } from './voice-side.ts';

/** RFC 3261 section 8.1.1.6. */
const maxForwards = 70;

/** The house as the caller of one call: its offer and all that is said are those of a voice endpoint. */
export class HouseCallLeg implements HouseLeg, CallerSide {
  readonly sipCallId = randomUUID();
  readonly address = '';
  readonly offer: string;
  readonly maxForwards = maxForwards;
  readonly paths: MediaPaths;
  call: PlacedCall | undefined;
  onRinging: (() => void) | undefined;
  onAnswered: ((voice: HouseVoice) => void) | undefined;
  onKey: ((key: string) => void) | undefined;
  onSound: (() => void) | undefined;
  onReceived: (() => void) | undefined;
  onEnded: ((verdict: Verdict) => void) | undefined;
  readonly #deps: CallDeps;
  readonly #voice: VoiceEndpoint;
  #leg: AnsweredLeg | undefined;
  #keepalive: DialogKeepalive | undefined;
  /** The called party on its way to a call of its own. */
  #moving: Transferee | undefined;
  #isOver = false;

  private constructor(deps: CallDeps, voice: VoiceEndpoint) {
    this.#deps = deps;
    this.#voice = voice;
    this.offer = voice.offer();
    this.paths = new MediaPaths(deps, { call: this.sipCallId, caller: voice.media });
    this.paths.onLost = (why) => {
      if (why === 'made-room') this.call?.stop('preempted');
      else if (this.#leg !== undefined) this.#hangUp({ disposition: 'answered', reason: 'no-media' });
    };
  }

  /** Undefined where no media port is free. */
  static async open(deps: CallDeps): Promise<HouseCallLeg | undefined> {
    const keys: { to?: HouseCallLeg } = {};
    const voice = await deps.voice.open({
      key: (digit) => keys.to?.onKey?.(digit),
      sound: () => keys.to?.onSound?.(),
      received: () => keys.to?.onReceived?.(),
    });
    if (voice === undefined) return undefined;
    keys.to = new HouseCallLeg(deps, voice);
    return keys.to;
  }

  ring(target: RingTarget, listener: LegListener): OutgoingLeg {
    return ringTarget(this.#deps, this, { target, listener });
  }

  /** Nobody listens to the ringing. */
  progress(): void {
    this.onRinging?.();
  }

  setRetryAfter(): void {}

  join(leg: AnsweredLeg): void {
    const { dialog, path, device } = leg;
    if (this.#isOver) {
      dialog.bye();
      return;
    }
    this.#leg = leg;
    this.paths.keep(path);
    const onHangUp = (_request: unknown, done: () => void) => {
      // The record first: it is written before a phone sees the end.
      this.#over({ disposition: 'answered', reason: 'callee-hung-up' });
      done();
    };
    dialog.owner = new VoiceSide({ voice: this.#voice, path, role: 'callee', onHangUp });
    const vanished = () => this.#hangUp({ disposition: 'answered', reason: 'session-expired' });
    // A trunk may ignore OPTIONS.
    if (device !== undefined) this.#keepalive = new DialogKeepalive(this.#deps.clock, dialog, vanished);
    leg.answerCaller(undefined, (outcome) => this.#onMediaAnswer(outcome));
  }

  #onMediaAnswer(outcome: MediaOutcome): void {
    if (this.#isOver) return;
    if (outcome.kind === 'sdp' && this.#voice.accept(outcome.sdp)) {
      const play: HouseVoice['play'] = (what, done) => this.#voice.play(what, done);
      this.onAnswered?.({ play });
      return;
    }
    const isRefused = outcome.kind === 'sdp' || outcome.why === 'bad-sdp';
    this.#hangUp({ disposition: 'failed', reason: isRefused ? 'media-refused' : 'no-media' });
  }

  reject(verdict: Verdict): void {
    this.#end(verdict);
  }

  hangUp(why: StopReason): void {
    this.#leg?.dialog.bye();
    this.#end(verdictOfStop(why, true));
  }

  asCaller({ progressed, failed }: NewCallListener): TransferredLeg | undefined {
    if (this.#isOver || this.#leg === undefined || this.#moving !== undefined) return undefined;
    const { dialog, device, destination } = this.#leg;
    const party = calleeParty(this.#leg, this.call);
    this.#moving = new Transferee(this.#deps, {
      transferee: { dialog, device, party, endpoint: destination.endpoint },
      origin: {
        progress: progressed,
        succeeded: () => this.#over({ disposition: 'answered', reason: 'transferred' }),
        failed: (_status, verdict) => {
          this.#moving = undefined;
          failed(verdict);
        },
      },
    });
    return this.#moving;
  }

  close(why?: 'elsewhere'): void {
    if (this.#leg !== undefined) this.#hangUp({ disposition: 'answered', reason: 'caller-hung-up' });
    else if (!this.#isOver) {
      this.call?.callerGone(why);
      this.#end({ disposition: 'cancelled', reason: 'caller-cancelled' });
    }
  }

  #hangUp(verdict: Verdict): void {
    if (this.#isOver) return;
    this.#leg?.dialog.bye();
    this.#over(verdict);
  }

  /** A connected call has ended here, and its record does not know yet. */
  #over(verdict: Verdict): void {
    if (this.#isOver) return;
    this.call?.hungUp(verdict);
    this.#end(verdict);
  }

  #end(verdict: Verdict): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#keepalive?.stop();
    this.paths.close();
    this.#voice.close();
    this.#moving?.onTransfereeGone();
    this.onEnded?.(verdict);
  }
}
