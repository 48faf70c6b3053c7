import type { HouseLanguage } from '#contract/languages.ts';
import type { ChildLine } from '#routing/child-line.ts';
import type { EscalationTarget } from '#routing/escalation-chain.ts';
import type { EscalationMessage, EscalationPlan } from './escalation.ts';

/** Whom the house tells, and what, when a child's phone calls help. */
export type ChildHelp = { readonly plan: EscalationPlan; readonly message: EscalationMessage };

type HelpCall = {
  readonly line: Pick<ChildLine, 'parents'>;
  /** Of the phone or the child. */
  readonly name: string;
  /** The emergency number. */
  readonly number: string;
  readonly language: HouseLanguage;
};

const sentences: Readonly<Record<HouseLanguage, (name: string, number: string) => string>> = {
  en: (name, number) => `${name} has called ${number} for help.`,
  de: (name, number) => `${name} hat die ${number} um Hilfe gerufen.`,
  fr: (name, number) => `${name} a appelé le ${number} à l’aide.`,
  es: (name, number) => `${name} ha llamado al ${number} para pedir ayuda.`,
  nl: (name, number) => `${name} heeft ${number} gebeld om hulp.`,
};

/** All parents at once, whatever their switches say, until one takes it; undefined where there is nobody to tell. Pure. */
export function childHelp({ line, name, number, language }: HelpCall): ChildHelp | undefined {
  const targets = line.parents.flatMap((target): readonly EscalationTarget[] => (target.kind === 'group' ? [] : [target]));
  if (targets.length === 0) return undefined;
  const text = sentences[language](name, number.split('').join(' '));
  return {
    plan: {
      name: `${name}: ${number}`,
      steps: [{ targets, seconds: 60 }],
      rounds: 3,
      pauseSeconds: 15,
      ignoresDnd: true,
      ifNobody: 'alert',
    },
    message: { kind: 'text', text, language },
  };
}
