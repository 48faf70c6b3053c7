import type { Clock } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import type { Bridge, Side } from './bridge.ts';
import { MediaPath, MediaPaths } from '#sip/relay/media-path.ts';
import type { MediaRelayPort, MediaOutcome } from '#sip/relay/media-port.ts';
import { reInvite } from '#sip/dialog/re-invite.ts';

type MediaFailoverDeps = { readonly clock: Clock; readonly log: Log; readonly media: MediaRelayPort };
type Offers = { readonly caller: string; readonly callee: string };

/** The relay is restarted after a second, and may take some more. */
const retryMs = 1_000;
const maxTries = 8;

/** Moves the media of a call whose relay has died to the restarted one: both sides get its addresses by re-INVITE. */
export class MediaFailover {
  readonly #deps: MediaFailoverDeps;
  readonly #bridge: Bridge;
  readonly #paths: MediaPaths;
  #tries = 0;

  constructor(deps: MediaFailoverDeps, bridge: Bridge) {
    this.#deps = deps;
    this.#bridge = bridge;
    this.#paths = new MediaPaths(deps, { call: bridge.caller.dialog.callId, caller: bridge.caller.endpoint });
  }

  start(): void {
    const { caller, callee } = this.#bridge;
    this.#tries += 1;
    const path = this.#paths.to(callee.endpoint, { isEmergency: this.#bridge.call?.isEmergency === true });
    path.offer(caller.dialog.remoteSdp, 'caller', (forCallee) =>
      path.answer(callee.dialog.remoteSdp, (forCaller) => this.#offered(path, forCallee, forCaller)),
    );
  }

  #offered(path: MediaPath, forCallee: MediaOutcome, forCaller: MediaOutcome): void {
    if (this.#bridge.isOver) {
      path.close();
      return;
    }
    if (forCallee.kind === 'sdp' && forCaller.kind === 'sdp') {
      this.#bridge.path = path;
      this.#invite(path, { caller: forCaller.sdp, callee: forCallee.sdp });
      return;
    }
    path.close();
    if (this.#tries >= maxTries) this.#giveUp();
    else this.#deps.clock.after(retryMs, () => !this.#bridge.isOver && this.start());
  }

  /** An emergency call stays up: its media may work without a relay. */
  #giveUp(): void {
    const { caller, callee, call } = this.#bridge;
    if (call?.isEmergency !== true) {
      this.#bridge.end({ disposition: 'answered', reason: 'no-media' });
      return;
    }
    const path = new MediaPath();
    this.#bridge.path = path;
    this.#invite(path, { caller: callee.dialog.remoteSdp, callee: caller.dialog.remoteSdp });
  }

  #invite(path: MediaPath, offers: Offers): void {
    const { caller, callee } = this.#bridge;
    const where = path.isRelayed ? 'Call moved to a new media relay' : 'Emergency call continues without media relay';
    this.#deps.log.info({ call: caller.dialog.callId }, where);
    let accepted = 0;
    const reOffer = ({ dialog }: Side, offer: string) =>
      reInvite(this.#deps.clock, dialog, {
        offer,
        listener: {
          accepted: (_body, acknowledge) => {
            acknowledge('');
            accepted += 1;
            // Either may have answered with another port than before.
            if (accepted === 2) path.restore('caller', { offer: caller.dialog.remoteSdp, answer: callee.dialog.remoteSdp });
          },
          refused: () =>
            this.#bridge.call?.isEmergency !== true && this.#bridge.end({ disposition: 'answered', reason: 'no-media' }),
        },
      });
    reOffer(caller, offers.caller);
    reOffer(callee, offers.callee);
  }
}
