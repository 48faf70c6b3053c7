// Owns where a trunk sends a caller whom it could not bring to the house: to the voicemail, by the trunk's disaster recovery address.
// Called by provisioning and by the look for drift.
// Must stay true: what stood there before is kept, and put back when calls do not come by the trunk any more.
import type { Trunk, TwilioAccountApi } from '#twilio/api/account-api.ts';
import type { AccountChange, AccountChangeLog } from './setup-records.ts';
import { done, unwrap, skipped, unchanged } from './setup-run.ts';
import type { StepDone } from './setup-run.ts';
import type { TwilioSettings } from '#twilio/api/settings.ts';
import { webhookPaths, webhookUrl } from '#twilio/webhooks/webhook-paths.ts';

type Settings = Pick<TwilioSettings, 'inbound' | 'publicUrl' | 'trunk'>;
type Deps = {
  readonly api: Pick<TwilioAccountApi, 'listTrunks' | 'updateTrunk'>;
  readonly settings: Settings;
  readonly written: AccountChangeLog;
  readonly accountSid: string;
};

const resource = 'trunk';
const field = 'disasterRecoveryUrl';

/** Undefined where the trunk brings no calls, or cannot ask the house. */
export function desiredRecoveryUrl({ inbound, publicUrl, trunk }: Settings): string | undefined {
  if (inbound !== 'trunk' || trunk === undefined || publicUrl === undefined) return undefined;
  return webhookUrl(publicUrl, webhookPaths.voiceRecovery);
}

export function hasRecoveryUrl(trunk: Trunk, wanted: string): boolean {
  return trunk.disasterRecoveryUrl === wanted && trunk.disasterRecoveryMethod === 'POST';
}

export async function ensureRecovery({ api, settings, written, accountSid }: Deps): Promise<StepDone> {
  const wanted = desiredRecoveryUrl(settings);
  if (wanted === undefined || settings.trunk === undefined) {
    return skipped('Without a public address there is no voicemail: Twilio could not ask the house what a caller is to hear');
  }
  const { sid } = settings.trunk;
  const found = unwrap(await api.listTrunks()).find((one) => one.sid === sid);
  if (found === undefined) return skipped('The trunk is not there');
  if (hasRecoveryUrl(found, wanted))
    return unchanged('A caller whom the trunk cannot bring to the house is sent to the voicemail');
  const earlier = valueOf({ written, accountSid });
  const isOurs = found.disasterRecoveryUrl.includes('/api/webhooks/');
  const before = isOurs ? (earlier?.before ?? '') : found.disasterRecoveryUrl;
  written.put({ accountSid, resource, resourceSid: sid, field, before, after: wanted });
  unwrap(await api.updateTrunk(sid, { disasterRecoveryUrl: wanted, disasterRecoveryMethod: 'POST' }));
  return done('A caller whom the trunk cannot bring to the house is sent to the voicemail');
}

export function hasRecovery(deps: Pick<Deps, 'written' | 'accountSid'>): boolean {
  return valueOf(deps) !== undefined;
}

/** Puts back what was there, unless somebody else has changed it since, or the trunk is gone. */
export async function restoreRecovery({ api, settings, written, accountSid }: Deps): Promise<StepDone> {
  const value = valueOf({ written, accountSid });
  if (value === undefined) return unchanged('Nothing of it was changed by the house');
  const found =
    settings.trunk === undefined ? undefined : unwrap(await api.listTrunks()).find((one) => one.sid === value.resourceSid);
  const isOurs = found?.disasterRecoveryUrl === value.after;
  if (found !== undefined && isOurs) unwrap(await api.updateTrunk(found.sid, { disasterRecoveryUrl: value.before }));
  written.remove(value);
  return done(isOurs ? 'Put back what was there' : 'Nothing to put back');
}

function valueOf({ written, accountSid }: Pick<Deps, 'written' | 'accountSid'>): AccountChange | undefined {
  return written.of(accountSid).find((one) => one.resource === resource && one.field === field);
}
