// A routing rule in one sentence of the reader's language. Pure: of the rule, the names of the house and the words alone.
import type {
  AfterRule,
  CallerCondition,
  HouseNames,
  RingTarget,
  RuleAction,
  RuleConditions,
  RuleDraft,
  StateCondition,
} from './rule.ts';
import { and, countryName, languageName, or, span } from './speech.ts';
import type { Speech } from './speech.ts';
import { timeText } from './time-words.ts';

export type Telling = { readonly speech: Speech; readonly names: HouseNames };

/** `If it is Monday to Friday, 22:00–07:00, the call goes to the voicemail of Anna.` */
export function ruleText({ conditions, action }: Pick<RuleDraft, 'conditions' | 'action'>, telling: Telling): string {
  const { t } = telling.speech;
  const when = conditionsText(conditions, telling);
  const then = actionText(action, telling);
  const sentence = when === '' ? t('rule.always', { then }) : t('rule.if', { when, then });
  // What somebody says may end with a full stop of its own.
  return sentence.replace(/([.!?]\s?[”“’»])\.$/, '$1');
}

/** Empty where there are none. */
export function conditionsText({ times, callers, states }: RuleConditions, { speech }: Telling): string {
  const { t } = speech;
  const any = (texts: readonly string[]) => or(texts, speech);
  const parts = [
    times.length === 0 ? '' : t('rule.when.time', { times: any(times.map((time) => timeText(time, speech))) }),
    callers.length === 0 ? '' : t('rule.when.caller', { callers: any(callers.map((one) => callerText(one, speech))) }),
    ...states.map((state) => stateText(state, speech)),
  ];
  return and(
    parts.filter((part) => part !== ''),
    speech,
  );
}

export function callerText(condition: CallerCondition, speech: Speech): string {
  const { t } = speech;
  switch (condition.kind) {
    case 'exact':
      return condition.number;
    case 'prefix':
      return t('rule.caller.prefix', { prefix: condition.prefix });
    case 'group':
      return t('rule.caller.group', { group: condition.group });
    case 'country':
      return t('rule.caller.country', { country: countryName(condition.country, speech) });
    case 'anonymous':
    case 'unknown':
      return t(`rule.caller.${condition.kind}`);
  }
}

/** How old a state may be where nobody says otherwise. */
export const usualStateAge = 600;

export function stateText({ entityId, operator, value, fallback, maxAgeSeconds }: StateCondition, speech: Speech): string {
  const { t } = speech;
  const state = t(`rule.state.${operator}`, { entity: entityId, value });
  const fresh = maxAgeSeconds === usualStateAge ? state : t('rule.state.fresh', { state, age: span(maxAgeSeconds, speech) });
  return fallback === 'match' ? t('rule.state.orUnknown', { state: fresh }) : fresh;
}

export function actionText(action: RuleAction, telling: Telling): string {
  const { t } = telling.speech;
  switch (action.kind) {
    case 'ring':
      return withAfter(ringText(action, telling), action.then, telling);
    case 'forward':
      return withAfter(forwardText(action, telling), action.then, telling);
    case 'escalate': {
      const chain = telling.names.chains.get(action.chainId) ?? t('rule.target.gone');
      return withAfter(t('rule.escalate', { chain }), action.then, telling);
    }
    case 'voicemail': {
      const mailbox = mailboxText(action, telling);
      const whole = action.greeting === undefined ? mailbox : t('rule.greeting', { mailbox, text: action.greeting });
      return t('rule.toVoicemail', { mailbox: whole });
    }
    case 'reject':
      return t(`rule.reject.${action.tone}`);
    case 'play':
      return t('rule.play', { text: action.text, language: languageName(action.language, telling.speech) });
  }
}

type Rung = Pick<Extract<RuleAction, { kind: 'ring' }>, 'targets' | 'order' | 'seconds'>;

/** Whom a rule or a group rings, how and for how long. */
export function ringText({ targets, order, seconds }: Rung, telling: Telling): string {
  const { speech } = telling;
  const key = targets.length < 2 ? 'rule.ring.one' : order === 'all' ? 'rule.ring' : 'rule.ring.inTurn';
  // Nobody is chosen yet.
  const named = targets.length === 0 ? ['…'] : targets.map((target) => targetText(target, telling));
  return speech.t(key, { targets: and(named, speech), seconds: span(seconds, speech) });
}

export function targetText(target: RingTarget, { names, speech: { t } }: Telling): string {
  const gone = t('rule.target.gone');
  switch (target.kind) {
    case 'person':
      return names.people.get(target.id) ?? gone;
    case 'device':
      return names.phones.get(target.id) ?? gone;
    case 'group': {
      const name = names.groups.get(target.id);
      return name === undefined ? gone : t('rule.target.group', { name });
    }
    case 'number':
      return target.number;
  }
}

type Forward = Omit<Extract<RuleAction, { kind: 'forward' }>, 'then'>;

function forwardText({ number, seconds, isScreened }: Forward, { speech }: Telling): string {
  const forward = speech.t('rule.forward', { number, seconds: span(seconds, speech) });
  return isScreened ? speech.t('rule.forward.screened', { forward }) : forward;
}

function mailboxText({ personId }: { readonly personId?: string | undefined }, { names, speech: { t } }: Telling): string {
  if (personId === undefined) return t('rule.voicemail.owner');
  return t('rule.voicemail', { name: names.people.get(personId) ?? t('rule.gone') });
}

function withAfter(first: string, after: AfterRule, telling: Telling): string {
  return telling.speech.t('rule.then', { first, after: afterText(after, telling) });
}

function afterText(after: AfterRule, telling: Telling): string {
  const { speech } = telling;
  switch (after.kind) {
    case 'voicemail':
      return mailboxText(after, telling);
    case 'forward': {
      const forward = speech.t('rule.then.forward', { number: after.number, seconds: span(after.seconds, speech) });
      return after.isScreened ? speech.t('rule.forward.screened', { forward }) : forward;
    }
    case 'reject':
      return speech.t('rule.then.reject');
  }
}
