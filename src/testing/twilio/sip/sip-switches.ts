/** Where the sources about Twilio's SIP conflict or are silent, and how its media behaves. */
export type SipSwitches = {
  /** A REGISTER for less than 600 s: refused with 423, or raised. */
  readonly shortExpires: 'refuse' | 'raise';
  /** REGISTERs of one user in a second, challenged ones among them. */
  readonly maxRegistersPerSecond: number;
  /** Whether a new challenge for a used nonce says `stale=true`. */
  readonly saysStale: boolean;
  /** Whether INVITEs carry `Supported: timer` and `Min-SE: 120`. */
  readonly sessionTimers: 'absent' | 'offered';
  /** A domain with address list and credential list: both are needed, or one of them is enough. */
  readonly domainAuthentication: 'both' | 'either';
  /** Whether the INVITEs to several bindings of one user have one Call-ID. */
  readonly forkCallId: 'shared' | 'own';
  /** Send audio to where it comes from, whatever the SDP says. */
  readonly latches: boolean;
  readonly codecs: 'both' | 'pcma';
  /** The first audio is sent so long after the answer. */
  readonly lateRtpMs: number;
  /** The answer to SRTP where it is not allowed, or its lack where it is needed. */
  readonly secureRefusal: 488 | 403;
  /** The answer to REFER when there is no referUrl. */
  readonly referRefusal: 403 | 405 | 603;
  /** PRACK, UPDATE, INFO and what else is not in Allow. */
  readonly methodRefusal: 405 | 501;
};

export const defaultSipSwitches: SipSwitches = {
  shortExpires: 'refuse',
  maxRegistersPerSecond: 5,
  saysStale: true,
  sessionTimers: 'absent',
  domainAuthentication: 'both',
  forkCallId: 'shared',
  latches: false,
  codecs: 'both',
  lateRtpMs: 0,
  secureRefusal: 488,
  referRefusal: 403,
  methodRefusal: 405,
};

/** The other reading of every switch. */
export const alternativeSipSwitches: SipSwitches = {
  shortExpires: 'raise',
  maxRegistersPerSecond: 5,
  saysStale: false,
  sessionTimers: 'offered',
  domainAuthentication: 'either',
  forkCallId: 'own',
  latches: true,
  codecs: 'pcma',
  lateRtpMs: 500,
  secureRefusal: 403,
  referRefusal: 603,
  methodRefusal: 501,
};
