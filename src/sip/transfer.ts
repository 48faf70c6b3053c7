import type { Clock } from '#base/clock.ts';
import type { Device } from '#devices/device.ts';
import type { Calls } from '#calls/calls.ts';
import type { CallerLeg } from '#calls/ports.ts';
import { answer } from './answer.ts';
import { Bridge } from './bridge.ts';
import type { Side } from './bridge.ts';
import type { SipDialog } from './dialog.ts';
import { parseNameAddr, parseReplaces, parseUri, splitList, uriHeader } from './headers.ts';
import type { Replaces } from './headers.ts';
import { IncomingCall } from './incoming-call.ts';
import type { CallParts, Invite } from './incoming-call.ts';
import { reInvite } from './re-invite.ts';
import { ReferProgress } from './refer-progress.ts';
import type { IncomingRequest, Responder } from './srf-types.ts';
import { TransferredParty } from './transferred-party.ts';

export type TransferParts = CallParts & { readonly calls: Calls; readonly clock: Clock };

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
    const progress = new ReferProgress(from.dialog, exchange);
    progress.accept();
    const replaces = uriHeader(uri, 'replaces');
    if (replaces === undefined) this.#blind(bridge, from, { device: from.device, dialled: uri.user, progress });
    else this.#attended(bridge, from, { replaces: parseReplaces(replaces), progress });
  }

  /** INVITE with Replaces: the sender takes the place of one side of a call. */
  takeOver(invite: Invite, device: Device, replaces: string): void {
    const leg = new IncomingCall(this.#parts, invite, device);
    const wanted = parseReplaces(replaces);
    const found = wanted === undefined ? undefined : this.#find(wanted);
    if (wanted === undefined || found === undefined) {
      leg.refuse(wanted === undefined ? 400 : 481);
      return;
    }
    const { bridge, side } = found;
    if (wanted.isEarlyOnly || side.device?.personId !== device.personId || side.device === undefined) {
      leg.refuse(wanted.isEarlyOnly ? 486 : 403);
      return;
    }
    const staying = bridge.otherThan(side);
    reInvite(this.#parts.clock, staying.dialog, {
      offer: leg.offer,
      listener: {
        accepted: (body, acknowledge) => {
          const party = { deviceId: device.id, personId: device.personId, number: device.extension, name: device.name };
          const isCaller = side === bridge.caller;
          bridge.letGo({ result: 'answered', reason: 'replaced' });
          const coming: Side = { dialog: leg.dialog, device, party };
          const joined = this.#join(bridge, isCaller ? [coming, staying] : [staying, coming]);
          if (leg.offer === '') leg.dialog.expectAck((given) => acknowledge(given));
          else acknowledge('');
          leg.answerReplacing(body, joined);
          side.dialog.bye();
        },
        refused: (status) => leg.refuse(status),
      },
    });
  }

  #blind(
    bridge: Bridge,
    from: Side,
    order: { readonly device: Device; readonly dialled: string; readonly progress: ReferProgress },
  ): void {
    const other = bridge.otherThan(from);
    const leg = new TransferredParty(this.#parts, { bridge, from, other, progress: order.progress });
    bridge.transferBegun(from, leg);
    const transferredFrom = bridge.call?.record.id;
    leg.call = this.#parts.calls.place({
      caller: { kind: 'device', device: order.device, party: other.party },
      dialled: order.dialled,
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
    const found = order.replaces === undefined ? undefined : this.#find(order.replaces);
    if (found === undefined || found.bridge === bridge || found.side.device?.id !== from.device?.id) {
      progress.finished(481);
      return;
    }
    const first = bridge.otherThan(from);
    const second = found.bridge.otherThan(found.side);
    reInvite(this.#parts.clock, first.dialog, {
      offer: '',
      listener: {
        refused: (status) => progress.finished(status),
        accepted: (offer, acknowledge) => {
          // As it was: the answer that the phone gave before.
          const before = first.dialog.localSdp;
          reInvite(this.#parts.clock, second.dialog, {
            offer: offer,
            listener: {
              refused: (status) => {
                acknowledge(before);
                progress.finished(status);
              },
              accepted: (given, acknowledgeSecond) => {
                acknowledgeSecond('');
                acknowledge(given);
                bridge.letGo({ result: 'answered', reason: 'transferred' });
                found.bridge.letGo({ result: 'answered', reason: 'transferred' });
                this.#join(bridge, [first, second]);
                progress.finished(200);
                from.dialog.bye();
                found.side.dialog.bye();
              },
            },
          });
        },
      },
    });
  }

  /** Two sides that talk to each other from now on, and the record of it. */
  #join(from: Bridge, [caller, callee]: readonly [Side, Side]): Bridge {
    const joined = new Bridge(this.#parts, caller, callee);
    const outside = callee.device === undefined ? 'outbound' : 'inbound';
    joined.call = this.#parts.calls.join({
      ...{ caller: caller.party, callee: callee.party, leg: connectedLeg(joined) },
      calleeLeg: { sipCallId: callee.dialog.callId, address: '' },
      direction: caller.device !== undefined && callee.device !== undefined ? 'internal' : outside,
      transferredFrom: from.call?.record.id ?? '',
    });
    return joined;
  }

  /** The connected side a Replaces header means. Its from-tag is the far side's, its to-tag ours (RFC 3891 section 3). */
  #find({ callId, toTag, fromTag }: Replaces): { readonly bridge: Bridge; readonly side: Side } | undefined {
    const { dialogs } = this.#parts.connection;
    const dialog: SipDialog | undefined =
      dialogs.get(`${callId};from-tag=${fromTag}`) ?? dialogs.get(`${callId};from-tag=${toTag}`);
    if (dialog === undefined || !dialog.isNamedBy(toTag, fromTag)) return undefined;
    const bridge = dialog.owner;
    if (!(bridge instanceof Bridge) || bridge.isOver) return undefined;
    return { bridge, side: bridge.sideOf(dialog) };
  }
}

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
