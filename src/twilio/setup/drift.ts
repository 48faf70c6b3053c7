import type { TwilioAccountApi } from '#twilio/api/account-api.ts';
import { describeMessagingOverride, findMessagingOverrides } from './messaging-services.ts';
import { isAsProvisioned } from './origination.ts';
import { diffDomain, diffNumber, desiredDomainConfig, desiredNumberConfig } from './setup-plan.ts';
import { unwrap } from './setup-run.ts';
import { hasRecoveryUrl, desiredRecoveryUrl } from './disaster-recovery.ts';
import { failureOf } from '#twilio/api/http.ts';
import type { TwilioResult } from '#twilio/api/result.ts';
import type { TwilioSettings } from '#twilio/api/settings.ts';

/** A setting of the account that differs from what setup wrote. */
export type Drift = {
  /** Such as `number +14165550123`, or the name of the SIP Domain. */
  readonly what: string;
  /** Undefined where the resource itself is gone. */
  readonly field: string | undefined;
  readonly is: string;
  readonly should: string;
  /** What repairs it: running setup again, or its request of that name. */
  readonly mend: 'provision' | 'defer-messages';
};

const mend = 'provision';

/** Compares the account with what the house needs of it. Nothing is changed. */
export async function findDrift(api: TwilioAccountApi, settings: TwilioSettings): Promise<TwilioResult<readonly Drift[]>> {
  try {
    const value = [
      ...(await driftOfNumbers(api, settings)),
      ...(await driftOfDomain(api, settings)),
      ...(await driftOfTrunk(api, settings)),
      ...(await driftOfMessaging(api, settings)),
    ];
    return { kind: 'ok', value };
  } catch (error) {
    return failureOf(error);
  }
}

async function driftOfNumbers(api: TwilioAccountApi, settings: TwilioSettings): Promise<readonly Drift[]> {
  if (settings.numbers.length === 0) return [];
  const there = unwrap(await api.listNumbers());
  return settings.numbers.flatMap(({ sid, number }) => {
    const what = `number ${number}`;
    const found = there.find((one) => one.sid === sid);
    if (found === undefined) return [gone(what, 'no longer in the account')];
    return diffNumber(found, desiredNumberConfig(settings)).map((difference) => ({ what, ...difference, mend }));
  });
}

async function driftOfDomain(api: TwilioAccountApi, settings: TwilioSettings): Promise<readonly Drift[]> {
  const { domain, sipAccount, name = '' } = settings;
  if (domain === undefined) return [];
  const found = unwrap(await api.sip.listDomains()).find(({ sid }) => sid === domain.sid);
  if (found === undefined) return [gone(domain.name, 'gone')];
  const plan = { ...settings, numbers: [] };
  const drift: Drift[] = diffDomain(found, desiredDomainConfig(plan, name)).map((difference) => ({
    what: domain.name,
    ...difference,
    mend,
  }));
  if (sipAccount === undefined) return drift;
  for (const authType of ['registrations', 'calls'] as const) {
    const lists = unwrap(await api.sip.listMappings(domain.sid, authType));
    if (!lists.includes(sipAccount.listSid)) {
      drift.push({
        what: domain.name,
        field: authType,
        is: 'not mapped to the house’s credential list',
        should: 'mapped to it',
        mend,
      });
    }
  }
  return drift;
}

async function driftOfTrunk(api: TwilioAccountApi, settings: TwilioSettings): Promise<readonly Drift[]> {
  const { trunk, sipAccount, isSecure } = settings;
  if (trunk === undefined) return [];
  const found = unwrap(await api.trunks.list()).find(({ sid }) => sid === trunk.sid);
  if (found === undefined) return [gone(trunk.name, 'gone')];
  const drift: Drift[] = [];
  if (found.secure !== isSecure)
    drift.push({ what: trunk.name, field: 'secure', is: String(found.secure), should: String(isSecure), mend });
  const lists = unwrap(await api.trunks.listCredentialLists(trunk.sid));
  if (sipAccount !== undefined && !lists.includes(sipAccount.listSid)) {
    drift.push({
      what: trunk.name,
      field: 'calls',
      is: 'not mapped to the house’s credential list',
      should: 'mapped to it',
      mend,
    });
  }
  const recovery = desiredRecoveryUrl(settings);
  if (recovery !== undefined && !hasRecoveryUrl(found, recovery)) {
    const is = found.disasterRecoveryUrl === '' ? 'nothing' : found.disasterRecoveryUrl;
    drift.push({ what: trunk.name, field: 'disasterRecoveryUrl', is, should: recovery, mend });
  }
  return [...drift, ...(await driftOfOrigination(api, settings))];
}

/** The origination URL at Twilio is not shown: it ends in the secret. */
async function driftOfOrigination(api: TwilioAccountApi, settings: TwilioSettings): Promise<readonly Drift[]> {
  const { trunk, origination } = settings;
  if (trunk === undefined || origination === undefined) return [];
  const found = unwrap(await api.originations.list(trunk.sid)).find(({ sid }) => sid === origination.sid);
  if (found !== undefined && isAsProvisioned(found, settings)) return [];
  const is = found === undefined ? 'gone' : found.enabled ? 'another URL' : 'switched off';
  return [{ what: trunk.name, field: 'origination', is, should: origination.address, mend }];
}

/** A Messaging Service overrides the webhook of every number in it. */
async function driftOfMessaging(api: TwilioAccountApi, settings: TwilioSettings): Promise<readonly Drift[]> {
  const should = 'defers to the webhook of the number, which is the house';
  return (await findMessagingOverrides(api, settings)).map((override) => ({
    what: `Messaging Service ${override.name}`,
    field: 'messages',
    is: describeMessagingOverride(override),
    should,
    mend: 'defer-messages',
  }));
}

function gone(what: string, is: string): Drift {
  return { what, field: undefined, is, should: 'existing', mend };
}
