import type { Clock } from '#base/clock.ts';
import type { HoldOutcome } from '#calls/ports.ts';
import type { Device } from '#devices/device.ts';
import { bodyOf, refreshTarget, timerResponseHeaders } from '#sip/dialog/forwarded-request.ts';
import type { SipDialog } from '#sip/dialog/dialog.ts';
import { reInvite } from '#sip/dialog/re-invite.ts';
import { respond } from '#sip/message/respond.ts';
import { inactiveOf, isHold } from '#sip/message/sdp.ts';
import type { MediaPath } from '#sip/relay/media-path.ts';
import type { MediaOutcome } from '#sip/relay/media-port.ts';
import type { Responder, SrfRequest } from '#sip/message/srf-types.ts';
import { joinSides } from './join-sides.ts';

type Side = { readonly dialog: SipDialog; readonly device: Device | undefined };

type HouseHoldDeps = {
  readonly clock: Clock;
  readonly caller: Side;
  readonly callee: Side;
  readonly path: () => MediaPath;
};

/**
 * Hold that neither phone has asked for. Both sides get a description without media (RFC 3264 section 8.4): the far side of a phone must
 * not hear its room, and the phone shows that it is held. Until the house resumes the call, no side can do it by a re-INVITE of its own.
 */
export class HouseHold {
  readonly #deps: HouseHoldDeps;
  #state: 'none' | 'changing' | 'held' = 'none';

  constructor(deps: HouseHoldDeps) {
    this.#deps = deps;
  }

  get isHeld(): boolean {
    return this.#state === 'held';
  }

  get isChanging(): boolean {
    return this.#state === 'changing';
  }

  /** Whether a phone holds the call itself, by its last description. */
  get isHeldByPhone(): boolean {
    const { caller, callee } = this.#deps;
    return [caller, callee].some(({ dialog }) => isHold(dialog.remoteSdp));
  }

  async set(isHeld: boolean): Promise<HoldOutcome> {
    const before = this.#state;
    if (before === 'changing') return 'busy';
    if ((before === 'held') === isHeld) return 'done';
    this.#state = 'changing';
    const isChanged = await (isHeld ? this.#hold() : this.#resume());
    this.#state = isChanged === isHeld ? 'held' : 'none';
    return isChanged ? 'done' : 'refused';
  }

  /** Answers what a side of a held call offers, for instance to refresh its session. False: it is not held by the house. */
  answer(from: SipDialog, request: SrfRequest, response: Responder): boolean {
    const { method } = request;
    if (this.#state === 'none' || (method !== 'INVITE' && method !== 'UPDATE')) return false;
    if (this.#state === 'changing') {
      respond(response, 491);
      return true;
    }
    refreshTarget(from, request.headers);
    const isOffer = (request.body ?? '') !== '' || method === 'INVITE';
    respond(response, 200, { headers: timerResponseHeaders(from), ...bodyOf(isOffer ? from.localSdp : '') });
    return true;
  }

  async #hold(): Promise<boolean> {
    const { caller, callee, path } = this.#deps;
    const before = { caller: caller.dialog.localSdp, callee: callee.dialog.localSdp };
    const agreed = { offer: caller.dialog.remoteSdp, answer: callee.dialog.remoteSdp };
    const offers = await silentOffers(path(), agreed);
    if (offers === undefined) return false;
    const [atCaller, atCallee] = await Promise.all([this.#offer(caller, offers.caller), this.#offer(callee, offers.callee)]);
    if (atCaller && atCallee) return true;
    path().restore('caller', agreed);
    if (atCaller) await this.#offer(caller, before.caller);
    if (atCallee) await this.#offer(callee, before.callee);
    return false;
  }

  /** The phone makes the offer: a trunk need not know how to. */
  #resume(): Promise<boolean> {
    const { clock, caller, callee, path } = this.#deps;
    const role = caller.device === undefined ? 'callee' : 'caller';
    const [first, second] = role === 'caller' ? [caller, callee] : [callee, caller];
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const listener = { joined: () => resolve(true), refused: () => resolve(false) };
    joinSides(clock, { first, second, role, path: path() }, listener);
    return promise;
  }

  #offer({ dialog }: Side, offer: string): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    reInvite(this.#deps.clock, dialog, {
      offer,
      listener: {
        accepted: (_body, acknowledge) => {
          acknowledge('');
          resolve(true);
        },
        refused: () => resolve(false),
      },
    });
    return promise;
  }
}

type Agreed = { readonly offer: string; readonly answer: string };

/** What each side is offered; undefined where a description is missing, or the media relay has none. */
async function silentOffers(path: MediaPath, agreed: Agreed): Promise<{ caller: string; callee: string } | undefined> {
  if (agreed.offer === '' || agreed.answer === '') return undefined;
  const forCallee = await outcomeOf((done) => path.offer(inactiveOf(agreed.offer), 'caller', done));
  const forCaller = await outcomeOf((done) => path.answer(inactiveOf(agreed.answer), done));
  if (forCallee.kind === 'sdp' && forCaller.kind === 'sdp') return { caller: forCaller.sdp, callee: forCallee.sdp };
  path.restore('caller', agreed);
  return undefined;
}

function outcomeOf(ask: (done: (outcome: MediaOutcome) => void) => void): Promise<MediaOutcome> {
  return new Promise((resolve) => ask(resolve));
}
