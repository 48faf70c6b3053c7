// Owns what the outcome of a channel means for its item in the outbox, and for the channel and the target.
// Called by delivery-handler.ts.
// Must stay true: pure.
import type { ChannelId, DeliveryReason } from '#contract/notification-kinds.ts';
import type { AttemptOutcome, OutboxEnd } from '#storage/outbox-item.ts';
import type { Because, EndState } from './delivery.ts';
import type { Outcome } from './kinds/channel.ts';

/** `mindsDoubt`: whether what may have arrived is not simply sent again. */
export function attemptOutcomeOf(outcome: Outcome, mindsDoubt: boolean): AttemptOutcome {
  switch (outcome.kind) {
    case 'delivered':
      return { kind: 'done', report: outcome };
    case 'permanent':
      return { kind: 'failed', message: outcome.detail, report: outcome };
    case 'temporary': {
      const { detail: message, retryAfterSeconds, inDoubt } = outcome;
      return { kind: inDoubt === true && mindsDoubt ? 'ambiguous' : 'retry', message, retryAfterSeconds, report: outcome };
    }
  }
}

/** In which state a delivery ends. `isSilent`: what was tried in vain is given up without telling anybody. */
export function endStateOf({ state, report }: OutboxEnd, isSilent: boolean): EndState {
  if (state === 'done') return 'delivered';
  if (state === 'unknown') return 'unknown';
  return isSilent && (report as Outcome | undefined)?.kind !== 'permanent' ? 'dropped' : 'failed';
}

export function becauseOf({
  report,
  why,
  message,
  state,
}: Pick<OutboxEnd, 'report' | 'why' | 'message'> & Partial<OutboxEnd>): Because {
  const outcome = report as Outcome | undefined;
  if (why !== undefined) return { reason: why, detail: message };
  if (outcome === undefined && state === 'done') return {};
  if (outcome === undefined) return { reason: state === 'unknown' ? 'lost-in-restart' : 'unexpected', detail: message };
  if (outcome.kind === 'delivered') return { detail: outcome.note, exchange: outcome.reply };
  return { reason: outcome.reason, detail: outcome.detail, exchange: outcome.reply };
}

const ofConnection: readonly DeliveryReason[] = [
  'tls-failed',
  'certificate',
  'address-forbidden',
  'redirect-refused',
  'secret-locked',
];

/** Of each channel the reasons that concern all its targets, so that somebody has to put it right. */
const ofChannel: Readonly<Record<ChannelId, readonly DeliveryReason[]>> = {
  mail: [...ofConnection, 'refused-login', 'refused-sender', 'not-set-up'],
  gotify: ofConnection,
  ntfy: [...ofConnection, 'refused-login'],
  'home-assistant': ['refused-login', 'not-set-up'],
  'web-push': [],
};

/** Whether an attempt says of the whole channel that it does not work. */
export function concernsChannel(channel: ChannelId, outcome: Outcome): boolean {
  return outcome.kind !== 'delivered' && ofChannel[channel].includes(outcome.reason);
}
