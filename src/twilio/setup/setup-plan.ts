import type { DomainChange, NumberChange, SipDomain } from '#twilio/api/account-api.ts';
import type { TwilioNumber } from '#twilio/api/records.ts';
import type { TwilioSettings } from '#twilio/api/settings.ts';
import { webhookPaths, webhookUrl } from '#twilio/webhooks/webhook-paths.ts';

/** What somebody wants of the account. */
export type SetupPlan = {
  /** E.164; each must be a number of the account. */
  readonly numbers: readonly string[];
} & Pick<
  TwilioSettings,
  'publicUrl' | 'inbound' | 'outbound' | 'isSecure' | 'edge' | 'originationAddress' | 'signallingAddresses'
>;

/** One value that is not as it should be. */
export type Difference<Field extends string = string> = { readonly field: Field; readonly is: string; readonly should: string };

export type NumberField = keyof NumberChange;

type DesiredConfigInput = Pick<TwilioSettings, 'publicUrl' | 'inbound' | 'trunk' | 'origination'>;

/** The values of a number that serves the house; fields that are left out are the owner's business. */
export function desiredNumberConfig({ publicUrl, inbound, trunk, origination }: DesiredConfigInput): NumberChange {
  // With a trunk the address for calls is not looked at: it stays as it is. A trunk that leads nowhere gets no number.
  const calls: NumberChange =
    inbound === 'trunk' && trunk !== undefined && origination !== undefined
      ? { voiceApplicationSid: '', trunkSid: trunk.sid }
      : {};
  if (publicUrl === undefined) return calls;
  const messages: NumberChange = {
    smsUrl: webhookUrl(publicUrl, webhookPaths.smsInbound),
    smsMethod: 'POST',
    smsFallbackUrl: webhookUrl(publicUrl, webhookPaths.smsFallback),
    smsFallbackMethod: 'POST',
    // An application would be asked instead of the address.
    smsApplicationSid: '',
  };
  if (inbound !== 'webhook') return { ...messages, ...calls };
  return {
    ...messages,
    voiceUrl: webhookUrl(publicUrl, webhookPaths.voiceInbound),
    voiceMethod: 'POST',
    voiceFallbackUrl: webhookUrl(publicUrl, webhookPaths.voiceFallback),
    voiceFallbackMethod: 'POST',
    statusCallback: webhookUrl(publicUrl, webhookPaths.voiceStatus),
    statusCallbackMethod: 'POST',
    voiceApplicationSid: '',
    // So would a trunk.
    trunkSid: '',
  };
}

/** The values of the SIP Domain the house registers at. */
export function desiredDomainConfig({ publicUrl, isSecure, outbound }: SetupPlan, name: string): DomainChange {
  const isAsked = publicUrl !== undefined && outbound === 'domain';
  return {
    friendlyName: name,
    sipRegistration: true,
    secure: isSecure,
    // An empty address makes Twilio refuse calls from the house, which leave by the trunk then or not at all.
    voiceUrl: isAsked ? webhookUrl(publicUrl, webhookPaths.voiceOutbound) : '',
    voiceMethod: 'POST',
    voiceFallbackUrl: isAsked ? webhookUrl(publicUrl, webhookPaths.voiceFallback) : '',
    voiceFallbackMethod: 'POST',
    voiceStatusCallbackUrl: isAsked ? webhookUrl(publicUrl, webhookPaths.voiceStatus) : '',
  };
}

export function diffNumber(number: TwilioNumber, wanted: NumberChange): readonly Difference<NumberField>[] {
  return (Object.keys(wanted) as NumberField[]).flatMap((field) => {
    const should = wanted[field] ?? '';
    return number[field] === should ? [] : [{ field, is: number[field], should }];
  });
}

export function diffDomain(domain: SipDomain, wanted: DomainChange): readonly Difference[] {
  return (Object.keys(wanted) as (keyof DomainChange)[]).flatMap((field) => {
    const should = wanted[field];
    return domain[field] === should ? [] : [{ field, is: String(domain[field]), should: String(should) }];
  });
}

/** The problems of a plan that need no look at the account, in the user's words. */
export function validatePlan({ publicUrl, inbound, outbound, numbers }: SetupPlan): readonly PlanProblem[] {
  const problems: PlanProblem[] = [];
  const add = (field: PlanProblem['field'], message: string) => problems.push({ field, message });
  if (inbound === 'webhook' && publicUrl === undefined) {
    add('publicUrl', 'is needed for calls to come in by webhooks; without one, point a SIP trunk at the house');
  }
  if (outbound === 'domain' && publicUrl === undefined) {
    add('publicUrl', 'is needed for calls to leave by the SIP Domain; without one, let them leave by the trunk');
  }
  if (publicUrl !== undefined && !publicUrl.startsWith('https://')) add('publicUrl', 'must begin with https://');
  if (inbound === 'webhook' && numbers.length === 0) add('numbers', 'must name at least one number that the house answers');
  return problems;
}

export type PlanProblem = { readonly field: 'publicUrl' | 'numbers'; readonly message: string };
