import { createRequire } from 'node:module';
import type MessagingResponse from 'twilio/lib/twiml/MessagingResponse.js';
import type VoiceResponse from 'twilio/lib/twiml/VoiceResponse.js';
import type { validateRequest } from 'twilio/lib/webhooks/webhooks.js';

// By their own paths: the whole package takes 25 MB and 0.1 s more. Loaded on first use: a house without an account does not need them.
const load = createRequire(import.meta.url);

export type Voice = VoiceResponse;

export function newVoiceResponse(): VoiceResponse {
  return new (load('twilio/lib/twiml/VoiceResponse.js') as typeof VoiceResponse)();
}

export function newMessagingResponse(): MessagingResponse {
  return new (load('twilio/lib/twiml/MessagingResponse.js') as typeof MessagingResponse)();
}

export function validateSignature(...call: Parameters<typeof validateRequest>): boolean {
  return (load('twilio/lib/webhooks/webhooks.js') as { validateRequest: typeof validateRequest }).validateRequest(...call);
}

/** Called before the listener opens, so that no caller waits for it. */
export function preloadSdk(): void {
  newVoiceResponse();
  newMessagingResponse();
  load('twilio/lib/webhooks/webhooks.js');
}
