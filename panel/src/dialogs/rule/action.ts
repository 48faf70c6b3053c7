import { html, nothing } from 'lit';
import { houseLanguages } from '#contract/languages.ts';
import { area, check, choice, field } from '../../parts/field.ts';
import '../../parts/targets.ts';
import type { GosipTargets } from '../../parts/targets.ts';
import type { Targets } from '../../routing-data.ts';
import type { AfterRule, RuleAction } from '../../rules/rule.ts';
import { languageName } from '../../rules/speech.ts';
import { speech } from '../../speech-of.ts';
import { t } from '../../words.ts';
import { numberText, orNothing, toNumber } from './editing.ts';
import type { Editing } from './editing.ts';

const toVoicemail: AfterRule = { kind: 'voicemail' };
const toNumberOutside = { kind: 'forward', number: '', seconds: 30, isScreened: true } as const;

export const fresh = {
  ring: { kind: 'ring', targets: [], order: 'all', seconds: 30, then: toVoicemail },
  voicemail: { kind: 'voicemail' },
  forward: { ...toNumberOutside, then: toVoicemail },
  escalate: { kind: 'escalate', chainId: '' as `chain_${string}`, then: toVoicemail },
  reject: { kind: 'reject', tone: 'declined' },
  play: { kind: 'play', text: '', language: 'en-US' },
} satisfies { readonly [Kind in RuleAction['kind']]: Extract<RuleAction, { kind: Kind }> };

const kinds = Object.keys(fresh) as readonly RuleAction['kind'][];
const afters = ['voicemail', 'forward', 'reject'] as const satisfies readonly AfterRule['kind'][];

/** `choose`: another kind of action. */
export function renderAction(editing: Editing<RuleAction>, targets: Targets, choose: (kind: RuleAction['kind']) => void) {
  return html`${choice({
    label: t('ruleEdit.what'),
    name: 'action.kind',
    value: editing.value.kind,
    choices: kinds.map((kind) => ({ value: kind, text: t(`ruleEdit.what.${kind}`) })),
    changed: (kind) => choose(kind as RuleAction['kind']),
  })}
  ${renderKind(editing, targets)}`;
}

function renderKind({ value, change, wrong }: Editing<RuleAction>, targets: Targets) {
  const then = (after: AfterRule) =>
    renderAfter({ value: after, change: (next) => change({ ...value, then: next } as RuleAction), wrong }, targets);
  switch (value.kind) {
    case 'ring':
      return html`${renderRing({ value, change, wrong }, targets)} ${then(value.then)}`;
    case 'forward':
      return html`${renderForward({ value, change: (next) => change({ ...value, ...next }), wrong }, 'action')}
      ${then(value.then)}`;
    case 'escalate':
      return html`${renderChain({ value, change, wrong }, targets)} ${then(value.then)}`;
    case 'voicemail':
      return renderVoicemail({ value, change, wrong }, targets);
    case 'reject':
      return renderReject({ value, change, wrong });
    case 'play':
      return renderPlay({ value, change, wrong });
  }
}

type Of<Kind extends RuleAction['kind']> = Editing<Extract<RuleAction, { kind: Kind }>>;

function renderRing({ value, change, wrong }: Of<'ring'>, { people, phones, groups }: Targets) {
  const chosen = (event: Event) =>
    change({ ...value, targets: [...(event.target as GosipTargets).value] as typeof value.targets });
  return html`<gosip-targets
      label=${t('ruleEdit.targets')}
      .value=${value.targets}
      .choices=${{ people, phones, groups }}
      .wrong=${(part: string) => wrong(`action.targets${part}`)}
      @changed=${chosen}
    ></gosip-targets>
    ${choice({
      label: t('ruleEdit.order'),
      name: 'action.order',
      wrong: wrong('action.order'),
      value: value.order,
      choices: (['all', 'one-after-another'] as const).map((order) => ({ value: order, text: t(`ruleEdit.order.${order}`) })),
      changed: (order) => change({ ...value, order: order as typeof value.order }),
    })}
    ${renderSeconds(value.seconds, { name: 'action.seconds', wrong: wrong('action.seconds') }, (seconds) => change({ ...value, seconds }))}`;
}

function renderSeconds(value: number, at: { readonly name: string; readonly wrong: string }, changed: (seconds: number) => void) {
  return field({
    ...at,
    label: t('ruleEdit.seconds'),
    hint: t('ruleEdit.secondsHint'),
    type: 'number',
    min: '5',
    max: '300',
    value: numberText(value),
    changed: (text) => changed(toNumber(text)),
  });
}

type Forward = { readonly number: string; readonly seconds: number; readonly isScreened: boolean };

function renderForward({ value, change, wrong }: Editing<Forward>, name: string) {
  const { number, seconds, isScreened } = value;
  return html`${field({
    label: t('ruleEdit.number'),
    name: `${name}.number`,
    wrong: wrong(`${name}.number`),
    hint: t('ruleEdit.numberHint'),
    type: 'tel',
    value: number,
    changed: (typed) => change({ number: typed, seconds, isScreened }),
  })}
  ${renderSeconds(seconds, { name: `${name}.seconds`, wrong: wrong(`${name}.seconds`) }, (next) => change({ number, seconds: next, isScreened }))}
  ${check({
    label: t('ruleEdit.screened'),
    name: `${name}.isScreened`,
    hint: t('ruleEdit.screenedHint'),
    isOn: isScreened,
    changed: (isOn) => change({ number, seconds, isScreened: isOn }),
  })}`;
}

function renderChain({ value, change, wrong }: Of<'escalate'>, { chains }: Targets) {
  return choice({
    label: t('ruleEdit.chain'),
    name: 'action.chainId',
    wrong: wrong('action.chainId'),
    hint: chains.length === 0 ? t('ruleEdit.noChain') : '',
    value: value.chainId,
    choices: [{ value: '', text: t('ruleEdit.choose') }, ...chains.map(({ id, name }) => ({ value: id, text: name }))],
    changed: (chainId) => change({ ...value, chainId: chainId as typeof value.chainId }),
  });
}

type Mailbox = { readonly personId?: `person_${string}` | undefined };

function renderMailbox({ value, change, wrong }: Editing<Mailbox>, name: string, { people }: Targets) {
  return choice({
    label: t('ruleEdit.mailbox'),
    name: `${name}.personId`,
    wrong: wrong(`${name}.personId`),
    value: value.personId ?? '',
    choices: [
      { value: '', text: t('ruleEdit.mailbox.owner') },
      ...people.map((one) => ({ value: one.id as string, text: one.name })),
    ],
    changed: (personId) => change(personId === '' ? {} : { personId: personId as `person_${string}` }),
  });
}

function renderVoicemail({ value, change, wrong }: Of<'voicemail'>, targets: Targets) {
  const { greeting } = value;
  return html`${renderMailbox({ value, change: ({ personId }) => change({ kind: 'voicemail', personId, greeting }), wrong }, 'action', targets)}
  ${area({
    label: t('ruleEdit.greeting'),
    name: 'action.greeting',
    wrong: wrong('action.greeting'),
    hint: t('ruleEdit.greetingHint'),
    maxLength: 1000,
    value: greeting ?? '',
    changed: (text) => change({ ...value, greeting: orNothing(text) }),
  })}`;
}

function renderReject({ value, change }: Of<'reject'>) {
  return choice({
    label: t('ruleEdit.tone'),
    name: 'action.tone',
    value: value.tone,
    choices: (['declined', 'busy'] as const).map((tone) => ({ value: tone, text: t(`ruleEdit.tone.${tone}`) })),
    changed: (tone) => change({ ...value, tone: tone as typeof value.tone }),
  });
}

const usualCountries = { en: ['US', 'GB', 'CA', 'AU'], de: ['DE'], fr: ['FR', 'CA'], es: ['ES', 'MX'], nl: ['NL'] } as const;
const languages = houseLanguages.flatMap((language) => usualCountries[language].map((country) => `${language}-${country}`));

function renderPlay({ value, change, wrong }: Of<'play'>) {
  const all = languages.includes(value.language) ? languages : [...languages, value.language];
  return html`${area({
    label: t('ruleEdit.text'),
    name: 'action.text',
    wrong: wrong('action.text'),
    maxLength: 1000,
    value: value.text,
    changed: (text) => change({ ...value, text }),
  })}
  ${choice({
    label: t('ruleEdit.language'),
    name: 'action.language',
    wrong: wrong('action.language'),
    value: value.language,
    choices: all.map((tag) => ({ value: tag, text: languageName(tag, speech()) })),
    changed: (language) => change({ ...value, language }),
  })}`;
}

function renderAfter(editing: Editing<AfterRule>, targets: Targets) {
  const { value, change, wrong } = editing;
  const freshAfter: Readonly<Record<AfterRule['kind'], AfterRule>> = {
    voicemail: toVoicemail,
    forward: toNumberOutside,
    reject: { kind: 'reject' },
  };
  return html`<fieldset class="then">
    <legend>${t('ruleEdit.then')}</legend>
    <div class="fields">
      ${choice({
        label: t('ruleEdit.what'),
        name: 'action.then.kind',
        value: value.kind,
        choices: afters.map((kind) => ({ value: kind, text: t(`ruleEdit.then.${kind}`) })),
        changed: (kind) => change(freshAfter[kind as AfterRule['kind']]),
      })}
      ${value.kind === 'voicemail' ? renderMailbox({ value, change: (next) => change({ kind: 'voicemail', ...next }), wrong }, 'action.then', targets) : nothing}
      ${value.kind === 'forward' ? renderForward({ value, change: (next) => change({ kind: 'forward', ...next }), wrong }, 'action.then') : nothing}
    </div>
  </fieldset>`;
}
