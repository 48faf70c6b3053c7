// The seam between the emulator's REST, webhook and TwiML side and its SIP and RTP side.
// The TwiML side drives legs through it; the SIP side (or a fake without SIP) fits it.
// Must stay true: nothing here knows TwiML or REST, and every leg ends exactly once.
import type { Clock } from '#base/clock.ts';

/** Audio at 8000 samples per second, mono. Without `seconds` a tone or silence goes on until it is stopped. */
export type AudioClip =
  | { readonly kind: 'tone'; readonly frequency: number; readonly seconds?: number }
  | { readonly kind: 'silence'; readonly seconds?: number }
  | { readonly kind: 'samples'; readonly samples: Int16Array };

export type LegEnd = {
  /** The final SIP status when it was never answered (487 after our CANCEL, 408 after a time-out), else 200. */
  readonly status: number;
  readonly wasAnswered: boolean;
  /** `near`: ended by the emulator; `far`: by the phone, the house, or the network. */
  readonly by: 'near' | 'far';
  /** Twilio's own code when the leg could not even start, such as 32009 (not registered). */
  readonly twilioCode?: number;
};

export type Playing = {
  /** Settles when it was played to its end, was stopped, or the leg ended. */
  readonly done: Promise<void>;
  readonly stop: () => void;
};

export type RecordRequest = {
  readonly maxSeconds: number;
  /** Ends after this much silence, counted only while audio packets flow. */
  readonly stopSilenceSeconds?: number;
  /** Keys that end it; all others are kept in the audio. */
  readonly finishOnKey?: string;
  /** `heard`: what the far end of this leg says; `both`: mixed with what it hears; `dual`: these two as two channels. */
  readonly track?: 'heard' | 'both' | 'dual';
};

export type Recorded = {
  /** 8 kHz, 16-bit PCM, one or two channels. */
  readonly wav: Buffer;
  /** Whole milliseconds of audio. */
  readonly durationMs: number;
  /** Nothing but silence was heard. */
  readonly isSilent: boolean;
  readonly endedBy: 'length' | 'silence' | 'key' | 'hangup' | 'stopped';
  /** The key that ended it. */
  readonly key?: string;
};

export type LegRecording = {
  readonly done: Promise<Recorded>;
  readonly stop: () => void;
  /** Skipped or silent while paused. */
  readonly pause: (behaviour: 'skip' | 'silence') => void;
  readonly resume: () => void;
};

/** One leg, seen from inside Twilio: `play` speaks to its far end, `record` hears it. */
export type VoiceLeg = {
  readonly sipCallId: string | undefined;
  readonly ended: Promise<LegEnd>;
  /** CANCEL, BYE or a final response, whatever fits; a second one does nothing. `headers` go on the BYE or CANCEL. */
  readonly hangup: (headers?: Readonly<Record<string, string>>) => void;
  readonly play: (clip: AudioClip) => Playing;
  readonly record: (request: RecordRequest) => LegRecording;
  /** Digits from the far end (RFC 4733), one at a time; returns how to stop listening. */
  readonly onDigit: (heard: (digit: string) => void) => () => void;
  /** Digits towards the far end: `0-9 A-D # *`, `w` half a second, `W` one second. */
  readonly sendDigits: (digits: string) => Promise<void>;
};

/** Someone on the telephone network: no SIP, a tone generator and a recorder. */
export type PstnLeg = VoiceLeg & {
  readonly remoteParty: {
    readonly hangup: () => void;
    readonly press: (digits: string) => void;
    readonly say: (clip: AudioClip) => Playing;
    /** All that was heard so far. */
    readonly heard: () => Int16Array;
  };
};

/**
 * What becomes of a REFER from the far end of a leg: undefined when there is no referUrl, else the SIP status that its final NOTIFY reports.
 */
export type ReferHandler = (leg: VoiceLeg, target: string) => Promise<number> | undefined;

export type OutboundCall = {
  readonly callSid: string;
  /** The caller number or name for From. */
  readonly callerId: string;
  /** `sip:user@host;transport=tls`, without its header part. */
  readonly to: string;
  /** Extra headers, named as they go on the wire (`X-Did`). */
  readonly headers: Readonly<Record<string, string>>;
  /** Digest towards the callee, when the callee challenges. */
  readonly credentials?: { readonly username: string; readonly password: string };
  readonly timeoutSeconds: number;
  readonly secure: boolean;
  readonly onRinging: () => void;
  /** X- headers of the 200 and the SIP status; media flows from here on. */
  readonly onAnswered: (answer: { readonly headers: Readonly<Record<string, string>> }) => void;
  readonly onEnded: (end: LegEnd & { readonly headers: Readonly<Record<string, string>> }) => void;
};

/** An INVITE that reached the emulator, authenticated as its domain or trunk asks. */
export type InboundInvite = {
  readonly kind: 'domain' | 'trunk';
  /** Such as `home.sip.twilio.com` or `home.pstn.twilio.com`. */
  readonly domain: string;
  readonly from: string;
  /** The Request-URI. */
  readonly to: string;
  readonly username: string | undefined;
  readonly sourceIp: string;
  readonly sipCallId: string;
  /** `X-…` and `User-to-User`, named as they came. */
  readonly headers: Readonly<Record<string, string>>;
  readonly leg: VoiceLeg;
  /** 180, or 183 with audio. */
  readonly ring: (early?: AudioClip) => void;
  /** Sends 200; settles when the ACK came, or the leg ended. */
  readonly answer: () => Promise<void>;
  readonly reject: (status: number, reason?: string, headers?: Readonly<Record<string, string>>) => void;
};

/** The password of a user, or undefined when unknown. */
export type CredentialLookup = (username: string) => string | undefined;
export type AddressRange = { readonly address: string; readonly prefix: number };

export type SipDomainFacts = {
  readonly sid: string;
  readonly name: string;
  readonly secure: boolean;
  readonly acceptsRegistrations: boolean;
  /** Undefined: no list is mapped. */
  readonly registrationCredentials: CredentialLookup | undefined;
  readonly callCredentials: CredentialLookup | undefined;
  readonly callAddresses: readonly AddressRange[] | undefined;
};

export type TrunkFacts = {
  readonly sid: string;
  readonly name: string;
  readonly secure: boolean;
  readonly credentials: CredentialLookup | undefined;
  readonly addresses: readonly AddressRange[] | undefined;
  readonly originationUris: readonly { readonly uri: string; readonly priority: number; readonly weight: number }[];
  readonly transferMode: string;
};

/** What the REST side knows and the SIP side asks. */
export type SipDirectory = {
  readonly accountSid: string;
  readonly isSuspended: () => boolean;
  readonly domain: (name: string) => SipDomainFacts | undefined;
  readonly trunk: (name: string) => TrunkFacts | undefined;
  /** Ours or verified: may stand in From on a trunk. */
  readonly ownsCallerId: (e164: string) => boolean;
};

export type VoiceSideDeps = {
  readonly clock: Clock;
  readonly directory: SipDirectory;
  /** Whole numbers below `below`, from the emulator's seed. */
  readonly random: (below: number) => number;
  /** True when a fault of this name (`sip.no-ack`, `rtp.one-way`, …) is to happen now; counts it. */
  readonly takesFault: (name: string, endpoint: string) => boolean;
  /** Shown through Monitor, as Twilio's debugger does. */
  readonly alert: (code: number, about: string) => void;
};

export type VoiceSide = AsyncDisposable & {
  /** Rings every binding of a registered user in parallel, or any SIP address; the first to answer wins. */
  readonly placeCall: (call: OutboundCall) => VoiceLeg;
  /** A person on the telephone network who speaks `speak` as soon as the call is answered. */
  readonly pstnLeg: (options: { readonly speak?: AudioClip }) => PstnLeg;
  readonly onIncoming: (handler: (call: InboundInvite) => void) => void;
  /** REFER on any leg. Refused, with alert 13802, while no handler is set. */
  readonly onRefer?: (handler: ReferHandler) => void;
  /**
   * A call of a trunk's number: `sip:{number}@…` at its origination addresses, by priority and weight, the next one after 4 s without any
   * answer or a status that allows it; 32010 when there is none. `to` of the call is the number.
   */
  readonly originate?: (trunk: TrunkFacts, call: OutboundCall) => VoiceLeg;
  /** Audio both ways until it is undone or one of them ends; it hangs up no leg. */
  readonly bridge: (one: VoiceLeg, other: VoiceLeg) => { readonly undo: () => void };
};

/** How an emulator gets its voice side: handed what the REST side knows. */
export type VoiceSideFactory = (deps: VoiceSideDeps) => Promise<VoiceSide>;
