// A call that a rule is made for, to try it with.
import type { CallerCondition, RuleDraft, TimeCondition } from './rule.ts';

const dayMs = 86_400_000;

export type Example = { readonly caller: string; readonly at: string };

type NumberOf = (group: string) => string | undefined;

/** `today`: `2026-12-24T18:30`. `numberOf`: somebody of a group of the address book. What the rule does not ask for is empty. */
export function exampleOf({ conditions }: Pick<RuleDraft, 'conditions'>, today: string, numberOf: NumberOf): Example {
  const [caller] = conditions.callers;
  const [time] = conditions.times;
  return { caller: numberFor(caller, numberOf), at: time === undefined ? '' : firstMoment(time, today) };
}

function numberFor(caller: CallerCondition | undefined, numberOf: NumberOf): string {
  switch (caller?.kind) {
    case 'exact':
      return caller.number;
    case 'prefix':
      return caller.prefix.padEnd(12, '0');
    case 'group':
      return numberOf(caller.group) ?? '';
    default:
      return '';
  }
}

/** Of the days that come, the first on which the time may begin; holidays are not looked at. */
function firstMoment({ weekdays, dates, from = '12:00' }: TimeCondition, today: string): string {
  const start = Date.parse(`${today.slice(0, 10)}T00:00:00Z`);
  for (let day = 0; day <= 366; day += 1) {
    const at = new Date(start + day * dayMs);
    const date = at.toISOString().slice(0, 10);
    const isDay = weekdays.length === 0 || weekdays.includes(((at.getUTCDay() + 6) % 7) + 1);
    if (isDay && (dates.length === 0 || dates.some((range) => isIn(date, range)))) return `${date}T${from}`;
  }
  return '';
}

function isIn(date: string, { from, to }: TimeCondition['dates'][number]): boolean {
  const shown = from.length === 5 ? date.slice(5) : date;
  return from <= to ? from <= shown && shown <= to : shown >= from || shown <= to;
}
