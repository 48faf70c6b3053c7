import type { Clock } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import type { Bridge, Side } from './bridge.ts';
import { MediaPath, MediaPaths } from './media-path.ts';
import type { Media, MediaOutcome } from './media-port.ts';
import { reInvite } from './re-invite.ts';

type Parts = { readonly clock: Clock; readonly log: Log; readonly media: Media };
type Offers = { readonly caller: string; readonly callee: string };

/** The relay is started again after a second, and may need some. */
const retryMs = 1_000;
const mostTries = 8;

/** Takes the sound of a call whose relay has died to the next one: both sides are offered its addresses by re-INVITE, and talk on. */
export class MovedSound {
  readonly #parts: Parts;
  readonly #bridge: Bridge;
  readonly #paths: MediaPaths;
  #tries = 0;

  constructor(parts: Parts, bridge: Bridge) {
    this.#parts = parts;
    this.#bridge = bridge;
    this.#paths = new MediaPaths(parts, { call: bridge.caller.dialog.callId, caller: bridge.caller.end });
  }

  start(): void {
    const { caller, callee } = this.#bridge;
    this.#tries += 1;
    const path = this.#paths.to(callee.end, { isEmergency: this.#bridge.call?.isEmergency === true });
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
    if (this.#tries >= mostTries) this.#giveUp();
    else this.#parts.clock.after(retryMs, () => !this.#bridge.isOver && this.start());
  }

  /** Whoever called for help stays connected: their sound may find a way without a relay. */
  #giveUp(): void {
    const { caller, callee, call } = this.#bridge;
    if (call?.isEmergency !== true) {
      this.#bridge.end({ result: 'answered', reason: 'no-media' });
      return;
    }
    const path = new MediaPath();
    this.#bridge.path = path;
    this.#invite(path, { caller: callee.dialog.remoteSdp, callee: caller.dialog.remoteSdp });
  }

  #invite(path: MediaPath, offers: Offers): void {
    const { caller, callee } = this.#bridge;
    const way = path.isRelayed ? 'through the new relay' : 'without a relay';
    this.#parts.log.info({ call: caller.dialog.callId }, `The sound of a call goes on ${way}`);
    let accepted = 0;
    const ask = ({ dialog }: Side, offer: string) =>
      reInvite(this.#parts.clock, dialog, {
        offer,
        listener: {
          accepted: (_body, acknowledge) => {
            acknowledge('');
            accepted += 1;
            // Either may have answered with another port than it had.
            if (accepted === 2) path.restore('caller', { offer: caller.dialog.remoteSdp, answer: callee.dialog.remoteSdp });
          },
          refused: () => this.#bridge.call?.isEmergency !== true && this.#bridge.end({ result: 'answered', reason: 'no-media' }),
        },
      });
    ask(caller, offers.caller);
    ask(callee, offers.callee);
  }
}
