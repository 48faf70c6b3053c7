import type { EndpointReply } from '#contract/endpoint.ts';
import type { getEscalation } from '#contract/escalations.ts';
import type { Speech } from './speech.ts';

export type Escalation = EndpointReply<typeof getEscalation>;
type Leg = Escalation['legs'][number];

export function isGoingOn({ state }: Pick<Escalation, 'state'>): boolean {
  return state === 'asking' || state === 'pausing';
}

/** Where it is, or how it ended. */
export function stateText(
  { state, round, step, takenBy }: Pick<Escalation, 'state' | 'round' | 'step' | 'takenBy'>,
  { t }: Speech,
): string {
  const taker = takenBy === null || takenBy.name === '' ? t('escalation.somebody') : takenBy.name;
  return t(`escalation.state.${state}`, { round, step, name: taker });
}

/** What became of one of its calls, or what it does now. */
export function legText(
  { outcome, ringingAt, answeredAt }: Pick<Leg, 'outcome' | 'ringingAt' | 'answeredAt'>,
  { t }: Speech,
): string {
  if (outcome !== null) return t(`escalation.outcome.${outcome}`);
  if (answeredAt !== null) return t('escalation.leg.listens');
  return t(ringingAt === null ? 'escalation.leg.dialling' : 'escalation.leg.rings');
}
