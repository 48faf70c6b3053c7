import type { Device } from '#devices/device.ts';
import type { Calls } from '#calls/calls.ts';
import type { CallerLeg } from '#calls/ports.ts';
import { answer } from './answer.ts';
import { Bridge } from './bridge.ts';
import type { Side } from './bridge.ts';
import type { DialogOwner, SipDialog } from './dialog.ts';
import { parseNameAddr, parseReplaces, parseUri, splitList, uriHeader } from './headers.ts';
import type { Replaces } from './headers.ts';
import { IncomingCall } from './incoming-call.ts';
import type { CallParts, Invite } from './incoming-call.ts';
import { callingEnd, MediaPaths, statusOfRefusal } from './media-path.ts';
import type { MediaPath } from './media-path.ts';
import { joinSides, sdpOf } from './join-sides.ts';
import { reInvite } from './re-invite.ts';
import type { MediaOutcome, MediaRole } from './media-port.ts';
import { refusalOf } from './sdp.ts';
import { ReferProgress } from './refer-progress.ts';
import { RingingTransfer } from './ringing-transfer.ts';
import type { IncomingRequest, Responder } from './srf-types.ts';
import { TransferredParty } from './transferred-party.ts';

export type TransferParts = CallParts & {
  readonly calls: Calls;
  /** Whether a device may still call. */
  readonly isWelcome: (deviceId: string) => boolean;
};

/** REFER (RFC 3515, RFC 5589) and INVITE with Replaces (RFC 3891): moving the sides of calls that are connected. */
export class Transfers {
  readonly #parts: TransferParts;

  constructor(parts: TransferParts) {
    this.#parts = parts;
  }

  refer(bridge: Bridge, from: Side, exchange: { readonly request: IncomingRequest; readonly response: Responder }): void {
    const { request, response } = exchange;
    const targets = splitList(request.headers['refer-to'] ?? '');
    const uri = parseUri(parseNameAddr(targets[0] ?? '')?.uri ?? '');
    if (targets.length !== 1 || uri === undefined) {
      answer(response, 400);
      return;
    }
    // Only a phone of the house may make us call somebody.
    if (from.device === undefined || bridge.isTransferring) {
      answer(response, from.device === undefined ? 603 : 491);
      return;
    }
    if (!this.#parts.isWelcome(from.device.id)) {
      answer(response, 403);
      return;
    }
    const progress = new ReferProgress(from.dialog, exchange);
    progress.accept();
    const replaces = uriHeader(uri, 'replaces');
    if (replaces === undefined)
      this.#blind(bridge, from, { device: from.device, source: request.source_address, dialled: uri.number, progress });
    else this.#attended(bridge, from, { replaces: parseReplaces(replaces), progress });
  }

  /** INVITE with Replaces: the sender takes the place of one side of a call. */
  takeOver(invite: Invite, device: Device, replaces: string): void {
    const leg = new IncomingCall(this.#parts, invite, { device, end: callingEnd(invite.request) });
    const wanted = parseReplaces(replaces);
    const found = wanted === undefined ? undefined : this.#find(wanted);
    if (wanted === undefined || found === undefined) {
      leg.refuse(wanted === undefined ? 400 : 481);
      return;
    }
    const { bridge, side } = found;
    if (wanted.isEarlyOnly || !isOfSameOwner(side.device, device)) {
      leg.refuse(wanted.isEarlyOnly ? 486 : 403);
      return;
    }
    const party = { deviceId: device.id, personId: device.personId, number: device.extension, name: device.name };
    this.#replace(leg, { bridge, side, coming: { dialog: leg.dialog, device, party, end: leg.end } });
  }

  #replace(leg: IncomingCall, { bridge, side, coming }: { bridge: Bridge; side: Side; coming: Side }): void {
    const staying = bridge.otherThan(side);
    const [ours, theirs] = side === bridge.caller ? (['caller', 'callee'] as const) : (['callee', 'caller'] as const);
    const path = this.#pathBetween(coming, staying, ours);
    const refuse = (status: number) => {
      path.close();
      leg.refuse(status);
    };
    const before = staying.dialog.localSdp;
    const join = (body: string) => {
      // Either has hung up meanwhile: who stays talks to whom it talked to.
      if (bridge.isOver || leg.isGone) {
        refuse(481);
        if (!bridge.isOver) reInvite(this.#parts.clock, staying.dialog, { offer: before, listener: unchanged });
        return;
      }
      bridge.letGo({ result: 'answered', reason: 'replaced' });
      const sides = ours === 'caller' ? ([coming, staying] as const) : ([staying, coming] as const);
      const joined = this.#join(bridge, { sides, path, orderedBy: coming.device?.id });
      leg.answerReplacing(body, joined);
      side.dialog.bye();
    };
    const accepted = (body: string, acknowledge: (answer: string) => void) => {
      const done = (outcome: MediaOutcome) => {
        if (outcome.kind === 'refused') {
          acknowledge(leg.offer === '' ? refusalOf(body) : '');
          refuse(statusOfRefusal(outcome));
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
      if (offered.kind === 'refused') refuse(statusOfRefusal(offered));
      else reInvite(this.#parts.clock, staying.dialog, { offer: offered.sdp, listener: { accepted, refused: refuse } });
    });
  }

  #blind(
    bridge: Bridge,
    from: Side,
    order: { readonly device: Device; readonly source: string; readonly dialled: string; readonly progress: ReferProgress },
  ): void {
    const other = bridge.otherThan(from);
    const leg = new TransferredParty(this.#parts, { bridge, from, other, progress: order.progress });
    bridge.transferBegun(from, leg);
    const transferredFrom = bridge.call?.record.id;
    leg.call = this.#parts.calls.place({
      caller: { kind: 'device', device: order.device, party: other.party },
      dialled: order.dialled,
      source: order.source,
      leg,
      transferredFrom,
    });
  }

  /** The phone talks to both: its two far sides are joined with fresh offers (RFC 3725 section 4, flow I). */
  #attended(
    bridge: Bridge,
    from: Side,
    order: { readonly replaces: Replaces | undefined; readonly progress: ReferProgress },
  ): void {
    const { progress } = order;
    const owner = order.replaces === undefined ? undefined : this.#ownerOf(order.replaces);
    if (owner instanceof IncomingCall && owner.isRinging && owner.device?.id === from.device?.id) {
      this.#toRinging(bridge, from, { consultation: owner, progress });
      return;
    }
    const found = order.replaces === undefined ? undefined : this.#find(order.replaces);
    if (found === undefined || found.bridge === bridge || found.side.device?.id !== from.device?.id) {
      progress.finished(481);
      return;
    }
    const first = bridge.otherThan(from);
    const second = found.bridge.otherThan(found.side);
    const path = this.#pathBetween(first, second, 'caller');
    const refused = (status: number) => {
      path.close();
      progress.finished(status);
    };
    const joined = () => {
      bridge.letGo({ result: 'answered', reason: 'transferred' });
      found.bridge.letGo({ result: 'answered', reason: 'transferred' });
      this.#join(bridge, { sides: [first, second], path, orderedBy: from.device?.id });
      progress.finished(200);
      from.dialog.bye();
      found.side.dialog.bye();
    };
    joinSides(this.#parts.clock, { first, second, path }, { joined, refused });
  }

  /** The second call still rings. Only the phone that let it ring may give it away (RFC 3891 section 3). */
  #toRinging(bridge: Bridge, from: Side, order: { readonly consultation: IncomingCall; readonly progress: ReferProgress }): void {
    const party = bridge.otherThan(from);
    const transfer = new RingingTransfer({
      ...{ clock: this.#parts.clock, bridge, from, ...order },
      pathTo: (second) => this.#pathBetween(party, second, 'caller'),
      join: (second, path) => this.#join(bridge, { sides: [party, second], path, orderedBy: from.device?.id }),
    });
    bridge.transferBegun(from, transfer);
    order.consultation.giveTo(transfer);
  }

  #pathBetween(one: Side, other: Side, role: MediaRole): MediaPath {
    const [caller, callee] = role === 'caller' ? [one, other] : [other, one];
    const from = { call: caller.dialog.callId, caller: caller.end };
    return new MediaPaths(this.#parts, from).to(callee.end);
  }

  /** Two sides that talk to each other from now on, and the record of it. */
  #join(from: Bridge, given: { sides: readonly [Side, Side]; path: MediaPath; orderedBy: string | undefined }): Bridge {
    const { sides, path, orderedBy } = given;
    const [caller, callee] = sides;
    const joined = new Bridge(this.#parts, caller, callee);
    joined.path = path;
    const outside = callee.device === undefined ? 'outbound' : 'inbound';
    joined.call = this.#parts.calls.join({
      ...{ caller: caller.party, callee: callee.party, leg: connectedLeg(joined) },
      calleeLeg: { sipCallId: callee.dialog.callId, address: '' },
      direction: caller.device !== undefined && callee.device !== undefined ? 'internal' : outside,
      transferredFrom: from.call?.record.id ?? '',
      orderedBy,
    });
    return joined;
  }

  /** The connected side a Replaces header means; a dialog that only rings is none that may be replaced (RFC 3891 section 3). */
  #find(replaces: Replaces): { readonly bridge: Bridge; readonly side: Side } | undefined {
    const bridge = this.#ownerOf(replaces);
    const dialog = this.#dialogOf(replaces);
    if (!(bridge instanceof Bridge) || bridge.isOver || dialog === undefined) return undefined;
    return { bridge, side: bridge.sideOf(dialog) };
  }

  #ownerOf(replaces: Replaces): DialogOwner | undefined {
    return this.#dialogOf(replaces)?.owner;
  }

  /** Its from-tag is the far side's, its to-tag ours (RFC 3891 section 3). */
  #dialogOf({ callId, toTag, fromTag }: Replaces): SipDialog | undefined {
    const { dialogs } = this.#parts.connection;
    const dialog = dialogs.get(`${callId};from-tag=${fromTag}`) ?? dialogs.get(`${callId};from-tag=${toTag}`);
    return dialog?.isNamedBy(toTag, fromTag) === true ? dialog : undefined;
  }
}

/** The same phone, or another of the same person: phones without an owner have nothing in common. */
export function isOfSameOwner(one: Device | undefined, other: Device): boolean {
  if (one === undefined) return false;
  return one.id === other.id || (one.personId !== undefined && one.personId === other.personId);
}

/** What was agreed before is agreed again. */
const unchanged = { accepted: (_body: string, acknowledge: (answer: string) => void) => acknowledge(''), refused: () => {} };

/** The caller's leg of a call that was connected from the start. */
function connectedLeg(bridge: Bridge): CallerLeg {
  return {
    sipCallId: bridge.caller.dialog.callId,
    address: '',
    ring: () => ({ sipCallId: '', pass: () => {}, connect: () => {}, cancel: () => {}, release: () => {} }),
    reject: () => {},
    hangUp: () => bridge.end(undefined),
  };
}
