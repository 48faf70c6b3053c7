import type { Events } from '#base/events.ts';
import type { Facts } from '#contract/facts.ts';
import type { Escalation, EscalationLeg, EscalationOutcome } from './escalation.ts';

/** Tells everybody how it ended; may be told twice where the house was killed meanwhile. */
export function reportEscalation({ id: escalationId, plan, state }: Escalation, events: Pick<Events<Facts>, 'emit'>): void {
  const { phase, taker, legs } = state;
  if (phase === 'exhausted') events.emit('escalation.exhausted', { escalationId, name: plan.name });
  if (phase === 'cancelled') events.emit('escalation.cancelled', { escalationId });
  if (phase !== 'taken' || taker === undefined) return;
  const { personId, name: takenBy } = taker;
  events.emit('escalation.taken', { escalationId, takenBy, personId: personId ?? null });
  for (const { name, ...leg } of othersAsked(legs, taker.personId)) {
    const { personId: other = null, number = null } = leg;
    events.emit('escalation.stood-down', { escalationId, personId: other, number, name, takenBy });
  }
}

const neverAsked: readonly (EscalationOutcome | undefined)[] = ['took', 'offline', 'dnd', 'not-allowed'];

/** Each person, and each phone or number of nobody, once. */
function othersAsked(legs: readonly EscalationLeg[], taker: string | undefined): readonly EscalationLeg[] {
  const asked = legs.filter(({ outcome }) => !neverAsked.includes(outcome));
  const others = asked.filter(({ personId }) => personId === undefined || personId !== taker);
  const tookAt = legs.find(({ outcome }) => outcome === 'took');
  const byWhom = new Map(others.map((leg) => [leg.personId ?? leg.number ?? leg.deviceId, leg]));
  if (tookAt !== undefined) byWhom.delete(tookAt.personId ?? tookAt.number ?? tookAt.deviceId);
  return [...byWhom.values()];
}
