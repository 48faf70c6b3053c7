import type { Timer } from '#base/clock.ts';
import type { CancelReason, LegListener, LegScreen, OutgoingLeg } from '#calls/ports.ts';
import type { LegOutcome } from '#calls/call.ts';
import type { Device } from '#devices/device.ts';
import type { SipDialog } from '#sip/dialog/dialog.ts';
import { reInvite } from '#sip/dialog/re-invite.ts';
import { refusalOf } from '#sip/message/sdp.ts';
import { houseEndpoint, MediaPaths } from '#sip/relay/media-path.ts';
import type { MediaPath } from '#sip/relay/media-path.ts';
import type { MediaOutcome } from '#sip/relay/media-port.ts';
import type { VoiceEndpoint, VoicePort } from '#sip/relay/voice-port.ts';
import { reasonHeaders } from './invite-client.ts';
import type { InviteDestination } from './invite-destination.ts';
import { OutboundLeg, offerTo } from './outbound-leg.ts';
import type { AnsweredLeg, CallerSide, OutboundLegDeps, TakeAnswer } from './outbound-leg.ts';
import { VoiceSide } from './voice-side.ts';

export type ScreenedLegDeps = OutboundLegDeps & { readonly voice: VoicePort };

type ScreenedLegOptions = {
  readonly destination: InviteDestination;
  readonly listener: LegListener;
  readonly device: Device | undefined;
  readonly screen: LegScreen;
};

/** Between the end of the words and their repetition. */
const pauseMs = 2_000;

/**
 * A leg whose answer does not count until a key is pressed. Its INVITE has an offer of the house, which asks for the key; then the far
 * side gets the caller's session description by re-INVITE (RFC 3725 section 4). Meanwhile the caller hears that it rings.
 */
export class ScreenedLeg implements OutgoingLeg, AnsweredLeg, CallerSide {
  readonly maxForwards: number;
  /** From the house to the far side, as long as it is asked. */
  readonly paths: MediaPaths;
  offer = '';
  readonly #deps: ScreenedLegDeps;
  readonly #caller: CallerSide;
  readonly #options: ScreenedLegOptions;
  readonly #leg: OutboundLeg;
  #state: 'calling' | 'asking' | 'accepted' | 'over' = 'calling';
  #voice: VoiceEndpoint | undefined;
  #timers: readonly Timer[] = [];
  #path: MediaPath | undefined;
  #ack: ((answer: string) => void) | undefined;
  #offered = '';

  constructor(deps: ScreenedLegDeps, caller: CallerSide, options: ScreenedLegOptions) {
    const { destination, device } = options;
    this.#deps = deps;
    this.#caller = caller;
    this.#options = options;
    this.maxForwards = caller.maxForwards;
    this.paths = new MediaPaths(deps, { call: 'screened leg', caller: houseEndpoint });
    this.#leg = new OutboundLeg(deps, this, { destination, device, listener: this.#legListener });
  }

  get sipCallId(): string {
    return this.#leg.sipCallId;
  }

  get dialog(): SipDialog {
    return this.#leg.dialog;
  }

  get device(): Device | undefined {
    return this.#leg.device;
  }

  get destination(): InviteDestination {
    return this.#leg.destination;
  }

  /** From the caller to the far side. */
  get path(): MediaPath {
    this.#path ??= this.#caller.paths.to(this.destination.endpoint);
    return this.#path;
  }

  start(): void {
    void this.#open();
  }

  async #open(): Promise<void> {
    const voice = await this.#deps.voice.open({ key: (digit) => this.#pressed(digit) }).catch((error: unknown) => {
      this.#deps.log.error({ err: error }, 'No voice for a call');
    });
    if (voice === undefined) {
      this.#deps.log.error({ call: this.sipCallId }, 'A number was not called: the house has no free port to ask for a key');
      this.#leg.dialog.drop();
      this.#fail('no-media', undefined);
    } else if (this.#isOver) {
      voice.close();
      this.#leg.dialog.drop();
    } else {
      this.#voice = voice;
      this.offer = voice.offer();
      this.#leg.start();
    }
  }

  get #isOver(): boolean {
    return this.#state === 'over';
  }

  get #legListener(): LegListener {
    const { listener } = this.#options;
    return {
      trying: () => listener.trying(),
      progressed: (status) => listener.progressed(status, false),
      screening: () => {},
      answered: () => this.#ask(),
      failed: (outcome, status, redirection) => {
        this.#close();
        listener.failed(outcome, status, redirection);
      },
    };
  }

  /** Early media is for whoever is asked, and they are not there yet. */
  pass(status: number): void {
    this.#caller.progress(status, undefined);
  }

  progress(): void {}

  setRetryAfter(seconds: number): void {
    this.#caller.setRetryAfter(seconds);
  }

  /** The house asks first. */
  join(): void {}

  #ask(): void {
    const { dialog } = this.#leg;
    if (this.#isOver) {
      dialog.bye();
      return;
    }
    this.#leg.answerCaller(undefined, (outcome) => {
      if (this.#isOver) return;
      if (outcome.kind === 'refused' || this.#voice?.accept(outcome.sdp) !== true) {
        dialog.bye();
        this.#fail('media-refused', 488);
        return;
      }
      this.#asking(this.#voice);
    });
  }

  #asking(voice: VoiceEndpoint): void {
    const { dialog, path } = this.#leg;
    const { listener, screen } = this.#options;
    this.#state = 'asking';
    const onHangUp = (_request: unknown, done: () => void) => {
      done();
      this.#fail('no-answer', 200);
    };
    dialog.owner = new VoiceSide({ voice, path, role: 'callee', onHangUp });
    this.#timers = [this.#deps.clock.after(screen.seconds * 1000, () => this.#hangUp('no-answer'))];
    listener.screening();
    this.#say(voice);
  }

  #say(voice: VoiceEndpoint): void {
    voice.play(this.#options.screen.say, () => {
      if (this.#state !== 'asking') return;
      this.#timers = [...this.#timers.slice(0, 1), this.#deps.clock.after(pauseMs, () => this.#say(voice))];
    });
  }

  #pressed(digit: string): void {
    const { screen, listener } = this.#options;
    if (this.#state !== 'asking') return;
    screen.onKey?.(digit);
    if (screen.refuse.includes(digit)) this.#hangUp('declined');
    else if (screen.accept.includes(digit)) {
      this.#state = 'accepted';
      this.#stopAsking();
      listener.answered();
    }
  }

  /** Ends a leg that has answered, and was not accepted. */
  #hangUp(outcome: LegOutcome): void {
    if (this.#state !== 'asking') return;
    this.dialog.bye();
    this.#fail(outcome, 200);
  }

  #fail(outcome: LegOutcome, status: number | undefined): void {
    if (this.#isOver) return;
    this.#close();
    this.#options.listener.failed(outcome, status);
  }

  connect(): void {
    this.#caller.join(this);
  }

  cancel(why: CancelReason): void {
    const state = this.#state;
    if (state === 'over' || state === 'accepted') return;
    this.#close();
    if (state === 'asking') this.dialog.bye(reasonHeaders(why));
    else this.#leg.cancel(why);
  }

  release(why: CancelReason): void {
    this.#close();
    this.acknowledge(undefined);
    this.dialog.bye(reasonHeaders(why));
  }

  answerCaller(caller: SipDialog | undefined, done: (outcome: MediaOutcome) => void): void {
    const { offer } = this.#caller;
    if (offer === '') {
      this.offerCaller((offered, takeAnswer) => {
        caller?.expectAck((body) => {
          caller.remoteSdp = body;
          takeAnswer(body, () => {});
        });
        done(offered);
      });
      return;
    }
    this.#reOffer(offer, done);
  }

  /** The far side gets the description of the caller; `done` gets its answer to that. */
  #reOffer(offer: string, done: (outcome: MediaOutcome) => void): void {
    this.path.offer(offer, 'caller', (offered) => {
      if (offered.kind === 'refused') {
        done(offered);
        return;
      }
      reInvite(this.#deps.clock, this.dialog, {
        offer: offered.sdp,
        listener: {
          accepted: (body, acknowledge) => {
            acknowledge('');
            this.#offered = body;
            this.path.answer(body, done);
          },
          refused: () => done({ kind: 'refused', why: 'bad-sdp' }),
        },
      });
    });
  }

  offerCaller(done: (outcome: MediaOutcome, takeAnswer: TakeAnswer) => void): void {
    const offer = offerTo(this.destination, this.#caller);
    if (offer !== '') {
      const takeLate: TakeAnswer = (answer, taken) => {
        this.path.restore('callee', { offer: this.#offered, answer });
        taken();
      };
      this.#reOffer(offer, (answered) => done(answered, takeLate));
      return;
    }
    const takeAnswer: TakeAnswer = (answer, taken) =>
      this.path.answer(answer, (outcome) => {
        this.acknowledge(outcome.kind === 'sdp' ? outcome.sdp : undefined);
        taken();
      });
    const refused = () => done({ kind: 'refused', why: 'bad-sdp' }, (_answer, taken) => taken());
    reInvite(this.#deps.clock, this.dialog, {
      offer: '',
      listener: {
        accepted: (body, acknowledge) => {
          this.#offered = body;
          this.#ack = acknowledge;
          this.dialog.beforeBye = () => this.acknowledge(undefined);
          this.path.offer(body, 'callee', (offered) => done(offered, takeAnswer));
        },
        refused,
      },
    });
  }

  acknowledge(answer: string | undefined): void {
    const ack = this.#ack;
    this.#ack = undefined;
    ack?.(answer === undefined || answer === '' ? refusalOf(this.#offered) : answer);
  }

  #close(): void {
    this.#state = 'over';
    this.#stopAsking();
  }

  #stopAsking(): void {
    for (const timer of this.#timers) timer.cancel();
    this.#timers = [];
    this.#voice?.close();
    this.paths.close();
  }
}
