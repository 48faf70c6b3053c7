// A failure in the reader's language. What the house says of a thing that only it knows is shown as it is.
import type { FieldProblem, Problem } from './problem.ts';
import type { StringKey } from './strings/en.ts';
import { locale, t } from './words.ts';

const byCode: Partial<Record<Problem['code'], StringKey>> = {
  AWAY: 'problem.away',
  REFUSED: 'problem.refused',
  AUTHENTICATION_ERROR: 'problem.signedOut',
  AUTHORIZATION_ERROR: 'problem.forbidden',
  NOT_FOUND: 'problem.gone',
  RATE_LIMITED: 'problem.wait',
  INTERNAL_ERROR: 'problem.internal',
};

/** Where there are no words of its own: what somebody who reads no English learns before its details. */
const inGeneral: Partial<Record<Problem['code'], StringKey>> = {
  VALIDATION_ERROR: 'problem.invalid',
  CONFLICT: 'problem.conflict',
  UNAVAILABLE: 'problem.unavailable',
};

export function problemText(problem: Problem): string {
  if (problem.code === 'TOLD') return problem.message;
  const own = refusalText(problem);
  if (own !== undefined) return own;
  const key = byCode[problem.code];
  if (key !== undefined) return t(key);
  const general = locale.value.language === 'en' ? undefined : inGeneral[problem.code];
  if (problem.message === '') return t('problem.internal');
  return general === undefined ? problem.message : `${t(general)} (${problem.message})`;
}

/** Undefined where nobody said why, or a later release of GoSIP did. */
export function refusalText({ reason, values }: Problem): string | undefined {
  if (reason === undefined) return undefined;
  const key = `refusal.${reason}` as const;
  const why = values['reason'];
  const text = t(key, why === undefined ? values : { ...values, why: t(`reason.${why}` as StringKey) });
  return text === key ? undefined : text;
}

const byField: readonly (readonly [RegExp, RegExp, StringKey])[] = [
  [/[aA]ddress$/, /must be one mail address/, 'channel.wrong.mail'],
  [/[uU]rl$/, /must be an address/, 'channel.wrong.url'],
  [/[uU]rl$/, /must begin with https/, 'channel.wrong.https'],
  [/[uU]rl$/, /is in your own network/, 'channel.wrong.own'],
  [/[uU]rl$/, /is no address that anything/, 'channel.wrong.never'],
  [/certificateAuthority$/, /must be a (?:whole )?certificate/, 'channel.wrong.certificate'],
  [/dkimPrivateKey$/, /^(?!is missing)/, 'channel.wrong.key'],
  [/^settings\.host$/, /must be a server/, 'trunk.wrong.host'],
  [/^(?:settings|secrets)\./, /small|>=1|required|empty/i, 'field.missing'],
  [/^entries$/, /free/, 'dnd.schedule.endless'],
  [/^entries\.\d+\.days$/, /./, 'dnd.schedule.noDays'],
  [/^number$/, /emergency/, 'trunk.test.emergency'],
  [/^number$/, /outside/, 'trunk.test.outside'],
  [/^numbers\.\d+$/, /international form/, 'trunk.wrong.numbers'],
  [/^(?:secrets\.)?password$/, /given again/, 'trunk.wrong.password'],
  [/^(?:host|proxy|domain)$/, /must be a server/, 'trunk.wrong.host'],
  [/^allow\.\d+$/, /must be an address/, 'trunk.wrong.allow'],
  [/^name$/, /another trunk|trunk of Twilio/, 'trunk.wrong.name'],
  [/^(?:username|password|secretHeaderValue)$/, /is needed/, 'field.missing'],
  [/^extension$/, /digits/, 'field.extension.wrong'],
  [/^(?:extension|username)$/, /taken/, 'field.taken'],
  [/^to$/, /receive messages/, 'messages.to.wrong'],
  [/^to$/, /sent from/, 'messages.to.own'],
  [/^username$/, /letters/, 'field.username.wrong'],
  [/^currentPassword$/, /not your/, 'password.wrong'],
  [/^(?:name|groups\.\d+|numbers\.\d+\.label)$/, /on one line|be seen/, 'field.unshowable'],
  [/^pattern$/, /not a phone number/, 'field.number.wrong'],
  [/^pattern$/, /first digits/, 'block.prefix.wrong'],
  [/^pattern$/, /every caller/, 'block.everybody'],
  [/^pattern$/, /on the blocklist/, 'block.taken'],
  [/^pattern$/, /parsing regexp|regular expression/, 'block.regex.wrong'],
  [/^(?:pattern|url|username)$/, /small|>=1|required|empty/i, 'field.missing'],
  [/^numbers/, /phone number/, 'field.number.wrong'],
  [/^numbers/, /small|>=1|required/i, 'field.missing'],
  [/[pP]assword$/, /least|short/i, 'field.password.short'],
  [/[pP]assword$/, /guess|known|common|often|easy/i, 'field.password.easy'],
  [/[pP]assword$/, /name of its owner/, 'field.password.name'],
  [/./, /names a phone/, 'ruleProblem.phone'],
  [/./, /names a person/, 'ruleProblem.person'],
  [/./, /names a group/, 'ruleProblem.group'],
  [/./, /names a contact/, 'ruleProblem.contact'],
  [/chainId$/, /./, 'ruleProblem.chain'],
  [/./, /is a number of this house/, 'ruleProblem.own'],
  [/./, /rings nobody/, 'ruleProblem.nobody'],
  [/dates$/, /is over/, 'ruleProblem.over'],
  [/holidays$/, /never applies/, 'ruleProblem.noHolidays'],
  [/./, /never looked at: the rule “(?<name>.*)” before/, 'ruleProblem.shadowed'],
  [/value$/, /never comes/, 'ruleProblem.contradiction'],
  [/times\./, /never comes/, 'ruleProblem.never'],
  [/./, /must name at least one|must have at least one/, 'ruleProblem.targets'],
  [/[nN]umber$/, /international form|in the form/, 'ruleProblem.e164'],
  [/prefix$/, /first digits/, 'ruleProblem.prefix'],
  [/./, /must be an entity/, 'ruleProblem.entity'],
  [/value$/, /must be a number/, 'ruleProblem.number'],
  [/(?:from|to)$/, /must be a day/, 'ruleProblem.day'],
  [/to$/, /before the first day/, 'ruleProblem.dayOrder'],
  [/(?:from|to)$/, /must be like 08:30/, 'ruleProblem.time'],
  [/timeZone$/, /must be a time zone/, 'ruleProblem.zone'],
  [/country$/, /must be a country/, 'ruleProblem.country'],
  [/^members/, /contain itself/, 'ruleProblem.circle'],
  [/./, /^(?:Invalid input|Too small).*(?:expected number|NaN)/, 'ruleProblem.number'],
  [/(?:text|greeting|group|value|name)$/, /must not be empty|at least 1|>=1|Too small/, 'field.missing'],
];

/** What the contract says of any field (src/contract/validation.ts). `limit`: the first thing in brackets. */
const ofAnyField: readonly (readonly [RegExp, StringKey])[] = [
  [/^(?:must not be empty|is missing)$/, 'field.missing'],
  [/^is taken/, 'field.taken'],
  [/^must be (?:at least|more than) (\d+) characters long$/, 'field.longer'],
  [/^must be (?:at most|less than) (\d+) characters long$/, 'field.shorter'],
  [/^must be (?:at least|more than) (-?\d+)$/, 'field.more'],
  [/^must be (?:at most|less than) (-?\d+)$/, 'field.less'],
  [/^must be a (?:whole )?number$/, 'field.number'],
  [/^must be a time with its offset/, 'field.time'],
  [/in the future$/, 'field.future'],
];

export function fieldText({ field, message }: FieldProblem): string {
  for (const [name, text, key] of byField) {
    const found = name.test(field) ? text.exec(message) : null;
    if (found !== null) return t(key, found.groups ?? {});
  }
  const general = ofAnyField.find(([text]) => text.test(message));
  return general === undefined ? message : t(general[1], { limit: general[0].exec(message)?.[1] ?? '' });
}
