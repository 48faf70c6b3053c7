import type { DialOutcome } from '#calls/pstn-call-decision.ts';
import type { WebhookForm } from './webhook-form.ts';

/** How Twilio's `<Dial>` to the house ended. A status that Twilio adds later counts as no answer, which leads to the voicemail. */
export function readDialOutcome(form: WebhookForm): DialOutcome {
  switch (form.text('DialCallStatus')) {
    case 'completed':
    case 'answered':
      // A mailbox answered a forwarded call, and pressed no key.
      return form.text('DialBridged') === 'false' ? 'no-answer' : 'answered';
    case 'busy':
      // Twilio reports a 603 as busy too.
      return form.count('DialSipResponseCode') === 603 ? 'declined' : 'busy';
    case 'failed':
      return 'unreachable';
    default:
      return 'no-answer';
  }
}
