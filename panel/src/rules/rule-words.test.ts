import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { routingReasonCodes, routingReasons } from '#contract/routing-reasons.ts';
import { ruleOutcomes } from '#contract/routing-preview.ts';
import { routeDraft } from '#contract/routes.ts';
import { fill } from '../phrase.ts';
import { de } from '../strings/de.ts';
import { en } from '../strings/en.ts';
import { es } from '../strings/es.ts';
import { fr } from '../strings/fr.ts';
import { nl } from '../strings/nl.ts';
import { reasonText } from './reason-words.ts';
import type { HouseNames, RuleAction, RuleConditions } from './rule.ts';
import { ruleText } from './rule-words.ts';
import type { Speech } from './speech.ts';

const words = { en, de, fr, es, nl };
const languages = Object.keys(words) as (keyof typeof words)[];

function speechOf(language: keyof typeof words): Speech {
  return { t: (key, values = {}) => fill(words[language][key] ?? key, values), tag: language, hour12: false };
}

const names: HouseNames = {
  people: new Map([['person_anna', 'Anna']]),
  phones: new Map([['dev_kitchen', 'Kitchen']]),
  groups: new Map([['group_all', 'Everybody']]),
  chains: new Map([['chain_help', 'Help']]),
};

type Time = RuleConditions['times'][number];
const time = (part: Partial<Time> = {}): Time => ({ weekdays: [], dates: [], holidays: 'any', ...part });
const state = { entityId: 'person.anna', operator: 'is', value: 'home', fallback: 'no-match', maxAgeSeconds: 600 } as const;
const night = time({ weekdays: [1, 2, 3, 4, 5], from: '22:00', to: '07:00' });

const times: Readonly<Record<string, Time>> = {
  'week nights': night,
  'some days': time({ weekdays: [6, 7] }),
  'only a beginning': time({ from: '08:00' }),
  'only an end': time({ to: '08:00' }),
  dates: time({
    dates: [
      { from: '12-24', to: '01-06' },
      { from: '2026-08-01', to: '2026-08-01' },
    ],
  }),
  holidays: time({ holidays: 'only' }),
  'no holidays': time({ holidays: 'except', timeZone: 'America/Toronto' }),
  'any time': time(),
};

const callers: {
  readonly [Kind in RuleConditions['callers'][number]['kind']]: Extract<RuleConditions['callers'][number], { kind: Kind }>;
} = {
  exact: { kind: 'exact', number: '+14165550123' },
  prefix: { kind: 'prefix', prefix: '+1416' },
  group: { kind: 'group', group: 'Family' },
  anonymous: { kind: 'anonymous' },
  unknown: { kind: 'unknown' },
  country: { kind: 'country', country: 'CA' },
};

const then = { kind: 'voicemail' } as const;
const actions: { readonly [Kind in RuleAction['kind']]: readonly Extract<RuleAction, { kind: Kind }>[] } = {
  ring: [
    { kind: 'ring', targets: [{ kind: 'person', id: 'person_anna' }], order: 'all', seconds: 30, then },
    {
      kind: 'ring',
      targets: [
        { kind: 'device', id: 'dev_kitchen' },
        { kind: 'group', id: 'group_all' },
        { kind: 'number', number: '+14165550111' },
      ],
      order: 'one-after-another',
      seconds: 60,
      then: { kind: 'reject' },
    },
  ],
  forward: [
    { kind: 'forward', number: '+14165550111', seconds: 30, isScreened: true, then },
    {
      kind: 'forward',
      number: '+14165550111',
      seconds: 30,
      isScreened: false,
      then: { kind: 'forward', number: '+14165550122', seconds: 20, isScreened: true },
    },
  ],
  escalate: [{ kind: 'escalate', chainId: 'chain_help', then }],
  voicemail: [
    { kind: 'voicemail', personId: 'person_anna' },
    { kind: 'voicemail', greeting: 'We sleep' },
  ],
  reject: [
    { kind: 'reject', tone: 'busy' },
    { kind: 'reject', tone: 'declined' },
  ],
  play: [{ kind: 'play', text: 'We have moved', language: 'en-CA' }],
};

const none = { times: [], callers: [], states: [] };
const rejected = actions.reject[1] ?? then;

type Union = z.ZodDiscriminatedUnion<readonly z.ZodObject<{ kind: z.ZodLiteral }>[]>;
const kindsOf = (union: unknown) => (union as Union).options.map(({ shape }) => shape.kind.value);
const itemsOf = (schema: { unwrap: () => unknown }) => (schema.unwrap() as { element: unknown }).element;

describe('the sentence of a rule', () => {
  it('knows every kind of caller and action that a rule can have', () => {
    const { conditions, action } = routeDraft.shape;
    expect(Object.keys(callers)).toEqual(kindsOf(itemsOf(conditions.shape.callers as never)));
    expect(new Set(Object.keys(actions))).toEqual(new Set(kindsOf(action)));
  });

  it.each(languages)('says each condition and each action in its own words: %s', (language) => {
    const telling = { speech: speechOf(language), names };
    const states = (['is', 'is-not', 'above', 'below'] as const).flatMap((operator) =>
      (['match', 'no-match'] as const).flatMap((fallback) =>
        [600, 30].map((maxAgeSeconds) => ({ ...state, operator, fallback, maxAgeSeconds, value: '5' })),
      ),
    );
    const rules = [
      ...Object.values(times).map((one) => ({ conditions: { ...none, times: [one] }, action: rejected as RuleAction })),
      ...Object.values(callers).map((one) => ({ conditions: { ...none, callers: [one] }, action: rejected as RuleAction })),
      ...states.map((one) => ({ conditions: { ...none, states: [one] }, action: rejected as RuleAction })),
      ...Object.values(actions).flatMap((some) => some.map((action) => ({ conditions: none, action: action as RuleAction }))),
    ];
    const sentences = rules.map((rule) => ruleText(rule, telling));
    expect(new Set(sentences).size).toBe(rules.length);
    for (const sentence of sentences) {
      expect(sentence).not.toMatch(/rule\.|\{|\}|undefined|NaN|  /);
      expect(sentence.endsWith('.')).toBe(true);
    }
  });

  it.each([
    [
      'en',
      'If it is Monday to Friday, 22:00 to 07:00 the next day and somebody of the group “Family” or somebody unknown calls, the call goes to the voicemail of Anna.',
    ],
    [
      'de',
      'Wenn es Montag bis Freitag, von 22:00 bis 07:00 am nächsten Tag ist und jemand aus der Gruppe „Family“ oder jemand Unbekanntes anruft, geht der Anruf an die Mailbox von Anna.',
    ],
    [
      'fr',
      'Si on est du lundi au vendredi, entre 22:00 et 07:00 le lendemain et quelqu’un du groupe « Family » ou un inconnu appelle, l’appel va à la messagerie de Anna.',
    ],
    [
      'es',
      'Si es de lunes a viernes, entre las 22:00 y las 7:00 del día siguiente y llama alguien del grupo «Family» o alguien desconocido, la llamada va al buzón de voz de Anna.',
    ],
    [
      'nl',
      'Als het maandag t/m vrijdag, van 22:00 tot 07:00 de volgende dag is en iemand uit de groep ‘Family’ of een onbekende belt, gaat het gesprek naar de voicemail van Anna.',
    ],
  ] as const)('reads as somebody would say it: %s', (language, sentence) => {
    const conditions = { times: [night], callers: [callers.group, callers.unknown], states: [] };
    const action = { kind: 'voicemail', personId: 'person_anna' } as const;
    expect(ruleText({ conditions, action }, { speech: speechOf(language), names })).toBe(sentence);
  });

  it('leaves room for whom nobody has chosen yet', () => {
    const action: RuleAction = { kind: 'ring', targets: [], order: 'all', seconds: 30, then };
    const said = ruleText({ conditions: none, action }, { speech: speechOf('en'), names });
    expect(said).toBe('Every call: … rings for 30 seconds, then voicemail of the number’s owner.');
  });

  it('says that what a rule names was removed', () => {
    const action = { kind: 'ring', targets: [{ kind: 'person', id: 'person_gone' }], order: 'all', seconds: 30, then } as const;
    expect(
      ruleText({ conditions: none, action: { ...action, targets: [...action.targets] } }, { speech: speechOf('en'), names }),
    ).toContain('(removed)');
  });
});

describe('why a call is decided as it is', () => {
  const values: Readonly<Record<string, string | number | null>> = { until: null, fallback: 'match', reason: '', score: 0.8 };

  it.each(languages)('is said for every reason of the house: %s', (language) => {
    const { t, ...rest } = speechOf(language);
    for (const code of routingReasonCodes) {
      const params = Object.fromEntries(
        Object.keys(routingReasons[code].params.shape).map((name) => [name, values[name] ?? (name === 'until' ? null : 'x1')]),
      );
      const said = reasonText({ code, params, text: 'SERVER' }, { t, ...rest }, () => '20:15');
      expect({ code, said }).not.toEqual({ code, said: 'SERVER' });
      expect(said).not.toMatch(/\{|\}|because\.|  /);
    }
    for (const outcome of ruleOutcomes) expect(t(`sim.rule.${outcome}`, { name: 'Night' })).toContain('Night');
  });
});
