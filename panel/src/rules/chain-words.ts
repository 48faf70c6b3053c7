import type { EndpointReply } from '#contract/endpoint.ts';
import type { getEscalationChain } from '#contract/escalation-chains.ts';
import { targetText } from './rule-words.ts';
import type { Telling } from './rule-words.ts';
import { and } from './speech.ts';

export type ChainStep = EndpointReply<typeof getEscalationChain>['steps'][number];
type ChainTarget = ChainStep['targets'][number];
type Named = { readonly id: string; readonly name: string };

/** `Anna and Ben → Kitchen`. */
export function chainNames(steps: readonly ChainStep[], telling: Telling, contacts: readonly Named[]): string {
  const named = (target: ChainTarget) => chainTargetText(target, telling, contacts);
  return steps.map(({ targets }) => and(targets.map(named), telling.speech)).join(' → ');
}

/** Everybody who may be called, each once. */
export function allNames(steps: readonly ChainStep[], telling: Telling, contacts: readonly Named[]): string {
  const names = steps.flatMap(({ targets }) => targets.map((target) => chainTargetText(target, telling, contacts)));
  return and([...new Set(names)], telling.speech);
}

function chainTargetText(target: ChainTarget, telling: Telling, contacts: readonly Named[]): string {
  if (target.kind !== 'contact') return targetText(target, telling);
  return contacts.find(({ id }) => id === target.id)?.name ?? target.number ?? telling.speech.t('rule.target.gone');
}
