// Owns the disaster recovery URL of the trunk: callers that the trunk cannot connect to the house are sent to voicemail.
// Called by provisioning and by drift.ts.
// Must stay true: the URL that was there before is kept, and restored when inbound calls do not use the trunk any more.
import type { TwilioAccountApi } from '#twilio/api/account-api.ts';
import type { TwilioTrunk } from '#twilio/api/trunk-api.ts';
import type { AccountChange, AccountChangeLog } from './setup-records.ts';
import { done, unwrap, skipped, unchanged } from './setup-run.ts';
import type { StepDone } from './setup-run.ts';
import type { TwilioSettings } from '#twilio/api/settings.ts';
import { webhookPaths, webhookUrl } from '#twilio/webhooks/webhook-paths.ts';

type Settings = Pick<TwilioSettings, 'inbound' | 'publicUrl' | 'trunk'>;
type Deps = {
  readonly api: Pick<TwilioAccountApi, 'trunks'>;
  readonly settings: Settings;
  readonly written: AccountChangeLog;
  readonly accountSid: string;
};

const resource = 'trunk';
const field = 'disasterRecoveryUrl';

/** Undefined where inbound calls do not use the trunk, or Twilio cannot reach the house. */
export function desiredRecoveryUrl({ inbound, publicUrl, trunk }: Settings): string | undefined {
  if (inbound !== 'trunk' || trunk === undefined || publicUrl === undefined) return undefined;
  return webhookUrl(publicUrl, webhookPaths.voiceRecovery);
}

export function hasRecoveryUrl(trunk: TwilioTrunk, wanted: string): boolean {
  return trunk.disasterRecoveryUrl === wanted && trunk.disasterRecoveryMethod === 'POST';
}

export async function ensureRecovery({ api, settings, written, accountSid }: Deps): Promise<StepDone> {
  const wanted = desiredRecoveryUrl(settings);
  if (wanted === undefined || settings.trunk === undefined) {
    return skipped('Without a public URL there is no voicemail: Twilio could not fetch the greeting from the house');
  }
  const { sid } = settings.trunk;
  const found = unwrap(await api.trunks.list()).find((one) => one.sid === sid);
  if (found === undefined) return skipped('The trunk does not exist');
  if (hasRecoveryUrl(found, wanted)) return unchanged('Callers that the trunk cannot connect to the house are sent to voicemail');
  const earlier = valueOf({ written, accountSid });
  const isOurs = found.disasterRecoveryUrl.includes('/api/webhooks/');
  const before = isOurs ? (earlier?.before ?? '') : found.disasterRecoveryUrl;
  written.put({ accountSid, resource, resourceSid: sid, field, before, after: wanted });
  unwrap(await api.trunks.update(sid, { disasterRecoveryUrl: wanted, disasterRecoveryMethod: 'POST' }));
  return done('Callers that the trunk cannot connect to the house are sent to voicemail');
}

export function hasRecovery(deps: Pick<Deps, 'written' | 'accountSid'>): boolean {
  return valueOf(deps) !== undefined;
}

/** Restores the previous URL, unless it was changed since or the trunk is gone. */
export async function restoreRecovery({ api, settings, written, accountSid }: Deps): Promise<StepDone> {
  const value = valueOf({ written, accountSid });
  if (value === undefined) return unchanged('The house has changed nothing');
  const found =
    settings.trunk === undefined ? undefined : unwrap(await api.trunks.list()).find((one) => one.sid === value.resourceSid);
  const isOurs = found?.disasterRecoveryUrl === value.after;
  if (found !== undefined && isOurs) unwrap(await api.trunks.update(found.sid, { disasterRecoveryUrl: value.before }));
  written.remove(value);
  return done(isOurs ? 'Restored the previous URL' : 'Nothing to restore');
}

function valueOf({ written, accountSid }: Pick<Deps, 'written' | 'accountSid'>): AccountChange | undefined {
  return written.of(accountSid).find((one) => one.resource === resource && one.field === field);
}
