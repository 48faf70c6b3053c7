import type { Device } from '#devices/device.ts';
import type { PlacedCall } from '#calls/ports.ts';
import { activeOf } from '#sip/message/sdp.ts';
import type { SipDialog } from '#sip/dialog/dialog.ts';
import type { MediaPaths } from '#sip/relay/media-path.ts';
import type { MediaEndpoint } from '#sip/relay/media-port.ts';
import { Bridge } from './bridge.ts';
import type { CallerVoice, Heard } from './caller-voice.ts';
import type { AnsweredLeg, CallerSide } from './outbound-leg.ts';
import { calleeParty, callerParty } from './parties.ts';
import { takeOver } from './join-sides.ts';
import { PendingLegOwner } from './pending-leg-owner.ts';
import type { CallDeps } from './ring-target.ts';
import { VoiceSide } from './voice-side.ts';

type AnsweredCallerOptions = {
  readonly dialog: SipDialog;
  readonly device: Device | undefined;
  readonly endpoint: MediaEndpoint;
  readonly paths: MediaPaths;
  readonly maxForwards: number;
  readonly voice: CallerVoice;
  readonly call: () => PlacedCall | undefined;
};

/**
 * A caller whom the house has answered itself. They hear its voice, then that it rings, until a leg that answers takes over by re-INVITE
 * (RFC 3725 section 4.1). The call still rings as far as its record is concerned.
 */
export class AnsweredCaller implements CallerSide {
  readonly offer = '';
  readonly maxForwards: number;
  readonly paths: MediaPaths;
  readonly voice: CallerVoice;
  readonly #deps: CallDeps;
  readonly #options: AnsweredCallerOptions;
  #state: 'heard' | 'joining' | 'over' = 'heard';
  #bridge: Bridge | undefined;
  #joining: AnsweredLeg | undefined;

  constructor(deps: CallDeps, options: AnsweredCallerOptions, heard: Heard) {
    this.#deps = deps;
    this.#options = options;
    this.maxForwards = options.maxForwards;
    this.paths = options.paths;
    this.voice = options.voice;
    const onHangUp = (_request: unknown, done: () => void) => {
      done();
      this.#onGone();
    };
    options.dialog.owner = new VoiceSide({ ...heard, role: 'caller', onHangUp });
  }

  get offerToTrunk(): string | undefined {
    const { dialog, endpoint } = this.#options;
    return endpoint.isBrowser ? undefined : activeOf(dialog.remoteSdp);
  }

  /** The house lets it ring in the caller's ear by itself. */
  progress(): void {}

  /** For a final response, which was sent already. */
  setRetryAfter(): void {}

  join(leg: AnsweredLeg): void {
    if (this.#state !== 'heard') {
      leg.acknowledge(undefined);
      leg.dialog.bye();
      return;
    }
    this.#state = 'joining';
    this.#joining = leg;
    leg.dialog.owner = new PendingLegOwner(() => this.#refused(480));
    const sides = { side: this.#options.dialog, leg };
    takeOver(this.#deps.clock, sides, { joined: () => this.#connected(leg), refused: (status) => this.#refused(status) });
  }

  /** The caller's CANCEL was faster than our answer. */
  abandon(): void {
    this.#options.dialog.drop();
    this.#onGone();
  }

  get connected(): Bridge | undefined {
    return this.#bridge;
  }

  /** The call is over, or was never connected with anybody. */
  hangUp(): void {
    if (this.#bridge === undefined) this.#end();
    else this.#bridge.end(undefined);
  }

  #connected(leg: AnsweredLeg): void {
    if (this.#state !== 'joining') return;
    this.#state = 'over';
    const { dialog, device, endpoint, call } = this.#options;
    this.voice.close();
    this.paths.keep(leg.path);
    const callee = {
      dialog: leg.dialog,
      device: leg.device,
      party: calleeParty(leg, call()),
      endpoint: leg.destination.endpoint,
    };
    const bridge = new Bridge(this.#deps, { dialog, device, endpoint, party: callerParty(call()) }, callee);
    bridge.call = call();
    bridge.path = leg.path;
    this.#bridge = bridge;
  }

  /** The leg that has answered is gone, or the two have no media in common. */
  #refused(status: number): void {
    if (this.#state !== 'joining') return;
    const isGone = status === 480;
    const reason = status === 503 ? 'no-media' : 'media-refused';
    this.#options
      .call()
      ?.hungUp(isGone ? { disposition: 'answered', reason: 'callee-hung-up' } : { disposition: 'failed', reason });
    this.#end();
  }

  #onGone(): void {
    if (this.#state === 'over') return;
    const call = this.#options.call();
    if (this.#state === 'joining') call?.hungUp({ disposition: 'answered', reason: 'caller-hung-up' });
    else call?.callerGone();
    this.#end();
  }

  #end(): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    this.#joining?.acknowledge(undefined);
    this.#joining?.dialog.bye();
    this.#options.dialog.bye();
    this.voice.close();
    this.paths.close();
  }
}
