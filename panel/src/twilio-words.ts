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
