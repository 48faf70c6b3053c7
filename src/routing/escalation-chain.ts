import type { ContactId, DeviceId, EscalationChainId, PersonId } from '#base/ids.ts';

/** Who is asked. A person stands for all of their phones. */
export type EscalationTarget =
  | { readonly kind: 'person'; readonly id: PersonId }
  | { readonly kind: 'device'; readonly id: DeviceId }
  /** `number`: as it was when the chain was saved, E.164. An alarm goes there also when the contact is gone. */
  | { readonly kind: 'contact'; readonly id: ContactId; readonly number: string }
  /** E.164. */
  | { readonly kind: 'number'; readonly number: string };

/** Asked at the same time, for so long. */
export type EscalationStep = { readonly targets: readonly EscalationTarget[]; readonly seconds: number };

/** People who are called until one of them takes it: the steps one after another, all of them so many times. */
export type EscalationChain = {
  readonly id: EscalationChainId;
  readonly name: string;
  readonly steps: readonly EscalationStep[];
  readonly rounds: number;
  readonly pauseSeconds: number;
  readonly ignoresDnd: boolean;
  /** What follows where nobody takes it. */
  readonly ifNobody: 'alert' | 'nothing';
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number;
};

/** Of all steps together. */
export const maxEscalationTargets = 50;
