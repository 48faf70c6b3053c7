import type { DeviceId } from '#base/ids.ts';
import type { Device } from '#devices/device.ts';
import type { Calls } from '#calls/calls.ts';
import type { CallerLeg } from '#calls/ports.ts';
import { respond } from '#sip/message/respond.ts';
import { Bridge } from '#sip/call/bridge.ts';
import type { Side } from '#sip/call/bridge.ts';
import type { DialogOwner, SipDialog } from '#sip/dialog/dialog.ts';
import { parseNameAddr, parseReplaces, parseUri, splitList, uriHeader } from '#sip/message/headers.ts';
import type { Replaces } from '#sip/message/headers.ts';
import { InboundLeg } from '#sip/call/inbound-leg.ts';
import type { Invite } from '#sip/message/invite.ts';
import type { CallDeps } from '#sip/call/ring-target.ts';
import { callingEndpoint, MediaPaths } from '#sip/relay/media-path.ts';
import type { MediaPath } from '#sip/relay/media-path.ts';
import { joinSides } from '#sip/call/join-sides.ts';
import type { MediaRole } from '#sip/relay/media-port.ts';
import { ReferProgress } from './refer-progress.ts';
import { SemiAttendedTransfer } from './semi-attended.ts';
import { SideReplacement } from './side-replacement.ts';
import type { SrfRequest, Responder } from '#sip/message/srf-types.ts';
import { Transferee } from '#sip/call/transferee.ts';

export type TransferDeps = CallDeps & {
  readonly calls: Calls;
  /** Whether a device may still call. */
  readonly mayStillCall: (deviceId: DeviceId) => boolean;
};

type BridgedSide = { readonly bridge: Bridge; readonly side: Side };

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

  /** INVITE with Replaces: the sending phone takes over one side of a connected call. */
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
    const path = this.#pathBetween(replacement, remaining, bridge.roleOf(side));
    const sides = side === bridge.caller ? ([replacement, remaining] as const) : ([remaining, replacement] as const);
    new SideReplacement({
      clock: this.#deps.clock,
      bridge,
      leg,
      replaced: side,
      path,
      join: () => this.#join(bridge, { sides, path, requestedBy: replacement.device?.id }),
    }).start();
  }

  #blind(
    bridge: Bridge,
    from: Side,
    refer: { readonly device: Device; readonly source: string; readonly dialled: string; readonly progress: ReferProgress },
  ): void {
    const leg = this.transfereeOf(bridge, from, refer.progress);
    leg.call = this.#deps.calls.place({
      caller: { kind: 'device', device: refer.device, party: bridge.otherThan(from).party },
      dialled: refer.dialled,
      source: refer.source,
      leg,
      transferredFrom: bridge.call?.record.id,
    });
  }

  /** The side that stays when `from` leaves, as the caller of a new call. Without `progress`, nobody is notified. */
  transfereeOf(bridge: Bridge, from: Side, progress?: ReferProgress): Transferee {
    const leg = new Transferee(this.#deps, {
      transferee: bridge.otherThan(from),
      origin: {
        progress: (status) => progress?.notifyProvisional(status),
        succeeded: () => {
          bridge.release({ disposition: 'answered', reason: 'transferred' });
          progress?.notifyFinal(200);
          from.dialog.bye();
        },
        failed: (status) => {
          bridge.endTransfer();
          progress?.notifyFinal(status);
        },
      },
    });
    bridge.beginTransfer(from, leg);
    return leg;
  }

  /** Attended transfer: Replaces names the transferor's second call. */
  #attended(
    bridge: Bridge,
    from: Side,
    { replaces, progress }: { readonly replaces: Replaces | undefined; readonly progress: ReferProgress },
  ): void {
    const owner = replaces === undefined ? undefined : this.#ownerOf(replaces);
    if (owner instanceof InboundLeg && owner.isRinging && owner.device?.id === from.device?.id) {
      this.#semiAttended(bridge, from, { consultation: owner, progress });
      return;
    }
    const second = replaces === undefined ? undefined : this.#find(replaces);
    if (second === undefined || second.bridge === bridge || second.side.device?.id !== from.device?.id) progress.notifyFinal(481);
    else this.#connectFarSides({ bridge, side: from }, second, progress);
  }

  /** The transferor has two answered calls: their far sides are connected by re-INVITE (RFC 3725 section 4, flow I). */
  #connectFarSides({ bridge, side: from }: BridgedSide, found: BridgedSide, progress: ReferProgress): void {
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
    refer: { readonly consultation: InboundLeg; readonly progress: ReferProgress },
  ): void {
    const party = bridge.otherThan(from);
    const transfer = new SemiAttendedTransfer({
      clock: this.#deps.clock,
      bridge,
      transferor: from,
      ...refer,
      pathTo: (second) => this.#pathBetween(party, second, 'caller'),
      join: (second, path) => this.#join(bridge, { sides: [party, second], path, requestedBy: from.device?.id }),
    });
    bridge.beginTransfer(from, transfer);
    refer.consultation.handOverTo(transfer);
  }

  #pathBetween(one: Side, other: Side, role: MediaRole): MediaPath {
    const [caller, callee] = role === 'caller' ? [one, other] : [other, one];
    const from = { call: caller.dialog.callId, caller: caller.endpoint };
    return new MediaPaths(this.#deps, from).to(callee.endpoint);
  }

  /** Connects two sides in a new bridge with a call record of its own. */
  #join(from: Bridge, given: { sides: readonly [Side, Side]; path: MediaPath; requestedBy: DeviceId | undefined }): Bridge {
    const { sides, path, requestedBy } = given;
    const [caller, callee] = sides;
    const joined = new Bridge(this.#deps, caller, callee);
    joined.path = path;
    const external = callee.device === undefined ? 'outbound' : 'inbound';
    joined.call = this.#deps.calls.join({
      caller: caller.party,
      callee: callee.party,
      leg: connectedLeg(joined),
      calleeLeg: { sipCallId: callee.dialog.callId, address: '' },
      direction: caller.device !== undefined && callee.device !== undefined ? 'internal' : external,
      transferredFrom: from.call?.record.id,
      requestedBy,
    });
    return joined;
  }

  /** The connected side that a Replaces header names; an early dialog must not be replaced by its callee (RFC 3891 section 3). */
  #find(replaces: Replaces): BridgedSide | undefined {
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

/** The caller's leg of a call that is connected from the start. */
function connectedLeg(bridge: Bridge): CallerLeg {
  return {
    sipCallId: bridge.caller.dialog.callId,
    address: '',
    ring: () => ({ sipCallId: '', pass: () => {}, connect: () => {}, cancel: () => {}, release: () => {} }),
    reject: () => {},
    hangUp: () => bridge.end(undefined),
    connected: bridge,
  };
}
