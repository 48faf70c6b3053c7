// Owns what Messaging Services of the account mean for the house: a number in one follows it, and not its own address, unless it defers.
// Called by provisioning and by the look for drift.
// Must stay true: a service is changed only when somebody asks for it, for it may hold numbers of others; its old value is kept.
import type { TwilioAccountApi } from '#twilio/api/account-api.ts';
import type { MessagingService } from '#twilio/api/messaging-service-api.ts';
import type { AccountChange, AccountChangeLog } from './setup-records.ts';
import { done, unwrap, skipped } from './setup-run.ts';
import type { StepDone } from './setup-run.ts';
import { TwilioRequestError } from '#twilio/api/http.ts';
import type { TwilioSettings } from '#twilio/api/settings.ts';
import { webhookPaths, webhookUrl } from '#twilio/webhooks/webhook-paths.ts';

/** A service that keeps messages from the house. */
export type MessagingOverride = MessagingService & {
  /** Our numbers in it, and what else is in it; E.164. */
  readonly ours: readonly string[];
  readonly others: readonly string[];
};

export const deferAdvice =
  'POST /api/system/setup/twilio/defer-messages lets it ask the house; in the Twilio Console it is “Defer to sender’s webhook”.';

type Api = Pick<TwilioAccountApi, 'messagingServices'>;
type Deps = { readonly api: Api; readonly written: AccountChangeLog; readonly accountSid: string };

const resource = 'messaging-service';
const field = 'useInboundWebhookOnNumber';

/** The services that hold a number of the house and neither defer to it nor ask the house. Throws what a request ended with. */
export async function findMessagingOverrides(
  api: Api,
  settings: Pick<TwilioSettings, 'numbers' | 'publicUrl'>,
): Promise<readonly MessagingOverride[]> {
  const { numbers, publicUrl } = settings;
  if (publicUrl === undefined || numbers.length === 0) return [];
  const listed = await api.messagingServices.list();
  // A key may be made for less than everything; the rest of the account is looked at all the same.
  if (listed.kind === 'refused') return [];
  const house = webhookUrl(publicUrl, webhookPaths.smsInbound);
  const found: MessagingOverride[] = [];
  for (const service of unwrap(listed)) {
    if (service.defersToNumber || service.inboundUrl === house) continue;
    const members = unwrap(await api.messagingServices.numbersOf(service.sid));
    const ours = members.filter(({ sid }) => numbers.some((one) => one.sid === sid)).map(({ number }) => number);
    const others = members.map(({ number }) => number).filter((number) => !ours.includes(number));
    if (ours.length > 0) found.push({ ...service, ours, others });
  }
  return found;
}

/** Where the messages go instead of to the house. */
export function describeMessagingOverride({ ours, inboundUrl }: MessagingOverride): string {
  const to = `to ${ours.join(', ')}`;
  if (inboundUrl === '') return `drops every message ${to}; nobody gets it, and Twilio does not even list it`;
  return `sends every message ${to} to ${URL.parse(inboundUrl)?.host ?? 'another address'}`;
}

/** Lets the addresses of its numbers be asked. */
export async function removeMessagingOverride(
  { api, written, accountSid }: Deps,
  override: MessagingOverride,
): Promise<StepDone> {
  const { sid, name, others } = override;
  written.put({ accountSid, resource, resourceSid: sid, field, before: 'false', after: 'true' });
  const after = unwrap(await api.messagingServices.setDefersToNumber(sid, true));
  if (!after.defersToNumber) throw notApplied(name);
  const more = others.length === 0 ? '' : `. So they do for ${others.join(', ')}, which are in it too`;
  return done(`Messages to ${override.ours.join(', ')} go to the address of the number, which is the house${more}`);
}

/** What we wrote into services. */
export function writtenServices({ written, accountSid }: Omit<Deps, 'api'>): readonly AccountChange[] {
  return written.of(accountSid).filter((one) => one.resource === resource);
}

/** Puts a service back, unless somebody else has since. */
export async function restoreService({ api, written }: Deps, value: AccountChange): Promise<StepDone> {
  const fetched = await api.messagingServices.fetch(value.resourceSid);
  if (fetched.kind === 'refused' && fetched.status === 404) {
    written.remove(value);
    return skipped('The account does not have this Messaging Service any more');
  }
  const { defersToNumber } = unwrap(fetched);
  if (defersToNumber) unwrap(await api.messagingServices.setDefersToNumber(value.resourceSid, false));
  written.remove(value);
  return done(defersToNumber ? 'Its own address is asked again' : 'Nothing to put back');
}

function notApplied(name: string): TwilioRequestError {
  const message = `Twilio did not take it: the Messaging Service ${name} goes on asking its own address`;
  return new TwilioRequestError({ kind: 'refused', status: undefined, code: undefined, message, retryAfterSeconds: undefined });
}
