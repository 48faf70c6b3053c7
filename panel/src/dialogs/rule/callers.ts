import { html, nothing } from 'lit';
import { choice, field } from '../../parts/field.ts';
import { countries } from '../../rules/countries.ts';
import type { CallerCondition } from '../../rules/rule.ts';
import { callerText } from '../../rules/rule-words.ts';
import { countryName } from '../../rules/speech.ts';
import { speech } from '../../speech-of.ts';
import { t } from '../../words.ts';
import { editOne } from './editing.ts';
import type { Editing } from './editing.ts';
import { entry } from './entry.ts';

const fresh = {
  exact: { kind: 'exact', number: '' },
  prefix: { kind: 'prefix', prefix: '' },
  group: { kind: 'group', group: '' },
  anonymous: { kind: 'anonymous' },
  unknown: { kind: 'unknown' },
  country: { kind: 'country', country: '' },
} as const satisfies { readonly [Kind in CallerCondition['kind']]: Extract<CallerCondition, { kind: Kind }> };

export const newCaller: CallerCondition = fresh.exact;
const kinds = Object.keys(fresh) as readonly CallerCondition['kind'][];

/** `groups`: of the address book. */
export function renderCallers(editing: Editing<readonly CallerCondition[]>, groups: readonly string[]) {
  return editing.value.map((caller, index) => {
    const one = editOne(editing, index);
    return entry(callerText(caller, speech()), one.remove, html`${renderKind(one, index)} ${renderValue(one, index, groups)}`);
  });
}

function renderKind({ value, change, wrong }: Editing<CallerCondition>, index: number) {
  const name = `conditions.callers.${index}`;
  return choice({
    label: t('ruleEdit.caller'),
    name,
    wrong: wrong(name),
    hint: value.kind === 'unknown' ? t('ruleEdit.caller.unknown.text') : '',
    value: value.kind,
    choices: kinds.map((kind) => ({ value: kind, text: t(`ruleEdit.caller.${kind}`) })),
    changed: (kind) => change(fresh[kind as CallerCondition['kind']]),
  });
}

function renderValue({ value, change, wrong }: Editing<CallerCondition>, index: number, groups: readonly string[]) {
  const at = (part: string) => {
    const name = `conditions.callers.${index}.${part}`;
    return { name, wrong: wrong(name) };
  };
  const { kind } = value;
  switch (kind) {
    case 'exact':
      return field({
        ...at('number'),
        label: t('ruleEdit.number'),
        hint: t('ruleEdit.numberHint'),
        type: 'tel',
        value: value.number,
        changed: (number) => change({ kind, number }),
      });
    case 'prefix':
      return field({
        ...at('prefix'),
        label: t('ruleEdit.caller.prefix'),
        type: 'tel',
        value: value.prefix,
        changed: (prefix) => change({ kind, prefix }),
      });
    case 'group':
      return field({
        ...at('group'),
        label: t('ruleEdit.group'),
        maxLength: 80,
        suggestions: groups,
        value: value.group,
        changed: (group) => change({ kind, group }),
      });
    case 'country':
      return renderCountry(value.country, at('country'), (country) => change({ kind, country }));
    case 'anonymous':
    case 'unknown':
      return nothing;
  }
}

function renderCountry(value: string, at: { readonly name: string; readonly wrong: string }, changed: (country: string) => void) {
  const named = countries
    .map((code) => ({ value: code, text: countryName(code, speech()) }))
    .toSorted((a, b) => a.text.localeCompare(b.text));
  return choice({
    ...at,
    label: t('ruleEdit.country'),
    value,
    choices: [{ value: '', text: t('ruleEdit.choose') }, ...named],
    changed,
  });
}
