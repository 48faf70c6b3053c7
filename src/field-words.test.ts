import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/** Who looks for a thing looks for the word of the RFC, of Twilio, Asterisk or Home Assistant: each leads to the file that owns it. */
const words: readonly (readonly [word: string, file: string])[] = [
  ['do not disturb', 'routing/dnd-switches.ts'],
  ['origination', 'twilio/setup/origination.ts'],
  ['timer G', 'sip-engine/transaction/state-machines.ts'],
  ['inbound call', 'calls/pstn-calls.ts'],
  ['inbound call', 'sip/trunk/inbound-call.ts'],
  ['media relay', 'media/media-relay.ts'],
  ['call admission', 'calls/call-admission.ts'],
  ['call barring', 'calls/call-permission.ts'],
  ['call detail record', 'calls/cdr-store.ts'],
  ['call forwarding', 'calls/call-diverter.ts'],
  ['call forwarding', 'sip/message/redirect.ts'],
  ['caller ID', 'sip/message/caller-identity.ts'],
  ['attended transfer', 'sip/transfer/transfer.ts'],
  ['emergency call', 'calls/emergency-window.ts'],
  ['toll fraud', 'calls/toll-fraud-guard.ts'],
  ['brute force', 'devices/brute-force-detector.ts'],
  ['rate limit', 'http/source-limiter.ts'],
  ['session timer', 'sip-engine/user-agent/session-timer.ts'],
  ['ring group', 'routing/ring-groups.ts'],
  ['hunt group', 'routing/ring-group.ts'],
  ['CardDAV', 'contacts/carddav-source.ts'],
];

test.each(words)('%s leads to %s', (word, file) => {
  const text = readFileSync(join(import.meta.dirname, file), 'utf8').replaceAll(/\n\s*(?:\/\/|\*)?\s*/g, ' ');
  expect(text.toLowerCase()).toContain(word.toLowerCase());
});
