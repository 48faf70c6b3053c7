import { randomBytes } from 'node:crypto';
import type { TwilioAccountApi } from '#twilio/api/account-api.ts';
import type { DomainAuthType } from '#twilio/api/sip-api.ts';
import { diffDomain, desiredDomainConfig } from './setup-plan.ts';
import type { SetupPlan } from './setup-plan.ts';
import { done, unwrap, expectDeleted, skipped, unchanged } from './setup-run.ts';
import type { StepDone } from './setup-run.ts';
import type { LiveTwilioSettings } from '#twilio/api/settings.ts';

export type SipProvisioningDeps = { readonly api: TwilioAccountApi; readonly settings: LiveTwilioSettings };

const username = 'gosip';
const authTypes: readonly DomainAuthType[] = ['registrations', 'calls'];
const domainSuffix = '.sip.twilio.com';
const trunkSuffix = '.pstn.twilio.com';
const nameTaken = 21232;
const mappedAlready = 21231;
const maxNames = 3;

/** The name of everything we create; random, because domain names are unique in all of Twilio. Stored before anything is created. */
export function ensureName({ settings }: Pick<SipProvisioningDeps, 'settings'>): string {
  return settings.current.name ?? regenerateName({ settings });
}

function regenerateName({ settings }: Pick<SipProvisioningDeps, 'settings'>): string {
  const name = `gosip-${randomBytes(4).toString('hex')}`;
  settings.change({ name });
  return name;
}

export async function ensureDomain({ api, settings }: SipProvisioningDeps, plan: SetupPlan): Promise<StepDone> {
  const domains = unwrap(await api.sip.listDomains());
  for (let attempt = 1; ; attempt += 1) {
    const name = ensureName({ settings });
    const wanted = desiredDomainConfig(plan, name);
    const found = domains.find(({ domainName }) => domainName === `${name}${domainSuffix}`);
    if (found !== undefined) {
      settings.change({ domain: { sid: found.sid, name: found.domainName } });
      const differences = diffDomain(found, wanted);
      if (differences.length === 0) return unchanged(`${found.domainName} is configured already`);
      unwrap(await api.sip.updateDomain(found.sid, wanted));
      return done(`Set ${differences.map(({ field }) => field).join(', ')} of ${found.domainName}`);
    }
    const created = await api.sip.createDomain(`${name}${domainSuffix}`, wanted);
    if (created.kind === 'refused' && created.code === nameTaken && attempt < maxNames) {
      regenerateName({ settings });
      continue;
    }
    const domain = unwrap(created);
    settings.change({ domain: { sid: domain.sid, name: domain.domainName } });
    return done(`Created ${domain.domainName}`);
  }
}

/** The credential list with our credentials. The password is stored before it is sent: it can never be read back. */
export async function ensureCredentials({ api, settings }: SipProvisioningDeps): Promise<StepDone> {
  const name = ensureName({ settings });
  const lists = unwrap(await api.sip.listCredentialLists());
  const list = lists.find(({ friendlyName }) => friendlyName === name) ?? unwrap(await api.sip.createCredentialList(name));
  const known = settings.current.sipAccount;
  const credential = unwrap(await api.sip.listCredentials(list.sid)).find((one) => one.username === username);
  const isOurs = known !== undefined && known.listSid === list.sid;
  if (credential !== undefined && isOurs) return unchanged('The SIP credentials of the house exist');
  const sipAccount = isOurs ? known : { listSid: list.sid, username, password: newPassword() };
  settings.change({ sipAccount });
  const { password } = sipAccount;
  if (credential === undefined) {
    unwrap(await api.sip.createCredential(list.sid, { username, password }));
    return done('Created SIP credentials for the house');
  }
  unwrap(await api.sip.updateCredential(list.sid, credential.sid, password));
  return done('Set a new SIP password, because the old one was not known here');
}

/** Calls and registrations are authenticated separately, each with its own mapped credential lists. */
export async function ensureMappings({ api, settings }: SipProvisioningDeps): Promise<StepDone> {
  const { domain, sipAccount } = settings.current;
  if (domain === undefined || sipAccount === undefined) return skipped('There is no SIP Domain');
  const opened: string[] = [];
  for (const authType of authTypes) {
    const lists = unwrap(await api.sip.listMappings(domain.sid, authType));
    if (lists.includes(sipAccount.listSid)) continue;
    const mapped = await api.sip.createMapping(domain.sid, authType, sipAccount.listSid);
    if (!(mapped.kind === 'refused' && mapped.code === mappedAlready)) unwrap(mapped);
    opened.push(authType);
  }
  return opened.length === 0
    ? unchanged('The SIP Domain accepts the SIP credentials')
    : done(`Mapped the SIP credentials for ${opened.join(' and ')}`);
}

/** No IP access control list: with one, both would have to match, and a house's address changes. */
export async function ensureTrunk({ api, settings }: SipProvisioningDeps, { isSecure }: SetupPlan): Promise<StepDone> {
  const name = ensureName({ settings });
  const found = unwrap(await api.trunks.list()).find(({ friendlyName }) => friendlyName === name);
  const trunk =
    found ?? unwrap(await api.trunks.create({ friendlyName: name, domainName: `${name}${trunkSuffix}`, secure: isSecure }));
  settings.change({ trunk: { sid: trunk.sid, name: trunk.domainName } });
  const changes: string[] = found === undefined ? [`Created ${trunk.domainName}`] : [];
  if (trunk.secure !== isSecure) {
    unwrap(await api.trunks.update(trunk.sid, { secure: isSecure }));
    changes.push(isSecure ? 'Switched encryption on' : 'Switched encryption off');
  }
  const listSid = settings.current.sipAccount?.listSid;
  if (listSid !== undefined && !unwrap(await api.trunks.listCredentialLists(trunk.sid)).includes(listSid)) {
    unwrap(await api.trunks.addCredentialList(trunk.sid, listSid));
    changes.push('Allowed termination with the SIP credentials');
  }
  return changes.length === 0 ? unchanged(`${trunk.domainName} is configured already`) : done(changes.join('; '));
}

export async function removeDomain({ api, settings }: SipProvisioningDeps): Promise<StepDone> {
  const { domain, sipAccount } = settings.current;
  if (domain === undefined) return unchanged('There is none');
  if (sipAccount !== undefined) {
    for (const authType of authTypes) expectDeleted(await api.sip.deleteMapping(domain.sid, authType, sipAccount.listSid));
  }
  expectDeleted(await api.sip.deleteDomain(domain.sid));
  settings.change({ domain: undefined });
  return done(`Removed ${domain.name}`);
}

export async function removeTrunk({ api, settings }: SipProvisioningDeps): Promise<StepDone> {
  const { trunk, sipAccount } = settings.current;
  if (trunk === undefined) return unchanged('There is none');
  if (sipAccount !== undefined) expectDeleted(await api.trunks.removeCredentialList(trunk.sid, sipAccount.listSid));
  expectDeleted(await api.trunks.delete(trunk.sid));
  settings.change({ trunk: undefined, origination: undefined, originationSecret: undefined });
  return done(`Removed ${trunk.name}`);
}

/** The list stays where it holds other credentials. */
export async function removeCredentials({ api, settings }: SipProvisioningDeps): Promise<StepDone> {
  const { sipAccount } = settings.current;
  if (sipAccount === undefined) return unchanged('There are none');
  const listed = await api.sip.listCredentials(sipAccount.listSid);
  const credentials = listed.kind === 'refused' && listed.status === 404 ? [] : unwrap(listed);
  const others = credentials.filter((one) => one.username !== sipAccount.username);
  if (others.length === 0) expectDeleted(await api.sip.deleteCredentialList(sipAccount.listSid));
  else {
    const ours = credentials.find((one) => one.username === sipAccount.username);
    if (ours !== undefined) expectDeleted(await api.sip.deleteCredential(sipAccount.listSid, ours.sid));
  }
  settings.change({ sipAccount: undefined });
  return done(others.length === 0 ? 'Removed' : 'Removed ours; the others in the list stay');
}

/** Twilio requires 12 characters or more with both cases and a digit; 32 random bytes cannot be guessed. */
function newPassword(): string {
  return `Gs1${randomBytes(32).toString('base64url')}`;
}
