import type { ContactId } from '#base/ids.ts';
import type { EscalationStep, EscalationTarget } from './escalation-chain.ts';
import { maxEscalationTargets } from './escalation-chain.ts';
import type { RoutingHouse } from './routing-house.ts';
import { ownNumberProblem } from './target-problems.ts';
import type { RoutingProblem } from './target-problems.ts';

/** What chains may name, as the composition hands it in. */
export type ChainHouse = Pick<RoutingHouse, 'devices' | 'people' | 'numbers'> & {
  readonly contactOf: (
    id: ContactId,
  ) => { readonly name: string; readonly numbers: readonly { readonly number: string }[] } | undefined;
  /** Whether the house may call this number (E.164) at all. */
  readonly mayCall: (number: string) => boolean;
};

/** What is wrong with a chain as the house is now. */
export function chainProblems(steps: readonly EscalationStep[], house: ChainHouse): readonly RoutingProblem[] {
  const found = steps.flatMap(({ targets }, at) =>
    targets.flatMap((target, index) => {
      const problem = targetProblem(target, house);
      return problem === undefined ? [] : [{ ...problem, field: `steps.${at}.targets.${index}` }];
    }),
  );
  const targets = steps.flatMap((step) => step.targets);
  if (targets.length > maxEscalationTargets)
    return [...found, broken('steps', `must name at most ${maxEscalationTargets} in all, not ${targets.length}`)];
  if (found.length > 0 || targets.some((target) => isReachable(target, house))) return found;
  return [{ field: 'steps', message: 'asks nobody: none of them has an enabled phone', severity: 'warning' }];
}

function targetProblem(target: EscalationTarget, house: ChainHouse): RoutingProblem | undefined {
  const { devices, people, contactOf } = house;
  switch (target.kind) {
    case 'person':
      return people.all().some(({ id }) => id === target.id) ? undefined : broken('', 'names a person who is not there');
    case 'device':
      return devices.byId(target.id) === undefined ? broken('', 'names a phone that is not there') : undefined;
    case 'contact':
      return numberProblem(target.number, house) ?? contactProblem(target, contactOf(target.id));
    case 'number':
      return numberProblem(target.number, house);
  }
}

function contactProblem(
  { number }: Extract<EscalationTarget, { kind: 'contact' }>,
  contact: ReturnType<ChainHouse['contactOf']>,
): RoutingProblem | undefined {
  const warning = (message: string) => ({ field: '', message, severity: 'warning' as const });
  if (contact === undefined) return warning(`names a contact who is no longer there; ${number} is still called`);
  return contact.numbers.some((one) => one.number === number)
    ? undefined
    : warning(`${number} is no longer a number of ${contact.name}; it is still called`);
}

function numberProblem(number: string, house: ChainHouse): RoutingProblem | undefined {
  const message = ownNumberProblem(number, house);
  if (message !== undefined) return broken('', message);
  if (house.mayCall(number)) return undefined;
  return broken(
    '',
    `${number} cannot be called: calls to this country or kind of number are not allowed. Allow them under outgoing calls first`,
  );
}

function isReachable(target: EscalationTarget, { devices }: ChainHouse): boolean {
  switch (target.kind) {
    case 'person':
      return devices.all().some(({ personId, enabled }) => enabled && personId === target.id);
    case 'device':
      return devices.byId(target.id)?.enabled === true;
    case 'contact':
    case 'number':
      return true;
  }
}

function broken(field: string, message: string): RoutingProblem {
  return { field, message, severity: 'broken' };
}
