// Decides how long an event still matters while the broker is away.
// Called by the event feed.
// Must stay true: nobody is called to a phone that stopped ringing; nothing that a person would miss is lost.

/** What begins something that is over soon. Long enough for a broker that restarts. */
const passing = new Set(['incoming', 'answered', 'ring', 'star_code']);
const passingMs = 10_000;

/** An escalation or a call for help: it goes on for minutes, and what it is about may go on. */
const urgent = new Set(['started', 'emergency']);
const urgentMs = 10 * 60_000;

/** All else says how something ended or that something is there: a missed call, a voicemail, a message. */
const lastingMs = 24 * 3_600_000;

/** Milliseconds after which an event of this type is not sent any more. */
export function keepMs(type: string): number {
  if (passing.has(type)) return passingMs;
  return urgent.has(type) ? urgentMs : lastingMs;
}
