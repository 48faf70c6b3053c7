import { defaultTimers } from '../transaction/transaction.ts';
import type { SipTimers } from '../transaction/transaction.ts';

/** The refresher of a session when the caller's INVITE names none (RFC 4028). `none`: no session timer then. */
export type DefaultRefresher = 'none' | 'uac' | 'uas';

/** Requests whose header contains one of these texts are declined with 603. */
export type SpammerLists = {
  readonly userAgents: readonly string[];
  readonly toUsers: readonly string[];
  readonly fromUsers: readonly string[];
};

/** How the engine behaves. Limits are in `Limits`; addresses and certificates belong to the transports. */
export type EngineSettings = {
  readonly timers: SipTimers;
  /** Emergency numbers, digits only: INVITEs to them have room of their own. */
  readonly emergencyNumbers: readonly string[];
  /** A SIP URI to which new requests of applications are sent when they name no proxy. */
  readonly outboundProxy: string | undefined;
  readonly defaultRefresher: DefaultRefresher;
  /** Session intervals below this are answered 422 or raised (RFC 4028 section 5). */
  readonly minSessionSeconds: number;
  readonly spammers: SpammerLists;
  /** An OPTIONS with exactly this User-Agent is answered 200 without any application. */
  readonly optionsAutoAnswerUserAgent: string | undefined;
  /** Refuse a REGISTER whose Request-URI is an IPv4 address with 403. */
  readonly rejectRegisterWithNoRealm: boolean;
  /** Deliver the 100 to an application's INVITE outside a dialog. */
  readonly passTrying: boolean;
  /** Send 180 at once for every INVITE delivered to an application. */
  readonly alwaysSend180: boolean;
  /** Also reply to the source when the top Record-Route has `nat=yes`. */
  readonly aggressiveNat: boolean;
  /**
   * Requests in the dialog of an authenticated client (its INVITE had credentials), or of one that was called at a next hop the application
   * named, go to the source of its own messages, whatever route set, host or maddr it names; except for peers in these networks, which are
   * trusted. Undefined: all peers are.
   */
  readonly keepToFlowsExcept: readonly string[] | undefined;
  /** Never replace the peer's Contact with the source of its 2xx. */
  readonly disableNatDetection: boolean;
  /**
   * What happens to the calls of an application whose connection ended. `tidy`: after the grace period they are answered 503, cancelled or
   * released; `native`: nothing reaches the network.
   */
  readonly whenAppLeaves: 'tidy' | 'native';
  readonly appGraceMs: number;
  /** How long after the start a request waits for an application that subscribes to its method; then, or at once if 0: 503. */
  readonly firstAppMs: number;
  /** An INVITE to which the application has sent nothing for this long is answered 408. */
  readonly inviteAnswerMs: number;
  /** When set: a request that requires any other extension is answered 420 (RFC 3261 section 8.2.2.3). */
  readonly supportedExtensions: readonly string[] | undefined;
  /** Answer a request that forking proxies merged with 482 (RFC 3261 section 8.2.2.2). */
  readonly answerMergedRequests: boolean;
  /** Answer a re-INVITE that crosses our own with 491 (RFC 3261 section 14.2) instead of delivering it. */
  readonly answerGlare: boolean;
  /** Answer every request that has a To tag and matches no dialog with 481 instead of delivering it. */
  readonly strictDialogs: boolean;
  /** Requests to these hosts would loop back to us and are refused. */
  readonly localDomains: readonly string[];
  readonly cdrs: boolean;
};

export const defaultSettings: EngineSettings = {
  timers: defaultTimers,
  emergencyNumbers: [],
  outboundProxy: undefined,
  defaultRefresher: 'none',
  minSessionSeconds: 90,
  spammers: { userAgents: [], toUsers: [], fromUsers: [] },
  optionsAutoAnswerUserAgent: undefined,
  rejectRegisterWithNoRealm: false,
  passTrying: false,
  alwaysSend180: false,
  aggressiveNat: false,
  keepToFlowsExcept: undefined,
  disableNatDetection: false,
  whenAppLeaves: 'tidy',
  appGraceMs: 5_000,
  firstAppMs: 0,
  inviteAnswerMs: 180_000,
  supportedExtensions: undefined,
  answerMergedRequests: false,
  answerGlare: false,
  strictDialogs: false,
  localDomains: [],
  cdrs: false,
};
