import type { TwilioAccountApi } from '#twilio/api/account-api.ts';
import { failureOf } from '#twilio/api/http.ts';
import type { TwilioNumber } from '#twilio/api/records.ts';
import type { TwilioResult } from '#twilio/api/result.ts';
import type { TwilioSettings } from '#twilio/api/settings.ts';
import { desiredDomainConfig, desiredNumberConfig, diffDomain, diffNumber } from './setup-plan.ts';
import type { SetupPlan } from './setup-plan.ts';
import { unwrap } from './setup-run.ts';

/** One thing that a run of setup would do in the account. */
export type PlannedChange = {
  readonly action: 'create' | 'change' | 'remove' | 'restore';
  readonly what: 'sip-domain' | 'sip-account' | 'trunk' | 'origination' | 'number';
  /** Of the number or the domain; empty where it gets its name only then. */
  readonly name: string;
  /** Undefined for a whole. */
  readonly field: string | undefined;
  readonly is: string;
  readonly should: string;
};

export type PreviewInput = {
  readonly settings: TwilioSettings;
  readonly plan: SetupPlan;
  /** Whether calls by a trunk would find the house. */
  readonly hasOriginationAddress: boolean;
};

/** What a run of setup would change in the account now, in its order. Nothing is changed. */
export async function previewPlan(api: TwilioAccountApi, input: PreviewInput): Promise<TwilioResult<readonly PlannedChange[]>> {
  try {
    const value = [
      ...(await changesOfDomain(api, input)),
      ...changesOfAccount(input),
      ...(await changesOfTrunk(api, input)),
      ...changesOfOrigination(input),
      ...changesOfNumbers(unwrap(await api.listNumbers()), input),
    ];
    return { kind: 'ok', value };
  } catch (error) {
    return failureOf(error);
  }
}

const whole = (action: PlannedChange['action'], what: PlannedChange['what'], name = ''): PlannedChange => ({
  action,
  what,
  name,
  field: undefined,
  is: '',
  should: '',
});

function needsDomain({ inbound, outbound }: SetupPlan): boolean {
  return inbound === 'webhook' || outbound === 'domain';
}

function needsTrunk({ inbound, outbound }: SetupPlan): boolean {
  return inbound === 'trunk' || outbound === 'trunk';
}

async function changesOfDomain(api: TwilioAccountApi, { settings, plan }: PreviewInput): Promise<readonly PlannedChange[]> {
  const { domain, name = '' } = settings;
  if (!needsDomain(plan)) return domain === undefined ? [] : [whole('remove', 'sip-domain', domain.name)];
  const found = unwrap(await api.sip.listDomains()).find(({ sid }) => sid === domain?.sid);
  if (found === undefined) return [whole('create', 'sip-domain')];
  const differences = diffDomain(found, desiredDomainConfig(plan, name));
  return differences.map((difference) => ({
    action: 'change',
    what: 'sip-domain',
    name: found.domainName,
    ...difference,
  }));
}

function changesOfAccount({ settings, plan }: PreviewInput): readonly PlannedChange[] {
  const isWanted = needsDomain(plan) || needsTrunk(plan);
  return isWanted && settings.sipAccount === undefined ? [whole('create', 'sip-account')] : [];
}

async function changesOfTrunk(api: TwilioAccountApi, { settings, plan }: PreviewInput): Promise<readonly PlannedChange[]> {
  const { trunk } = settings;
  if (!needsTrunk(plan)) return trunk === undefined ? [] : [whole('remove', 'trunk', trunk.name)];
  const found = unwrap(await api.trunks.list()).find(({ sid }) => sid === trunk?.sid);
  if (found === undefined) return [whole('create', 'trunk')];
  if (found.secure === plan.isSecure) return [];
  return [
    { ...whole('change', 'trunk', found.domainName), field: 'secure', is: String(found.secure), should: String(plan.isSecure) },
  ];
}

function changesOfOrigination({ settings, plan, hasOriginationAddress }: PreviewInput): readonly PlannedChange[] {
  const isThere = settings.origination !== undefined;
  if (plan.inbound !== 'trunk') return isThere ? [whole('remove', 'origination')] : [];
  return isThere || !hasOriginationAddress ? [] : [whole('create', 'origination')];
}

/** Its id is known only once it is made. */
const newTrunk = { sid: 'TK…', name: '' };

function changesOfNumbers(there: readonly TwilioNumber[], input: PreviewInput): readonly PlannedChange[] {
  const { settings, plan, hasOriginationAddress } = input;
  const { publicUrl, inbound } = plan;
  const origination = settings.origination ?? (hasOriginationAddress ? { sid: '', address: '' } : undefined);
  const wanted = desiredNumberConfig({ publicUrl, inbound, trunk: settings.trunk ?? newTrunk, origination });
  const chosen = there.filter(({ number }) => plan.numbers.includes(number));
  const left = settings.numbers.filter(({ number }) => !plan.numbers.includes(number));
  return [
    ...chosen.flatMap((one) =>
      diffNumber(one, wanted).map((difference) => ({
        action: 'change' as const,
        what: 'number' as const,
        name: one.number,
        ...difference,
      })),
    ),
    ...left.map(({ number }) => whole('restore', 'number', number)),
  ];
}
