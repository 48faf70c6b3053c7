// What would become of a call, step by step.
import type { EndpointReply } from '#contract/endpoint.ts';
import type { previewRoute } from '#contract/routing-preview.ts';
import { and, languageName, span } from './speech.ts';
import type { Telling } from './rule-words.ts';

export type Preview = EndpointReply<typeof previewRoute>;
type Plan = Preview['plan'];
type After = Extract<Plan, { kind: 'ring' }>['then'];

/** In one line: who rings first, or that nobody does. */
export function headline({ rings }: Pick<Preview, 'rings'>, { speech }: Telling): string {
  const first = rings.filter(({ step, isRegistered }) => step === rings[0]?.step && isRegistered);
  if (first.length === 0) return speech.t('sim.nobody');
  return speech.t('sim.rings', {
    names: and(
      first.map(({ name }) => name),
      speech,
    ),
  });
}

/** What happens, one after another. */
export function planSteps({ plan, rings }: Pick<Preview, 'plan' | 'rings'>, telling: Telling): readonly string[] {
  const { speech } = telling;
  const { t } = speech;
  const first = 'challenge' in plan && plan.challenge !== undefined ? [t('sim.challenge', { digit: plan.challenge.digit })] : [];
  switch (plan.kind) {
    case 'ring': {
      const approval = plan.approval === undefined ? [] : [t('sim.approval', { name: plan.approval.name })];
      const pressOne = plan.steps.some(({ isScreened = false, forwards }) => isScreened || forwards.length > 0);
      const screened = pressOne ? [t('sim.ring.pressOne')] : [];
      return [
        ...first,
        ...approval,
        ...ringTexts(rings, telling),
        ...screened,
        t('sim.then', { after: afterText(plan.then, telling) }),
      ];
    }
    case 'forward': {
      const screened = plan.isScreened ? [t('sim.ring.pressOne')] : [];
      return [...first, ...ringTexts(rings, telling), ...screened, t('sim.then', { after: afterText(plan.then, telling) })];
    }
    case 'voicemail': {
      const greeting = plan.greeting === undefined ? [] : [t('sim.greeting', { text: plan.greeting })];
      return [...first, ...greeting, voicemailText(plan.personId, telling)];
    }
    case 'reject':
      return [t(`sim.reject.${plan.tone}`)];
    case 'play':
      return [t('sim.play', { text: plan.text, language: languageName(plan.language, speech) })];
  }
}

function ringTexts(rings: Preview['rings'], { speech }: Telling): readonly string[] {
  const { t } = speech;
  return [...Map.groupBy(rings, ({ step }) => step).values()].map((together) => {
    const names = together.map(({ name, isRegistered }) => (isRegistered ? name : t('sim.ring.offline', { name })));
    const seconds = span(together[0]?.seconds ?? 0, speech);
    return t(names.length === 1 ? 'sim.ring.one' : 'sim.ring', { names: and(names, speech), seconds });
  });
}

function voicemailText(personId: string, { names, speech: { t } }: Telling): string {
  return t('sim.voicemail', { name: names.people.get(personId) ?? t('rule.gone') });
}

function afterText(after: After, telling: Telling): string {
  const { speech } = telling;
  switch (after.kind) {
    case 'voicemail':
      return voicemailText(after.personId, telling);
    case 'forward':
      return speech.t('rule.then.forward', { number: after.number, seconds: span(after.seconds, speech) });
    case 'reject':
    case 'hang-up':
      return speech.t('sim.end');
  }
}
