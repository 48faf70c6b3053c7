import { html } from 'lit';
import { choice, field } from '../../parts/field.ts';
import type { StateCondition } from '../../rules/rule.ts';
import { stateText, usualStateAge } from '../../rules/rule-words.ts';
import { speech } from '../../speech-of.ts';
import { t } from '../../words.ts';
import { editOne, numberText, toNumber } from './editing.ts';
import type { Editing } from './editing.ts';
import { entry } from './entry.ts';

export const newState: StateCondition = {
  entityId: '',
  operator: 'is',
  value: '',
  fallback: 'no-match',
  maxAgeSeconds: usualStateAge,
};
const operators = ['is', 'is-not', 'above', 'below'] as const satisfies readonly StateCondition['operator'][];
const fallbacks = ['no-match', 'match'] as const satisfies readonly StateCondition['fallback'][];

/** `entities`: of which Home Assistant is asked already. */
export function renderStates(editing: Editing<readonly StateCondition[]>, entities: readonly string[]) {
  return editing.value.map((state, index) => {
    const one = editOne(editing, index);
    const title = state.entityId === '' ? t('ruleEdit.entity') : stateText(state, speech());
    return entry(title, one.remove, renderState(one, index, entities));
  });
}

function renderState({ value, change, wrong }: Editing<StateCondition>, index: number, entities: readonly string[]) {
  const at = (part: string) => {
    const name = `conditions.states.${index}.${part}`;
    return { name, wrong: wrong(name) };
  };
  return html`${field({
    ...at('entityId'),
    label: t('ruleEdit.entity'),
    hint: t('ruleEdit.entityHint'),
    suggestions: entities,
    value: value.entityId,
    changed: (entityId) => change({ ...value, entityId: entityId.trim() }),
  })}
  ${choice({
    ...at('operator'),
    label: t('ruleEdit.operator'),
    value: value.operator,
    choices: operators.map((one) => ({ value: one, text: t(`ruleEdit.operator.${one}`) })),
    changed: (operator) => change({ ...value, operator: operator as StateCondition['operator'] }),
  })}
  ${field({
    ...at('value'),
    label: t('ruleEdit.value'),
    maxLength: 255,
    value: value.value,
    changed: (text) => change({ ...value, value: text }),
  })}
  ${choice({
    ...at('fallback'),
    label: t('ruleEdit.fallback'),
    value: value.fallback,
    choices: fallbacks.map((one) => ({ value: one, text: t(`ruleEdit.fallback.${one}`) })),
    changed: (fallback) => change({ ...value, fallback: fallback as StateCondition['fallback'] }),
  })}
  ${field({
    ...at('maxAgeSeconds'),
    label: t('ruleEdit.maxAge'),
    type: 'number',
    min: '1',
    max: '86400',
    value: numberText(value.maxAgeSeconds),
    changed: (seconds) => change({ ...value, maxAgeSeconds: toNumber(seconds) }),
  })}`;
}
