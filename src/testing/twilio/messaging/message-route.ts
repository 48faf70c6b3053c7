import { asText } from '#testing/twilio/base/records.ts';
import type { Resource } from '#testing/twilio/base/records.ts';
import type { EmulatorState } from '#testing/twilio/base/state.ts';

/** Where a message to a number goes: undefined where it is dropped. */
export type MessageRoute = {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly fallback: { readonly url: string; readonly method: 'GET' | 'POST' };
};

/**
 * A number in a Messaging Service that does not defer to it follows the service; where that names no address the message is `dropped`,
 * and Twilio does not even keep it.
 */
export function routeMessage(state: EmulatorState, number: Resource): MessageRoute | 'dropped' {
  const service = state.messagingServices.get(state.serviceOf.get(number.sid) ?? '');
  const method = (field: Resource[string] | undefined) => (asText(field) === 'GET' ? 'GET' : 'POST');
  if (service === undefined || service['use_inbound_webhook_on_number'] === true) {
    const fallback = { url: asText(number['sms_fallback_url']), method: method(number['sms_fallback_method']) } as const;
    return { url: asText(number['sms_url']), method: method(number['sms_method']), fallback };
  }
  const url = asText(service['inbound_request_url']);
  if (url === '') return 'dropped';
  const fallback = { url: asText(service['fallback_url']), method: method(service['fallback_method']) } as const;
  return { url, method: method(service['inbound_method']), fallback };
}
