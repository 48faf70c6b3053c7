import { randomBytes } from 'node:crypto';
import type { OriginationUrl } from '#twilio/api/origination-api.ts';
import { done, unwrap, expectDeleted, skipped, unchanged } from './setup-run.ts';
import type { StepDone } from './setup-run.ts';
import { ensureName } from './sip-provisioning.ts';
import type { SipProvisioningDeps } from './sip-provisioning.ts';
import type { TwilioSettings } from '#twilio/api/settings.ts';

/** Where SIP from the internet reaches the house, as far as the options say: the target of the trunk's origination URL. */
export type OriginationTarget = {
  /** Undefined where no static address is known. */
  readonly host: string | undefined;
  readonly port: number;
  readonly transport: 'udp' | 'tcp' | 'tls';
};

/** Twilio does not authenticate, and its addresses serve all its customers: this header distinguishes our trunk's calls. */
export const secretHeaderName = 'X-House-Secret';

/** Twilio's SIP signalling addresses, edge by edge. It announces changes: the settings can name others. */
export const signallingAddresses: readonly string[] = [
  '54.172.60.0/30',
  '54.244.51.0/30',
  '54.171.127.192/30',
  '35.156.191.128/30',
  '54.65.63.192/30',
  '54.169.127.128/30',
  '54.252.254.64/30',
  '177.71.206.192/30',
];

const noAddress =
  'The static public address of the house is not known: set originationAddress, or the option sip_external_ip. The numbers are not ' +
  'moved';

/** Sets the origination URL of the trunk to the house. The secret is stored, and calls with it are accepted, before Twilio gets it. */
export async function ensureOrigination({ api, settings }: SipProvisioningDeps, target: OriginationTarget): Promise<StepDone> {
  const { trunk, origination } = settings.current;
  const at = addressOf(settings.current, target);
  if (trunk === undefined || at === undefined) return skipped(noAddress);
  const originationSecret = settings.current.originationSecret ?? randomBytes(24).toString('hex');
  settings.change({ originationSecret });
  const friendlyName = ensureName({ settings });
  const sipUrl = `${at}?${secretHeaderName}=${originationSecret}`;
  const wanted = { friendlyName, sipUrl, weight: 10, priority: 10, enabled: true };
  const there = unwrap(await api.originations.list(trunk.sid));
  const found = there.find(({ sid }) => sid === origination?.sid) ?? there.find((one) => one.friendlyName === friendlyName);
  if (found !== undefined && isSame(found, wanted)) {
    settings.change({ origination: { sid: found.sid, address: at } });
    return unchanged(`The origination URL of the trunk is ${at}`);
  }
  const made = unwrap(
    found === undefined
      ? await api.originations.create(trunk.sid, wanted)
      : await api.originations.update({ trunkSid: trunk.sid, sid: found.sid }, wanted),
  );
  settings.change({ origination: { sid: made.sid, address: at } });
  return done(`The origination URL of the trunk is ${at}`);
}

export async function removeOrigination({ api, settings }: SipProvisioningDeps): Promise<StepDone> {
  const { trunk, origination } = settings.current;
  if (trunk === undefined || origination === undefined) return unchanged('It has none');
  expectDeleted(await api.originations.delete(trunk.sid, origination.sid));
  settings.change({ origination: undefined, originationSecret: undefined });
  return done('Removed the origination URL of the trunk');
}

/** Whether the trunk's origination URL is still the house's, with our secret. */
export function isAsProvisioned(url: OriginationUrl, { origination, originationSecret }: TwilioSettings): boolean {
  return url.enabled && url.sipUrl === `${origination?.address ?? ''}?${secretHeaderName}=${originationSecret ?? ''}`;
}

function addressOf({ originationAddress }: TwilioSettings, { host, port, transport }: OriginationTarget): string | undefined {
  const named = originationAddress ?? host;
  if (named === undefined) return undefined;
  return `sip:${/:\d+$/.test(named) ? named : `${named}:${port}`};transport=${transport}`;
}

function isSame(found: OriginationUrl, wanted: Omit<OriginationUrl, 'sid'>): boolean {
  return (Object.keys(wanted) as (keyof typeof wanted)[]).every((field) => found[field] === wanted[field]);
}
