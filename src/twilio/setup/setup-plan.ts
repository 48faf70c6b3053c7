import type { TwilioNumberChange } from '#twilio/api/account-api.ts';
import type { DomainChange, SipDomain } from '#twilio/api/sip-api.ts';
import type { TwilioNumber } from '#twilio/api/records.ts';
import type { TwilioSettings } from '#twilio/api/settings.ts';
import { webhookPaths, webhookUrl } from '#twilio/webhooks/webhook-paths.ts';

/** How the account is to be configured. */
export type SetupPlan = {
  /** E.164; each must be a number of the account. */
  readonly numbers: readonly string[];
} & Pick<
  TwilioSettings,
  'publicUrl' | 'inbound' | 'outbound' | 'isSecure' | 'edge' | 'originationAddress' | 'signallingAddresses'
>;

/** One value that differs from the desired one. */
export type Difference<Field extends string = string> = { readonly field: Field; readonly is: string; readonly should: string };

export type NumberField = keyof TwilioNumberChange;

type DesiredConfigInput = Pick<TwilioSettings, 'publicUrl' | 'inbound' | 'trunk' | 'origination'>;

/** The desired values of a number; fields that are left out stay as their owner set them. */
export function desiredNumberConfig({ publicUrl, inbound, trunk, origination }: DesiredConfigInput): TwilioNumberChange {
  // On a trunk the voice webhook is ignored: it stays as it is. A trunk without an origination URL gets no number.
  const calls: TwilioNumberChange =
    inbound === 'trunk' && trunk !== undefined && origination !== undefined
      ? { voiceApplicationSid: '', trunkSid: trunk.sid }
      : {};
  if (publicUrl === undefined) return calls;
  const messages: TwilioNumberChange = {
    smsUrl: webhookUrl(publicUrl, webhookPaths.smsInbound),
    smsMethod: 'POST',
    smsFallbackUrl: webhookUrl(publicUrl, webhookPaths.smsFallback),
    smsFallbackMethod: 'POST',
    // An application would override the webhook.
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
    // An empty URL makes Twilio refuse calls from the house, which then use the termination of the trunk or are not made.
    voiceUrl: isAsked ? webhookUrl(publicUrl, webhookPaths.voiceOutbound) : '',
    voiceMethod: 'POST',
    voiceFallbackUrl: isAsked ? webhookUrl(publicUrl, webhookPaths.voiceFallback) : '',
    voiceFallbackMethod: 'POST',
    voiceStatusCallbackUrl: isAsked ? webhookUrl(publicUrl, webhookPaths.voiceStatus) : '',
  };
}

export function diffNumber(number: TwilioNumber, wanted: TwilioNumberChange): readonly Difference<NumberField>[] {
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

/** The problems of a plan that are visible without the account. */
export function validatePlan({ publicUrl, inbound, outbound, numbers }: SetupPlan): readonly PlanProblem[] {
  const problems: PlanProblem[] = [];
  const add = (field: PlanProblem['field'], message: string) => problems.push({ field, message });
  if (inbound === 'webhook' && publicUrl === undefined) {
    add('publicUrl', 'is required for inbound calls by webhook; without one, use the origination of a SIP trunk');
  }
  if (outbound === 'domain' && publicUrl === undefined) {
    add('publicUrl', 'is required for outbound calls by the SIP Domain; without one, use the trunk');
  }
  if (publicUrl !== undefined && !publicUrl.startsWith('https://')) add('publicUrl', 'must begin with https://');
  if (inbound === 'webhook' && numbers.length === 0) add('numbers', 'must contain at least one number that the house answers');
  return problems;
}

export type PlanProblem = { readonly field: 'publicUrl' | 'numbers'; readonly message: string };
