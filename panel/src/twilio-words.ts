// What the account at Twilio says, in the reader's words.
import type { EndpointReply } from '#contract/endpoint.ts';
import type { getTwilioSetup, previewTwilio, testTwilio, validateTwilio } from '#contract/setup.ts';
import { t } from './words.ts';
import type { StringKey } from './strings/en.ts';

export type TwilioSetup = EndpointReply<typeof getTwilioSetup>;
export type AccountReport = EndpointReply<typeof validateTwilio>;
export type AccountProblem = AccountReport['problems'][number];
export type PlannedChange = EndpointReply<typeof previewTwilio>['changes'][number];
export type SetupStep = TwilioSetup['lastSteps'][number];
export type SelfCheck = EndpointReply<typeof testTwilio>['checks'][number];

export function accountProblemText({ reason, message }: AccountProblem): string {
  return reason === 'other' ? message : t(`twilio.problem.${reason}`);
}

const steps: Readonly<Record<string, StringKey>> = {
  numbers: 'twilio.step.numbers',
  'sip-domain': 'twilio.step.domain',
  'sip-account': 'twilio.step.account',
  'sip-domain-access': 'twilio.step.access',
  trunk: 'twilio.step.trunk',
  'trunk-origination': 'twilio.step.origination',
  'trunk-recovery': 'twilio.step.recovery',
  'messaging-services': 'twilio.step.messaging',
};

/** `number +14165550100 as before` and the like have their name in the step. */
export function stepText({ step }: Pick<SetupStep, 'step'>): string {
  const known = steps[step];
  if (known !== undefined) return t(known);
  const [kind, ...name] = step.split(' ');
  return t(kind === 'number' ? 'twilio.step.number' : 'twilio.step.service', { name: name.join(' ').replace(/ as before$/, '') });
}

const subjects: Readonly<Record<PlannedChange['what'], StringKey>> = {
  'sip-domain': 'twilio.what.domain',
  'sip-account': 'twilio.what.account',
  trunk: 'twilio.what.trunk',
  origination: 'twilio.what.origination',
  number: 'twilio.what.number',
};

/** A number is shown by itself, and each of its values is a line below. */
export function changeText({ action, what, name, field }: PlannedChange): string {
  const subject = t(subjects[what], { name }).trim();
  return field === null ? t(`twilio.change.${action}`, { what: subject }) : t('twilio.change.field', { what: subject, field });
}

const checks: Readonly<Record<string, StringKey>> = {
  account: 'twilio.check.account',
  'public address': 'twilio.check.address',
  registration: 'twilio.check.registration',
  'media relay': 'twilio.check.media',
};

export function checkName({ name }: Pick<SelfCheck, 'name'>): string {
  const known = checks[name];
  return known === undefined ? name : t(known);
}

const helps: Readonly<Record<string, StringKey>> = {
  account: 'twilio.check.account.help',
  'public address': 'twilio.check.address.help',
  registration: 'twilio.check.registration.help',
  'media relay': 'twilio.check.media.help',
};

/** What it means, and what to do, where a check did not go well. */
export function checkHelp({ name }: Pick<SelfCheck, 'name'>): string {
  const known = helps[name];
  return known === undefined ? '' : t(known);
}

type Drift = TwilioSetup['drift'][number];

const fields: Readonly<Record<string, StringKey>> = {
  secure: 'twilio.drift.field.secure',
  calls: 'twilio.drift.field.calls',
  messages: 'twilio.drift.field.messages',
  origination: 'twilio.drift.field.origination',
  disasterRecoveryUrl: 'twilio.drift.field.disasterRecoveryUrl',
};

/** `number +14165550100` and `Messaging Service Shop` have a name behind what they are; the others are a name alone. */
export function driftSubject({ what, field }: Pick<Drift, 'what' | 'field'>): string {
  const [, name] = /^(?:number|Messaging Service) (.+)$/s.exec(what) ?? [];
  const subject =
    name === undefined ? what : t(what.startsWith('number') ? 'twilio.step.number' : 'twilio.step.service', { name });
  const key = field === null ? undefined : fields[field];
  return field === null ? subject : `${subject} · ${key === undefined ? field : t(key)}`;
}

/** Without a field it is the whole that is not there. */
export function driftText({ field, is, should }: Pick<Drift, 'field' | 'is' | 'should'>): string {
  return field === null ? t('twilio.drift.gone') : t('twilio.drift.is', { is, should });
}
