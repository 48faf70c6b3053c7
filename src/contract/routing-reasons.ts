import { z } from 'zod';

type ReasonDeclaration<Params extends z.ZodRawShape> = {
  readonly params: z.ZodObject<Params>;
  /** For the log and the API; a panel writes its own in the reader's language. */
  readonly text: (params: z.output<z.ZodObject<Params>>) => string;
};

function reason<Params extends z.ZodRawShape>(
  params: Params,
  text: (params: z.output<z.ZodObject<Params>>) => string,
): ReasonDeclaration<Params> {
  return { params: z.object(params), text };
}

const isoTime = (milliseconds: number) => new Date(milliseconds).toISOString();

const at = z.number().int();
/** `until`: milliseconds since the Unix epoch; null until it is switched off. */
const dnd = { until: at.nullable() };
const route = { routeId: z.string(), name: z.string() };
const trusted = { overruled: z.enum(['spam-list', 'spam-score']) };
/** `holder`: the id of the phone or the person. */
const line = { holder: z.string(), name: z.string() };
const level = { level: z.enum(['house', 'person', 'device']) };

const untilOf = (until: number | null) => (until === null ? '' : ` until ${isoTime(until)}`);
const what = { 'spam-list': 'the spam list', 'spam-score': 'the spam score' } as const;

/** The closed list: what a routing decision looked at and why it came out so. Codes and parameters never change once shipped. */
export const routingReasons = {
  'emergency-callback': reason(
    { until: at },
    ({ until }) => `After an emergency call everybody gets through to every phone until ${isoTime(until)}`,
  ),
  'switched-off': reason({}, () => 'The number is switched off for calls'),
  'too-many-calls': reason({}, () => 'Too many calls are in progress'),
  'calling-itself': reason({}, () => 'A phone cannot call itself'),
  blocklist: reason(
    { entryId: z.string(), kind: z.enum(['exact', 'prefix', 'regex']), reason: z.string() },
    ({ reason: why }) => `The caller is on the blocklist${why === '' ? '' : `: ${why}`}`,
  ),
  'anonymous-refused': reason({}, () => 'The caller withholds their number, and anonymous calls are rejected'),
  'anonymous-voicemail': reason({}, () => 'The caller withholds their number, and anonymous calls go to voicemail'),
  'spam-list': reason(
    { listId: z.string(), name: z.string(), importedAt: at },
    ({ name, importedAt }) => `The caller is on the spam list ${name} of ${isoTime(importedAt)}`,
  ),
  'spam-score': reason(
    { score: z.number(), threshold: z.number() },
    ({ score, threshold }) => `The caller’s spam score ${score} is above ${threshold}`,
  ),
  'trusted-contact': reason(
    { contactId: z.string(), name: z.string(), ...trusted },
    ({ name, overruled }) => `${name} is a contact: ${what[overruled]} is ignored`,
  ),
  'trusted-dialled': reason(
    { dialledAt: at, ...trusted },
    ({ dialledAt, overruled }) => `The house called this number on ${isoTime(dialledAt)}: ${what[overruled]} is ignored`,
  ),
  'dnd-house': reason(dnd, ({ until }) => `Do not disturb is on for the house${untilOf(until)}`),
  'dnd-person': reason(
    { personId: z.string(), name: z.string(), ...dnd },
    ({ name, until }) => `Do not disturb is on for ${name}${untilOf(until)}`,
  ),
  'dnd-device': reason(
    { deviceId: z.string(), name: z.string(), ...dnd },
    ({ name, until }) => `Do not disturb is on for the phone ${name}${untilOf(until)}`,
  ),
  'child-line-caller': reason(line, ({ name }) => `${name} is a child’s line, and the caller is not on its list`),
  'child-line-called': reason(line, ({ name }) => `${name} is a child’s line, and who is called is not on its list`),
  'child-line-quiet': reason(line, ({ name }) => `It is quiet hours for the child’s line ${name}`),
  'child-line-approved': reason(line, ({ name }) => `A parent let this caller through to ${name} for one call`),
  'parents-asked': reason({}, () => 'The phones of the parents ring instead, and whoever answers lets the caller through'),
  hotline: reason(
    { deviceId: z.string(), name: z.string(), target: z.string() },
    ({ name, target }) => `The phone ${name} has a hotline to ${target}`,
  ),
  'vip-broke-through': reason(
    { contactId: z.string(), name: z.string(), group: z.string(), ...level },
    ({ name, group }) => `${name} (${group}) overrides do not disturb`,
  ),
  'repeated-call-broke-through': reason(
    { lastCallAt: at, minutes: z.number(), ...level },
    ({ lastCallAt, minutes }) =>
      `A repeated call within ${minutes} minutes, after ${isoTime(lastCallAt)}, overrides do not disturb`,
  ),
  'route-matched': reason(route, ({ name }) => `The rule “${name}” applies`),
  'route-broken': reason(
    { ...route, missing: z.string() },
    ({ name, missing }) => `The rule “${name}” is broken and was skipped: ${missing} is no longer there`,
  ),
  'escalation-chain': reason(
    { chainId: z.string(), name: z.string() },
    ({ name }) => `The chain “${name}” rings, and whoever presses 1 gets the call`,
  ),
  'target-missing': reason(
    { name: z.string(), missing: z.string() },
    ({ name, missing }) => `“${name}” names ${missing}, which is no longer there; the others ring`,
  ),
  'group-circle': reason({ name: z.string() }, ({ name }) => `The group “${name}” contains itself; that was left out`),
  'state-unknown': reason(
    { ...route, entityId: z.string(), fallback: z.enum(['match', 'no-match']) },
    ({ name, entityId, fallback }) =>
      `The state of ${entityId} is not known; for such times the rule “${name}” ${fallback === 'match' ? 'goes on' : 'does not apply'}`,
  ),
  challenge: reason({ digit: z.string() }, ({ digit }) => `An unknown caller must press ${digit} first`),
  'challenge-impossible': reason(
    {},
    () => 'An unknown caller should press a key first, but would lose the voicemail of this trunk by that',
  ),
  'forward-not-allowed': reason(
    { number: z.string() },
    ({ number }) => `The call is not forwarded to ${number}: calls to this country or kind of number are not allowed`,
  ),
  default: reason({}, () => 'No rule applies: the phones of the number’s owner ring'),
  'no-owner': reason({}, () => 'The number has no owner'),
  'no-devices': reason({}, () => 'There is no phone to ring'),
  offline: reason({}, () => 'No phone to ring is registered'),
  unreachable: reason({}, () => 'The telephone network cannot deliver the call now'),
} as const;

type Table = typeof routingReasons;
export type RoutingReasonCode = keyof Table;

/** One link of the chain of reasons. */
export type RoutingReason = {
  [Code in RoutingReasonCode]: { readonly code: Code; readonly params: Readonly<z.output<Table[Code]['params']>> };
}[RoutingReasonCode];

export const routingReasonCodes = Object.keys(routingReasons) as readonly RoutingReasonCode[];

/** A reason in a sentence. */
export function explainReason({ code, params }: RoutingReason): string {
  const { text } = routingReasons[code] as ReasonDeclaration<z.ZodRawShape>;
  return text(params);
}

/** A reason as the API shows it: the code with its parameters, and the sentence. Times in `params` are milliseconds since 1970 (UTC). */
export const routingReason = z
  .object({
    code: z.enum(routingReasonCodes as [RoutingReasonCode, ...RoutingReasonCode[]]).meta({ id: 'RoutingReasonCode' }),
    params: z.record(z.string(), z.union([z.string(), z.number(), z.null()])),
    text: z.string(),
  })
  .meta({ id: 'RoutingReason' });

export function toReasonReply(reason: RoutingReason): z.input<typeof routingReason> {
  return { code: reason.code, params: { ...reason.params }, text: explainReason(reason) };
}
