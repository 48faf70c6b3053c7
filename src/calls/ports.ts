import type { CallId, DeviceId, PersonId, TokenId } from '#base/ids.ts';
import type { Device } from '#devices/device.ts';
import type { Registration } from '#devices/registration.ts';
import type { RoutingPlan } from '#routing/decision.ts';
import type { CallClock } from './call-clock.ts';
import type { CallRecord, LegOutcome, Party } from './call.ts';
import type { Phrase } from './phrase.ts';
import type { Verdict } from './verdict.ts';

/** What the called party sees. `privacy`: the network gets the number and must not show it (RFC 3323). */
export type CallerId = { readonly number: string; readonly name: string; readonly privacy?: 'requested' | 'required' };

/** Where a phone forwarded a call, and why in the words of RFC 5806. */
export type Redirection = {
  /** As if it had dialled them itself, the first choice first. */
  readonly to: readonly string[];
  readonly reason: string;
};

/** Who forwarded the call to this leg. */
export type Diversion = { readonly number: string; readonly name: string; readonly reason: string };

/** Whoever answers hears this, and is connected once they press a key that accepts: no mailbox takes the call. */
export type LegScreen = {
  readonly say: readonly Phrase[];
  readonly accept: readonly string[];
  readonly refuse: readonly string[];
  /** How long they are asked, from their answer on. */
  readonly seconds: number;
  readonly onKey?: (key: string) => void;
};

/** Where one outgoing leg goes. */
export type RingTarget =
  | {
      readonly kind: 'phone';
      readonly device: Device;
      readonly registration: Registration;
      readonly from: CallerId;
      readonly screen?: LegScreen;
      /** It is asked to answer by itself. */
      readonly autoAnswer?: boolean;
      readonly diverted?: Diversion;
    }
  | {
      readonly kind: 'trunk';
      readonly trunk: string;
      /** E.164, or a short or emergency number as dialled. */
      readonly number: string;
      readonly from: CallerId;
      readonly isEmergency: boolean;
      readonly screen?: LegScreen;
      readonly diverted?: Diversion;
    }
  | {
      /** The caller hears the house itself. */
      readonly kind: 'voice';
      readonly say: readonly Phrase[];
      /** By early media (RFC 3960), which nobody pays for; by an answer of the house; or only where it has answered before. */
      readonly by: 'early-media' | 'answer' | 'earlier-answer';
      /** Lets the caller through who presses a key; without them, nobody. */
      readonly keys?: KeyQuestion;
    };

/** A target that gets an INVITE. */
export type InviteTarget = Exclude<RingTarget, { kind: 'voice' }>;

/** `accept`: the one key; `seconds`: how long it is waited for, each time after the words. `wrong` and `right` are said after a key. */
export type KeyQuestion = {
  readonly accept: string;
  readonly tries: number;
  readonly seconds: number;
  readonly wrong: readonly Phrase[];
  readonly right: readonly Phrase[];
};

/** Why a leg is cancelled. `unregistered`: the phone may not be called any more. */
export type CancelReason = 'elsewhere' | 'no-answer' | 'caller-gone' | 'stopped' | 'unregistered';

/** An outgoing leg as calls sees it. No method throws; each may be called at any time and does nothing where it makes no sense. */
export type OutgoingLeg = {
  readonly sipCallId: string;
  /** Passes this leg's provisional response on to the caller; its early media only if `withMedia`. */
  pass(status: number, withMedia: boolean): void;
  /** Connects the caller and this leg, which has answered. */
  connect(): void;
  /** Gives up a leg that has not answered. */
  cancel(why: CancelReason): void;
  /** Ends a leg whose answer came too late. */
  release(why: CancelReason): void;
};

/** What becomes of an outgoing leg. After `answered` or `failed` nothing more comes. */
export type LegListener = {
  /** The far side has the INVITE (100). Where the engine does not report that, this never comes. */
  trying(): void;
  progressed(status: number, hasMedia: boolean): void;
  /** It was answered, and is asked for a key: it rings on as long as that takes. */
  screening(): void;
  answered(): void;
  /** `redirection` where the outcome is `redirected`. */
  failed(outcome: LegOutcome, status: number | undefined, redirection?: Redirection): void;
};

/**
 * Why we end a call: through the API or by a shutdown, the SIP engine is lost, an emergency call needs its media ports, its phone may
 * call no more, it lasted too long, a parent blocks the caller, or an error of ours.
 */
export type StopReason = 'requested' | 'engine-lost' | 'preempted' | 'revoked' | 'too-long' | 'blocked' | 'fault';

/** The caller's side of one call, as an edge offers it. No method throws. */
export type CallerLeg = {
  readonly sipCallId: string;
  readonly address: string;
  ring(target: RingTarget, listener: LegListener): OutgoingLeg;
  /** Refuses the call; it was never connected. */
  reject(verdict: Verdict): void;
  /** Ends both sides of a connected call. */
  hangUp(why: StopReason): void;
  /** Undefined while it is not connected, or where its other side is the house itself. */
  readonly connected?: ConnectedCall | undefined;
};

/** The call that a leg belongs to, as its edge reports to it. */
export type PlacedCall = {
  readonly record: CallRecord;
  readonly isEmergency: boolean;
  callerGone(why?: 'elsewhere'): void;
  hungUp(verdict: Verdict): void;
  held(isHeld: boolean): void;
  stop(why: StopReason): void;
};

/** `busy`: one of them changes the session just now, or is being transferred; `refused`: one of them cannot be held so. */
export type HoldOutcome = 'done' | 'busy' | 'refused' | 'over';

/** A call whose two sides are connected with each other. No method throws. */
export type ConnectedCall = {
  /** Takes both sides off each other, or connects them again; settles once both have agreed. */
  hold(isHeld: boolean): Promise<HoldOutcome>;
  /** The side that stays, as the caller of a new call; until that is answered they go on talking. Undefined: it is transferred already. */
  transfer(stays: 'caller' | 'callee'): TransferredLeg | undefined;
};

/** A connected side that calls anew. Whoever places the call sets `call` at once. */
export type TransferredLeg = CallerLeg & { call: PlacedCall | undefined };

/** What the house says into a connected call of its own. */
export type HouseVoice = {
  /** From the start, instead of what is said now. `done` is called at its end, but not when it is replaced. */
  play(what: readonly Phrase[], done?: () => void): void;
};

/** The house as the caller of one call. Whoever places the call sets what follows, `call` as soon as it is placed. */
export type HouseLeg = CallerLeg & {
  call: PlacedCall | undefined;
  /** A phone rings; perhaps several times. */
  onRinging: (() => void) | undefined;
  onAnswered: ((voice: HouseVoice) => void) | undefined;
  /** A key that the called party pressed. */
  onKey: ((key: string) => void) | undefined;
  /** The first sound of the called party has come. */
  onSound: (() => void) | undefined;
  /** The phone reports by itself that it gets our sound; not all do. */
  onReceived: (() => void) | undefined;
  /** Called once, when the call is over; also where `place` has not returned yet. */
  onEnded: ((verdict: Verdict) => void) | undefined;
  /** Whoever answered, as the caller of a new call; the house goes once that is answered. Undefined while nobody has. */
  asCaller(listener: NewCallListener): TransferredLeg | undefined;
  /** Ends the call from the side of the house, connected or not. `elsewhere`: somebody else was found, so that no phone shows it as missed. */
  close(why?: 'elsewhere'): void;
};

/** What becomes of a new call until it is answered. */
export type NewCallListener = { progressed(status: number): void; failed(verdict: Verdict): void };

/** The house can take part in calls itself. `open` has undefined where no media port is free; a leg that is not used must be closed. */
export type HouseCaller = { open(): Promise<HouseLeg | undefined> };

/** The trunks that can take a call now, best first; for an emergency call, all there are. */
export type Trunks = { names(isEmergency?: boolean): readonly string[] };

export type DeviceLookup = {
  byExtension(extension: string): Device | undefined;
  byId(id: DeviceId): Device | undefined;
  ofPerson(personId: PersonId): readonly Device[];
};

/** Live registrations only. */
export type RegistrationLookup = { of(deviceId: DeviceId): readonly Registration[] };

/** Who calls. For a transfer `device` is the phone that ordered it, `party` the one who is transferred. */
export type Attempt = {
  readonly caller:
    | {
        readonly kind: 'device';
        readonly device: Device;
        readonly party?: Party;
        /** It asked to hide its number from the telephone network. */
        readonly privacy?: CallerId['privacy'];
      }
    | {
        readonly kind: 'trunk';
        readonly trunk: string;
        readonly number: string;
        readonly name: string;
        /** Where we do not answer, the network has a voicemail of its own for the caller. */
        readonly failsOver?: boolean;
        /** The only number of ours that it brings: meant where it names none, but its account or a phone of its own. */
        readonly onlyNumber?: string | undefined;
      }
    /** The house itself: it rings a phone whatever its switches and rules say, and never makes an emergency call. */
    | {
        readonly kind: 'house';
        readonly party: Party;
        /** What a called phone displays; `party` where undefined. */
        readonly shown?: CallerId;
        readonly screen?: LegScreen;
        /** How long a phone rings; as long as for any call where undefined. */
        readonly ringSeconds?: number;
        /** The phone is asked to answer by itself. */
        readonly autoAnswer?: boolean;
      };
  readonly dialled: string;
  /** The only trunk that it may go out by. */
  readonly byTrunk?: string;
  readonly leg: CallerLeg;
  /** The address that the INVITE came from; undefined where it is not known. */
  readonly source?: string | undefined;
  readonly transferredFrom?: CallId | undefined;
  /** Who asked for it through the API. */
  readonly requestedBy?: PersonId | TokenId | undefined;
  readonly purpose?: CallRecord['purpose'];
  /** The token of a call that the network reported before: this leg joins its record. */
  readonly joinToken?: string | undefined;
  /** The network's id of the call, where the leg came with one and no notice came before. */
  readonly networkCallId?: string | undefined;
};

/** A call that is connected from the start: both sides were in other calls before. */
export type Joined = {
  readonly caller: Party;
  readonly callee: Party;
  readonly leg: CallerLeg;
  readonly calleeLeg: { readonly sipCallId: string; readonly address: string };
  readonly direction: CallRecord['direction'];
  readonly transferredFrom: CallId | undefined;
  /** The device that joined them. */
  readonly requestedBy: DeviceId | undefined;
};

export type LegClaim =
  /** It was decided when the network reported it: the plan holds, with the registrations of this moment. */
  | { readonly kind: 'joined'; readonly record: CallRecord; readonly time: CallClock; readonly plan: RoutingPlan }
  /** The call has its leg already, or is past ringing. */
  | { readonly kind: 'taken' }
  | { readonly kind: 'unknown' };

/** Records that were opened before their SIP leg came, and that the network may close after the leg is over. */
export type PstnCallTracker = {
  attachSipLeg(token: string): LegClaim;
  /** What to write of a record: of a joined call that is not answered the end is still open. */
  recordToWrite(record: CallRecord): CallRecord;
  /** Whether the call is over with its leg, so that its end may be reported. */
  legEnded(record: CallRecord): boolean;
  openCallIds(): readonly string[];
  /** Of a call whose last callback has not come. */
  recordOf(id: CallId): CallRecord | undefined;
  /** A call came without a notice, and this is the network's id of it. Its record is written. */
  linkCallSid(record: CallRecord, callSid: string, plan: RoutingPlan): void;
};
