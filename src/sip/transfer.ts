import type { Device } from '#devices/device.ts';
import type { Calls } from '#calls/calls.ts';
import type { CallerLeg } from '#calls/ports.ts';
import { respond } from './respond.ts';
import { Bridge } from './bridge.ts';
import type { Side } from './bridge.ts';
import type { DialogOwner, SipDialog } from './dialog.ts';
import { parseNameAddr, parseReplaces, parseUri, splitList, uriHeader } from './headers.ts';
import type { Replaces } from './headers.ts';
import { InboundLeg } from './inbound-leg.ts';
import type { Invite } from './invite.ts';
import type { CallDeps } from './ring-target.ts';
import { callingEndpoint, MediaPaths, statusForRefusal } from './media-path.ts';
import type { MediaPath } from './media-path.ts';
import { joinSides, sdpOf } from './join-sides.ts';
import { reInvite } from './re-invite.ts';
import type { MediaOutcome, MediaRole } from './media-port.ts';
import { refusalOf } from './sdp.ts';
import { ReferProgress } from './refer-progress.ts';
import { SemiAttendedTransfer } from './semi-attended-transfer.ts';
import type { SrfRequest, Responder } from './srf-types.ts';
import { Transferee } from './transferee.ts';

export type TransferDeps = CallDeps & {
  readonly calls: Calls;
  /** Whether a device may still call. */
  readonly mayStillCall: (deviceId: string) => boolean;
};

/** Blind, attended and semi-attended transfer by REFER (RFC 3515, RFC 5589), and INVITE with Replaces (RFC 3891). */
export class Transfers {
  readonly #deps: TransferDeps;

  constructor(deps: TransferDeps) {
    this.#deps = deps;
  }

  refer(bridge: Bridge, from: Side, exchange: { readonly request: SrfRequest; readonly response: Responder }): void {
    const { request, response } = exchange;
    const targets = splitList(request.headers['refer-to'] ?? '');
    const uri = parseUri(parseNameAddr(targets[0] ?? '')?.uri ?? '');
    if (targets.length !== 1 || uri === undefined) {
      respond(response, 400);
      return;
    }
    // A trunk must not make us place calls.
    if (from.device === undefined || bridge.isTransferring) {
      respond(response, from.device === undefined ? 603 : 491);
      return;
    }
    if (!this.#deps.mayStillCall(from.device.id)) {
      respond(response, 403);
      return;
    }
    const progress = new ReferProgress(from.dialog, exchange);
    progress.accept();
    const replaces = uriHeader(uri, 'replaces');
    if (replaces === undefined)
      this.#blind(bridge, from, { device: from.device, source: request.source_address, dialled: uri.number, progress });
    else this.#attended(bridge, from, { replaces: parseReplaces(replaces), progress });
  }

  /** INVITE with Replaces: the sending phone takes the place of one side of a call (call pickup, attended transfer). */
  handleReplaces(invite: Invite, device: Device, replaces: string): void {
    const leg = new InboundLeg(this.#deps, invite, { device, endpoint: callingEndpoint(invite.request) });
    const wanted = parseReplaces(replaces);
    const found = wanted === undefined ? undefined : this.#find(wanted);
    if (wanted === undefined || found === undefined) {
      leg.refuse(wanted === undefined ? 400 : 481);
      return;
    }
    const { bridge, side } = found;
    if (wanted.isEarlyOnly || !haveSameOwner(side.device, device)) {
      leg.refuse(wanted.isEarlyOnly ? 486 : 403);
      return;
    }
    const party = { deviceId: device.id, personId: device.personId, number: device.extension, name: device.name };
    this.#replace(leg, { bridge, side, replacement: { dialog: leg.dialog, device, party, endpoint: leg.endpoint } });
  }

  #replace(leg: InboundLeg, { bridge, side, replacement }: { bridge: Bridge; side: Side; replacement: Side }): void {
    const remaining = bridge.otherThan(side);
    const [ours, theirs] = side === bridge.caller ? (['caller', 'callee'] as const) : (['callee', 'caller'] as const);
    const path = this.#pathBetween(replacement, remaining, ours);
    const refuse = (status: number) => {
      path.close();
      leg.refuse(status);
    };
    const before = remaining.dialog.localSdp;
    const join = (body: string) => {
      // Either has hung up meanwhile: the call goes on as it was.
      if (bridge.isOver || leg.isGone) {
        refuse(481);
        if (!bridge.isOver) reInvite(this.#deps.clock, remaining.dialog, { offer: before, listener: acceptUnchanged });
        return;
      }
      bridge.release({ disposition: 'answered', reason: 'replaced' });
      const sides = ours === 'caller' ? ([replacement, remaining] as const) : ([remaining, replacement] as const);
      const joined = this.#join(bridge, { sides, path, requestedBy: replacement.device?.id });
      leg.answerWithReplaces(body, joined);
      side.dialog.bye();
    };
    const accepted = (body: string, acknowledge: (answer: string) => void) => {
      const done = (outcome: MediaOutcome) => {
        if (outcome.kind === 'refused') {
          acknowledge(leg.offer === '' ? refusalOf(body) : '');
          refuse(statusForRefusal(outcome));
          return;
        }
        if (leg.offer !== '') acknowledge('');
        else leg.dialog.expectAck((given) => path.answer(given, (answer) => acknowledge(sdpOf(answer, body))));
        join(outcome.sdp);
      };
      if (leg.offer === '') path.offer(body, theirs, done);
      else path.answer(body, done);
    };
    path.offer(leg.offer, ours, (offered) => {
      if (offered.kind === 'refused') refuse(statusForRefusal(offered));
      else reInvite(this.#deps.clock, remaining.dialog, { offer: offered.sdp, listener: { accepted, refused: refuse } });
    });
  }

  #blind(
    bridge: Bridge,
    from: Side,
    order: { readonly device: Device; readonly source: string; readonly dialled: string; readonly progress: ReferProgress },
  ): void {
    const other = bridge.otherThan(from);
    const leg = new Transferee(this.#deps, { bridge, transferor: from, transferee: other, progress: order.progress });
    bridge.beginTransfer(from, leg);
    const transferredFrom = bridge.call?.record.id;
    leg.call = this.#deps.calls.place({
      caller: { kind: 'device', device: order.device, party: other.party },
      dialled: order.dialled,
      source: order.source,
      leg,
      transferredFrom,
    });
  }

  /** The transferor has two answered calls: their far sides are connected by re-INVITE (RFC 3725 section 4, flow I). */
  #attended(
    bridge: Bridge,
    from: Side,
    order: { readonly replaces: Replaces | undefined; readonly progress: ReferProgress },
  ): void {
    const { progress } = order;
    const owner = order.replaces === undefined ? undefined : this.#ownerOf(order.replaces);
    if (owner instanceof InboundLeg && owner.isRinging && owner.device?.id === from.device?.id) {
      this.#semiAttended(bridge, from, { consultation: owner, progress });
      return;
    }
    const found = order.replaces === undefined ? undefined : this.#find(order.replaces);
    if (found === undefined || found.bridge === bridge || found.side.device?.id !== from.device?.id) {
      progress.notifyFinal(481);
      return;
    }
    const first = bridge.otherThan(from);
    const second = found.bridge.otherThan(found.side);
    const path = this.#pathBetween(first, second, 'caller');
    const refused = (status: number) => {
      path.close();
      progress.notifyFinal(status);
    };
    const joined = () => {
      bridge.release({ disposition: 'answered', reason: 'transferred' });
      found.bridge.release({ disposition: 'answered', reason: 'transferred' });
      this.#join(bridge, { sides: [first, second], path, requestedBy: from.device?.id });
      progress.notifyFinal(200);
      from.dialog.bye();
      found.side.dialog.bye();
    };
    joinSides(this.#deps.clock, { first, second, path }, { joined, refused });
  }

  /** The second call still rings. Only the phone that placed it may transfer to it (RFC 3891 section 3). */
  #semiAttended(
    bridge: Bridge,
    from: Side,
    order: { readonly consultation: InboundLeg; readonly progress: ReferProgress },
  ): void {
    const party = bridge.otherThan(from);
    const transfer = new SemiAttendedTransfer({
      clock: this.#deps.clock,
      bridge,
      transferor: from,
      ...order,
      pathTo: (second) => this.#pathBetween(party, second, 'caller'),
      join: (second, path) => this.#join(bridge, { sides: [party, second], path, requestedBy: from.device?.id }),
    });
    bridge.beginTransfer(from, transfer);
    order.consultation.handOverTo(transfer);
  }

  #pathBetween(one: Side, other: Side, role: MediaRole): MediaPath {
    const [caller, callee] = role === 'caller' ? [one, other] : [other, one];
    const from = { call: caller.dialog.callId, caller: caller.endpoint };
    return new MediaPaths(this.#deps, from).to(callee.endpoint);
  }

  /** Connects two sides in a new bridge with a call record of its own. */
  #join(from: Bridge, given: { sides: readonly [Side, Side]; path: MediaPath; requestedBy: string | undefined }): Bridge {
    const { sides, path, requestedBy } = given;
    const [caller, callee] = sides;
    const joined = new Bridge(this.#deps, caller, callee);
    joined.path = path;
    const outside = callee.device === undefined ? 'outbound' : 'inbound';
    joined.call = this.#deps.calls.join({
      caller: caller.party,
      callee: callee.party,
      leg: connectedLeg(joined),
      calleeLeg: { sipCallId: callee.dialog.callId, address: '' },
      direction: caller.device !== undefined && callee.device !== undefined ? 'internal' : outside,
      transferredFrom: from.call?.record.id ?? '',
      requestedBy,
    });
    return joined;
  }

  /** The connected side that a Replaces header names; an early dialog must not be replaced by its callee (RFC 3891 section 3). */
  #find(replaces: Replaces): { readonly bridge: Bridge; readonly side: Side } | undefined {
    const bridge = this.#ownerOf(replaces);
    const dialog = this.#dialogOf(replaces);
    if (!(bridge instanceof Bridge) || bridge.isOver || dialog === undefined) return undefined;
    return { bridge, side: bridge.sideOf(dialog) };
  }

  #ownerOf(replaces: Replaces): DialogOwner | undefined {
    return this.#dialogOf(replaces)?.owner;
  }

  /** Its from-tag is the far side's, its to-tag is ours (RFC 3891 section 3). */
  #dialogOf({ callId, toTag, fromTag }: Replaces): SipDialog | undefined {
    const { dialogs } = this.#deps.connection;
    const dialog = dialogs.get(`${callId};from-tag=${fromTag}`) ?? dialogs.get(`${callId};from-tag=${toTag}`);
    return dialog?.matchesReplaces(toTag, fromTag) === true ? dialog : undefined;
  }
}

/** The same phone, or another of the same person; phones without an owner share nothing. */
export function haveSameOwner(one: Device | undefined, other: Device): boolean {
  if (one === undefined) return false;
  return one.id === other.id || (one.personId !== undefined && one.personId === other.personId);
}

/** For a re-INVITE that restores the previous session. */
const acceptUnchanged = {
  accepted: (_body: string, acknowledge: (answer: string) => void) => acknowledge(''),
  refused: () => {},
};

/** The caller's leg of a call that is connected from the start. */
function connectedLeg(bridge: Bridge): CallerLeg {
  return {
    sipCallId: bridge.caller.dialog.callId,
    address: '',
    ring: () => ({ sipCallId: '', pass: () => {}, connect: () => {}, cancel: () => {}, release: () => {} }),
    reject: () => {},
    hangUp: () => bridge.end(undefined),
  };
}
