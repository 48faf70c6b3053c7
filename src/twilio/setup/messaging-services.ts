// Owns what the account's Messaging Services mean for the house: a service overrides the webhook of its numbers, unless it defers to them.
// Called by provisioning and by drift.ts.
// Must stay true: a service is changed only on request, because it may hold other numbers; its previous value is kept.
import type { TwilioAccountApi } from '#twilio/api/account-api.ts';
import type { MessagingService } from '#twilio/api/messaging-service-api.ts';
import type { AccountChange, AccountChangeLog } from './setup-records.ts';
import { done, unwrap, skipped } from './setup-run.ts';
import type { StepDone } from './setup-run.ts';
import { TwilioRequestError } from '#twilio/api/http.ts';
import type { TwilioSettings } from '#twilio/api/settings.ts';
import { webhookPaths, webhookUrl } from '#twilio/webhooks/webhook-paths.ts';

/** A service that diverts inbound messages from the house. */
export type MessagingOverride = MessagingService & {
  /** Our numbers in it, and the others; E.164. */
  readonly ours: readonly string[];
  readonly others: readonly string[];
};

export const deferAdvice =
  'POST /api/system/setup/twilio/defer-messages makes it defer to the house; in the Twilio Console it is “Defer to sender’s webhook”.';

type Api = Pick<TwilioAccountApi, 'messagingServices'>;
type Deps = { readonly api: Api; readonly written: AccountChangeLog; readonly accountSid: string };

const resource = 'messaging-service';
const field = 'useInboundWebhookOnNumber';

/** The services with a number of the house that neither defer to it nor use the house's webhook. Throws the failure of a request. */
export async function findMessagingOverrides(
  api: Api,
  settings: Pick<TwilioSettings, 'numbers' | 'publicUrl'>,
): Promise<readonly MessagingOverride[]> {
  const { numbers, publicUrl } = settings;
  if (publicUrl === undefined || numbers.length === 0) return [];
  const listed = await api.messagingServices.list();
  // A restricted API key may lack this permission; the rest of the account is checked all the same.
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

/** Where the messages go instead. */
export function describeMessagingOverride({ ours, inboundUrl }: MessagingOverride): string {
  const to = `to ${ours.join(', ')}`;
  if (inboundUrl === '') return `drops every message ${to}; Twilio does not even list them`;
  return `sends every message ${to} to ${URL.parse(inboundUrl)?.host ?? 'another URL'}`;
}

/** Makes the service defer to the webhooks of its numbers. */
export async function removeMessagingOverride(
  { api, written, accountSid }: Deps,
  override: MessagingOverride,
): Promise<StepDone> {
  const { sid, name, others } = override;
  written.put({ accountSid, resource, resourceSid: sid, field, before: 'false', after: 'true' });
  const after = unwrap(await api.messagingServices.setDefersToNumber(sid, true));
  if (!after.defersToNumber) throw notApplied(name);
  const more = others.length === 0 ? '' : `. The same applies to ${others.join(', ')} in the same service`;
  return done(`Messages to ${override.ours.join(', ')} go to the webhook of the number, which is the house${more}`);
}

/** What we changed in services. */
export function writtenServices({ written, accountSid }: Omit<Deps, 'api'>): readonly AccountChange[] {
  return written.of(accountSid).filter((one) => one.resource === resource);
}

/** Restores a service, unless it was restored already. */
export async function restoreService({ api, written }: Deps, value: AccountChange): Promise<StepDone> {
  const fetched = await api.messagingServices.fetch(value.resourceSid);
  if (fetched.kind === 'refused' && fetched.status === 404) {
    written.remove(value);
    return skipped('The account no longer has this Messaging Service');
  }
  const { defersToNumber } = unwrap(fetched);
  if (defersToNumber) unwrap(await api.messagingServices.setDefersToNumber(value.resourceSid, false));
  written.remove(value);
  return done(defersToNumber ? 'It uses its own webhook again' : 'Nothing to restore');
}

function notApplied(name: string): TwilioRequestError {
  const message = `Twilio did not apply it: the Messaging Service ${name} still uses its own webhook`;
  return new TwilioRequestError({ kind: 'refused', status: undefined, code: undefined, message, retryAfterSeconds: undefined });
}
